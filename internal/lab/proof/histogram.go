package proof

import (
	"maps"
	"math"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// Histogram is the sum of native histograms of one schema, of values above 0.
type Histogram struct {
	// Count and Sum are those of all values.
	Count uint64
	Sum   time.Duration

	schema  int32
	buckets map[int32]int64
}

// Add adds a histogram of the same schema (Prometheus native histograms
// specification, section "Data model").
func (h *Histogram) Add(d *dto.Histogram) {
	if h.buckets == nil {
		h.buckets = map[int32]int64{}
	}
	h.schema = d.GetSchema()
	h.Count += d.GetSampleCount()
	h.Sum += seconds(d.GetSampleSum())
	deltas := d.GetPositiveDelta()
	var index int32
	var count int64
	for _, span := range d.GetPositiveSpan() {
		index += span.GetOffset()
		for range span.GetLength() {
			count += deltas[0]
			deltas = deltas[1:]
			h.buckets[index] += count
			index++
		}
	}
}

// Mean is the mean of all values: exact, unlike the quantiles.
func (h *Histogram) Mean() time.Duration { return h.Sum / time.Duration(max(h.Count, 1)) }

// Quantile estimates the value below which the share q of the values lies, as
// PromQL's histogram_quantile does: within the bucket, on a logarithmic scale.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := q * float64(h.Count)
	for _, index := range slices.Sorted(maps.Keys(h.buckets)) {
		count := float64(h.buckets[index])
		if rank <= count {
			exponent := float64(index) - 1 + rank/count
			return seconds(math.Exp2(exponent * math.Exp2(-float64(h.schema))))
		}
		rank -= count
	}
	return 0
}
