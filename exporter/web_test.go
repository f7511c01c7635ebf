package exporter

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// call sends one request to a handler.
func call(t *testing.T, h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func newTestWeb(t *testing.T, o WebOptions) http.Handler {
	t.Helper()
	if o.Exporter == nil {
		o.Exporter = newBench(t, small).e
	}
	if o.Check == nil {
		o.Check = func(context.Context, string) ([]probes.Report, error) { return answered("phong-hop"), nil }
	}
	return NewWeb(o)
}

func TestWebPaths(t *testing.T) {
	ready := true
	h := newTestWeb(t, WebOptions{Ready: func() bool { return ready }, Reload: func(context.Context) error { return nil }})
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/", 200, "hội nghị trực tuyến"},
		{"GET", "/", 200, "online-conference"},
		{"HEAD", "/", 200, ""},
		{"GET", "/metrics", 200, "# TYPE wanwatch_target_up gauge"},
		{"HEAD", "/metrics", 200, ""},
		{"GET", "/-/healthy", 200, "healthy"},
		{"GET", "/-/ready", 200, "ready"},
		{"POST", "/-/reload", 200, "reloaded"},
		{"GET", "/-/reload", 405, ""},
		{"POST", "/metrics", 405, ""},
		{"DELETE", "/-/ready", 405, ""},
		{"GET", "/nothing", 404, ""},
		{"GET", "/debug/pprof/", 404, ""},
	} {
		w := call(t, h, c.method, c.path)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s %s: status %d, want %d with %q:\n%.300s", c.method, c.path, w.Code, c.status, c.body, w.Body)
		}
		if w.Code == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", c.method, c.path)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s %s: no header %s", c.method, c.path, name)
			}
		}
	}
	ready = false
	if w := call(t, h, "GET", "/-/ready"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("not ready: status %d", w.Code)
	}
	if w := call(t, h, "GET", "/-/healthy"); w.Code != http.StatusOK {
		t.Errorf("healthy while not ready: status %d", w.Code)
	}
}

func TestLandingPageNeedsNoNetwork(t *testing.T) {
	if page := string(landingPage); strings.Contains(page, "http:") || strings.Contains(page, "https:") || strings.Contains(page, "src=") {
		t.Error("the landing page refers to something elsewhere")
	}
}

func TestPprof(t *testing.T) {
	h := newTestWeb(t, WebOptions{Pprof: true})
	if w := call(t, h, "GET", "/debug/pprof/goroutine?debug=1"); w.Code != 200 || !strings.Contains(w.Body.String(), "goroutine profile") {
		t.Errorf("status %d: %.100s", w.Code, w.Body)
	}
}

func TestReload(t *testing.T) {
	var err error
	calls := 0
	h := newTestWeb(t, WebOptions{Reload: func(context.Context) error { calls++; return err }})
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{nil, 200, "reloaded"},
		{inventory.Problems{{Pos: inventory.Pos{File: "a.yaml", Line: 3, Col: 5}, Path: "links.x", Message: "wrong"}}, 422, "a.yaml:3:5: links.x: wrong"},
		{&SettingsError{"the configuration of alerts", errors.New("alertmanager.yml: undefined receiver")}, 422, "force:\nalertmanager.yml: undefined receiver"},
		{errors.New("open a.yaml: permission denied"), 500, "permission denied"},
	} {
		if c.err != nil {
			err = errors.Join(errors.New("reload"), c.err)
		}
		if w := call(t, h, "POST", "/-/reload"); w.Code != c.status || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%v: status %d, want %d with %q: %s", c.err, w.Code, c.status, c.body, w.Body)
		}
	}
	calls = 0
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		if w := call(t, h, "POST", "/-/reload", headers...); w.Code != http.StatusForbidden || calls != 0 {
			t.Errorf("%v: status %d, %d reloads", headers, w.Code, calls)
		}
	}
}

func TestProbe(t *testing.T) {
	var asked string
	check := func(ctx context.Context, target string) ([]probes.Report, error) {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("a check has no deadline")
		}
		asked = target
		return answered(target), nil
	}
	for _, c := range []struct {
		path, accept string
		status       int
		typ, body    string
	}{
		{"/probe?target=phong-hop", "", 200, "text/plain; charset=utf-8", "● ok"},
		{"/probe?target=phong-hop", "application/json", 200, "application/json", `"phong-hop"`},
		{"/probe?target=phong-hop", "text/html,application/json;q=0.9", 200, "text/plain; charset=utf-8", ""},
		{"/probe?target=phong-hop&format=json", "", 200, "application/json", `"phong-hop"`},
		{"/probe?target=phong-hop&format=xml", "", 400, "text/plain; charset=utf-8", "format=json"},
		{"/probe", "", 400, "text/plain; charset=utf-8", "/probe?target=ID"},
		{"/probe?target=phong-hpo", "", 404, "text/plain; charset=utf-8", `(did you mean "phong-hop"?)`},
		{"/probe?target=zzz", "", 404, "text/plain; charset=utf-8", `no target "zzz"` + "\n"},
		{"/probe?target=" + strings.Repeat("x", 1000), "", 400, "text/plain; charset=utf-8", ""},
	} {
		asked = ""
		h := newTestWeb(t, WebOptions{Check: check}) // each with a limiter of its own
		w := call(t, h, "GET", c.path, "Accept", c.accept)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.typ || !strings.Contains(w.Body.String(), c.body) {
			t.Errorf("%s: status %d, type %s, want %d, %s with %q: %s", c.path, w.Code, w.Header().Get("Content-Type"), c.status, c.typ, c.body, w.Body)
		}
		if (asked == "phong-hop") != (c.status == 200) {
			t.Errorf("%s: asked for %q", c.path, asked)
		}
	}
	h := newTestWeb(t, WebOptions{Check: func(context.Context, string) ([]probes.Report, error) { return nil, errors.New("no socket") }})
	if w := call(t, h, "GET", "/probe?target=phong-hop"); w.Code != 500 || !strings.Contains(w.Body.String(), "no socket") {
		t.Errorf("a check that fails: status %d: %s", w.Code, w.Body)
	}
}

// TestProbeJSON: what a report holds comes out as valid JSON.
func TestProbeJSON(t *testing.T) {
	b := newBench(t, small)
	j := b.job("rt-hai-chau", "snmp", "")
	report := probes.Report{Job: j, Results: []probes.Result{{Job: j, Target: j.Target, Outcome: probes.Failure, Reason: probes.ReasonTimeout, Detail: "no answer"}}, Took: time.Second}
	h := newTestWeb(t, WebOptions{Exporter: b.e, Check: func(context.Context, string) ([]probes.Report, error) { return []probes.Report{report}, nil }})
	w := call(t, h, "GET", "/probe?target=rt-hai-chau&format=json")
	var list []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list) != 1 {
		t.Errorf("%v: %s", err, w.Body)
	}
	if w := call(t, h, "GET", "/probe?target=rt-hai-chau"); !strings.Contains(w.Body.String(), "timeout") {
		t.Errorf("the text does not tell the reason: %s", w.Body)
	}
}

func TestProbeIsLimited(t *testing.T) {
	e := newBench(t, small).e
	synctest.Test(t, func(t *testing.T) {
		h := newTestWeb(t, WebOptions{Exporter: e})
		for i := range probeBurst {
			if w := call(t, h, "GET", "/probe?target=phong-hop"); w.Code != 200 {
				t.Fatalf("request %d: status %d", i, w.Code)
			}
		}
		w := call(t, h, "GET", "/probe?target=phong-hop")
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" {
			t.Fatalf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
		}
		time.Sleep(time.Second) // of the bubble's clock
		if w := call(t, h, "GET", "/probe?target=phong-hop"); w.Code != 200 {
			t.Errorf("after Retry-After: status %d", w.Code)
		}
	})
}

func TestProbesAtOnceAreBounded(t *testing.T) {
	release := make(chan struct{})
	running := make(chan struct{}, maxProbes)
	h := newTestWeb(t, WebOptions{Check: func(context.Context, string) ([]probes.Report, error) {
		running <- struct{}{}
		<-release
		return answered("phong-hop"), nil
	}})
	var calls sync.WaitGroup
	for range maxProbes {
		calls.Go(func() { call(t, h, "GET", "/probe?target=phong-hop") })
		<-running
	}
	if w := call(t, h, "GET", "/probe?target=phong-hop"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("one more: status %d", w.Code)
	}
	close(release)
	calls.Wait()
}

// TestOverTheWire scrapes through a real server and connection, compressed, as
// Prometheus does, and keeps the connection for a second scrape.
func TestOverTheWire(t *testing.T) {
	s := httptest.NewServer(newTestWeb(t, WebOptions{}))
	defer s.Close()
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", acceptOpenMetrics)
		resp, err := s.Client().Do(r) // asks for gzip by itself
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !resp.Uncompressed || !strings.HasSuffix(string(body), "# EOF\n") {
			t.Errorf("compressed %t, %d bytes, error %v", resp.Uncompressed, len(body), err)
		}
	}
}
