package store

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"gopkg.in/yaml.v3"

	"wanwatch/exporter"
	"wanwatch/internal/testenv"
)

// The parts of a file of rule unit tests that ours use (Prometheus, "Unit testing for
// rules").
type (
	unitFile struct {
		Interval model.Duration `yaml:"evaluation_interval"`
		Tests    []unitTest
	}
	unitTest struct {
		Name     string
		Interval model.Duration
		Series   []struct{ Series, Values string } `yaml:"input_series"`
		Alerts   []unitAlerts                      `yaml:"alert_rule_test"`
		Exprs    []unitExpr                        `yaml:"promql_expr_test"`
	}
	unitAlerts struct {
		At     model.Duration `yaml:"eval_time"`
		Name   string         `yaml:"alertname"`
		Alerts []struct {
			Labels      map[string]string `yaml:"exp_labels"`
			Annotations map[string]string `yaml:"exp_annotations"`
		} `yaml:"exp_alerts"`
	}
	unitExpr struct {
		Expr    string
		At      model.Duration `yaml:"eval_time"`
		Samples []struct {
			Labels string
			Value  float64
		} `yaml:"exp_samples"`
	}
)

// The rules do on the embedded engine what promtool finds that they do: the same unit
// tests, run in the same way.
func TestRuleUnitTests(t *testing.T) {
	folder := filepath.Join(testenv.Root(t), "dashboards", "rules")
	text, err := os.ReadFile(filepath.Join(folder, "wanwatch.rules.yml"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "testdata", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no rule tests", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file unitFile
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, u := range file.Tests {
			t.Run(filepath.Base(name)+"/"+u.Name, func(t *testing.T) {
				t.Parallel()
				newUnitRun(t, text, &u).run(time.Duration(file.Interval))
			})
		}
	}
}

// unitRun is a test at work: a store, the rules, and the samples still to come.
type unitRun struct {
	t      *testing.T
	test   *unitTest
	store  *Store
	groups []*rules.Group
	series []unitSeries
}

type unitSeries struct {
	labels labels.Labels
	values []parser.SequenceValue
}

func newUnitRun(t *testing.T, text []byte, u *unitTest) *unitRun {
	t.Helper()
	s, err := Open(Options{Path: t.TempDir(), Source: exporter.New(exporter.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.SetRules("rules", text); err != nil {
		t.Fatal(err)
	}
	loaded, errs := s.rules.manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, "rules")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	r := &unitRun{t: t, test: u, store: s}
	for _, g := range s.rules.groups.Groups { // in the order of the file
		for _, key := range slices.Sorted(maps.Keys(loaded)) {
			if loaded[key].Name() == g.Name {
				r.groups = append(r.groups, loaded[key])
			}
		}
	}
	for _, in := range u.Series {
		set, values, err := s.parser.ParseSeriesDesc(in.Series + " " + in.Values)
		if err != nil {
			t.Fatal(err)
		}
		r.series = append(r.series, unitSeries{set, values})
	}
	return r
}

// run evaluates all rules at each interval, and looks at what they say.
func (r *unitRun) run(interval time.Duration) {
	last := time.Duration(0)
	for _, a := range r.test.Alerts {
		last = max(last, time.Duration(a.At))
	}
	for _, e := range r.test.Exprs {
		last = max(last, time.Duration(e.At))
	}
	next := 0 // of the samples
	for at := time.Duration(0); at <= last; at += interval {
		for ; time.Duration(next)*time.Duration(r.test.Interval) <= at; next++ {
			r.append(next)
		}
		for _, g := range r.groups {
			g.Eval(r.t.Context(), time.Unix(0, 0).Add(at))
			for _, rule := range g.Rules() {
				if err := rule.LastError(); err != nil {
					r.t.Fatalf("%s at %s: %v", rule.Name(), at, err)
				}
			}
		}
		for _, a := range r.test.Alerts {
			if at <= time.Duration(a.At) && time.Duration(a.At) < at+interval {
				r.alerts(&a)
			}
		}
		for _, e := range r.test.Exprs {
			if at <= time.Duration(e.At) && time.Duration(e.At) < at+interval {
				r.expr(&e)
			}
		}
	}
}

// append appends the n-th sample of each series.
func (r *unitRun) append(n int) {
	a := r.store.db.Appender(r.t.Context())
	for _, s := range r.series {
		if n >= len(s.values) || s.values[n].Omitted {
			continue
		}
		at := (time.Duration(n) * time.Duration(r.test.Interval)).Milliseconds()
		if _, err := a.Append(0, s.labels, at, s.values[n].Value); err != nil {
			r.t.Fatalf("%s: %v", s.labels, err)
		}
	}
	if err := a.Commit(); err != nil {
		r.t.Fatal(err)
	}
}

// alerts compares the alerts of a name that fire.
func (r *unitRun) alerts(want *unitAlerts) {
	var got, wanted []string
	for _, g := range r.groups {
		for _, rule := range g.AlertingRules() {
			for _, a := range rule.ActiveAlerts() {
				if rule.Name() == want.Name && a.State == rules.StateFiring {
					set := labels.NewBuilder(a.Labels).Del(model.AlertNameLabel).Labels()
					got = append(got, fmt.Sprint(set.Map(), a.Annotations.Map()))
				}
			}
		}
	}
	for _, a := range want.Alerts {
		wanted = append(wanted, fmt.Sprint(labels.FromMap(a.Labels).Map(), a.Annotations))
	}
	slices.Sort(got)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) {
		r.t.Errorf("%s at %s:\n%s\nwant\n%s", want.Name, want.At, strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
}

// expr compares what an expression gives. Values may differ in their last digits.
func (r *unitRun) expr(want *unitExpr) {
	samples, err := r.store.Query(r.t.Context(), want.Expr, time.Unix(0, 0).Add(time.Duration(want.At)))
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[string]float64{}
	for _, s := range samples {
		got[labels.FromMap(s.Labels).String()] = s.Value
	}
	for _, w := range want.Samples {
		set, err := r.store.parser.ParseMetric(w.Labels)
		if err != nil {
			r.t.Fatal(err)
		}
		v, ok := got[set.String()]
		if !ok || math.Abs(v-w.Value) > 1e-9*math.Max(1, math.Abs(w.Value)) {
			r.t.Errorf("%s at %s: %s is %v (%v), want %v", want.Expr, want.At, set, v, ok, w.Value)
		}
		delete(got, set.String())
	}
	for set, v := range got {
		r.t.Errorf("%s at %s: %s is %v, want none", want.Expr, want.At, set, v)
	}
}
