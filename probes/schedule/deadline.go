package schedule

import (
	"context"
	"sync"
	"time"
)

// deadline is a context whose deadline can be brought nearer while it is used.
// Those of package context cannot, and one that is cancelled instead says that it
// was cancelled, not that its time is up.
type deadline struct {
	context.Context //nolint:containedctx // the parent, whose values it has

	start time.Time
	done  chan struct{}
	leave func() bool // stops watching the parent

	mu    sync.Mutex // a leaf: nothing is called under it
	limit time.Duration
	timer *time.Timer
	err   error
}

// withLimit returns a context that ends some time after its start, or with its
// parent. It must be released.
func withLimit(parent context.Context, limit time.Duration) *deadline {
	d := &deadline{Context: parent, start: time.Now(), done: make(chan struct{}), limit: limit}
	d.mu.Lock()
	d.timer = time.AfterFunc(limit, func() { d.end(context.DeadlineExceeded) })
	d.mu.Unlock()
	d.leave = context.AfterFunc(parent, func() { d.end(parent.Err()) })
	return d
}

// shorten makes the limit a shorter one, counted from the start. What has passed
// already was given: a prober that waited that long is not late.
func (d *deadline) shorten(limit time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	passed := time.Since(d.start)
	if limit = max(limit, passed); d.err == nil && limit < d.limit {
		d.limit = limit
		d.timer.Reset(limit - passed)
	}
}

// allowed returns the limit in force.
func (d *deadline) allowed() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.limit
}

func (d *deadline) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
		d.timer.Stop()
		close(d.done)
	}
}

// release frees what the context holds.
func (d *deadline) release() {
	d.leave()
	d.end(context.Canceled)
}

// Deadline, Done and Err make it a context.
func (d *deadline) Deadline() (time.Time, bool) { return d.start.Add(d.allowed()), true }

// Done is closed when the time is up.
func (d *deadline) Done() <-chan struct{} { return d.done }

// Err tells why.
func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}
