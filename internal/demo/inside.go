package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"wanwatch/internal/app"
	"wanwatch/internal/lab"
	"wanwatch/internal/lab/world"
	"wanwatch/inventory"
)

// logged is how many packets the lab's log keeps: nobody reads it here.
const logged = 1000

// simulate runs the demo on the lab, in the namespace where this process
// stands.
func simulate(ctx context.Context, o Options, listeners []net.Listener) (err error) {
	n, err := o.load(world.Options{Now: time.Now()})
	if err != nil {
		return err
	}
	history, err := openHistory(ctx, o, n)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(history)) }()
	l, err := lab.Start(n.Plan, lab.Options{ProberHere: true, Entries: logged})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	return show(ctx, o, scenery{network: n, ground: l, epoch: l.Epoch(), failed: l.Done(), history: history}, listeners)
}

// reduced runs the demo on loopback addresses.
func reduced(ctx context.Context, o Options, listeners []net.Listener) error {
	n, err := o.load(world.Options{Now: time.Now(), Loopback: true})
	if err != nil {
		return errors.Join(err, closeAll(listeners))
	}
	history, err := openHistory(ctx, o, n)
	if err != nil {
		return errors.Join(err, closeAll(listeners))
	}
	err = show(ctx, o, scenery{network: n, ground: new(net.ListenConfig), epoch: time.Now(), history: history}, listeners)
	return errors.Join(err, os.RemoveAll(history))
}

// show starts who lives on the network and wanwatch itself, and tells what
// happens until ctx is done.
func show(ctx context.Context, o Options, s scenery, listeners []net.Listener) (err error) {
	secret, err := newSecret()
	if err != nil {
		return err
	}
	people, err := s.network.Inhabitants(secret, s.epoch)
	if err != nil {
		return err
	}
	if err := people.Start(ctx, s.ground); err != nil {
		return fmt.Errorf("the demo's servers: %w", err)
	}
	defer func() { err = errors.Join(err, people.Close()) }()

	a, err := app.New(app.Options{
		Storage:   app.Storage{Path: s.history},
		Files:     []inventory.File{{Name: "demo.yaml", Data: s.network.Inventory}},
		Listeners: listeners, WebConfigFile: o.WebConfigFile, AllowInsecure: o.AllowInsecure, Pprof: o.Pprof,
		Logger: o.Logger, Version: o.Version, Revision: o.Revision,
	})
	if err != nil {
		return errors.Join(err, closeAll(listeners))
	}
	if err := a.Start(ctx); err != nil {
		return fmt.Errorf("start wanwatch on the simulated network: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = a.Wait() // Stop tells it again
		close(ended)
	}()
	tell := newNarrator(o.Out, s)
	tell.open(o.WebConfigFile != "", listeners)
	tell.run(ctx, a.States, ended, s.failed)
	return a.Stop(context.Background())
}

// newSecret makes what the simulated routers ask for, and puts it where the
// inventory looks for it. It is a new one each time, and known to this process
// alone.
func newSecret() (string, error) {
	text := rand.Text()
	if err := os.Setenv(world.SecretVariable, text); err != nil {
		return "", fmt.Errorf("setting the secret of the simulated routers: %w", err)
	}
	return text, nil
}
