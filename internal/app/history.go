package app

import (
	"context"
	"fmt"

	"wanwatch/dashboards/rules"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/store"
	"wanwatch/inventory"
)

// openHistory opens the store, if there shall be one.
func (a *App) openHistory(ctx context.Context) (err error) {
	o := a.opts.Storage
	if o.Path == "" {
		return nil
	}
	a.history, err = openStore(ctx, func() (*store.Store, error) {
		return store.Open(store.Options{
			Path: o.Path, Retention: o.Retention, MaxSize: o.MaxSize, RemoteWrite: o.RemoteWrite, OutOfOrder: o.OutOfOrder,
			Source: a.exporter, Meter: a.exporter.Meter(), Notify: a.alarm, ExternalURL: a.externalURL(),
			ExternalLabels: a.externalLabels(), Logger: a.opts.Logger, Version: a.opts.Version, Revision: a.opts.Revision,
		})
	})
	return err
}

// openStore waits for a store no longer than until ctx is done: reading back the log of
// a large one takes many seconds, and nothing interrupts it. One that comes too late is
// closed; a process that ends meanwhile does to it what a crash would, which it outlives.
func openStore(ctx context.Context, open func() (*store.Store, error)) (*store.Store, error) {
	type outcome struct {
		store *store.Store
		err   error
	}
	came := make(chan outcome, 1)
	go func() {
		s, err := open()
		came <- outcome{s, err}
	}()
	select {
	case o := <-came:
		return o.store, o.err
	case <-ctx.Done():
		go func() {
			if late := <-came; late.err == nil {
				_ = late.store.Close() // there is nobody left to tell
			}
		}()
		return nil, fmt.Errorf("open the store: %w", ctx.Err())
	}
}

// externalLabels keep two agents' views of one target apart.
func (a *App) externalLabels() map[string]string {
	if a.opts.Agent == "" {
		return nil
	}
	return map[string]string{"agent": a.opts.Agent}
}

// setRules takes over the rules in the language of an inventory.
func (a *App) setRules(inv *inventory.Inventory) error {
	if a.history == nil {
		return nil
	}
	if err := a.history.SetRules("the rules of wanwatch", rules.File(texts.Language(inv.Language))); err != nil {
		return fmt.Errorf("this is a mistake in wanwatch, please report it: %w", err)
	}
	return nil
}

// runHistory feeds the store until the program ends.
func (a *App) runHistory() {
	if a.history != nil {
		a.parts.Go(func() error { return a.history.Run(a.life) })
	}
}

// closeHistory closes the store when all that uses it has ended.
func (a *App) closeHistory() error {
	if a.history == nil {
		return nil
	}
	return a.history.Close()
}
