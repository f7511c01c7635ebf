package app

import (
	"context"
	"errors"
	"sync"
)

// group runs the parts of a program. The first that fails ends them all; the
// failures of all are kept.
type group struct {
	end  context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	errs []error
}

// Go runs one part in a goroutine of its own.
func (g *group) Go(part func() error) {
	g.wait.Go(func() {
		if err := part(); err != nil {
			g.fail(err)
			g.end()
		}
	})
}

// fail keeps a failure, if it is one.
func (g *group) fail(err error) {
	if err != nil {
		g.mu.Lock()
		g.errs = append(g.errs, err)
		g.mu.Unlock()
	}
}

// err returns the failures so far, joined.
func (g *group) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.errs...)
}
