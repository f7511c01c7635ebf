package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"wanwatch/probes"
)

// onceConcurrency is how many jobs Once runs together if nothing is said.
const onceConcurrency = 64

// Once runs each job once, at most concurrency of them at a time (64 if that is
// 0), and hands a report of each to done, as they end and one at a time. What
// cannot be opened, for lack of permission, say, is reported by the jobs that
// need it. Once returns when all have ended, or with the context's error if
// that is done first; the jobs not run by then are not reported.
func Once(ctx context.Context, env probes.Env, kinds []probes.Kind, jobs []probes.Job, concurrency int, done func(probes.Report)) error {
	if concurrency <= 0 {
		concurrency = onceConcurrency
	}
	o := &once{env: env.WithDefaults(), kinds: map[string]probes.Kind{}, fleets: map[string]openFleet{}, done: done}
	for _, k := range kinds {
		o.kinds[k.Name] = k
	}
	o.open(jobs)
	queue := make(chan probes.Job)
	var workers sync.WaitGroup
	for range min(concurrency, len(jobs)) {
		workers.Go(func() {
			for j := range queue {
				o.run(ctx, j)
			}
		})
	}
	for _, j := range jobs {
		select {
		case queue <- j:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	workers.Wait()
	return errors.Join(o.close(), ctx.Err())
}

// once is the work of Once.
type once struct {
	env    probes.Env
	kinds  map[string]probes.Kind
	fleets map[string]openFleet

	mu   sync.Mutex
	done func(probes.Report)
}

// openFleet is a fleet, or why there is none.
type openFleet struct {
	probes.Fleet
	err error
}

// open opens the fleets that the jobs need.
func (o *once) open(jobs []probes.Job) {
	for _, j := range jobs {
		kind := o.kinds[j.Probe.Kind]
		if _, ok := o.fleets[kind.Name]; ok || kind.NewFleet == nil {
			continue
		}
		f, err := kind.NewFleet(o.env)
		o.fleets[kind.Name] = openFleet{f, err}
	}
}

func (o *once) close() error {
	var errs []error
	for name, f := range o.fleets {
		if f.err != nil {
			continue
		}
		if err := f.Close(); err != nil {
			errs = append(errs, fmt.Errorf("closing the engine of the kind %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// run runs one job and hands its report on, unless ctx is done first.
func (o *once) run(ctx context.Context, j probes.Job) {
	trace := probes.NewTrace()
	report := probes.Report{Job: j}
	var results collector
	start := time.Now()
	prober, reason, err := o.prober(j)
	if err != nil {
		trace.Logf("not started: %v", err)
		results.take(&probes.Result{Job: j, Target: j.Target, Outcome: probes.Unknown, Reason: reason, Detail: err.Error(), Start: start})
	} else {
		o.attempt(ctx, j, prober, results.take, trace)
	}
	if ctx.Err() != nil {
		return
	}
	report.Took = time.Since(start)
	report.Results = results.of(j)
	report.Steps = trace.Steps()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.done(report)
}

// attempt runs a prober once and closes it; it does not wait for one that does
// not end.
func (o *once) attempt(ctx context.Context, j probes.Job, p probes.Prober, emit probes.Emit, trace *probes.Trace) {
	a := newAttempt(ctx, j, timeout(j), emit, o.env.Logger)
	left := make(chan struct{})
	var once sync.Once
	leave := func() { once.Do(func() { close(left) }) }
	remove := a.guard(func() {
		a.giveUp()
		leave()
	})
	go func() {
		a.run(p, trace)
		remove()
		closeProber(&entry{job: j, prober: p}, o.env.Logger)
		leave()
	}()
	select {
	case <-left:
		return
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
	}
}

// prober returns what runs a job, or why it cannot run.
func (o *once) prober(j probes.Job) (probes.Prober, probes.Reason, error) {
	kind, ok := o.kinds[j.Probe.Kind]
	switch {
	case !ok:
		return nil, probes.ReasonInternal, fmt.Errorf("this version does not run probes of the kind %q", j.Probe.Kind)
	case kind.NewFleet != nil && o.fleets[kind.Name].err != nil:
		return nil, probes.ReasonNotPermitted, o.fleets[kind.Name].err
	case kind.NewFleet != nil:
		return fleetProber{o.fleets[kind.Name].Fleet, j}, "", nil
	}
	p, err := newProber(kind, o.env, j)
	return p, probes.ReasonInternal, err
}

// fleetProber is one job of a fleet, as a prober.
type fleetProber struct {
	fleet probes.Fleet
	job   probes.Job
}

// Probe implements probes.Prober.
func (f fleetProber) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	f.fleet.Probe(ctx, f.job, emit, trace)
}

// Close implements probes.Prober: the fleet goes on.
func (fleetProber) Close() error { return nil }

// collector keeps copies of results.
type collector struct {
	mu      sync.Mutex
	results []probes.Result
}

func (c *collector) take(r *probes.Result) {
	kept := *r
	kept.Samples = slices.Clone(r.Samples)
	for i := range kept.Samples {
		kept.Samples[i].Labels = slices.Clone(kept.Samples[i].Labels)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.results = append(c.results, kept)
}

// of returns the results, those about the job's own target first.
func (c *collector) of(j probes.Job) []probes.Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortStableFunc(c.results, func(a, b probes.Result) int {
		switch {
		case (a.Target == j.Target) == (b.Target == j.Target):
			return 0
		case a.Target == j.Target:
			return -1
		default:
			return 1
		}
	})
	return slices.Clone(c.results)
}
