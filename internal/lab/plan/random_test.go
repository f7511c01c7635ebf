package plan

import (
	"math"
	"testing"
)

func TestRandomIsAFunctionOfItsArguments(t *testing.T) {
	a, b := NewRandom(7, "hai-chau", Out), NewRandom(7, "hai-chau", Out)
	// Out of order on one side: a number does not depend on those before it.
	for n := uint64(1000); n > 0; n-- {
		if a.Uint64(n, UseLoss) != b.Uint64(n, UseLoss) {
			t.Fatalf("packet %d: two answers from one seed", n)
		}
	}
}

func TestRandomSequencesDiffer(t *testing.T) {
	base := NewRandom(7, "hai-chau", Out)
	others := map[string]Random{
		"seed":      NewRandom(8, "hai-chau", Out),
		"path":      NewRandom(7, "son-tra", Out),
		"direction": NewRandom(7, "hai-chau", Back),
	}
	for name, other := range others {
		var same int
		for n := range uint64(1000) {
			if base.Uint64(n, UseLoss) == other.Uint64(n, UseLoss) {
				same++
			}
		}
		if same > 0 {
			t.Errorf("another %s repeats %d of 1000 numbers", name, same)
		}
	}
}

// Each use is uniform, and two uses or two neighbours are not correlated.
func TestRandomIsUniformAndUncorrelated(t *testing.T) {
	const count = 100_000
	r := NewRandom(1, "x", Out)
	for use := range uses {
		var sum, squares, neighbours, cross float64
		for n := range uint64(count) {
			u := r.Float64(n, use) - 0.5
			sum += u
			squares += u * u
			neighbours += u * (r.Float64(n+1, use) - 0.5)
			cross += u * (r.Float64(n, (use+1)%uses) - 0.5)
		}
		// Five standard deviations of each mean.
		bound := 5 / math.Sqrt(count)
		if m := sum / count; math.Abs(m) > bound*math.Sqrt(1.0/12) {
			t.Errorf("use %d: mean %g", use, m)
		}
		if v := squares / count; math.Abs(v-1.0/12) > bound*math.Sqrt(1.0/180) {
			t.Errorf("use %d: variance %g, want 1/12", use, v)
		}
		if c := neighbours / count; math.Abs(c) > bound/12 {
			t.Errorf("use %d: neighbours' covariance %g", use, c)
		}
		if c := cross / count; math.Abs(c) > bound/12 {
			t.Errorf("use %d: covariance with the next use %g", use, c)
		}
	}
}
