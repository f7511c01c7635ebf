package grafana

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/rules"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/peertest"
)

// question is what is asked of both over HTTP.
type question struct {
	name, path string
	with       url.Values
}

// offGrid moves what is asked for away from whole seconds, as it is in life. On the
// very edge of a range and of a subquery Prometheus 3 leaves a sample out that
// Prometheus 2 takes.
const offGrid = 311 * time.Millisecond

func instant(name, text string) question {
	return question{name, "query", url.Values{"query": {text}, "time": {unix(end)}}}
}

func ranging(name, text string, from, to time.Time, step time.Duration) question {
	return question{name, "query_range", url.Values{
		"query": {text}, "start": {unix(from)}, "end": {unix(to)}, "step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	}}
}

func unix(at time.Time) string {
	return strconv.FormatFloat(float64(at.Add(offGrid).UnixMilli())/1000, 'f', 3, 64)
}

// questions are every expression of dashboards/query, as rules, panels and pages ask
// for it.
func questions(t *testing.T) []question {
	t.Helper()
	var list []question
	for _, g := range rules.Groups() {
		for _, r := range g.Records {
			list = append(list, instant("record "+r.Name, r.Expr), ranging("record "+r.Name, r.Expr, end.Add(-40*time.Minute), end, fine))
		}
		for _, a := range g.Alerts {
			list = append(list, instant("alert "+a.Name, a.Expr), ranging("alert "+a.Name, a.Expr, end.Add(-40*time.Minute), end, fine))
		}
	}
	for _, d := range every(t, texts.VI) {
		for _, p := range d.Panels {
			from, to := d.span(&p)
			for i, q := range p.Targets {
				text, name := d.fill(q.Expr, from, to), fmt.Sprintf("%s: %s %s", d.UID, p.Title, q.RefID)
				if q.Instant {
					list = append(list, instant(name, text))
				} else {
					list = append(list, ranging(name, text, from, to, p.step(i, from, to)))
				}
			}
		}
	}
	return append(list, instant("pages", expr.State), ranging("pages", expr.Of(expr.Loss5m, "link", "hai-chau-vnpt"), end.Add(-time.Hour), end, fine))
}

// The embedded engine answers every expression as Debian's Prometheus does on the
// same samples.
func TestAnswersEqualPrometheus(t *testing.T) {
	ours, theirs := t.TempDir(), t.TempDir()
	write(t, ours, busyWorld())
	if err := os.CopyFS(theirs, os.DirFS(ours)); err != nil {
		t.Fatal(err)
	}
	peer := peertest.Prometheus(t, peertest.Place{}, theirs, fmt.Sprintf("storage: {tsdb: {out_of_order_time_window: %s}}\n", outOfOrder))
	s, err := store.Open(store.Options{Path: ours, Source: exporter.New(exporter.Options{}), RemoteWrite: true, OutOfOrder: outOfOrder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	list := questions(t)
	values := 0
	for _, q := range list {
		want, got := answersOf(t, peer.Query(q.path, q.with)), answersOf(t, askStore(t, s, q))
		values += len(want)
		if difference := differ(got, want); difference != "" {
			t.Errorf("%s\n%s\n%s", q.name, q.with.Get("query"), difference)
		}
	}
	t.Logf("%d questions, %d values", len(list), values)
	if values < len(list) {
		t.Errorf("only %d values: the history is too poor", values)
	}
}

func askStore(t *testing.T, s *store.Store, q question) json.RawMessage {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/"+q.path+"?"+q.with.Encode(), http.NoBody))
	var answer struct{ Data json.RawMessage }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s: status %d: %s", q.name, w.Code, w.Body)
	}
	return answer.Data
}

// answersOf reads the values of an answer, by series and moment.
func answersOf(t *testing.T, data json.RawMessage) map[string]float64 {
	t.Helper()
	var answer struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	type point [2]any
	type member struct {
		Metric map[string]string
		Value  point
		Values []point
	}
	var members []member
	if answer.ResultType == "scalar" {
		members = []member{{}}
		if err := json.Unmarshal(answer.Result, &members[0].Value); err != nil {
			t.Fatal(err)
		}
	} else if err := json.Unmarshal(answer.Result, &members); err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, m := range members {
		points := m.Values
		if points == nil {
			points = []point{m.Value}
		}
		for _, p := range points {
			v, err := strconv.ParseFloat(fmt.Sprint(p[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			values[fmt.Sprintf("%v @%.3f", m.Metric, p[0])] = v
		}
	}
	return values
}

// differ tells the first values in which two answers differ. The last digits may: the
// newer engine sums with a correction of errors.
func differ(got, want map[string]float64) string {
	var list []string
	for key, w := range want {
		g, ok := got[key]
		switch {
		case !ok:
			list = append(list, fmt.Sprintf("%s: missing, want %v", key, w))
		case g != w && math.Abs(g-w) > 1e-9*max(math.Abs(w), 1) && !(math.IsNaN(g) && math.IsNaN(w)):
			list = append(list, fmt.Sprintf("%s: %v, want %v", key, g, w))
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			list = append(list, fmt.Sprintf("%s: %v, want none", key, g))
		}
	}
	slices.Sort(list)
	more := ""
	if len(list) > 5 {
		more = fmt.Sprintf("\nand %d more", len(list)-5)
	}
	return strings.Join(list[:min(len(list), 5)], "\n") + more
}
