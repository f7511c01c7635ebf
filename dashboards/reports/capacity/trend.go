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
	// X and Y are a point of the line: the median of x, and there the median of the
	// values without the slope. Height is by how much the line may lie higher or lower
	// there, with the confidence of the slope's interval.
	X, Y, Height float64
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
// the distribution of Kendall's tau, corrected for ties). The points are in the order of x;
// where neighbours resemble each other, they tell less than as many others, and the
// interval is wider. Points of which one part is NaN do not count. Without two different x
// the slope is NaN.
func TheilSen(x, y []float64, confidence float64) Trend {
	var xs, ys []float64
	for i := range min(len(x), len(y)) {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			xs, ys = append(xs, x[i]), append(ys, y[i])
		}
	}
	t := Trend{N: len(xs), X: Median(xs), Y: Median(ys), Slope: math.NaN(), Low: math.NaN(), High: math.NaN(), Height: math.NaN()}
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
	flat := t.flat(xs, ys)
	deviations := quantile((1+confidence)/2) * math.Sqrt(resemblance(flat))
	reach := deviations * math.Sqrt(math.Max(variance, 0))
	pairs := float64(len(slopes))
	upper := min(int(math.Round((pairs+reach)/2)), len(slopes)-1)
	lower := max(int(math.Round((pairs-reach)/2))-1, 0)
	t.Low, t.High = slopes[lower], slopes[upper]
	t.place(flat, deviations)
	return t
}

// flat are the values without the slope, as if all were at X.
func (t *Trend) flat(xs, ys []float64) []float64 {
	flat := make([]float64, len(xs))
	for i := range xs {
		flat[i] = ys[i] - t.Slope*(xs[i]-t.X)
	}
	return flat
}

// place puts the line where half of the flat values lie above it. How sure that is comes
// from the ranks around the median, so many standard deviations away (the interval of the
// sign test; Conover, "Practical nonparametric statistics", section 3.2).
func (t *Trend) place(flat []float64, deviations float64) {
	sorted := slices.Sorted(slices.Values(flat))
	t.Y = Median(sorted)
	n := float64(len(sorted))
	reach := deviations * math.Sqrt(n) / 2
	lower, upper := max(int(math.Floor(n/2-reach)), 0), min(int(math.Ceil(n/2+reach)), len(sorted)-1)
	t.Height = (sorted[upper] - sorted[lower]) / 2
}

// resemblance is by how much the variance of a mean grows since each value resembles the
// one before it: (1+r)/(1-r), where r is their correlation (Yue and Wang, "The Mann-Kendall
// test modified by effective sample size", 2004); 1 if that is not surely above zero.
func resemblance(values []float64) float64 {
	mean := Mean(values)
	var own, next float64
	for i, v := range values {
		own += (v - mean) * (v - mean)
		if i > 0 {
			next += (v - mean) * (values[i-1] - mean)
		}
	}
	r := next / own
	if n := float64(len(values)); n < leastWeeks || own == 0 || r < quantile(0.95)/math.Sqrt(n) {
		return 1
	}
	r = min(r, 0.9) // with more, the values say next to nothing
	return (1 + r) / (1 - r)
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
	// At is where the line itself reaches it. Early and Late are where the upper and the
	// lower edge of the band do in which the line lies with its confidence. Infinite: not
	// within [horizon].
	At, Early, Late float64
}

// horizon is how far from its middle a line is followed, in units of x: 200 years of weeks.
const horizon = 10_400

// Reaches returns when a growing line comes to a level, in units of x. It may be in the
// past. ok is false if the line does not grow for sure.
//
// The band joins what is not known of the slope and of the height (as Fieller 1954 does for
// a quotient): near the middle of the values the height counts, far ahead the slope.
func (t Trend) Reaches(level float64) (r Reach, ok bool) {
	if !t.Certain() || t.Slope <= 0 {
		return r, false
	}
	upper := func(d float64) float64 { return t.Y + t.Slope*d + math.Hypot(t.Height, t.beside(d)*d) }
	lower := func(d float64) float64 { return t.Y + t.Slope*d - math.Hypot(t.Height, t.beside(-d)*d) }
	return Reach{At: t.X + (level-t.Y)/t.Slope, Early: t.X + crossing(upper, level), Late: t.X + crossing(lower, level)}, true
}

// beside is how far the slope's interval reaches above the slope, or below it for what
// lies before the middle.
func (t Trend) beside(d float64) float64 {
	if d < 0 {
		return t.Slope - t.Low
	}
	return t.High - t.Slope
}

// crossing is where an edge, which rises, comes to a level.
func crossing(edge func(float64) float64, level float64) float64 {
	low, high := -float64(horizon), float64(horizon)
	switch {
	case edge(high) < level:
		return math.Inf(1)
	case edge(low) > level:
		return math.Inf(-1)
	}
	for high-low > 1e-6 {
		if middle := (low + high) / 2; edge(middle) < level {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}
