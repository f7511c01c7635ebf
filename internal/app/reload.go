package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"wanwatch/probes/schedule"
)

// Reload reads the inventory and the configuration of alerts again and takes them
// over as a whole. If anything is wrong with one, nothing changes but the reload
// metric and the log, and the error says what: inventory.Problems if it is the
// inventory. Targets that stay the same keep their counters and their phase. One
// reload runs at a time; the others wait for it, or until ctx is done.
func (a *App) Reload(ctx context.Context) error {
	if !a.ready.Load() {
		return errors.New("reload: the program is not running")
	}
	select {
	case a.reloading <- struct{}{}:
		defer func() { <-a.reloading }()
	case <-ctx.Done():
		return fmt.Errorf("reload: %w", ctx.Err())
	case <-a.life.Done():
		return errors.New("reload: the program is ending")
	}

	began := time.Now()
	defer a.opts.Loading()()
	next, err := a.reload()
	switch {
	case err != nil && a.life.Err() != nil:
		return errors.New("reload: the program is ending")
	case err != nil:
		a.exporter.ReloadFailed()
		a.logFailure(err)
		return fmt.Errorf("reload: %w", err)
	}
	a.opts.Logger.Info("inventory reloaded", append(next.counts(), slog.Duration("took", time.Since(began)))...)
	a.logWarnings(next)
	return nil
}

// reload reads and takes over everything, or nothing.
func (a *App) reload() (*generation, error) {
	next, change, err := a.prepare()
	if err != nil {
		return nil, err
	}
	plan, err := a.prepareAlarm(next.inv)
	if err == nil && next.inv.Language != a.running.Load().inv.Language {
		err = a.setRules(next.inv)
	}
	if err != nil {
		return nil, errors.Join(err, a.runner.Discard(change))
	}
	// Nothing below this line may fail.
	a.apply(next, change)
	a.applyAlarm(plan)
	return next, nil
}

// reloadChanged reloads because the files have changed; what is wrong with them
// is in the log.
func (a *App) reloadChanged(ctx context.Context) {
	a.opts.Logger.Info("the inventory's files have changed")
	_ = a.Reload(ctx)
}

// load reads the inventory and plans the probes.
func (a *App) load() (*generation, error) {
	return load(a.opts.source(), a.opts.Agent, a.opts.Kinds)
}

// prepare does everything of a load that can fail, and touches nothing that
// runs.
func (a *App) prepare() (*generation, *schedule.Change, error) {
	next, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	change, err := a.runner.Prepare(next.jobs)
	if err != nil {
		return nil, nil, err
	}
	return next, change, nil
}

// apply takes over what prepare made. The exporter goes first, so that the
// series of new targets exist before their first result.
func (a *App) apply(next *generation, change *schedule.Change) {
	a.exporter.Apply(next.inv, a.opts.Agent, a.opts.Kinds, next.jobs)
	a.runner.Apply(change)
	a.running.Store(next)
}
