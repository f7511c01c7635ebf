package plan

import (
	"math"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func TestQuantile(t *testing.T) {
	table := []time.Duration{0, 1 * ms, 2 * ms, 10 * ms, 50 * ms}
	tests := []struct {
		name   string
		jitter Jitter
		u      float64
		want   time.Duration
	}{
		{"none", Jitter{Distribution: None, Scale: ms}, 0.9, 0},
		{"uniform low", Jitter{Distribution: Uniform, Scale: ms}, 0, -ms},
		{"uniform middle", Jitter{Distribution: Uniform, Scale: ms}, 0.5, 0},
		{"uniform 75%", Jitter{Distribution: Uniform, Scale: ms}, 0.75, ms / 2},
		{"normal median", Jitter{Distribution: Normal, Scale: ms}, 0.5, 0},
		{"normal one deviation", Jitter{Distribution: Normal, Scale: ms}, 0.841344746, ms},
		{"normal cut", Jitter{Distribution: Normal, Scale: ms}, 1, 4 * ms},
		{"normal cut below", Jitter{Distribution: Normal, Scale: ms}, 0, -4 * ms},
		// Lomax: scale ((1-u)^(-1/shape) - 1).
		{"pareto bottom", Jitter{Distribution: Pareto, Scale: ms, Shape: 2}, 0, 0},
		{"pareto 75%", Jitter{Distribution: Pareto, Scale: ms, Shape: 2}, 0.75, ms},
		{"pareto shape left out", Jitter{Distribution: Pareto, Scale: ms}, 0.875, ms},
		{"pareto cut", Jitter{Distribution: Pareto, Scale: ms}, 1, 100 * ms},
		{"table bottom", Jitter{Distribution: Table, Table: table}, 0, 0},
		{"table quarter", Jitter{Distribution: Table, Table: table}, 0.25, ms},
		{"table between", Jitter{Distribution: Table, Table: table}, 0.875, 30 * ms},
		{"table top", Jitter{Distribution: Table, Table: table}, 1, 50 * ms},
		{"table empty", Jitter{Distribution: Table}, 0.5, 0},
	}
	for _, tt := range tests {
		if got := tt.jitter.Quantile(tt.u); (got - tt.want).Abs() > time.Nanosecond {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Drawn values follow the distribution function: the largest distance between
// the two stays under the Kolmogorov-Smirnov bound for one in a million.
func TestDrawsFollowTheDistribution(t *testing.T) {
	const count = 50_000
	bound := math.Sqrt(-math.Log(1e-6/2)/2) / math.Sqrt(count)
	functions := map[string]struct {
		jitter Jitter
		cdf    func(x float64) float64
	}{
		Uniform: {Jitter{Distribution: Uniform, Scale: ms}, func(x float64) float64 { return (x + 1) / 2 }},
		Normal:  {Jitter{Distribution: Normal, Scale: ms}, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }},
		Pareto:  {Jitter{Distribution: Pareto, Scale: ms, Shape: 3}, func(x float64) float64 { return 1 - math.Pow(1+x, -3) }},
	}
	for name, f := range functions {
		r := NewRandom(3, name, Back)
		draws := make([]float64, count)
		for n := range draws {
			draws[n] = float64(f.jitter.Quantile(r.Float64(uint64(n), UseJitter))) / float64(ms)
		}
		slices.Sort(draws)
		var worst float64
		for i, x := range draws {
			worst = max(worst, math.Abs(f.cdf(x)-float64(i)/count))
		}
		if worst > bound {
			t.Errorf("%s: distance %.4f from its distribution, bound %.4f", name, worst, bound)
		}
	}
}
