package store_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/schedule"
)

const small = `
organization: Thành ủy
timezone: Asia/Ho_Chi_Minh
providers: {vnpt: {name: VNPT}}
sites: {a: {name: A}, b: {name: B}}
links:
  one: {from: a, to: b, provider: vnpt, ping: 198.18.0.1}
  two: {from: a, to: b, provider: vnpt, ping: 198.18.0.2}
`

// prober is an exporter that takes results from a test.
type prober struct {
	*exporter.Exporter
	jobs []probes.Job
}

func newProber(t *testing.T, text string) *prober {
	t.Helper()
	p := &prober{Exporter: exporter.New(exporter.Options{})}
	p.apply(t, text)
	return p
}

func (p *prober) apply(t *testing.T, text string) {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "small.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	if p.jobs, err = schedule.Plan(inv, ""); err != nil {
		t.Fatal(err)
	}
	p.Apply(inv, "", kinds.All(), p.jobs)
}

// result records a result of a target's first job.
func (p *prober) result(target string, outcome probes.Outcome) {
	for _, j := range p.jobs {
		if j.Target.ID == target {
			r := probes.Result{Job: j, Target: j.Target, Outcome: outcome, Duration: 3 * time.Millisecond}
			if outcome != probes.Success {
				r.Reason = probes.ReasonTimeout
			}
			p.Record(&r)
			return
		}
	}
}

// run runs a store until the test ends.
func run(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	if o.Path == "" {
		o.Path = t.TempDir()
	}
	s, err := store.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// until asks again and again until the answer satisfies; the test's own deadline
// bounds it.
func until(t *testing.T, s *store.Store, expr string, ok func([]store.Sample) bool) []store.Sample {
	t.Helper()
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		got, err := s.Query(t.Context(), expr, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if ok(got) {
			return got
		}
	}
}

func one(value float64) func([]store.Sample) bool {
	return func(list []store.Sample) bool { return len(list) == 1 && list[0].Value == value }
}

func TestFedAndAsked(t *testing.T) {
	p := newProber(t, small)
	p.result("one", probes.Success)
	s := run(t, store.Options{Source: p, Interval: time.Hour})
	got := until(t, s, `wanwatch_target_up{target="one"}`, one(1))
	if l := got[0].Labels; l["kind"] != "link" || l["site"] != "b" {
		t.Errorf("labels %v", l)
	}
	// What changes is there at once, not an hour later.
	for range 3 {
		p.result("one", probes.Failure)
	}
	until(t, s, `wanwatch_target_up{target="one"}`, one(0))
}

func TestAnswersOverHTTP(t *testing.T) {
	p := newProber(t, small)
	s := run(t, store.Options{Source: p, Interval: time.Hour})
	until(t, s, `count(wanwatch_target_info)`, one(2))
	for _, path := range []string{
		"/api/v1/query?query=wanwatch_target_info", "/api/v1/query_range?query=wanwatch_target_info&start=0&end=1&step=1",
		"/api/v1/series?match[]=wanwatch_target_info", "/api/v1/labels", "/api/v1/label/target/values",
		"/api/v1/metadata", "/api/v1/rules", "/api/v1/alerts", "/api/v1/status/buildinfo", "/api/v1/query_exemplars?query=up&start=0&end=1",
	} {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		var answer struct {
			Status string
			Data   any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Status != "success" || w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if strings.HasSuffix(path, "buildinfo") && !strings.Contains(w.Body.String(), `"version":"3.`) {
			t.Errorf("%s: Grafana cannot tell the version: %s", path, w.Body)
		}
	}
}

const alwaysRule = `groups:
- name: urgent
  interval: 1s
  rules:
  - alert: LinkDown
    expr: wanwatch_target_up{kind="link"} == 0 and on (target) wanwatch_probe_attempts_total > 0
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.target }} is down"}
`

func TestRulesRaiseAlerts(t *testing.T) {
	p := newProber(t, small)
	alerts := make(chan []store.Alert, 100)
	s := run(t, store.Options{Source: p, Interval: time.Hour, Notify: func(_ context.Context, list []store.Alert) { alerts <- list }})
	if err := s.SetRules("rules.yml", []byte("groups:\n- name: x\n  rules:\n  - record: a\n    expr: sum(\n")); err == nil {
		t.Error("a rule that cannot be parsed was taken")
	}
	if err := s.SetRules("rules.yml", []byte(alwaysRule)); err != nil {
		t.Fatal(err)
	}
	p.result("two", probes.Success)
	for range 3 {
		p.result("two", probes.Failure)
	}
	got := <-alerts
	if len(got) != 1 || !got[0].Firing || got[0].Labels["target"] != "two" || got[0].Annotations["summary"] != "two is down" {
		t.Fatalf("%+v", got)
	}
	if open := s.Alerts(); len(open) != 1 || open[0].Labels["alertname"] != "LinkDown" {
		t.Errorf("open: %+v", open)
	}
	p.result("two", probes.Success)
	p.result("two", probes.Success)
	p.result("two", probes.Success)
	for got[0].Firing {
		got = <-alerts
	}
	if got[0].Ended.IsZero() {
		t.Errorf("%+v", got[0])
	}
}

func TestTargetsThatGoEnd(t *testing.T) {
	p := newProber(t, small)
	s := run(t, store.Options{Source: p, Interval: 20 * time.Millisecond})
	until(t, s, `count(wanwatch_target_info)`, one(2))
	p.apply(t, small[:len(small)-len("  two: {from: a, to: b, provider: vnpt, ping: 198.18.0.2}\n")])
	until(t, s, `count(wanwatch_target_info)`, one(1))
}

func TestSecondProcessIsRefused(t *testing.T) {
	p := newProber(t, small)
	path := t.TempDir()
	run(t, store.Options{Source: p, Path: path, Interval: time.Hour})
	if second, err := store.Open(store.Options{Source: p, Path: path}); err == nil {
		t.Error("two stores in one folder")
		_ = second.Close()
	} else {
		t.Log(err)
	}
}
