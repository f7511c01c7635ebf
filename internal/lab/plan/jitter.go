package plan

import (
	"math"
	"time"
)

// Quantile returns what is added to the delay at the quantile u, from 0 to 1:
// the inverse of the distribution function. A jitter is drawn by handing in a
// uniform random number.
func (j Jitter) Quantile(u float64) time.Duration {
	switch j.Distribution {
	case Uniform:
		return time.Duration((2*u - 1) * float64(j.Scale))
	case Normal:
		const cut = 4
		x := math.Sqrt2 * math.Erfinv(2*u-1)
		return time.Duration(min(max(x, -cut), cut) * float64(j.Scale))
	case Pareto:
		return j.pareto(u)
	case Table:
		return j.table(u)
	}
	return 0
}

// pareto is the Pareto distribution of the second kind (Lomax), which begins at 0.
func (j Jitter) pareto(u float64) time.Duration {
	const cut = 100
	shape := j.Shape
	if shape == 0 {
		shape = defaultShape
	}
	return time.Duration(min(math.Pow(1-u, -1/shape)-1, cut) * float64(j.Scale))
}

func (j Jitter) table(u float64) time.Duration {
	last := len(j.Table) - 1
	if last < 0 {
		return 0
	}
	whole, part := math.Modf(u * float64(last))
	i := int(whole)
	if i >= last {
		return j.Table[last]
	}
	return j.Table[i] + time.Duration(part*float64(j.Table[i+1]-j.Table[i]))
}
