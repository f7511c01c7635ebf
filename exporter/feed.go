package exporter

import (
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/encoding/protowire"

	"wanwatch/probes/metric"
)

// Label is a label of a series.
type Label struct{ Name, Value string }

// RowKey identifies the series of a [Row]: rows of the same key have the same
// series in the same order, in this feed and in every later one. It is
// comparable.
type RowKey struct {
	labels *labelSet
	shape  *shape
}

// Row is the values of some series that share labels, at one moment. It is valid
// only while it is being visited.
type Row struct {
	snap *snapshot
	row  *row
}

// Key identifies the row's series.
func (r Row) Key() RowKey { return RowKey{r.row.labels, r.row.shape} }

// Native is a native histogram with integer counts (Prometheus native histograms
// specification, section "Data model").
type Native struct {
	Schema         int32
	ZeroThreshold  float64
	ZeroCount      uint64
	Count          uint64
	Sum            float64
	PositiveSpans  []Span
	PositiveDeltas []int64
	NegativeSpans  []Span
	NegativeDeltas []int64
}

// Shared are the labels that all series of the row have.
func (r Row) Shared() []Label { return labelsOf(r.row.labels.proto) }

// Series calls yield for each series of the row with its name and the labels that
// it has beyond the shared ones: for a histogram one for each bucket, then the sum
// and the count, and then, if it is kept natively too, the native one.
func (r Row) Series(yield func(name string, own []Label)) {
	for i := range r.row.shape.series {
		e := &r.row.shape.series[i]
		name, own := e.family.desc.Name, labelsOf(e.proto)
		if e.family.desc.Type != metric.Histogram {
			yield(name, own)
			continue
		}
		for _, edge := range e.family.desc.Buckets {
			yield(name+"_bucket", append(slices.Clip(own), Label{"le", Edge(edge)}))
		}
		yield(name+"_bucket", append(slices.Clip(own), Label{"le", "+Inf"}))
		yield(name+"_sum", own)
		yield(name+"_count", own)
		if e.native >= 0 {
			yield(name, own)
		}
	}
}

// Samples calls yield for each series in the same order, with its value, which is
// NaN while it is not exposed, or with a native histogram, which is valid only
// during the call.
func (r Row) Samples(yield func(v float64, n *Native)) {
	for i := range r.row.shape.series {
		e := &r.row.shape.series[i]
		at := int(r.row.values) + e.at
		if e.family.desc.Type != metric.Histogram {
			yield(r.snap.values[at], nil)
			continue
		}
		numbers := r.snap.values[at : at+e.family.width()]
		sum, total := numbers[len(numbers)-1], 0.0
		for _, count := range numbers[:len(numbers)-1] {
			total += count
			yield(total, nil)
		}
		yield(sum, nil)
		yield(total, nil)
		if e.native >= 0 {
			yield(0, r.snap.native(&r.snap.natives[int(r.row.native)+e.native], uint64(total), sum))
		}
	}
}

// native fills in the snapshot's one native histogram.
func (s *snapshot) native(n *native, count uint64, sum float64) *Native {
	o := &s.one
	o.Schema, o.ZeroThreshold, o.ZeroCount, o.Count, o.Sum = nativeSchema, zeroThreshold, n.zero, count, sum
	o.PositiveSpans, o.PositiveDeltas = n.positive.spans(o.PositiveSpans[:0], o.PositiveDeltas[:0])
	o.NegativeSpans, o.NegativeDeltas = n.negative.spans(o.NegativeSpans[:0], o.NegativeDeltas[:0])
	return o
}

// Feed hands out all that is exposed of targets, for a database in the same
// process: no text, no names but of series that are new. The values of one target
// are of one moment.
func (e *Exporter) Feed(visit func(Row)) {
	e.changes.take() // they are all in what follows
	if set := e.set.Load(); set != nil {
		e.feed(set.targets, visit)
	}
}

// FeedChanged hands out what is exposed of the targets whose state has changed
// since the last feed.
func (e *Exporter) FeedChanged(visit func(Row)) {
	set := e.set.Load()
	e.feed(slices.DeleteFunc(e.changes.take(), func(t *target) bool { return !set.holds(t) }), visit)
}

// Changed receives when the state of a target has changed. One value may stand for
// many targets.
func (e *Exporter) Changed() <-chan struct{} { return e.changes.signal }

// Gatherer gathers the metrics of the process.
func (e *Exporter) Gatherer() prometheus.Gatherer { return e.meter.registry }

func (e *Exporter) feed(targets []*target, visit func(Row)) {
	snap := e.borrow()
	defer e.giveBack(snap)
	snap.take(targets, e.moment, true)
	for i := range snap.rows {
		visit(Row{snap, &snap.rows[i]})
	}
}

// changes are the targets whose state changed and that were not fed since.
type changes struct {
	signal chan struct{}

	mu      sync.Mutex
	targets map[*target]struct{}
}

func newChanges() *changes {
	return &changes{signal: make(chan struct{}, 1), targets: map[*target]struct{}{}}
}

func (c *changes) add(t *target) {
	c.mu.Lock()
	c.targets[t] = struct{}{}
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default: // it is signalled already
	}
}

// keep drops those that a new set does not hold: a program without a store takes
// none of them, ever, and each would hold on to its whole inventory.
func (c *changes) keep(s *set) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.targets, func(t *target, _ struct{}) bool { return !s.holds(t) })
}

func (c *changes) take() []*target {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := slices.Collect(maps.Keys(c.targets))
	clear(c.targets)
	return list
}

// labelsOf reads what protoLabels has written.
func labelsOf(proto string) []Label {
	var list []Label
	for b := []byte(proto); len(b) > 0; {
		_, _, tag := protowire.ConsumeTag(b)
		pair, n := protowire.ConsumeBytes(b[tag:])
		b = b[tag+n:]
		_, _, tag = protowire.ConsumeTag(pair)
		name, n := protowire.ConsumeBytes(pair[tag:])
		pair = pair[tag+n:]
		_, _, tag = protowire.ConsumeTag(pair)
		value, _ := protowire.ConsumeBytes(pair[tag:])
		list = append(list, Label{string(name), string(value)})
	}
	return list
}
