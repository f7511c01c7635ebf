package capacity_test

import (
	"math"
	"testing"
	"time"

	"wanwatch/dashboards/reports/capacity"
)

// Of the ten working hours of each day, one has no room for a call of 20: 30 hours of a
// month. When the rates have grown by 30, all ten of them have none.
func TestCrowded(t *testing.T) {
	from := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	var down, up capacity.Direction
	var moments []time.Time
	for at := from.Add(5 * time.Minute); !at.After(from.AddDate(0, 0, 30)); at = at.Add(5 * time.Minute) {
		rate := 60.0
		if at.Add(-time.Second).Hour() == 9 {
			rate = 85
		}
		moments, down.Rates, down.Limits = append(moments, at), append(down.Rates, rate), append(down.Limits, 100)
		up.Rates, up.Limits = append(up.Rates, 1), append(up.Limits, 100)
	}
	clock := capacity.NewClock(moments, func(at time.Time) bool { return at.Hour() >= 7 && at.Hour() < 17 })
	for _, c := range []struct {
		call, more, want float64
	}{{20, 0, 30}, {20, 30, 300}, {0, 0, 0}, {0, 6, 30}, {50, 0, 300}} {
		if got := capacity.Crowded(&down, &up, clock, c.call, [2]float64{c.more, 0}); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("a call of %g and %g more: %g hours, want %g", c.call, c.more, got, c.want)
		}
	}
	for i := range up.Rates {
		if i%5 == 0 {
			up.Rates[i] = math.NaN()
		}
	}
	if got := capacity.Crowded(&down, &up, clock, 20, [2]float64{}); !math.IsNaN(got) {
		t.Errorf("without a fifth of the samples: %g", got)
	}
	if got := capacity.Crowded(&capacity.Direction{}, &capacity.Direction{}, capacity.NewClock(nil, nil), 20, [2]float64{}); !math.IsNaN(got) {
		t.Errorf("without samples: %g", got)
	}
}
