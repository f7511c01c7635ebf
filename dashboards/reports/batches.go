package reports

import (
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
)

// batch is how many targets are asked for at a time, and part how many where each has
// samples every five minutes: those of a year are 20 MB then.
const (
	batch = 250
	part  = 25
)

// inParts has a list read some at a time, several parts at once, and tells the progress.
// What the parts come to stands in the order of the list.
func inParts[T, R any](ctx context.Context, o *Options, list []T, size int, read func(context.Context, []T) ([]R, error)) ([]R, error) {
	n := (len(list) + size - 1) / size
	found := make([][]R, n)
	var mu sync.Mutex
	done := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		some := list[i*size : min((i+1)*size, len(list))]
		g.Go(func() (err error) {
			if err = ctx.Err(); err != nil {
				return err
			}
			if found[i], err = read(ctx, some); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += len(some)
			if o.Progress != nil {
				o.Progress(done, len(list))
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var all []R
	for _, f := range found {
		all = append(all, f...)
	}
	return all, nil
}
