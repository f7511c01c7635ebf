package probes

import (
	"fmt"
	"sync"
	"time"
)

// Trace collects what a probe did, step by step, for wanwatch check and
// /probe. A nil Trace collects nothing. It is safe for concurrent use.
type Trace struct {
	mu    sync.Mutex
	start time.Time
	steps []Step
}

// Step is one thing that a probe did or saw.
type Step struct {
	// At is the time since the probe's start.
	At   time.Duration
	Text string
}

// NewTrace returns a trace whose clock starts now.
func NewTrace() *Trace { return &Trace{start: time.Now()} }

// Logf adds a step. No secret may be in it.
func (t *Trace) Logf(format string, args ...any) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps = append(t.steps, Step{time.Since(t.start), fmt.Sprintf(format, args...)})
}

// Steps returns the steps so far.
func (t *Trace) Steps() []Step {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Step(nil), t.steps...)
}
