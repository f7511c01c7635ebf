// Package exporter turns the results of probes into Prometheus metrics and
// serves them over HTTP.
//
// A [*Exporter] takes results with Record, an inventory with Apply, and the
// program's own figures through its Meter. What it exposes is decided by the
// catalog in package metric. For each target it also keeps the state: up,
// degraded, down, unknown or maintenance, and the seconds spent in each.
//
// Ten thousand targets have more than half a million series. So series are not
// objects: the numbers of all series that share a label set lie side by side in
// a block, and blocks of equal layout share its description. A result is
// recorded without allocating. A scrape copies the numbers, target by target,
// and writes its lines from the copy; so what is told of one target is of one
// moment.
package exporter

import (
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Options are what an exporter is made of.
type Options struct {
	// Logger takes what goes wrong; nil: nothing is logged.
	Logger *slog.Logger
	// Now is the clock; nil: time.Now. Its readings should be monotonic.
	Now func() time.Time
	// Version and Revision are exposed as wanwatch_build_info.
	Version, Revision string
}

// Exporter keeps the values of all metrics. All its methods are safe for
// concurrent use.
type Exporter struct {
	logger   *slog.Logger
	now      func() time.Time
	start    time.Time
	families *families
	cores    map[inventory.TargetKind]coreShape
	empty    *shape
	meter    *meter

	applying sync.Mutex // held while the set changes
	set      atomic.Pointer[set]

	spare   chan *snapshot
	changes *changes
	misused sync.Map // *metric.Desc: programming errors logged
}

// New returns an exporter that knows no target yet.
func New(o Options) *Exporter {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Exporter{
		logger:   o.Logger,
		now:      o.Now,
		start:    o.Now(),
		families: newFamilies(metric.All()),
		cores:    map[inventory.TargetKind]coreShape{},
		empty:    newShape(nil),
		spare:    make(chan *snapshot, 1),
		changes:  newChanges(),
	}
	kinds := []inventory.TargetKind{inventory.LinkTarget, inventory.UplinkTarget, inventory.EndpointTarget, inventory.DeviceTarget}
	for _, kind := range kinds {
		e.cores[kind] = newCoreShape(e.families, kind)
	}
	e.meter = newMeter(metric.All(), o.Logger)
	e.meter.Set(metric.BuildInfo, 1, o.Version, o.Revision, runtime.Version())
	return e
}

// Meter returns what takes the metrics of the process.
func (e *Exporter) Meter() probes.Meter { return e.meter }

// moment reads the clock.
func (e *Exporter) moment() moment {
	now := e.now()
	// Round strips the monotonic reading: the wall clock's steps must show.
	return moment{mono: now.Sub(e.start), wall: now.Round(0)}
}

// Record takes the result of a probe; it is a probes.Emit. A result about a
// target or a job that is not there any more is dropped: it raced with a
// reload.
func (e *Exporter) Record(r *probes.Result) {
	s := e.set.Load()
	if s == nil {
		return
	}
	f := s.refs[ref{r.Target, r.Job.Probe}]
	if f == nil {
		if f = e.find(s, r); f == nil {
			return
		}
	}
	f.target.mu.Lock()
	before := f.target.machine.state
	// The clock is read under the lock, so that it never runs backwards there.
	bad := f.record(r, e.moment())
	changed := f.target.machine.state != before
	f.target.mu.Unlock()
	if changed {
		e.changes.add(f.target)
	}
	if bad != nil {
		e.misuse(bad)
	}
}

// find returns the feed of a result whose job is not of the inventory in force,
// or adopts one; nil if there is no such target or job.
func (e *Exporter) find(s *set, r *probes.Result) *feed {
	t := s.of[keyOf(r.Target)]
	if t == nil {
		return nil
	}
	if f := t.feed(r.Job.Probe); f != nil {
		return f
	}
	if keyOf(r.Target) == keyOf(r.Job.Target) {
		return nil
	}
	return e.adopt(r)
}

// adopt makes a feed for a target that a probe of another target tells
// something about, without its kind having announced it.
func (e *Exporter) adopt(r *probes.Result) *feed {
	e.applying.Lock()
	defer e.applying.Unlock()
	s := e.set.Load()
	t, source := s.of[keyOf(r.Target)], s.of[keyOf(r.Job.Target)]
	if t == nil || source == nil || source.feed(r.Job.Probe) == nil {
		return nil
	}
	if f := t.feed(r.Job.Probe); f != nil {
		return f
	}
	job := r.Job
	job.Target = r.Target
	l := e.layoutFor(job, s.kinds[job.Probe.Kind], s)
	t.mu.Lock()
	defer t.mu.Unlock()
	f := newFeed(t, job, l)
	f.adopted = &source.key
	t.adopt(f, e.moment())
	return f
}

// misuse logs a sample that does not fit the catalog: a mistake of a kind of
// probe. Each metric is logged once.
func (e *Exporter) misuse(s *probes.Sample) {
	if _, known := e.misused.LoadOrStore(s.Metric, true); known {
		return
	}
	name := "metric outside the catalog"
	if s.Metric != nil {
		name = s.Metric.Name
	}
	e.logger.Error("a sample does not fit its metric and was dropped; please report it",
		"metric", name, "labels", s.Labels, "value", s.Value)
}
