package exporter

import (
	"math"

	"wanwatch/probes/metric"
)

// maxSeries bounds the series of a block, so that no device can fill the
// memory with names.
const maxSeries = 20_000

// block holds the values of all series that share a label set. NaN is the
// value of a series that is not exposed. It is guarded by its target's mutex.
type block struct {
	labels  *labelSet
	shape   *shape
	values  []float64
	natives []native
}

func newBlock(labels *labelSet, s *shape) block {
	b := block{labels: labels}
	b.reshape(s)
	return b
}

// reshape gives the block a new shape. Series of both shapes keep their
// values; new counters and histograms start at 0 and new gauges are absent.
func (b *block) reshape(s *shape) {
	if b.shape == s {
		return
	}
	before, values, natives := b.shape, b.values, b.natives
	b.shape, b.values, b.natives = s, make([]float64, s.width), make([]native, s.natives)
	for i := range s.series {
		e := &s.series[i]
		if e.family.desc.Type == metric.Gauge {
			b.values[e.at] = math.NaN()
		}
		if before == nil {
			continue
		}
		if j := before.find(e.family, e.labels); j >= 0 {
			old := &before.series[j]
			copy(b.values[e.at:e.at+e.family.width()], values[old.at:])
			if e.native >= 0 {
				b.natives[e.native] = natives[old.native]
			}
		}
	}
}

// place returns the place of a series, which it adds if there is none. It
// returns -1 if the block is full.
func (b *block) place(f *family, labels []string) int {
	if i := b.shape.find(f, labels); i >= 0 {
		return i
	}
	more := newSeries(f, labels)
	if i := b.shape.find(f, more.labels); i >= 0 {
		return i // the labels had bytes that are no UTF-8
	}
	if f.desc.Info {
		b.dropInfo(f, more.labels)
	}
	if len(b.shape.series) >= maxSeries {
		return -1
	}
	b.reshape(b.shape.plus(more))
	return b.shape.find(f, more.labels)
}

// dropInfo drops the series of an info metric that says of the same thing
// something else.
func (b *block) dropInfo(f *family, labels []string) {
	for i := len(b.shape.series) - 1; i >= 0; i-- {
		e := &b.shape.series[i]
		if e.family == f && equalUpTo(f.desc.Key, e.labels, labels) {
			b.reshape(b.shape.minus(i))
		}
	}
}

func equalUpTo(n int, a, b []string) bool {
	for i := range n {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// put takes a sample: it adds to a counter, sets a gauge, observes into a
// histogram. It reports false for a sample that cannot be taken.
func (b *block) put(f *family, labels []string, v float64) bool {
	if len(labels) != len(f.desc.Labels) {
		return false
	}
	if f.desc.Type != metric.Gauge && (math.IsNaN(v) || math.IsInf(v, 0)) {
		return false
	}
	if f.desc.Type == metric.Counter && v < 0 {
		return false
	}
	i := b.place(f, labels)
	if i < 0 {
		return false
	}
	e := &b.shape.series[i]
	switch f.desc.Type {
	case metric.Counter:
		b.values[e.at] += v
	case metric.Gauge:
		b.values[e.at] = v
	case metric.Histogram:
		observe(b.values[e.at:e.at+f.width()], f.desc.Buckets, v)
		if e.native >= 0 {
			b.natives[e.native].observe(v)
		}
	}
	return true
}
