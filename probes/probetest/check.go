package probetest

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// testKind checks what the kind says of itself.
func (s Subject) testKind(t *testing.T) {
	k := s.Kind
	if k.Name == "" || !strings.HasSuffix(k.Doc, ".") || k.Interval <= 0 || k.Timeout <= 0 || k.Confirm < 1 {
		t.Errorf("name, doc, interval, timeout or confirm is missing: %+v", k.ProbeKind)
	}
	if (k.NewProber == nil) == (k.NewFleet == nil) {
		t.Error("exactly one of NewProber and NewFleet is wanted")
	}
	for _, r := range k.Reasons {
		if _, ok := r.Advice(); !ok {
			t.Errorf("reason %q has no advice", r)
		}
	}
	for _, r := range []probes.Reason{probes.ReasonInternal, probes.ReasonStalled} {
		if !slices.Contains(k.Reasons, r) {
			t.Errorf("reason %q is missing: the scheduler reports it for every kind", r)
		}
	}
	if k.NewConfig == nil {
		return
	}
	if a, b := k.NewConfig(), k.NewConfig(); a == b && reflect.TypeOf(a).Elem().Size() > 0 {
		t.Error("NewConfig returns the same pointer twice")
	}
	if path, ok := opaque(reflect.TypeOf(k.NewConfig()).Elem(), "Config"); ok {
		t.Errorf("%s cannot be compared across a reload: settings are plain data", path)
	}
	if !slices.ContainsFunc(s.Kinds, func(i inventory.ProbeKind) bool { return i.Name == k.Name }) {
		t.Error("the kind is not in the table of kinds: add its line to probes/kinds/kinds.go")
	}
}

// opaque finds a part of a type that the fingerprint of a job cannot take in.
func opaque(t reflect.Type, path string) (string, bool) {
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Interface:
		return path, true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return opaque(t.Elem(), path)
	case reflect.Struct:
		if t.PkgPath() != "" && !strings.HasPrefix(t.PkgPath(), "wanwatch/") {
			return "", false // a value of the standard library
		}
		for f := range t.Fields() {
			if p, ok := opaque(f.Type, path+"."+f.Name); ok {
				return p, true
			}
		}
	default:
	}
	return "", false
}

// testExample checks that the example that is shipped loads and has a probe of
// the kind.
func (s Subject) testExample(t *testing.T) {
	name := s.Example
	if name == "" {
		name = s.Kind.Name + ".yaml"
	}
	path := filepath.Join(testenv.Root(t), "examples", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the kind has no example: %v", err)
	}
	inv, err := inventory.Load(path, s.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	s.firstJob(t, inv)
}

// checkOutcome checks the result about the job's own target.
func (s Subject) checkOutcome(t *testing.T, c Case, a answer, good bool) {
	t.Helper()
	list := a.own()
	if len(list) != 1 {
		t.Fatalf("%d results about the own target, want 1: %+v", len(list), a.results)
	}
	own := list[0]
	if len(a.steps) == 0 {
		t.Error("the trace is empty")
	}
	if own.Start.IsZero() || own.Duration < 0 || own.Duration > a.took {
		t.Errorf("started at %s, took %s of %s", own.Start, own.Duration, a.took)
	}
	for _, r := range a.results {
		s.checkReason(t, r)
	}
	switch {
	case good && own.Outcome != probes.Success:
		t.Errorf("the good server gave %s: %s: %s", own.Outcome, own.Reason, own.Detail)
	case good && own.Duration == 0:
		t.Error("the answer took no time")
	case !good && (own.Outcome == probes.Success || own.Reason != c.Reason):
		t.Errorf("got %s with the reason %q (%s), want %q", own.Outcome, own.Reason, own.Detail, c.Reason)
	}
}

// checkReason checks that outcome, reason and detail agree.
func (s Subject) checkReason(t *testing.T, r probes.Result) {
	t.Helper()
	switch r.Outcome {
	case probes.Success, probes.Note:
		if r.Reason != "" {
			t.Errorf("%s has the reason %q", r.Outcome, r.Reason)
		}
		return
	case probes.Failure:
		if r.Reason.Self() {
			t.Errorf("%s is the program's own trouble and cannot be the target's failure: %s", r.Reason, r.Detail)
		}
	case probes.Unknown:
	}
	if r.Detail == "" {
		t.Errorf("%s %s has no detail", r.Outcome, r.Reason)
	}
	if !slices.Contains(s.Kind.Reasons, r.Reason) {
		t.Errorf("reason %q is not in the kind's list", r.Reason)
	}
}

// own returns the results about the job's own target, notes apart.
func (a answer) own() []probes.Result {
	var list []probes.Result
	for _, r := range a.results {
		if r.Target == r.Job.Target && r.Outcome != probes.Note {
			list = append(list, r)
		}
	}
	return list
}

// checkSamples checks samples against the catalog, and that every counter and
// histogram was announced, so that it exists before its first sample.
func (s Subject) checkSamples(t *testing.T, job probes.Job, results []probes.Result) {
	t.Helper()
	for _, r := range results {
		announced := s.announced(t, job, r.Target)
		for _, x := range r.Samples {
			if !checkSample(t, x) {
				continue
			}
			if x.Metric.Type != metric.Gauge && !announced[seriesKey(x)] {
				t.Errorf("%s%q of %s was not announced by Kind.Series", x.Metric.Name, x.Labels, r.Target.ID)
			}
		}
	}
}

func checkSample(t *testing.T, x probes.Sample) bool {
	t.Helper()
	switch {
	case !slices.Contains(metric.All(), x.Metric):
		t.Errorf("metric %v is not in the catalog", x.Metric)
		return false
	case x.Metric.Scope == metric.Process:
		t.Errorf("%s is a process metric: it goes to the Meter", x.Metric.Name)
	case len(x.Labels) != len(x.Metric.Labels):
		t.Errorf("%s has the labels %q, it should have %q", x.Metric.Name, x.Labels, x.Metric.Labels)
	case x.Metric.Type == metric.Counter && !(x.Value >= 0):
		t.Errorf("%s: a counter is increased by %g", x.Metric.Name, x.Value)
	case math.IsInf(x.Value, 0), math.IsNaN(x.Value) && x.Metric.Type != metric.Gauge:
		t.Errorf("%s: value %g", x.Metric.Name, x.Value)
	case x.Metric.Info && x.Value != 1:
		t.Errorf("%s: an info metric is 1, not %g", x.Metric.Name, x.Value)
	}
	return true
}

// announced returns the series that the kind announces for a job and one of
// the targets that it tells about.
func (s Subject) announced(t *testing.T, job probes.Job, about *inventory.Target) map[string]bool {
	t.Helper()
	set := map[string]bool{}
	if s.Kind.Series == nil {
		return set
	}
	job.Target = about
	for _, x := range s.Kind.Series(job) {
		if checkSample(t, probes.Sample{Metric: x.Metric, Labels: x.Labels, Value: 1}) {
			set[seriesKey(x)] = true
		}
	}
	return set
}

func seriesKey(x probes.Sample) string {
	return strings.Join(append([]string{x.Metric.Name}, x.Labels...), "\x00")
}
