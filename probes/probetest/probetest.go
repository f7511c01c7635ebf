// Package probetest is the suite that every kind of probe passes. A kind's test
// hands in servers that behave well and badly; the suite checks what the
// scheduler and the exporter rely on.
package probetest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/schedule"
)

// Subject is a kind, and what to try it on.
type Subject struct {
	Kind probes.Kind
	// Kinds is what inventories are read with: kinds.Inventory().
	Kinds []inventory.ProbeKind
	// Example is a file of examples/; the kind's name and .yaml if empty.
	Example string
	// Good starts a real server that answers as it should.
	Good func(testing.TB) Case
	// Bad start what makes the probe fail, by name.
	Bad map[string]func(testing.TB) Case
}

// Case is one probe of one target, and what comes of it.
type Case struct {
	// Inventory is the text of an inventory whose first probe of the kind is
	// meant. Its time-out bounds how long the suite takes.
	Inventory string
	// Resolver, if set, stands in for this host's.
	Resolver probes.Resolver
	// Reason is what a bad case fails with.
	Reason probes.Reason
	// Secrets are texts that must appear nowhere.
	Secrets []string
}

// prompt is how long a probe may go on after it was told to stop.
const prompt = time.Second

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	t.Helper()
	t.Run("kind", s.testKind)
	t.Run("example", s.testExample)
	t.Run("good", func(t *testing.T) { s.testCase(t, s.Good, true) })
	for name, bad := range s.Bad {
		t.Run("bad/"+name, func(t *testing.T) { s.testCase(t, bad, false) })
	}
	t.Run("concurrent", s.testConcurrent)
	t.Run("runner", s.testRunner)
}

// testCase asks once, and then again with a context that is cancelled.
func (s Subject) testCase(t *testing.T, start func(testing.TB) Case, good bool) {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Run("answer", func(t *testing.T) {
		c := start(t)
		env, job := s.prepare(t, c)
		a := s.ask(t.Context(), t, env, job, job.Probe.Timeout)
		s.checkOutcome(t, c, a, good)
		s.checkSamples(t, job, a.results)
		env.checkSecrets(t, c, job, a)
	})
	t.Run("cancelled", func(t *testing.T) {
		env, job := s.prepare(t, start(t))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var cancelled time.Time
		timer := time.AfterFunc(20*time.Millisecond, func() {
			cancelled = time.Now()
			cancel()
		})
		s.ask(ctx, t, env, job, time.Minute)
		if !timer.Stop() {
			<-ctx.Done()
			if late := time.Since(cancelled); late > prompt {
				t.Errorf("Probe went on for %s after it was cancelled", late)
			}
		}
	})
	t.Run("dead on arrival", func(t *testing.T) {
		env, job := s.prepare(t, start(t))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		begin := time.Now()
		a := s.ask(ctx, t, env, job, time.Minute)
		if took := time.Since(begin); took > prompt {
			t.Errorf("Probe took %s with a context that was cancelled before", took)
		}
		for _, r := range a.results {
			if r.Outcome == probes.Failure {
				t.Errorf("a probe that was cancelled says that the target failed: %s %s", r.Reason, r.Detail)
			}
		}
	})
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}

// prepare reads a case's inventory and returns its job.
func (s Subject) prepare(t testing.TB, c Case) (*environment, probes.Job) {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "case.yaml", Data: []byte(c.Inventory)}}, s.Kinds)
	if err != nil {
		t.Fatalf("the case's inventory:\n%v", err)
	}
	return newEnvironment(c), s.firstJob(t, inv)
}

func (s Subject) firstJob(t testing.TB, inv *inventory.Inventory) probes.Job {
	t.Helper()
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(jobs, func(j probes.Job) bool { return j.Probe.Kind == s.Kind.Name })
	if i < 0 {
		t.Fatalf("the inventory has no probe of the kind %s", s.Kind.Name)
	}
	return jobs[i]
}

// answer is what one probe gave.
type answer struct {
	results []probes.Result // samples are copies
	steps   []probes.Step
	took    time.Duration
}

// ask makes a prober, or a fleet, asks once and closes it twice.
func (s Subject) ask(ctx context.Context, t testing.TB, env *environment, job probes.Job, timeout time.Duration) answer {
	t.Helper()
	probe, closed := s.open(t, env, job)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	trace := probes.NewTrace()
	var mu sync.Mutex
	var a answer
	begin := time.Now()
	probe(ctx, func(r *probes.Result) {
		mu.Lock()
		defer mu.Unlock()
		kept := *r
		kept.Samples = slices.Clone(r.Samples)
		a.results = append(a.results, kept)
	}, trace)
	a.took = time.Since(begin)
	for range 2 {
		if err := closed(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	a.steps = trace.Steps()
	return a
}

// open returns how to probe a job once, whatever the sort of kind.
func (s Subject) open(t testing.TB, env *environment, job probes.Job) (probe func(context.Context, probes.Emit, *probes.Trace), closed func() error) {
	t.Helper()
	if s.Kind.NewFleet != nil {
		fleet, err := s.Kind.NewFleet(env.env)
		if err != nil {
			t.Fatal(err)
		}
		return func(ctx context.Context, emit probes.Emit, trace *probes.Trace) { fleet.Probe(ctx, job, emit, trace) }, fleet.Close
	}
	prober, err := s.Kind.NewProber(env.env, job)
	if err != nil {
		t.Fatal(err)
	}
	return prober.Probe, prober.Close
}

// environment is an Env that remembers what it was told.
type environment struct {
	env   probes.Env
	meter *meter

	mu  sync.Mutex
	log bytes.Buffer
}

func newEnvironment(c Case) *environment {
	e := &environment{meter: new(meter)}
	e.env = probes.Env{Meter: e.meter, Resolver: c.Resolver, Logger: slog.New(slog.NewTextHandler(e, &slog.HandlerOptions{Level: slog.LevelDebug}))}.WithDefaults()
	return e
}

// Write takes the log.
func (e *environment) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.log.Write(p)
}

// checkSecrets looks for the case's secrets in all that was said.
func (e *environment) checkSecrets(t *testing.T, c Case, job probes.Job, a answer) {
	t.Helper()
	var said strings.Builder
	fmt.Fprintf(&said, "%+v %#v %+v %v\n", job.Probe.Config, job.Probe.Config, job.Target, job)
	for _, r := range a.results {
		fmt.Fprintf(&said, "%s %v\n", r.Detail, r.Samples)
	}
	for _, s := range a.steps {
		said.WriteString(s.Text + "\n")
	}
	said.WriteString(strings.Join(e.meter.labels(), "\n"))
	e.mu.Lock()
	said.Write(e.log.Bytes())
	e.mu.Unlock()
	for _, secret := range c.Secrets {
		if strings.Contains(said.String(), secret) {
			t.Errorf("a secret was told (to a log, a step, a detail, a sample or the settings' text)")
		}
	}
	for _, mistake := range e.meter.mistakes() {
		t.Error(mistake)
	}
}

// meter checks what is told to it against the catalog.
type meter struct {
	mu    sync.Mutex
	wrong []string
	seen  []string
}

func (m *meter) note(d *metric.Desc, labels []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = append(m.seen, labels...)
	switch {
	case !slices.Contains(metric.All(), d):
		m.wrong = append(m.wrong, fmt.Sprintf("metric %s is not in the catalog", d.Name))
	case d.Scope != metric.Process:
		m.wrong = append(m.wrong, fmt.Sprintf("metric %s is no process metric: it belongs into a Result", d.Name))
	case len(labels) != len(d.Labels):
		m.wrong = append(m.wrong, fmt.Sprintf("metric %s got the labels %q, it has %q", d.Name, labels, d.Labels))
	}
}

// Add implements probes.Meter.
func (m *meter) Add(d *metric.Desc, _ float64, labels ...string) { m.note(d, labels) }

// Set implements probes.Meter.
func (m *meter) Set(d *metric.Desc, _ float64, labels ...string) { m.note(d, labels) }

// Observe implements probes.Meter.
func (m *meter) Observe(d *metric.Desc, _ float64, labels ...string) { m.note(d, labels) }

func (m *meter) mistakes() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.wrong)
}

func (m *meter) labels() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.seen)
}
