// Package schedule decides when each probe runs, and runs it.
//
// [Plan] turns an inventory into jobs; it is pure. A [Runner] owns every
// goroutine of every probe. It starts each job at its phase of the interval,
// never runs one job twice at a time, and bounds how many run together, so
// that slow and dead targets delay no others. What contradicts what is known of
// a target is asked again within seconds, and its other probes with it. Kinds
// that pace themselves run as a fleet, which the Runner opens, feeds and closes.
//
// A reload has two steps: [Runner.Prepare] does all that can fail and touches
// nothing that runs; [Runner.Apply] swaps and cannot fail.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"wanwatch/probes"
)

// Options are what a Runner works with.
type Options struct {
	Env   probes.Env
	Kinds []probes.Kind
	// Emit takes every result.
	Emit probes.Emit
	// Concurrency bounds how many probes of a kind run at a time, by the
	// kind's name; left out or 0, the bound follows from the jobs' time-outs
	// and intervals. It is no matter for kinds that run as a fleet.
	Concurrency map[string]int
}

// Runner runs jobs. Prepare and Apply are called by one goroutine at a time;
// Run by another.
type Runner struct {
	env   probes.Env
	emit  probes.Emit
	kinds map[string]probes.Kind
	pools map[string]*pool // by kind; made once
	haste haste

	mu         sync.Mutex
	fleets     map[string]*fleet
	generation int // counts what was applied
	state      state
	launch     func(*fleet) // starts a fleet while Run runs
}

// state is the Runner's place in its life.
type state int

const (
	idle state = iota
	running
	ended
)

// fleet is a probes.Fleet that is open.
type fleet struct {
	kind string
	probes.Fleet
}

// NewRunner returns a Runner without jobs.
func NewRunner(o Options) *Runner {
	r := &Runner{
		env:   o.Env.WithDefaults(),
		kinds: map[string]probes.Kind{}, pools: map[string]*pool{}, fleets: map[string]*fleet{},
	}
	r.emit = func(x *probes.Result) {
		o.Emit(x)
		r.haste.saw(x)
	}
	hurries := newHurries()
	for _, k := range o.Kinds {
		r.kinds[k.Name] = k
		if k.NewProber != nil {
			r.pools[k.Name] = newPool(&k, r.env, r.emit, o.Concurrency[k.Name], hurries)
		}
	}
	return r
}

// Run probes until ctx is done, and returns when every probe has ended and all
// is closed: nil, or what did not end. If a fleet fails, Run ends everything
// and returns its error. It can be called once.
func (r *Runner) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	var failures failureList
	watch := func(f func(context.Context) error) {
		group.Go(func() {
			if err := f(ctx); err != nil {
				failures.add(err)
				cancel()
			}
		})
	}

	r.mu.Lock()
	if r.state != idle {
		r.mu.Unlock()
		return errors.New("schedule: Run was called before, or after Close")
	}
	r.state = running
	r.launch = func(f *fleet) { watch(func(ctx context.Context) error { return f.run(ctx, r.emit) }) }
	for _, f := range r.fleets {
		r.launch(f)
	}
	for _, p := range r.pools {
		watch(p.loop)
	}
	r.mu.Unlock()

	<-ctx.Done()
	r.mu.Lock()
	r.state = ended // from here on, Apply launches no fleet
	r.mu.Unlock()
	group.Wait()
	failures.add(r.closeFleets())
	return failures.join()
}

// Close frees everything if Run was never called; else it does nothing.
func (r *Runner) Close() error {
	r.mu.Lock()
	if r.state != idle {
		r.mu.Unlock()
		return nil
	}
	r.state = ended
	r.mu.Unlock()
	for _, p := range r.pools {
		p.closeAll()
	}
	return r.closeFleets()
}

func (r *Runner) closeFleets() error {
	r.mu.Lock()
	fleets := r.fleets
	r.fleets = map[string]*fleet{}
	r.mu.Unlock()
	var errs []error
	for _, f := range fleets {
		if err := f.Close(); err != nil {
			errs = append(errs, fmt.Errorf("closing the engine of the kind %s: %w", f.kind, err))
		}
	}
	return errors.Join(errs...)
}

// run runs a fleet; that it ends before its time, or panics, is an error.
func (f *fleet) run(ctx context.Context, emit probes.Emit) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the engine of the kind %s panicked: %v\n%s", f.kind, v, debug.Stack())
		}
	}()
	err = f.Run(ctx, emit)
	switch {
	case err != nil:
		return fmt.Errorf("the engine of the kind %s failed: %w", f.kind, err)
	case ctx.Err() == nil:
		return fmt.Errorf("the engine of the kind %s ended by itself", f.kind)
	}
	return nil
}

// failureList collects errors of several goroutines.
type failureList struct {
	mu   sync.Mutex
	errs []error
}

func (l *failureList) add(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.errs = append(l.errs, err)
	}
}

func (l *failureList) join() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.errs...)
}
