package main

import (
	"maps"
	"math"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// histogram is the sum of many Prometheus histograms. It keeps the finer of the
// two forms that they come in.
type histogram struct {
	count   float64
	classic map[float64]float64 // cumulative counts by upper edge
	native  map[int32]float64   // counts by bucket index, at schema
	zero    float64             // observations near zero, native only
	schema  int32
	filled  bool
}

// add sums the histograms of a family.
func (h *histogram) add(family *dto.MetricFamily) {
	for _, m := range family.GetMetric() {
		h.addOne(m.GetHistogram())
	}
}

func (h *histogram) addOne(d *dto.Histogram) {
	h.count += float64(d.GetSampleCount())
	if h.classic == nil {
		h.classic, h.native = map[float64]float64{}, map[int32]float64{}
	}
	for _, bucket := range d.GetBucket() {
		h.classic[bucket.GetUpperBound()] += float64(bucket.GetCumulativeCount())
	}
	if len(d.GetPositiveSpan()) == 0 && d.GetZeroCount() == 0 {
		return
	}
	schema := d.GetSchema()
	if !h.filled {
		h.schema, h.filled = schema, true
	}
	h.coarsen(schema)
	h.zero += float64(d.GetZeroCount())
	var index, delta int32
	var count int64
	for _, span := range d.GetPositiveSpan() {
		index += span.GetOffset()
		for range span.GetLength() {
			count += d.GetPositiveDelta()[delta]
			h.native[coarser(index, schema-h.schema)] += float64(count)
			index++
			delta++
		}
	}
}

// coarsen lowers the resolution to that of schema, if that is lower: a client
// halves its resolution when it has too many buckets.
func (h *histogram) coarsen(schema int32) {
	if schema >= h.schema {
		return
	}
	merged := make(map[int32]float64, len(h.native))
	for index, count := range h.native {
		merged[coarser(index, h.schema-schema)] += count
	}
	h.native, h.schema = merged, schema
}

// coarser returns the index of the bucket that holds bucket index, steps
// schemas lower. Bucket i ends at 2^(i/2^schema) and its end belongs to it.
func coarser(index, steps int32) int32 {
	return ((index - 1) >> steps) + 1
}

// minus returns what was observed since the earlier state of the same sum.
func (h *histogram) minus(earlier *histogram) *histogram {
	d := &histogram{
		count: h.count - earlier.count, zero: h.zero - earlier.zero,
		classic: map[float64]float64{}, native: map[int32]float64{}, schema: h.schema, filled: h.filled,
	}
	for edge, count := range h.classic {
		d.classic[edge] = count - earlier.classic[edge]
	}
	maps.Copy(d.native, h.native)
	if earlier.filled && h.filled {
		d.coarsen(earlier.schema)
		for index, count := range earlier.native {
			d.native[coarser(index, earlier.schema-d.schema)] -= count
		}
	}
	return d
}

// quantile estimates the value below which the share q of the observations
// lies, as PromQL's histogram_quantile does; ok is false without observations.
func (h *histogram) quantile(q float64) (value time.Duration, ok bool) {
	if h.count <= 0 {
		return 0, false
	}
	if len(h.native) > 0 {
		return h.nativeQuantile(q)
	}
	return h.classicQuantile(q)
}

func (h *histogram) nativeQuantile(q float64) (time.Duration, bool) {
	indexes := make([]int32, 0, len(h.native))
	total := h.zero
	for index, count := range h.native {
		indexes = append(indexes, index)
		total += count
	}
	slices.Sort(indexes)
	rank, seen := q*total, h.zero
	if rank <= seen {
		return 0, true
	}
	for _, index := range indexes {
		count := h.native[index]
		if count > 0 && seen+count >= rank {
			share := (rank - seen) / count
			exponent := (float64(index) - 1 + share) / math.Exp2(float64(h.schema))
			return seconds(math.Exp2(exponent)), true
		}
		seen += count
	}
	return 0, false
}

func (h *histogram) classicQuantile(q float64) (time.Duration, bool) {
	edges := make([]float64, 0, len(h.classic))
	for edge := range h.classic {
		if !math.IsInf(edge, 1) {
			edges = append(edges, edge)
		}
	}
	slices.Sort(edges)
	rank, lower, below := q*h.count, 0.0, 0.0
	for _, edge := range edges {
		if upTo := h.classic[edge]; upTo >= rank {
			return seconds(lower + (edge-lower)*(rank-below)/(upTo-below)), true
		}
		lower, below = edge, h.classic[edge]
	}
	return seconds(lower), true // beyond the last edge: at least that
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// quantileOf is the value below which the share q of the sorted values lies.
func quantileOf(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
