package exporter

import (
	"math"
	"slices"
	"strings"
	"sync"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// targetKey is what makes a target the same one across reloads: its labels.
type targetKey struct {
	kind     inventory.TargetKind
	id, site string
}

func keyOf(t *inventory.Target) targetKey { return targetKey{t.Kind, t.ID, t.Site} }

// target is all that is exposed of one target. Its mutex guards everything
// below it, feeds included.
type target struct {
	key      targetKey
	families *families
	labels   *labelSet

	mu        sync.Mutex
	inventory *inventory.Target
	siteName  string
	// shown is false for a target that another agent looks after.
	shown bool
	// watched is true from the first probe on; a target without any has no
	// state.
	watched bool
	machine machine
	feeds   []*feed // sorted by probe and address
	core    block   // state and limits
	places  corePlaces
	texts   block // what has texts as labels

	meetings, maintenance events

	limitsHold occasion // how long the limits hold

	next []*feed // while a set is built, its feeds; guarded by Exporter.applying
}

// corePlaces are the places of the state in the core block.
type corePlaces struct {
	up, state, changes, maintenance, meetingActive, meetingNext int
	seconds                                                     [stateCount]int
}

// coreShape is the layout of the core block of a kind of target.
type coreShape struct {
	shape  *shape
	places corePlaces
}

func newCoreShape(fs *families, kind inventory.TargetKind) coreShape {
	list := []series{
		newSeries(fs.of[metric.TargetUp], nil), newSeries(fs.of[metric.TargetState], nil),
		newSeries(fs.of[metric.TargetChanges], nil), newSeries(fs.of[metric.TargetMaintenance], nil),
	}
	for s := range stateCount {
		list = append(list, newSeries(fs.of[metric.TargetSeconds], []string{s.String()}))
	}
	for _, l := range limitSeries(kind) {
		list = append(list, newSeries(fs.of[l.metric], l.labels))
	}
	c := coreShape{shape: newShape(list)}
	at := func(d *metric.Desc, labels ...string) int {
		if i := c.shape.find(fs.of[d], labels); i >= 0 {
			return c.shape.series[i].at
		}
		return -1
	}
	c.places.up, c.places.state, c.places.changes, c.places.maintenance = at(metric.TargetUp), at(metric.TargetState), at(metric.TargetChanges), at(metric.TargetMaintenance)
	c.places.meetingActive, c.places.meetingNext = at(metric.MeetingActive), at(metric.MeetingNext)
	for s := range stateCount {
		c.places.seconds[s] = at(metric.TargetSeconds, s.String())
	}
	return c
}

func newTarget(key targetKey, fs *families, core coreShape, empty *shape) *target {
	labels := newLabelSet(metric.Target, key.id, string(key.kind), key.site)
	t := &target{
		key: key, families: fs, labels: labels,
		core:   newBlock(labels, core.shape),
		places: core.places,
		texts:  newBlock(labels, empty),
	}
	t.unwatch()
	return t
}

// watch gives the target the verdicts of its feeds. The first time its state
// begins, at unknown.
func (t *target) watch(now moment) {
	if !t.watched {
		t.watched = true
		t.machine = newMachine(now.mono)
	}
	verdicts := make([]*verdict, len(t.feeds))
	for i, f := range t.feeds {
		verdicts[i] = &f.verdict
	}
	t.machine.watch(verdicts, t.maintenance, now)
}

// unwatch takes the state of a target without probes away.
func (t *target) unwatch() {
	t.watched = false
	t.machine = machine{}
	for _, i := range append(t.places.seconds[:], t.places.up, t.places.state, t.places.changes, t.places.maintenance) {
		t.core.values[i] = math.NaN()
	}
}

// feed returns the feed of a probe, or nil.
func (t *target) feed(p *inventory.Probe) *feed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return feedOf(t.feeds, p)
}

func feedOf(feeds []*feed, p *inventory.Probe) *feed {
	for _, f := range feeds {
		if f.job.Probe.Name == p.Name && f.job.Probe.Address == p.Address {
			return f
		}
	}
	return nil
}

// adopt adds a feed that nobody announced; the mutex is held.
func (t *target) adopt(f *feed, now moment) {
	t.feeds = append(slices.Clone(t.feeds), f)
	slices.SortFunc(t.feeds, compareFeeds)
	t.shown = true
	f.verdict.rules(t.inventory, f.job.Probe, now.wall)
	t.watch(now)
}

// refresh brings the samples that follow from the time up to date.
func (t *target) refresh(now moment) {
	if !t.limitsHold.covers(now.wall) {
		t.limits(now.wall)
		for _, f := range t.feeds {
			f.verdict.rules(t.inventory, f.job.Probe, now.wall)
		}
	}
	if t.watched {
		t.machine.advance(now)
		t.core.values[t.places.up] = number(t.machine.up())
		t.core.values[t.places.state] = t.machine.state.Number()
		t.core.values[t.places.changes] = float64(t.machine.changes)
		for s, i := range t.places.seconds {
			t.core.values[i] = t.machine.spent[s].Seconds()
		}
		t.core.values[t.places.maintenance] = number(t.machine.inForce.on)
	}
	if i := t.places.meetingActive; i >= 0 {
		o := t.meetings.at(now.wall)
		t.core.values[i] = number(o.on)
		t.core.values[t.places.meetingNext] = unix(o.next)
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// feed takes the results of one probe of one target: the target's own, or one
// of a device whose answers tell about it.
type feed struct {
	target *target
	job    probes.Job // Target is the feed's target
	made   ref        // of the job when it was last changed
	// adopted means that no kind announced the feed: it came with a result of
	// a job of the target named.
	adopted *targetKey

	layout  *layout
	probe   block // series that name the probe
	about   block // series of the target that the probe found out
	verdict verdict
}

func newFeed(t *target, job probes.Job, l *layout) *feed {
	f := &feed{target: t, job: job, made: refOf(job), layout: l, verdict: newVerdict()}
	k := t.key
	f.probe = newBlock(newLabelSet(metric.Probe, k.id, string(k.kind), k.site, job.Probe.Name, job.Probe.Address), l.probe)
	f.about = newBlock(t.labels, l.about)
	f.probe.put(t.families.of[metric.ProbeSuccess], nil, 0)
	return f
}

// record takes a result; the target's mutex is held. It reports the first
// sample that could not be taken.
func (f *feed) record(r *probes.Result, now moment) (bad *probes.Sample) {
	fs := f.target.families
	if r.Outcome <= probes.Unknown {
		f.probe.put(fs.attempts, nil, 1)
		f.probe.put(fs.success, nil, number(r.Outcome == probes.Success))
		f.probe.put(fs.duration, nil, r.Duration.Seconds())
		if r.Outcome != probes.Success {
			f.probe.fail(fs.failures, r.Reason)
		}
		f.target.machine.result(&f.verdict, r, now)
	}
	for i := range r.Samples {
		s := &r.Samples[i]
		family := fs.of[s.Metric]
		if family == nil || !f.block(family).put(family, s.Labels, s.Value) {
			bad = s
		}
	}
	return bad
}

// fail counts a failure. The label is kept on the caller's stack.
func (b *block) fail(f *family, r probes.Reason) {
	labels := [1]string{string(r)}
	b.put(f, labels[:], 1)
}

func (f *feed) block(family *family) *block {
	if family.desc.Scope == metric.Target {
		return &f.about
	}
	return &f.probe
}

func compareFeeds(a, b *feed) int {
	if c := strings.Compare(a.job.Probe.Name, b.job.Probe.Name); c != 0 {
		return c
	}
	return strings.Compare(a.job.Probe.Address, b.job.Probe.Address)
}
