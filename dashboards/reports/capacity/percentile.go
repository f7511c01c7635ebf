// Package capacity is the arithmetic of how full a line is, how that grows, and what it
// takes next. It knows neither where samples come from nor how a report looks.
package capacity

import (
	"math"
	"slices"
)

// Percentile is the value at the rank ceil(p*n) of n values in order, as providers bill
// the 95th: the largest 5 % are dropped and the next is the figure. p is from 0 to 1.
// Values that are NaN do not count; NaN without any.
func Percentile(values []float64, p float64) float64 {
	known := present(values)
	if len(known) == 0 {
		return math.NaN()
	}
	slices.Sort(known)
	// Against the error of p*n where it is meant to be whole.
	rank := int(math.Ceil(p*float64(len(known)) - 1e-9))
	return known[min(max(rank, 1), len(known))-1]
}

// present returns the values that are known.
func present(values []float64) []float64 {
	known := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	return known
}

// Coverage is the share of values that are known, from 0 to 1.
func Coverage(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return float64(len(present(values))) / float64(len(values))
}

// Maximum is the largest value; NaN without any.
func Maximum(values []float64) float64 {
	known := present(values)
	if len(known) == 0 {
		return math.NaN()
	}
	return slices.Max(known)
}

// Mean is the mean of the values; NaN without any.
func Mean(values []float64) float64 {
	known := present(values)
	if len(known) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range known {
		sum += v
	}
	return sum / float64(len(known))
}

// Median is the middle value, of an even number the mean of the two in the middle; NaN
// without any.
func Median(values []float64) float64 {
	known := present(values)
	if len(known) == 0 {
		return math.NaN()
	}
	slices.Sort(known)
	n := len(known)
	return (known[(n-1)/2] + known[n/2]) / 2
}

// Over is the share of the known values above a limit, from 0 to 1; NaN without any.
func Over(values []float64, limit float64) float64 {
	known := present(values)
	if len(known) == 0 {
		return math.NaN()
	}
	n := 0
	for _, v := range known {
		if v > limit {
			n++
		}
	}
	return float64(n) / float64(len(known))
}

// Larger is the larger of two series, sample by sample; NaN where one is not known.
func Larger(a, b []float64) []float64 {
	n := min(len(a), len(b))
	larger := make([]float64, n)
	for i := range n {
		larger[i] = math.Max(a[i], b[i]) // NaN if one is
	}
	return larger
}
