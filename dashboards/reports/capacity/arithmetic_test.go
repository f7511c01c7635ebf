package capacity

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"
)

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || a == b || math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b))
}

// The 95th percentile as it is billed: of 8,640 samples of a month of 30 days 432 are
// dropped (docs.swiftfederation.com, "95th Percentile"); and small numbers by hand.
func TestPercentile(t *testing.T) {
	month := make([]float64, 8640)
	for i := range month {
		month[i] = float64(i + 1)
	}
	rand.Shuffle(len(month), func(i, j int) { month[i], month[j] = month[j], month[i] })
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		p      float64
		want   float64
	}{
		{month, 0.95, 8640 - 432},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, 0.95, 19},
		{[]float64{7}, 0.95, 7}, {nil, 0.95, nan}, {[]float64{nan, nan}, 0.95, nan},
		{[]float64{3, nan, 1, 2}, 0.5, 2}, {[]float64{15, 20, 35, 40, 50}, 0.30, 20}, {[]float64{15, 20, 35, 40, 50}, 1, 50}, // Wikipedia, "Percentile", nearest rank
	} {
		if got := Percentile(c.values, c.p); !near(got, c.want) {
			t.Errorf("P%g of %d values is %g, want %g", 100*c.p, len(c.values), got, c.want)
		}
	}
}

// Scale, shift and order.
func TestPercentileProperties(t *testing.T) {
	property := func(values []float64, shift float64, seed uint64) bool {
		for i := range values {
			values[i] = math.Mod(values[i], 1e6)
		}
		shift = math.Mod(shift, 1e6)
		p := Percentile(values, 0.95)
		moved := make([]float64, len(values))
		for i, j := range rand.New(rand.NewPCG(seed, 1)).Perm(len(values)) {
			moved[i] = 3*values[j] + shift
		}
		return near(Percentile(moved, 0.95), 3*p+shift) && (len(values) == 0 || above(values, p) <= 0.05 && p <= Maximum(values))
	}
	if err := quick.Check(property, nil); err != nil {
		t.Error(err)
	}
}

func TestTheRest(t *testing.T) {
	nan := math.NaN()
	values := []float64{1, nan, 3, 2}
	if Coverage(values) != 0.75 || Coverage(nil) != 0 || Maximum(values) != 3 || Mean(values) != 2 || Median(values) != 2 || Median([]float64{1, 2}) != 1.5 {
		t.Error("coverage, maximum, mean, median or share is wrong")
	}
	if got := Larger([]float64{1, 5, nan}, []float64{2, 4, 9}); got[0] != 2 || got[1] != 5 || !math.IsNaN(got[2]) {
		t.Errorf("the larger: %v", got)
	}
	for _, f := range []func([]float64) float64{Maximum, Mean, Median} {
		if !math.IsNaN(f(nil)) {
			t.Error("a figure of nothing")
		}
	}
}

// Sen's own example (JASA 63, 1968, page 1387), which SciPy's tests have too: slope 4,
// interval 3.71 to 4.38 at alpha 0.07; and SciPy's with a tie, whose slope is 0.5.
func TestTheilSen(t *testing.T) {
	s := TheilSen([]float64{1, 2, 3, 4, 10, 12, 18}, []float64{9, 15, 19, 20, 45, 55, 78}, 0.93)
	if !near(s.Slope, 4) || math.Abs(s.Low-3.71) > 0.005 || math.Abs(s.High-4.38) > 0.005 || s.N != 7 {
		t.Errorf("%+v", s)
	}
	if s := TheilSen([]float64{0, 1, 2}, []float64{0, 1, 1}, 0.95); !near(s.Slope, 0.5) || !near(s.Low, 0) || !near(s.High, 1) {
		t.Errorf("%+v", s)
	}
	nan := math.NaN()
	if s := TheilSen([]float64{1, nan, 1}, []float64{2, 5, 3}, 0.95); !math.IsNaN(s.Slope) || s.Certain() {
		t.Errorf("of one moment: %+v", s)
	}
	if s := TheilSen([]float64{0, 1, 2, 3, 4, 5, 6}, []float64{0, 1, 2, 3, 4, 5, 6}, 0.95); s.Certain() {
		t.Error("seven weeks make a trend")
	}
}

// A line with noise: the date is within its range in as many of 200 seeds as the
// confidence says, or more, and the range is not much wider than the noise needs: far ahead,
// soon after the last week, and amid the weeks, where the slope hardly matters.
func TestReaches(t *testing.T) {
	t.Run("far ahead", func(t *testing.T) { testReaches(t, 0.8, 30) })
	t.Run("soon", func(t *testing.T) { testReaches(t, 0.62, 12) })
	t.Run("amid the weeks", func(t *testing.T) { testReaches(t, 0.5, 6) })
}

func testReaches(t *testing.T, level, most float64) {
	const weeks, slope, noise = 52, 0.004, 0.02
	inside, width := 0, 0.0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		var x, y []float64
		for w := range weeks {
			x, y = append(x, float64(w)), append(y, 0.4+slope*float64(w)+noise*r.NormFloat64())
		}
		reach, ok := TheilSen(x, y, 0.95).Reaches(level)
		if !ok || reach.Early > reach.At || reach.At > reach.Late {
			t.Fatalf("seed %d: %+v %v", seed, reach, ok)
		}
		if truth := (level - 0.4) / slope; reach.Early <= truth && truth <= reach.Late {
			inside++
		}
		width += reach.Late - reach.Early
	}
	t.Logf("%d of 200 within the range, mean width %.1f weeks", inside, width/200)
	if inside < 184 || width/200 > most {
		t.Errorf("%d of 200 within, %.1f weeks wide", inside, width/200)
	}
}

// A line that falls, or that does neither for sure, reaches nothing.
func TestReachesNothing(t *testing.T) {
	var x, flat, falling []float64
	for i := range 20 {
		x, flat, falling = append(x, float64(i)), append(flat, 0.5+0.1*float64(i%3)), append(falling, 1-0.01*float64(i))
	}
	for _, y := range [][]float64{flat, falling} {
		if r, ok := TheilSen(x, y, 0.95).Reaches(0.8); ok {
			t.Errorf("%v reaches 0.8: %+v", y, r)
		}
	}
}

// above is the share of the values above a limit.
func above(values []float64, limit float64) float64 {
	n := 0
	for _, v := range values {
		if v > limit {
			n++
		}
	}
	return float64(n) / float64(len(values))
}

// What is selected is what stands there when all are sorted, whatever the order and
// however many are equal.
func TestNth(t *testing.T) {
	same := func(raw []uint8, at uint8) bool {
		values := make([]float64, 0, 8*len(raw)+1)
		for range 8 {
			for _, r := range raw {
				values = append(values, float64(r%64))
			}
		}
		values = append(values, 1)
		n := int(at) % len(values)
		sorted := slices.Sorted(slices.Values(values))
		return nth(slices.Clone(values), n) == sorted[n] && nth(slices.Clone(sorted), n) == sorted[n]
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 500}); err != nil {
		t.Error(err)
	}
}
