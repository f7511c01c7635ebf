package store

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"wanwatch/exporter"
	"wanwatch/probes/metric"
)

// feeder appends what the source exposes: everything at even distances, and what
// changed at once. One goroutine uses it.
type feeder struct {
	store  *Store
	logger *slog.Logger

	rows    map[exporter.RowKey]*entry
	process map[string]*entry // series of the process, by their labels
	round   int
	last    int64 // the timestamp of the newest samples
	failing bool  // the last round failed; told once
}

// entry is what is known of the series of a row.
type entry struct {
	labels []labels.Labels
	refs   []storage.SeriesRef
	live   []bool // whether the last sample was a value
	round  int    // in which they were seen last
}

func newFeeder(s *Store) *feeder {
	return &feeder{store: s, logger: s.logger, rows: map[exporter.RowKey]*entry{}, process: map[string]*entry{}}
}

// run feeds until ctx is done, and once more then, so that what is known at the
// end is kept.
func (f *feeder) run(ctx context.Context) {
	ticks := time.NewTicker(f.store.opts.Interval)
	defer ticks.Stop()
	f.all(time.Now())
	for {
		select {
		case <-ctx.Done():
			f.all(time.Now())
			return
		case now := <-ticks.C:
			f.all(now)
		case <-f.store.opts.Source.Changed():
			f.changed(time.Now())
		}
	}
}

// all appends everything, and ends the series that are not there any more.
func (f *feeder) all(now time.Time) {
	f.round++
	f.append(now, func(a *appending) {
		f.store.opts.Source.Feed(a.row)
		a.families()
		a.end()
	})
	f.store.measure()
}

// changed appends what changed its state.
func (f *feeder) changed(now time.Time) {
	f.append(now, func(a *appending) { f.store.opts.Source.FeedChanged(a.row) })
}

// append runs one transaction. A series takes one sample a millisecond, and time
// does not run backwards in it: what comes too early is not appended.
func (f *feeder) append(now time.Time, samples func(*appending)) {
	t := now.UnixMilli()
	if t <= f.last {
		t = f.last + 1
	}
	f.last = t
	a := &appending{feeder: f, to: f.store.db.AppenderV2(context.Background()), t: t}
	samples(a)
	err := a.to.Commit()
	f.report(a, err)
}

// report counts a transaction, and logs the first of those that fail in a row.
func (f *feeder) report(a *appending, err error) {
	meter := f.store.opts.Meter
	if err = errors.Join(err, a.err); err == nil {
		meter.Add(metric.StoreSamples, float64(a.appended))
		meter.Set(metric.StoreLastAppend, float64(a.t)/1000)
		if f.failing {
			f.failing = false
			f.logger.Info("history is kept again")
		}
		return
	}
	meter.Add(metric.StoreAppendErrors, 1)
	if !f.failing {
		f.failing = true
		f.logger.Error("history is not kept: samples could not be appended; probing goes on. Is the disk full?",
			"path", f.store.opts.Path, "error", err)
	}
}

// appending is one transaction.
type appending struct {
	*feeder
	to       storage.AppenderV2
	t        int64
	appended int
	err      error // the first
}

// row appends a row.
func (a *appending) row(r exporter.Row) {
	key := r.Key()
	e := a.rows[key]
	if e == nil {
		e = newEntry(r)
		a.rows[key] = e
	}
	e.round = a.round
	i := 0
	r.Samples(func(v float64, n *exporter.Native) {
		a.sample(e, i, v, n)
		i++
	})
}

func newEntry(r exporter.Row) *entry {
	e := &entry{}
	shared := r.Shared()
	builder := labels.NewScratchBuilder(len(shared) + 4)
	r.Series(func(name string, own []exporter.Label) {
		builder.Reset()
		builder.Add(model.MetricNameLabel, name)
		for _, l := range shared {
			builder.Add(l.Name, l.Value)
		}
		for _, l := range own {
			builder.Add(l.Name, l.Value)
		}
		builder.Sort()
		e.labels = append(e.labels, builder.Labels())
	})
	e.refs, e.live = make([]storage.SeriesRef, len(e.labels)), make([]bool, len(e.labels))
	return e
}

// sample appends a sample. A series that is not exposed any more is ended once.
func (a *appending) sample(e *entry, i int, v float64, n *exporter.Native) {
	if n == nil && math.IsNaN(v) {
		if e.live[i] {
			a.stale(e, i)
		}
		return
	}
	e.live[i] = true
	if n != nil {
		a.put(e, i, 0, a.native(n))
		return
	}
	a.put(e, i, v, nil)
}

// stale ends a series.
func (a *appending) stale(e *entry, i int) {
	e.live[i] = false
	a.put(e, i, math.Float64frombits(value.StaleNaN), nil)
}

func (a *appending) put(e *entry, i int, v float64, h *histogram.Histogram) {
	ref, err := a.to.Append(e.refs[i], e.labels[i], 0, a.t, v, h, nil, storage.AppendV2Options{})
	if err != nil {
		if a.err == nil {
			a.err = err
		}
		return
	}
	e.refs[i] = ref
	a.appended++
}

// native copies a native histogram, which the database keeps beyond the call.
func (*appending) native(n *exporter.Native) *histogram.Histogram {
	return &histogram.Histogram{
		Schema: n.Schema, ZeroThreshold: n.ZeroThreshold, ZeroCount: n.ZeroCount, Count: n.Count, Sum: n.Sum,
		PositiveSpans: spans(n.PositiveSpans), PositiveBuckets: append([]int64(nil), n.PositiveDeltas...),
		NegativeSpans: spans(n.NegativeSpans), NegativeBuckets: append([]int64(nil), n.NegativeDeltas...),
	}
}

func spans(list []exporter.Span) []histogram.Span {
	if len(list) == 0 {
		return nil
	}
	converted := make([]histogram.Span, len(list))
	for i, s := range list {
		converted[i] = histogram.Span{Offset: s.Offset, Length: s.Length}
	}
	return converted
}

// end ends the series that were not seen in this round and are not among those
// that were: a row that gets a series more has a new key for all of them.
func (a *appending) end() {
	var gone []*entry
	for key, e := range a.rows {
		if e.round != a.round {
			gone = append(gone, e)
			delete(a.rows, key)
		}
	}
	for key, e := range a.process {
		if e.round != a.round {
			gone = append(gone, e)
			delete(a.process, key)
		}
	}
	if len(gone) == 0 {
		return
	}
	here := map[storage.SeriesRef]bool{}
	for _, e := range a.rows {
		for i, ref := range e.refs {
			here[ref] = e.live[i]
		}
	}
	for _, e := range gone {
		for i := range e.labels {
			if e.live[i] && !here[e.refs[i]] {
				a.stale(e, i)
			}
		}
	}
}
