package exporter

import (
	"cmp"
	"slices"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// set is everything that an inventory makes the exporter expose. The set and
// its maps never change; what changes are the targets in it, each under its
// own mutex. A reload makes a new set of the old one's targets.
type set struct {
	targets []*target // sorted by kind and id
	of      map[targetKey]*target
	refs    map[ref]*feed
	kinds   map[string]*probes.Kind
	layouts map[string]*layout // those in use, by key
	agent   string
}

// holds reports whether a target is in the set, which may be nil.
func (s *set) holds(t *target) bool { return s != nil && s.of[t.key] == t }

// ref is a short cut to a feed: comparing two pointers, it is much faster than
// comparing the five texts of a key.
type ref struct {
	target *inventory.Target
	probe  *inventory.Probe
}

func refOf(j probes.Job) ref { return ref{j.Target, j.Probe} }

// builder makes a set out of an inventory and the set before it. It runs while
// results are recorded and scrapes are answered: it locks one target at a time.
type builder struct {
	e   *Exporter
	old *set
	now moment
	inv *inventory.Inventory
	set *set
}

func (b *builder) build(agent string, kinds []probes.Kind, jobs []probes.Job) *set {
	targets := b.inv.Targets()
	b.set = &set{
		targets: make([]*target, 0, len(targets)),
		of:      make(map[targetKey]*target, len(targets)),
		refs:    make(map[ref]*feed, len(jobs)),
		kinds:   make(map[string]*probes.Kind, len(kinds)),
		layouts: map[string]*layout{},
		agent:   agent,
	}
	for i := range kinds {
		b.set.kinds[kinds[i].Name] = &kinds[i]
	}
	jobs = inTurn(jobs)
	visits := visits(targets, jobs)
	visited := make([]*target, len(visits))
	for i, in := range visits {
		visited[i] = b.target(in)
		b.set.of[visited[i].key] = visited[i]
	}
	for _, in := range targets {
		b.set.targets = append(b.set.targets, b.set.of[keyOf(in)])
	}
	for _, job := range jobs {
		b.job(job)
	}
	for _, t := range b.set.targets {
		b.keepAdopted(t)
	}
	for i, in := range visits {
		b.update(visited[i], in)
	}
	return b.set
}

// inTurn returns the jobs in the order in which their results come. What is made
// in this order lies in memory as it is recorded into, so that what comes next is
// in the processor's caches, or is being fetched.
func inTurn(jobs []probes.Job) []probes.Job {
	type turn struct {
		interval, phase time.Duration
		index           int
	}
	turns := make([]turn, len(jobs))
	for i, j := range jobs {
		turns[i] = turn{j.Probe.Interval, j.Phase, i}
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.interval, b.interval), cmp.Compare(a.phase, b.phase), cmp.Compare(a.index, b.index))
	})
	list := make([]probes.Job, len(jobs))
	for i, t := range turns {
		list[i] = jobs[t.index]
	}
	return list
}

// visits returns the targets in the order in which the jobs come to them.
func visits(targets []*inventory.Target, jobs []probes.Job) []*inventory.Target {
	left := make(map[*inventory.Target]bool, len(targets))
	for _, in := range targets {
		left[in] = true
	}
	list := make([]*inventory.Target, 0, len(targets))
	visit := func(in *inventory.Target) {
		if left[in] {
			left[in] = false
			list = append(list, in)
		}
	}
	for _, job := range jobs {
		visit(job.Target)
	}
	for _, in := range targets {
		visit(in)
	}
	return list
}

// target returns the target of the old set, or a new one.
func (b *builder) target(in *inventory.Target) *target {
	if b.old != nil {
		if t := b.old.of[keyOf(in)]; t != nil {
			return t
		}
	}
	return newTarget(keyOf(in), b.e.families, b.e.cores[in.Kind], b.e.empty)
}

// job makes the feeds of a job: its own and those of its subjects.
func (b *builder) job(job probes.Job) {
	kind := b.set.kinds[job.Probe.Kind]
	b.feed(job, kind)
	if kind == nil || kind.Subjects == nil {
		return
	}
	for _, subject := range kind.Subjects(job) {
		about := job
		about.Target = subject
		b.feed(about, kind)
	}
}

// feed makes or keeps the feed of a job or of one of its subjects.
func (b *builder) feed(job probes.Job, kind *probes.Kind) {
	t := b.set.of[keyOf(job.Target)]
	if t == nil || feedOf(t.next, job.Probe) != nil {
		return
	}
	// Only a builder changes feeds, so they can be read without the mutex.
	f := feedOf(t.feeds, job.Probe)
	if f == nil || f.job.Fingerprint != job.Fingerprint {
		f = b.layOut(f, t, job, kind)
	} else {
		t.mu.Lock()
		f.job, f.adopted = job, nil
		t.mu.Unlock()
	}
	t.next = append(t.next, f)
	b.set.layouts[f.layout.key] = f.layout
	b.set.refs[refOf(job)] = f
	if made := f.made; made != refOf(job) {
		// A prober that the reload keeps goes on with the job it was made for.
		b.set.refs[made] = f
	}
}

// layOut lays out the series of a new feed, or of one whose job has changed.
func (b *builder) layOut(f *feed, t *target, job probes.Job, kind *probes.Kind) *feed {
	l := b.e.layoutFor(job, kind, b.set, b.old)
	t.mu.Lock()
	defer t.mu.Unlock()
	if f == nil {
		return newFeed(t, job, l)
	}
	f.job, f.made, f.layout, f.adopted = job, refOf(job), l, nil
	f.probe.reshape(l.probe)
	f.about.reshape(l.about)
	return f
}

// update gives a target what the new inventory says of it.
func (b *builder) update(t *target, in *inventory.Target) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inventory = in
	t.siteName = in.Site
	if site := b.inv.Sites[in.Site]; site != nil {
		t.siteName = site.Name
	}
	t.maintenance, t.meetings = eventsOf(in.Maintenance, maintenanceEvent), eventsOf(in.Meetings, meetingEvent)
	t.limitsHold = occasion{}
	t.feeds, t.next = t.next, nil
	slices.SortFunc(t.feeds, compareFeeds)
	t.shown = len(t.feeds) > 0 || covers(in, b.set.agent)
	if len(t.feeds) > 0 {
		t.watch(b.now)
	} else {
		t.unwatch()
	}
	t.refresh(b.now)
}

// keepAdopted keeps the feeds that no kind announced, as long as the jobs that
// they came from are what they were.
func (b *builder) keepAdopted(t *target) {
	for _, f := range t.feeds {
		if f.adopted == nil || feedOf(t.next, f.job.Probe) != nil {
			continue
		}
		if source := b.set.of[*f.adopted]; source != nil {
			own := feedOf(source.next, f.job.Probe)
			if own != nil && own.job.Fingerprint == f.job.Fingerprint {
				t.next = append(t.next, f)
			}
		}
	}
}

// covers reports whether an agent looks after a target that has no probes.
func covers(in *inventory.Target, agent string) bool {
	return agent == "" || len(in.Agents) == 0 || slices.Contains(in.Agents, agent)
}
