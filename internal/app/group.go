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
		err := part()
		if err == nil {
			return
		}
		g.mu.Lock()
		g.errs = append(g.errs, err)
		g.mu.Unlock()
		g.end()
	})
}

// err returns the failures so far, joined.
func (g *group) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.errs...)
}
