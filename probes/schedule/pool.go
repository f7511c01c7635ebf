package schedule

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// pool runs the probers of one kind. A prober that is not running costs an
// entry in a heap and no goroutine.
type pool struct {
	kind    string
	env     probes.Env
	emit    probes.Emit
	fixed   int // limit set by the user, 0 if none
	costly  bool
	hurries *rate.Limiter // of all pools
	wake    chan struct{}
	runs    sync.WaitGroup // runs and closings
	logger  *slog.Logger

	mu      sync.Mutex
	entries map[probes.Key]*entry
	leaving map[probes.Key]*entry // gone, but still running; no key can have two
	due     dueHeap               // all entries, by their next start
	waiting []*entry              // due, but the limit is reached; oldest first
	running int                   // places taken
	alive   int                   // runs that have not ended, those that lost their place too
	limit   int
	ctx     context.Context //nolint:containedctx // of Run, which owns the pool; nil before it
	over    bool            // nothing is started or kept any more
}

// entry is one job in a pool.
type entry struct {
	job    probes.Job
	prober probes.Prober
	pace   int // how many times as often as its interval says it is started; 0 is 1

	next  time.Time // next start; zero before Run
	grid  time.Time // the start after it, if that is not one interval later
	due   time.Time // planned start of the run that waits
	index int       // in the heap

	running bool
	waiting bool
	gone    bool      // no longer in the inventory
	started time.Time // the last start
	time    *deadline // what the last run was given

	hurries  int           // how often it may yet be brought forward
	most     int           // the most that hurries can be
	hurried  bool          // next was brought forward; grid is the ordinary start
	reserved bool          // next is the place that the bound of all gave it
	again    bool          // to be brought forward when the run that is on has ended
	patience time.Duration // time-out of the run that is brought forward
	before   *entry        // an entry of the same job that has gone, while it still runs
}

// busy reports whether a start now would make two runs of one job.
func (e *entry) busy() bool {
	if e.before != nil && !e.before.running {
		e.before = nil
	}
	return e.running || e.waiting || e.before != nil
}

func newPool(kind *probes.Kind, env probes.Env, emit probes.Emit, fixed int, hurries *rate.Limiter) *pool {
	env.Meter.Add(metric.Skipped, 0, kind.Name)
	return &pool{
		kind: kind.Name, env: env, emit: emit, fixed: fixed, logger: env.Logger,
		costly: kind.Costly, hurries: hurries,
		wake: make(chan struct{}, 1), entries: map[probes.Key]*entry{}, leaving: map[probes.Key]*entry{},
	}
}

// replace swaps the entries. Those that stay are in both sets; the probers of
// those that go are closed, after their run if they run.
func (p *pool) replace(entries map[probes.Key]*entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		// Run is ending: what is new has no place any more.
		for key, e := range entries {
			if p.entries[key] != e {
				closeProber(e, p.logger)
			}
		}
		return
	}
	old := p.entries
	p.entries = entries
	idle := p.part(old)
	p.due = p.due[:0]
	jobs := make([]probes.Job, 0, len(entries))
	for key, e := range entries {
		if before := old[key]; before != e {
			e.before = p.leaving[key]
			if before != nil {
				e.follow(before)
			}
		}
		e.index = len(p.due)
		p.due = append(p.due, e)
		jobs = append(jobs, e.job)
	}
	p.limit = concurrency(p.fixed, jobs)
	if p.ctx != nil {
		p.beginAll()
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(e *entry) bool { return entries[e.job.Key()] != e })
	p.startWaiting()
	p.close(idle)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// part takes leave of the old entries that are no longer in the pool. It returns
// those that do not run.
func (p *pool) part(old map[probes.Key]*entry) (idle []*entry) {
	for key, e := range old {
		switch {
		case p.entries[key] == e:
			continue
		case e.running:
			p.leaving[key] = e
		default:
			idle = append(idle, e)
		}
		e.gone = true
	}
	return idle
}

// follow takes the place in time of the entry that e replaces.
func (e *entry) follow(before *entry) {
	e.pace = min(before.pace, quickest(e.job))
	if before.job.Phase == e.job.Phase && before.job.Probe.Interval == e.job.Probe.Interval {
		e.next, e.grid = before.next, before.grid
		if before.hurried {
			e.next, e.grid = before.grid, time.Time{}
		}
	}
}

// firstWithin is how long a newcomer waits for its first probe at most, if not
// so many come together that they would be in each other's way.
const firstWithin = 5 * time.Second

// beginAll sets the first start of the entries that have none, and orders the
// heap. The newcomers are given enough time that the limit would do even if all
// of them were dead.
func (p *pool) beginAll() {
	var busy time.Duration
	for _, e := range p.due {
		if e.next.IsZero() {
			busy += timeout(e.job)
		}
	}
	now := time.Now()
	window := max(firstWithin, busy/time.Duration(p.limit))
	for _, e := range p.due {
		if e.next.IsZero() {
			e.begin(now, window)
		}
	}
	heap.Init(&p.due)
}

// begin sets an entry's first start: soon, so that a newcomer's values are seen
// quickly, and spread as the phases are. The start after that is on the job's
// phase, one time-out later at least, so that a slow target's first probe is
// not in the way of its second.
func (e *entry) begin(now time.Time, window time.Duration) {
	interval := e.interval()
	e.next = nextStart(now, e.job.Phase, interval)
	window = min(interval, window)
	wait := e.next.Sub(now)
	if wait <= window {
		return
	}
	share := float64(wait-window) / float64(interval-window)
	e.next = now.Add(time.Duration(share * float64(window)))
	e.grid = nextStart(e.next.Add(timeout(e.job)), e.job.Phase, interval)
}

// loop starts what is due until ctx is done, and returns when every run has
// ended, or has been given up.
func (p *pool) loop(ctx context.Context) error {
	p.mu.Lock()
	p.ctx = ctx
	p.beginAll()
	p.mu.Unlock()

	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return p.drain()
		case <-timer.C:
		case <-p.wake:
		}
		timer.Reset(p.startDue())
	}
}

// tick is the least time between two looks at the heap: what falls due within
// it starts together.
const tick = time.Millisecond

// startDue starts what is due and returns how long to wait for the next.
func (p *pool) startDue() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for len(p.due) > 0 && !p.due[0].next.After(now) {
		e := p.due[0]
		p.startOrSkip(e, now)
		heap.Fix(&p.due, e.index)
	}
	if len(p.due) == 0 {
		return time.Hour // until replace wakes the loop
	}
	return max(p.due[0].next.Sub(now), tick)
}

// startOrSkip starts an entry that is due, or counts that it could not, and
// sets its next start. Starts missed by more than an interval are not made up
// for: after a standstill all would come at once.
func (p *pool) startOrSkip(e *entry, now time.Time) {
	if e.hurried {
		p.startHurried(e, now)
		return
	}
	interval := e.interval()
	planned := e.next
	e.hurries = min(e.hurries+1, e.most)
	if !e.grid.IsZero() {
		e.next, e.grid = e.grid, time.Time{}
		p.start(e, planned, now)
		return
	}
	missed := int64(now.Sub(planned) / interval)
	e.next = planned.Add(time.Duration(missed+1) * interval)
	if missed > 0 || e.busy() {
		p.env.Meter.Add(metric.Skipped, float64(missed+1), p.kind)
		return
	}
	p.start(e, planned, now)
}

func (p *pool) start(e *entry, planned, now time.Time) {
	if e.busy() {
		p.env.Meter.Add(metric.Skipped, 1, p.kind)
		return
	}
	e.due = planned
	if p.running >= p.limit {
		e.waiting = true
		p.waiting = append(p.waiting, e)
		return
	}
	p.launch(e, now, timeout(e.job))
}

// startWaiting starts what has waited longest, as far as the limit allows.
func (p *pool) startWaiting() {
	for len(p.waiting) > 0 && p.running < p.limit && !p.over && p.ctx.Err() == nil {
		e := p.waiting[0]
		p.waiting[0] = nil
		p.waiting = p.waiting[1:]
		e.waiting = false
		p.launch(e, time.Now(), timeout(e.job))
	}
}

// launch runs an entry's prober once, in a goroutine of its own, and gives it some
// time.
func (p *pool) launch(e *entry, now time.Time, limit time.Duration) {
	e.running = true
	e.started = now
	p.running++
	p.alive++
	p.env.Meter.Observe(metric.ScheduleLag, max(now.Sub(e.due), 0).Seconds(), p.kind)
	a := newAttempt(p.ctx, e.job, limit, p.emit, p.logger)
	e.time = a.time
	p.runs.Go(func() {
		remove := a.guard(func() {
			a.giveUp()
			p.release()
		})
		a.run(e.prober, nil)
		p.ended(e, remove())
	})
}

// release gives the place of a run that does not end to another.
func (p *pool) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.startWaiting()
}

// ended notes the end of a run; released says that its place was given away.
func (p *pool) ended(e *entry, released bool) {
	p.mu.Lock()
	e.running = false
	p.alive--
	if !released {
		p.running--
	}
	if e.again && !e.gone && !p.over {
		p.forward(e)
	}
	e.again = false
	p.startWaiting()
	gone := e.gone
	if gone {
		delete(p.leaving, e.job.Key())
	}
	p.mu.Unlock()
	if gone {
		closeProber(e, p.logger)
	}
}

// close closes the probers of entries that do not run: not here, since one may
// take its time.
func (p *pool) close(entries []*entry) {
	if len(entries) == 0 {
		return
	}
	p.runs.Go(func() {
		for _, e := range entries {
			closeProber(e, p.logger)
		}
	})
}

// drain waits until every run has ended, but not for ever, and then closes all
// probers.
func (p *pool) drain() error {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		p.runs.Wait()
		close(ended)
	}()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		p.mu.Lock()
		defer p.mu.Unlock()
		return fmt.Errorf("%d probes of the kind %s have not ended %s after they were stopped", p.alive, p.kind, grace)
	}
	p.closeAll()
	return nil
}

// closeAll closes every prober; none runs.
func (p *pool) closeAll() {
	p.mu.Lock()
	p.over = true
	entries := p.entries
	p.entries, p.due, p.waiting = map[probes.Key]*entry{}, nil, nil
	p.mu.Unlock()
	for _, e := range entries {
		closeProber(e, p.logger)
	}
}

// closeProber closes a prober and lives through its panic.
func closeProber(e *entry, logger *slog.Logger) {
	defer func() {
		if v := recover(); v != nil {
			logger.Error("closing a probe panicked: please report this", "kind", e.job.Probe.Kind, "target", e.job.Target.ID, "panic", v)
		}
	}()
	if err := e.prober.Close(); err != nil {
		logger.Warn("closing a probe failed", "kind", e.job.Probe.Kind, "target", e.job.Target.ID, "probe", e.job.Probe.Name, "err", err)
	}
}

// dueHeap orders entries by their next start, for container/heap.
type dueHeap []*entry

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].next.Before(h[j].next) }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *dueHeap) Push(x any) { e := x.(*entry); e.index = len(*h); *h = append(*h, e) }
func (h *dueHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	*h = old[:len(old)-1]
	return e
}
