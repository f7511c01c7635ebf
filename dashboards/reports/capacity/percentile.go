// Package capacity is the arithmetic of how full a line is, how that grows, and what it
// takes next. It knows neither where samples come from nor how a report looks.
package capacity

import (
	"math"
	"math/bits"
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
	// Against the error of p*n where it is meant to be whole.
	rank := int(math.Ceil(p*float64(len(known)) - 1e-9))
	return nth(known, min(max(rank, 1), len(known))-1)
}

// nth returns the value that would stand at index n if the values were sorted; it puts
// them into another order. It is Hoare's selection, several times faster than sorting a
// year of samples; where the pivots are bad for long, it sorts what is left.
func nth(values []float64, n int) float64 {
	for rounds := 2 * bits.Len(uint(len(values))); len(values) > 16 && rounds > 0; rounds-- {
		pivot := median3(values[0], values[len(values)/2], values[len(values)-1])
		i, j := 0, len(values)-1
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			values = values[:j+1]
		case n >= i:
			values, n = values[i:], n-i
		default:
			return values[n]
		}
	}
	slices.Sort(values)
	return values[n]
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

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
	n := 0
	for _, v := range values {
		if !math.IsNaN(v) {
			n++
		}
	}
	return float64(n) / float64(len(values))
}

// Maximum is the largest value; NaN without any.
func Maximum(values []float64) float64 {
	most := math.NaN()
	for _, v := range values {
		if math.IsNaN(most) || v > most {
			most = v
		}
	}
	return most
}

// Mean is the mean of the values; NaN without any.
func Mean(values []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / float64(n)
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

// Larger is the larger of two series, sample by sample; NaN where one is not known.
func Larger(a, b []float64) []float64 {
	n := min(len(a), len(b))
	larger := make([]float64, n)
	for i := range n {
		larger[i] = math.Max(a[i], b[i]) // NaN if one is
	}
	return larger
}
