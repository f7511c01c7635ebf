// Package app puts the parts together into one running program: it loads the
// inventory, plans, opens the sockets, probes, serves what was found, and takes
// over a changed inventory while running.
//
// An [App] owns every goroutine that it starts and keeps no state outside
// itself, so that several can run in one process. It knows nothing of signals,
// flags and terminals: those belong to the command.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"wanwatch/dashboards/reports/timetable"
	"wanwatch/exporter"
	"wanwatch/exporter/alerts"
	"wanwatch/exporter/store"
	"wanwatch/probes"
	"wanwatch/probes/quality"
	"wanwatch/probes/schedule"
	"wanwatch/probes/stamp/reflector"
)

// StopTimeout is the longest that [App.Stop] takes.
const StopTimeout = 5 * time.Second

// App is the program. Make it with [New]; it runs once, from [App.Start] to
// [App.Stop].
type App struct {
	opts   Options
	secure protection
	guard  *guard

	life  context.Context //nolint:containedctx // it is the program's life, not that of a call
	end   context.CancelFunc
	parts *group
	used  atomic.Bool   // started, or stopped before it could be
	ready atomic.Bool   // all parts run
	ended chan struct{} // closed when all parts have ended

	addr      atomic.Pointer[net.Addr]
	listeners []net.Listener
	watcher   *watcher // nil if the inventory is not watched

	exporter *exporter.Exporter
	history  *store.Store // nil if none is kept

	alertmanager *alerts.Manager // nil if alerts go elsewhere, or there are none
	router       router
	forward      func(context.Context) // nil if alerts stay here

	env       probes.Env
	runner    *schedule.Runner
	reflector *reflector.Reflector // nil if nobody is answered
	meetings  assembly
	keeper    *timetable.Keeper // of reports; nil if none are scheduled
	quickened int               // probes that are made more often for meetings; of watchMeetings alone

	reloading chan struct{} // holds one token: who has it reloads
	running   atomic.Pointer[generation]
}

// New checks the options and returns a program that has not started: it reads
// nothing but the web configuration file.
func New(o Options) (*App, error) {
	secure, err := o.complete()
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	return &App{
		opts:      o,
		secure:    secure,
		guard:     &guard{file: o.WebConfigFile, logger: o.Logger},
		life:      life,
		end:       end,
		parts:     &group{end: end},
		ended:     make(chan struct{}),
		reloading: make(chan struct{}, 1),
	}, nil
}

// Start loads the inventory, opens what it needs, and starts to probe and to
// serve. It returns when the program is ready, or with the reason why it cannot
// run: inventory.Problems if the inventory has any. ctx bounds only the start.
// After a failure nothing is left open or running, but for a store that was being
// opened as ctx was done: it is closed as soon as it is open.
func (a *App) Start(ctx context.Context) error {
	if !a.used.CompareAndSwap(false, true) {
		return errors.New("start: a program runs once, and this one was started or stopped before")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.life, cancel)() // a Stop meanwhile ends the start
	if err := a.start(ctx); err != nil {
		a.end()
		err = errors.Join(err, a.release())
		close(a.ended)
		return err
	}
	go a.finish()
	return nil
}

// start does the work of Start. What it opened before it failed stands in the
// fields of a, for release.
func (a *App) start(ctx context.Context) (err error) {
	a.listeners = a.opts.Listeners
	opened, err := listen(ctx, a.opts.Listen)
	if err != nil {
		return err
	}
	a.listeners = append(a.listeners, opened...)
	addr := a.listeners[0].Addr()
	a.addr.Store(&addr)
	if a.opts.Watch {
		// Before the inventory is read, so that no change falls in between.
		a.watcher = newWatcher(a.opts.Inventory, a.opts.Logger)
	}
	if err := a.equip(); err != nil {
		return err
	}
	// Before the history: reading that back may take a minute, and a misspelt path must
	// not make its folder.
	over := a.opts.Loading()
	first, err := a.load()
	over()
	if err != nil {
		return err
	}
	if err := errors.Join(a.openHistory(ctx), a.openReflector(ctx)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := a.begin(first); err != nil {
		return err
	}
	a.run()
	a.ready.Store(true)
	a.announce(first)
	return nil
}

// equip makes what results go into, and what probes are run by.
func (a *App) equip() error {
	a.exporter = exporter.New(exporter.Options{
		Logger: a.opts.Logger, Version: a.opts.Version, Revision: a.opts.Revision,
	})
	profile, err := quality.Read(a.opts.QualityProfile)
	if err != nil {
		return Mistake("the quality profile", err)
	}
	networks, err := readNetworks(a.opts.ASTable)
	if err != nil {
		return err
	}
	a.env = probes.Env{Logger: a.opts.Logger, Meter: a.exporter.Meter(), Resolver: a.opts.Resolver, Quality: profile, Network: networks.Name}
	a.runner = schedule.NewRunner(schedule.Options{
		Env: a.env, Kinds: a.opts.Kinds, Emit: a.exporter.Record,
	})
	return nil
}

// begin takes over the first inventory, with all that it sets up.
func (a *App) begin(first *generation) error {
	over := a.opts.Loading()
	defer over()
	change, err := a.runner.Prepare(first.jobs)
	if err != nil {
		return err
	}
	if err := errors.Join(a.openAlarm(first.inv), a.setRules(first.inv), a.openReports(first.inv)); err != nil {
		return errors.Join(err, a.runner.Discard(change))
	}
	a.apply(first, change)
	return nil
}

// run starts every part; none of these starts can fail.
func (a *App) run() {
	a.runReports()
	a.parts.Go(func() error { return a.runner.Run(a.life) })
	a.parts.Go(func() error {
		watchClock(a.life, a.exporter.Meter())
		return nil
	})
	a.runAlarm()
	a.runHistory()
	a.parts.Go(func() error { return a.watchMeetings(a.life) })
	if a.reflector != nil {
		a.parts.Go(func() error { return a.reflector.Run(a.life) })
	}
	for _, l := range a.listeners {
		a.serve(l)
	}
	if a.watcher != nil {
		a.parts.Go(func() error { return a.watcher.run(a.life, a.reloadChanged) })
	}
}

// release frees what a start that failed had opened.
func (a *App) release() error {
	var errs []error
	for _, l := range a.listeners {
		errs = append(errs, l.Close())
	}
	if a.watcher != nil {
		errs = append(errs, a.watcher.close())
	}
	if a.runner != nil {
		errs = append(errs, a.runner.Close())
	}
	if a.reflector != nil {
		errs = append(errs, a.reflector.Close())
	}
	errs = append(errs, a.closeHistory(), a.closeAlarm())
	return errors.Join(errs...)
}

// finish waits for the end of every part and tells Wait and Stop.
func (a *App) finish() {
	<-a.life.Done()
	a.ready.Store(false)
	a.opts.Logger.Info("wanwatch ends")
	a.parts.wait.Wait()
	a.parts.fail(errors.Join(a.closeHistory(), a.closeAlarm()))
	close(a.ended)
}

// Stop ends the program: it stops probing, lets the scrapes in flight finish,
// and returns when every goroutine has ended, at the latest when ctx is done or
// after [StopTimeout]. It returns what went wrong since the start. It may be
// called at any time, by several goroutines, and again.
func (a *App) Stop(ctx context.Context) error {
	a.end()
	if a.used.CompareAndSwap(false, true) {
		close(a.ended) // nothing was started, and now nothing can be
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, StopTimeout)
	defer cancel()
	select {
	case <-a.ended:
		return a.parts.err()
	case <-ctx.Done():
		return errors.Join(a.parts.err(), fmt.Errorf("stop: some parts have not ended in time: %w", ctx.Err()))
	}
}

// Wait returns when the program has ended: because it was stopped, or because a
// part of it failed, with what failed. It returns at once after a start that
// failed.
func (a *App) Wait() error {
	<-a.ended
	return a.parts.err()
}

// States returns what is concluded about every target now, sorted by kind
// and id; nil before the start.
func (a *App) States() []exporter.TargetState {
	if !a.ready.Load() {
		return nil
	}
	return a.exporter.States()
}

// Addr returns the first address that the program listens on, with the port
// that it got where the option said 0; nil before the start.
func (a *App) Addr() net.Addr {
	if addr := a.addr.Load(); addr != nil {
		return *addr
	}
	return nil
}
