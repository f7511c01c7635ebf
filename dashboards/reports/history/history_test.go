package history_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/dashboards/reports/history"
)

var from = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// server answers with the Unix time of each step, but for every seventh, as one series.
func server(t *testing.T, asked *[]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		get := func(name string) float64 {
			v, err := strconv.ParseFloat(r.FormValue(name), 64)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return v
		}
		*asked = append(*asked, r.FormValue("query"))
		var points []string
		for at := get("start"); at <= get("end"); at += get("step") {
			if int(at/get("step"))%7 != 0 {
				points = append(points, fmt.Sprintf("[%f,\"%d\"]", at, int(at)))
			}
		}
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"target":"a"},"values":[%s]}]}}`, strings.Join(points, ","))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A long range is asked for in parts, and comes back as one, with its gaps.
func TestRange(t *testing.T) {
	var asked []string
	a, err := history.Open(history.Options{URL: server(t, &asked)})
	if err != nil {
		t.Fatal(err)
	}
	const step = 5 * time.Minute
	all, err := a.Range(t.Context(), "up", from, from.AddDate(0, 2, 0), step, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := 61 * 288; len(all) != 1 || len(all[0].Values) != n || all[0].Labels["target"] != "a" {
		t.Fatalf("%d series", len(all))
	}
	for i, v := range all[0].Values {
		at := from.Add(step * time.Duration(i+1)).Unix()
		if missing := (at/300)%7 == 0; missing != math.IsNaN(v) || !missing && v != float64(at) {
			t.Fatalf("value %d is %g, want that of %d", i, v, at)
		}
	}
	if len(asked) != 2 || a.Queries() != 2 {
		t.Errorf("%d queries, %d counted", len(asked), a.Queries())
	}
	if _, err := a.Range(t.Context(), "up", from, from.AddDate(0, 0, 7), step, 1000); err != nil || a.Queries() != 2+3 {
		t.Errorf("many series: %d queries: %v", a.Queries()-2, err)
	}
}

// What is wrong is said, with the server, and nothing is made of a part.
func TestBadServers(t *testing.T) {
	answer := func(code int, v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(v)
		}
	}
	matrix := map[string]any{"resultType": "matrix", "result": []any{}}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"a limit":     {answer(422, map[string]any{"status": "error", "errorType": "execution", "error": "query processing would load too many samples into memory"}), "refused the query up: query processing would load too many samples"},
		"partial":     {answer(200, map[string]any{"status": "success", "data": matrix, "warnings": []string{"remote read failed"}}), "answered only in part: remote read failed"},
		"other":       {answer(200, map[string]any{"status": "success", "data": map[string]any{"resultType": "scalar", "result": []any{1, "2"}}}), "answered with a scalar"},
		"no JSON":     {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "refused the query"},
		"no password": {answer(401, map[string]any{}), "401"},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(c.handler)
			defer s.Close()
			a, err := history.Open(history.Options{URL: s.URL})
			if err != nil {
				t.Fatal(err)
			}
			_, err = a.Range(t.Context(), "up", from, from.Add(time.Hour), time.Minute, 1)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), s.URL) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	a, err := history.Open(history.Options{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Range(t.Context(), "up", from, from.Add(time.Hour), time.Minute, 1); err == nil || !strings.Contains(err.Error(), "start wanwatch run") {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := history.Open(history.Options{URL: "http://x", ConfigFile: "nowhere.yaml"}); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("no such file: %v", err)
	}
}

// Authentication comes from a file of Prometheus' form.
func TestAuthentication(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "an" || password != "dung" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "http.yaml")
	if err := os.WriteFile(file, []byte("basic_auth: {username: an, password: dung}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := history.Open(history.Options{URL: s.URL, ConfigFile: file})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Range(t.Context(), "up", from, from.Add(time.Hour), time.Minute, 1); err != nil {
		t.Error(err)
	}
}

// mute is a server that takes questions and never answers.
type mute struct{}

func (mute) Read(ctx context.Context, _ string, _ []string, _, _ time.Time, _ func(map[string]string) history.Taker) error {
	<-ctx.Done()
	return ctx.Err()
}

// Nobody waits for ever for samples.
func TestMute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, err := history.Open(history.Options{URL: "http://here", Raw: mute{}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Samples(t.Context(), "x", []string{"a"}, from, from.Add(time.Hour), time.Minute)
		if err == nil || !strings.Contains(err.Error(), "did not answer within 2m0s") {
			t.Errorf("%v", err)
		}
	})
}
