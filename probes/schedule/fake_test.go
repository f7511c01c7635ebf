package schedule

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// fakeConfig are the settings of the kinds that these tests make up.
type fakeConfig struct {
	Port   int
	Secret inventory.Secret
	Tags   map[string]string
}

// fakeProber runs a function and remembers what happened to it.
type fakeProber struct {
	job   probes.Job
	probe func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace)

	mu     sync.Mutex
	starts []time.Time
	closed int
}

func (p *fakeProber) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	p.mu.Lock()
	p.starts = append(p.starts, time.Now())
	p.mu.Unlock()
	p.probe(ctx, p, emit, trace)
}

func (p *fakeProber) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed++
	return nil
}

func (p *fakeProber) closings() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

func (p *fakeProber) started() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.starts)
}

func (p *fakeProber) result(o probes.Outcome, r probes.Reason) *probes.Result {
	return &probes.Result{Job: p.job, Target: p.job.Target, Outcome: o, Reason: r, Start: time.Now()}
}

// succeed answers at once.
func succeed(_ context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
	emit(p.result(probes.Success, ""))
}

// dead never answers.
func dead(ctx context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
	<-ctx.Done()
	emit(p.result(probes.Failure, probes.ReasonTimeout))
}

// fakeKind makes fakeProbers and keeps them in order.
type fakeKind struct {
	name  string
	probe func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace)
	fail  func(probes.Job) error

	mu   sync.Mutex
	made []*fakeProber
}

func (k *fakeKind) kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{Name: k.name, NewConfig: func() any { return new(fakeConfig) }},
		NewProber: func(_ probes.Env, j probes.Job) (probes.Prober, error) {
			if k.fail != nil {
				if err := k.fail(j); err != nil {
					return nil, err
				}
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			p := &fakeProber{job: j, probe: k.probe}
			k.made = append(k.made, p)
			return p, nil
		},
	}
}

func (k *fakeKind) probers() []*fakeProber {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.made)
}

// meter counts what the scheduler says of itself.
type meter struct {
	probes.DiscardMeter

	mu      sync.Mutex
	skipped float64
	lags    []float64
}

func (m *meter) Add(d *metric.Desc, v float64, _ ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d == metric.Skipped {
		m.skipped += v
	}
}

func (m *meter) Observe(d *metric.Desc, v float64, _ ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d == metric.ScheduleLag {
		m.lags = append(m.lags, v)
	}
}

func (m *meter) values() (skipped, worst float64, starts int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	worst = math.Inf(-1)
	for _, l := range m.lags {
		worst = max(worst, l)
	}
	return m.skipped, worst, len(m.lags)
}

// results collects results.
type results struct {
	mu  sync.Mutex
	all []probes.Result
}

func (r *results) emit(x *probes.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, *x)
}

func (r *results) list() []probes.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// target makes a target with one probe.
func target(id, kind string, interval, timeout time.Duration) *inventory.Target {
	return &inventory.Target{
		ID: id, Kind: inventory.DeviceTarget, Site: "hai-chau", Address: "192.0.2.1",
		Probes: []*inventory.Probe{{Name: kind, Kind: kind, Address: "192.0.2.1", Interval: interval, Timeout: timeout, Config: new(fakeConfig)}},
	}
}

// targets makes n targets like it, with ids from 0.
func targets(n int, kind string, interval, timeout time.Duration) []*inventory.Target {
	var list []*inventory.Target
	for i := range n {
		list = append(list, target(fmt.Sprintf("%s-%d", kind, i), kind, interval, timeout))
	}
	return list
}

// jobsOf plans targets.
func jobsOf(t testing.TB, list ...*inventory.Target) []probes.Job {
	t.Helper()
	jobs, err := plan(list, "")
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

// apply prepares jobs and puts them in place.
func apply(t testing.TB, r *Runner, jobs []probes.Job) {
	t.Helper()
	c, err := r.Prepare(jobs)
	if err != nil {
		t.Fatal(err)
	}
	r.Apply(c)
}

// start runs a runner; the returned function stops it and returns its error.
func start(t testing.TB, r *Runner) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return func() error {
		cancel()
		return <-ended
	}
}
