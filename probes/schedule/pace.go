package schedule

import (
	"container/heap"
	"time"

	"wanwatch/probes"
)

// MostPace is how many times as often as usual a job is started at most.
const MostPace = 3

// quickest returns how many times as often a job may be started that its runs cannot
// overlap, and that its ordinary starts are among them.
func quickest(j probes.Job) int {
	for pace := MostPace; pace > 1; pace-- {
		part := j.Probe.Interval / time.Duration(pace)
		if part >= timeout(j) && part*time.Duration(pace) == j.Probe.Interval {
			return pace
		}
	}
	return 1
}

// Quickest returns how many times as often a job may be started: 1 for costly kinds, and
// for those that pace themselves.
func Quickest(kind probes.Kind, j probes.Job) int {
	if kind.Costly || kind.NewFleet != nil {
		return 1
	}
	return quickest(j)
}

// interval returns the time from start to start.
func (e *entry) interval() time.Duration {
	return e.job.Probe.Interval / time.Duration(max(e.pace, 1))
}

// Quicken has the jobs of some keys started up to [MostPace] times as often as their
// interval says, and all others as often as it says. Their ordinary starts stay where
// they are, with others between them. Costly kinds, and those that pace themselves,
// are left as they are. It returns how many jobs are quickened now.
func (r *Runner) Quicken(keys map[probes.Key]bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pools {
		n += p.quicken(keys)
	}
	return n
}

func (p *pool) quicken(keys map[probes.Key]bool) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.costly || p.over {
		return 0
	}
	now, changed := time.Now(), false
	for key, e := range p.entries {
		pace := 1
		if keys[key] {
			pace = quickest(e.job)
		}
		if pace > 1 {
			n++
		}
		if pace == max(e.pace, 1) {
			continue
		}
		e.pace = pace
		// What has no start yet, or was brought forward, gets its place from there.
		if e.next.IsZero() || e.hurried {
			continue
		}
		e.next, e.grid = nextStart(now, e.job.Phase, e.interval()), time.Time{}
		changed = true
	}
	if changed && p.ctx != nil {
		heap.Init(&p.due)
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
	return n
}
