package exporter

import (
	"math"
	"slices"
)

// A classic histogram lies in its block's numbers: the count of each bucket,
// not cumulated, that of +Inf, and the sum. Counts are whole numbers in
// float64, exact up to 2^53.

// observe adds v, which is finite, to the classic histogram in numbers.
func observe(numbers, edges []float64, v float64) {
	i := 0
	for i < len(edges) && v > edges[i] {
		i++
	}
	numbers[i]++
	numbers[len(edges)+1] += v
}

// nativeSchema divides each power of two into 2^3 buckets, each 9 % wider than
// the one before.
const nativeSchema = 3

// zeroThreshold is client_golang's default: the width of the zero bucket. It
// is 2^-128.
const zeroThreshold = 2.938735877055719e-39

// nativeBounds are the upper bounds of the buckets between 0.5 and 1, as
// fractions that math.Frexp returns: 2^(i/8-1). They are written out so that
// no rounding puts a value into another bucket than client_golang does.
var nativeBounds = [1 << nativeSchema]float64{
	0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048,
	0.7071067811865475, 0.7711054127039704, 0.8408964152537144, 0.9170040432046711,
}

// native is a native histogram: exponential buckets of which only those that
// hold something are kept (Prometheus native histograms specification, section
// "Data model"). It takes some hundred bytes where the buckets of
// client_golang's take eight thousand.
type native struct {
	zero               uint64
	positive, negative sparse
}

// sparse holds the buckets of one sign, sorted by index.
type sparse []bucket

type bucket struct {
	index int32
	count uint64
}

// observe adds v, which is finite.
func (n *native) observe(v float64) {
	switch {
	case v > zeroThreshold:
		n.positive.add(bucketIndex(v))
	case v < -zeroThreshold:
		n.negative.add(bucketIndex(-v))
	default:
		n.zero++
	}
}

// bucketIndex returns the index of v's bucket: bucket i holds values up to
// 2^(i/8), its bound included.
func bucketIndex(v float64) int32 {
	fraction, exponent := math.Frexp(v)
	i := 0
	for i < len(nativeBounds) && fraction > nativeBounds[i] {
		i++
	}
	return int32(i + (exponent-1)*len(nativeBounds))
}

func (s *sparse) add(index int32) {
	b := *s
	low, high := 0, len(b)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if b[middle].index < index {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(b) || b[low].index != index {
		b = slices.Insert(b, low, bucket{index: index})
		*s = b
	}
	b[low].count++
}

// gap is how many empty buckets stand within a span rather than end it.
const gap = 2

// spans encodes the buckets as the formats have them: runs of buckets, and
// each count as the difference from the one before. It appends to what it is
// given.
func (s sparse) spans(spans []Span, deltas []int64) ([]Span, []int64) {
	var before int64
	var next int32
	for i, b := range s {
		distance := b.index - next
		switch {
		case i == 0 || distance > gap:
			spans = append(spans, Span{Offset: distance})
		default:
			for range distance {
				deltas = append(deltas, -before)
				before = 0
				spans[len(spans)-1].Length++
			}
		}
		count := int64(b.count)
		deltas = append(deltas, count-before)
		before = count
		spans[len(spans)-1].Length++
		next = b.index + 1
	}
	return spans, deltas
}

// Span is a run of buckets: how far it begins from the end of the one before, and
// how many there are.
type Span struct {
	Offset int32
	Length uint32
}
