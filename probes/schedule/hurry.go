package schedule

import (
	"container/heap"
	"time"

	"golang.org/x/time/rate"

	"wanwatch/probes"
)

const (
	// hurriesPerSecond bounds the probes that are brought forward by one
	// program, after a burst of hurriesAtOnce: when half of a country falls
	// silent, its probes are spread, and those whose turn would come no sooner
	// than without haste are left where they were.
	hurriesPerSecond = 200
	hurriesAtOnce    = 50
	// leastPatience is how long a probe in haste waits for its answer, if that
	// usually comes much sooner: a lost SYN is sent again after one second.
	leastPatience = 2 * time.Second
	// patience is how many times its usual time a probe in haste may take.
	patience = 4
)

func newHurries() *rate.Limiter { return rate.NewLimiter(hurriesPerSecond, hurriesAtOnce) }

// allowance is how often a probe may be brought forward before ordinary starts
// earn it more, one each: twice what a drop and the return take. So a target
// that comes and goes all the time is asked at most twice as often.
func allowance(kind *probes.Kind, j probes.Job) int {
	if kind.Costly {
		return 1
	}
	return 2 * max(j.Probe.Confirm, 1)
}

// entry returns the entry of a job; nil if there is none.
func (p *pool) entry(key probes.Key) *entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[key]
}

// hurry brings the next start of an entry forward; usual is how long its answer
// takes. It does nothing if the entry has used up its allowance. A run that is on and
// that has not given the answer which calls for haste is not waited for any longer
// than one in haste.
func (p *pool) hurry(e *entry, usual time.Duration, unanswered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e == nil || p.over || p.ctx == nil || e.gone || e.hurries == 0 {
		return
	}
	e.patience = timeout(e.job)
	if !p.costly {
		e.patience = min(e.patience, max(leastPatience, patience*usual))
	}
	if e.busy() {
		if e.running && unanswered {
			e.time.shorten(e.patience)
		}
		e.again = true
		return
	}
	p.forward(e)
}

// forward puts an entry's next start as early as retryEvery allows. The ordinary
// start that would fall into that run is left out: this one is in its place.
func (p *pool) forward(e *entry) {
	at := e.started.Add(retryEvery)
	if now := time.Now(); at.Before(now) {
		at = now
	}
	if e.hurried || !e.grid.IsZero() || !e.next.After(at) {
		return // as soon as that it starts anyway
	}
	e.grid = e.next
	for e.grid.Before(at.Add(e.patience)) {
		e.grid = e.grid.Add(e.interval())
	}
	e.next, e.hurried = at, true
	heap.Fix(&p.due, e.index)
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// startHurried starts an entry that was brought forward, or puts it off as the
// bound for all of them wants it. It takes no place that others wait for.
func (p *pool) startHurried(e *entry, now time.Time) {
	if !e.reserved {
		r := p.hurries.ReserveN(now, 1)
		delay := r.DelayFrom(now)
		if delay > 0 && now.Add(delay).Before(e.grid) {
			e.next, e.reserved = now.Add(delay), true
			return
		}
		if delay > 0 {
			r.CancelAt(now)
			e.calm()
			return
		}
	}
	e.due = e.next
	late := now.Sub(e.next)
	e.calm()
	if e.busy() || p.running >= p.limit || late > e.interval() {
		return
	}
	e.hurries--
	p.launch(e, now, e.patience)
}

// calm lets an entry go on at its ordinary pace.
func (e *entry) calm() {
	e.next, e.grid = e.grid, time.Time{}
	e.hurried, e.reserved = false, false
}
