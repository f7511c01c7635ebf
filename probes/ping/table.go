package ping

import (
	"cmp"
	"slices"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// table is a set of jobs. It never changes: Set makes a new one beside the loop,
// which then only swaps the pointer.
type table struct {
	targets []*target    // by place; nil where a place is free
	jobs    []probes.Job // by place
	names   map[lookup][]*target
	wired   []*target // those that name an interface
	rate    float64   // packets a second
	room    int       // the largest payload
}

// planner makes tables. It remembers which job has which place.
type planner struct {
	byKey  map[probes.Key]*target
	prints map[probes.Key]string
	size   int // places in use and free ones among them
	free   []int32
	stamp  uint32
}

// change is what the loop needs to go from one table to the next.
type change struct {
	table          *table
	added, removed []*target
}

func newPlanner() *planner {
	return &planner{byKey: map[probes.Key]*target{}, prints: map[probes.Key]string{}}
}

// plan makes the table of a set of jobs. Targets of jobs with the same key and
// fingerprint are kept.
func (p *planner) plan(jobs []probes.Job, patternSum func(size int) uint32) change {
	var c change
	byKey := make(map[probes.Key]*target, len(jobs))
	prints := make(map[probes.Key]string, len(jobs))
	kept := make(map[*target]bool, len(jobs))
	var fresh []probes.Job
	for _, j := range jobs {
		k := j.Key()
		if _, twice := prints[k]; twice {
			continue // the scheduler refuses this
		}
		prints[k] = j.Fingerprint
		if t := p.byKey[k]; t != nil && p.prints[k] == j.Fingerprint {
			byKey[k], kept[t] = t, true
			continue
		}
		fresh = append(fresh, j)
	}
	for _, t := range p.byKey {
		if !kept[t] {
			c.removed = append(c.removed, t)
			p.free = append(p.free, t.place)
		}
	}
	slices.SortStableFunc(fresh, inTurn)
	for _, j := range fresh {
		t := p.add(j, patternSum)
		byKey[j.Key()] = t
		c.added = append(c.added, t)
	}
	p.byKey, p.prints = byKey, prints
	c.table = p.fill(jobs)
	return c
}

// inTurn orders jobs as they take their turns. Targets made in this order lie in
// memory as they are visited: what comes next is in the processor's caches, or is
// being fetched. For 10,000 targets that was measured to save a tenth of the
// processor time of the whole program, the kernel's included.
func inTurn(a, b probes.Job) int {
	return cmp.Or(cmp.Compare(a.Probe.Interval, b.Probe.Interval), cmp.Compare(a.Phase, b.Phase))
}

// add makes the target of a new job, at a free place.
func (p *planner) add(j probes.Job, patternSum func(size int) uint32) *target {
	s := settingsOf(j)
	p.stamp++
	t := &target{
		settings: s, stamp: p.stamp, patternSum: patternSum(s.size),
		flights: newFlights(s.interval, s.timeout),
	}
	if isName(s.host) {
		t.name = lookup{s.host, s.want}
	}
	if n := len(p.free); n > 0 {
		t.place, p.free = p.free[n-1], p.free[:n-1]
		return t
	}
	t.place = int32(p.size)
	p.size++
	return t
}

// fill lays the targets out by place.
func (p *planner) fill(jobs []probes.Job) *table {
	tb := &table{
		targets: make([]*target, p.size), jobs: make([]probes.Job, p.size),
		names: map[lookup][]*target{}, room: defaultSize,
	}
	for _, j := range jobs {
		t := p.byKey[j.Key()]
		if tb.targets[t.place] == t {
			continue
		}
		tb.targets[t.place], tb.jobs[t.place] = t, j
		if t.name != (lookup{}) {
			tb.names[t.name] = append(tb.names[t.name], t)
		}
		if len(t.settings.links()) > 0 {
			tb.wired = append(tb.wired, t)
		}
		tb.rate += float64(time.Second) / float64(t.settings.interval)
		tb.room = max(tb.room, t.settings.size)
	}
	return tb
}

// holds reports whether a target is still in the table.
func (tb *table) holds(t *target) bool {
	return int(t.place) < len(tb.targets) && tb.targets[t.place] == t
}

// at returns the target at a place, or nil.
func (tb *table) at(place uint32) *target {
	if uint64(place) >= uint64(len(tb.targets)) {
		return nil
	}
	return tb.targets[place]
}

// subject returns the job of a target that the table holds, and whom its
// results are about.
func (tb *table) subject(t *target) (probes.Job, *inventory.Target) {
	j := tb.jobs[t.place]
	return j, j.Target
}
