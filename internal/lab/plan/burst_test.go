package plan

import (
	"math"
	"testing"

	"wanwatch/inventory"
)

func TestBurstLoss(t *testing.T) {
	tests := []struct {
		burst Burst
		want  float64
	}{
		{Burst{}, 0},
		{Burst{P: 0.01, R: 0.25}, 0.01 / 0.26},
		{Burst{P: 0.01, R: 0.25, LossGood: 0.001, LossBad: new(inventory.Ratio(0.5))}, (0.01*0.5 + 0.25*0.001) / 0.26},
		{Burst{LossGood: 0.1}, 0.1},
	}
	for _, tt := range tests {
		if got := tt.burst.Loss(); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%+v: loss %g, want %g", tt.burst, got, tt.want)
		}
	}
}

// With every packet of the bad state lost, burst lengths are geometric with
// mean 1/r, gaps geometric with mean 1/p, and the share lost is p/(p+r).
func TestBurstLengthsAgainstTheory(t *testing.T) {
	const count = 400_000
	b := Burst{P: 0.02, R: 0.25}
	rng := NewRandom(42, "burst", Out)
	var bad, lost bool
	var total, run int
	lengths := map[int]int{}
	for n := range uint64(count) {
		bad, lost = b.Step(bad, rng.Float64(n, UseBurstState), rng.Float64(n, UseBurstLoss))
		if lost {
			total++
			run++
		} else if run > 0 {
			lengths[run]++
			run = 0
		}
	}
	var bursts, packets int
	for length, times := range lengths {
		bursts += times
		packets += length * times
	}
	if got := float64(total) / count; math.Abs(got-b.Loss()) > 0.003 {
		t.Errorf("loss %.4f, theory %.4f", got, b.Loss())
	}
	if got := float64(packets) / float64(bursts); math.Abs(got-4) > 0.2 {
		t.Errorf("mean burst %.3f packets, theory 4", got)
	}
	if got := float64(lengths[1]) / float64(bursts); math.Abs(got-0.25) > 0.03 {
		t.Errorf("share of bursts of one packet %.3f, theory 0.25", got)
	}
	if got := float64(lengths[4]) / float64(bursts); math.Abs(got-0.25*0.75*0.75*0.75) > 0.02 {
		t.Errorf("share of bursts of four packets %.3f, theory %.3f", got, 0.25*math.Pow(0.75, 3))
	}
}

func TestBurstLosesInTheGoodStateToo(t *testing.T) {
	b := Burst{P: 0, R: 1, LossGood: 0.5}
	if _, lost := b.Step(false, 0.5, 0.4); !lost {
		t.Error("0.4 < 0.5 was not lost")
	}
	if _, lost := b.Step(false, 0.5, 0.6); lost {
		t.Error("0.6 >= 0.5 was lost")
	}
}
