package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"wanwatch/probes"
)

const (
	// grace is how long a prober may go on after its time-out, to close what
	// it opened. After that its place is given to another.
	grace = 2 * time.Second
	// stall is by how much a time-out may be late before it is taken as the
	// program's own standstill and not as the target's silence.
	stall = time.Second
)

// attempt is one run of a prober. It stands between the prober and the taker of
// its results: it answers for a prober that panics, that gives no result or
// that does not end, and drops what comes after the end.
type attempt struct {
	job    probes.Job
	emit   probes.Emit
	logger *slog.Logger
	start  time.Time
	// time is what the run is given: the job's time-out, or less.
	time *deadline
	// stopped reports whether the run was cancelled from outside.
	stopped func() bool

	mu       sync.Mutex
	answered bool // a result about the job's own target was handed on
	over     bool // ended or given up: nothing more is handed on
}

// newAttempt begins a run that ctx may cancel; run must follow.
func newAttempt(ctx context.Context, job probes.Job, limit time.Duration, emit probes.Emit, logger *slog.Logger) *attempt {
	stopped := func() bool { return ctx.Err() != nil }
	timed := withLimit(ctx, limit)
	return &attempt{job: job, emit: emit, logger: logger, start: timed.start, time: timed, stopped: stopped}
}

// run runs the prober once. It returns when the prober does.
func (a *attempt) run(p probes.Prober, trace *probes.Trace) {
	defer a.time.release()
	defer a.end()
	defer a.recover(trace)
	p.Probe(a.time, a.take, trace)
}

// recover turns a panic into a result.
func (a *attempt) recover(trace *probes.Trace) {
	v := recover()
	if v == nil {
		return
	}
	a.logger.Error("a probe panicked: please report this",
		"kind", a.job.Probe.Kind, "target", a.job.Target.ID, "probe", a.job.Probe.Name, "panic", v, "stack", string(debug.Stack()))
	trace.Logf("panic: %v", v)
	a.failSelf(probes.ReasonInternal, "the probe panicked; its log line has the place")
}

// take is the Emit that the prober gets.
func (a *attempt) take(r *probes.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return
	}
	if a.stopped() && (r.Outcome == probes.Failure || r.Outcome == probes.Unknown) {
		return // the probe was cut short: that says nothing about the target
	}
	if r.Target == a.job.Target && r.Outcome != probes.Note {
		a.answered = true
	}
	if late := time.Since(a.start) - a.time.allowed(); late > stall && r.Outcome == probes.Failure && r.Reason == probes.ReasonTimeout {
		copied := *r
		copied.Outcome, copied.Reason = probes.Unknown, probes.ReasonStalled
		copied.Detail = fmt.Sprintf("the time-out came %s late, so the program stood still: %s", late.Round(time.Millisecond), r.Detail)
		r = &copied
	}
	a.emit(r)
}

// failSelf hands on a result that tells of the program's own trouble, unless
// the target's result is already there.
func (a *attempt) failSelf(reason probes.Reason, detail string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over || a.answered || a.stopped() {
		return
	}
	a.answered = true
	a.emit(&probes.Result{
		Job: a.job, Target: a.job.Target,
		Outcome: probes.Unknown, Reason: reason, Detail: detail,
		Start: a.start, Duration: time.Since(a.start),
	})
}

// end closes the attempt. A prober that said nothing is answered for.
func (a *attempt) end() {
	a.failSelf(probes.ReasonInternal, "the probe ended without a result")
	a.mu.Lock()
	a.over = true
	a.mu.Unlock()
}

// giveUp closes the attempt of a prober that does not end.
func (a *attempt) giveUp() {
	a.logger.Error("a probe does not end: please report this",
		"kind", a.job.Probe.Kind, "target", a.job.Target.ID, "probe", a.job.Probe.Name, "after", time.Since(a.start).String())
	a.failSelf(probes.ReasonInternal, fmt.Sprintf("the probe did not end within %s after its time-out", grace))
	a.mu.Lock()
	a.over = true
	a.mu.Unlock()
}

// guard calls stuck if the attempt has not ended some time after its time-out.
// The returned function takes the guard away; it reports whether stuck was
// called.
func (a *attempt) guard(stuck func()) (remove func() bool) {
	due := a.start.Add(a.time.allowed() + grace)
	var mu sync.Mutex
	var removed, called bool
	var timer *time.Timer
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		if removed {
			return
		}
		if time.Since(due) > stall {
			// The program itself stood still, and the prober with it.
			due = time.Now().Add(grace)
			timer.Reset(grace)
			return
		}
		called = true
		stuck()
	}
	mu.Lock()
	timer = time.AfterFunc(time.Until(due), check)
	mu.Unlock()
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		removed = true
		timer.Stop()
		return called
	}
}

// timeout returns a job's time-out; the inventory always sets one.
func timeout(j probes.Job) time.Duration {
	if j.Probe.Timeout > 0 {
		return j.Probe.Timeout
	}
	return j.Probe.Interval
}
