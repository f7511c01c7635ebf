package capacity

import (
	"math"
	"slices"
)

// leastWeeks is how many weeks a trend needs.
const leastWeeks = 8

// Trend is a straight line through values by time, found from the median of the slopes
// between all pairs (Theil 1950, Sen 1968): almost a third of the values may be outliers.
type Trend struct {
	// Slope, Low and High are a change for each unit of x; Low and High are the ends of
	// the interval of confidence.
	Slope, Low, High float64
	// X and Y are the medians: the line goes through them.
	X, Y float64
	// N is how many values there were.
	N int
}

// Certain reports whether the line rises or falls for sure: there are values enough and
// the interval does not span zero.
func (t Trend) Certain() bool {
	return t.N >= leastWeeks && (t.Low > 0 || t.High < 0)
}

// At is the value of the line at x.
func (t Trend) At(x float64) float64 { return t.Y + t.Slope*(x-t.X) }

// TheilSen finds the line through points, with an interval that holds the slope with the
// probability confidence, from 0 to 1 (Sen 1968, section 3: by the normal approximation of
// the distribution of Kendall's tau, corrected for ties). Points of which one part is NaN
// do not count. Without two different x the slope is NaN.
func TheilSen(x, y []float64, confidence float64) Trend {
	var xs, ys []float64
	for i := range min(len(x), len(y)) {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			xs, ys = append(xs, x[i]), append(ys, y[i])
		}
	}
	t := Trend{N: len(xs), X: Median(xs), Y: Median(ys), Slope: math.NaN(), Low: math.NaN(), High: math.NaN()}
	var slopes []float64
	for i := range xs {
		for j := range i {
			if xs[i] != xs[j] {
				slopes = append(slopes, (ys[i]-ys[j])/(xs[i]-xs[j]))
			}
		}
	}
	if len(slopes) == 0 {
		return t
	}
	slices.Sort(slopes)
	t.Slope = Median(slopes)
	n := float64(len(xs))
	variance := (n*(n-1)*(2*n+5) - ties(xs) - ties(ys)) / 18
	reach := quantile((1+confidence)/2) * math.Sqrt(math.Max(variance, 0))
	pairs := float64(len(slopes))
	upper := min(int(math.Round((pairs+reach)/2)), len(slopes)-1)
	lower := max(int(math.Round((pairs-reach)/2))-1, 0)
	t.Low, t.High = slopes[lower], slopes[upper]
	return t
}

// ties is the correction for groups of equal values.
func ties(values []float64) (sum float64) {
	sorted := slices.Sorted(slices.Values(values))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		k := float64(j - i)
		sum += k * (k - 1) * (2*k + 5)
		i = j
	}
	return sum
}

// quantile of the standard normal distribution.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// Reach is when a line comes to a level.
type Reach struct {
	// At is where the line itself reaches it; Early and Late are where those with the
	// steepest and the flattest slope of the interval do. Infinite: never.
	At, Early, Late float64
}

// Reaches returns when a growing line comes to a level, in units of x. It may be in the
// past. ok is false if the line does not grow for sure.
func (t Trend) Reaches(level float64) (r Reach, ok bool) {
	if !t.Certain() || t.Slope <= 0 {
		return r, false
	}
	when := func(slope float64) float64 {
		if slope <= 0 {
			return math.Inf(1)
		}
		return t.X + (level-t.Y)/slope
	}
	r = Reach{At: when(t.Slope), Early: when(t.High), Late: when(t.Low)}
	if r.Early > r.Late { // the level is below the middle: it lies in the past
		r.Early, r.Late = r.Late, r.Early
	}
	return r, true
}
