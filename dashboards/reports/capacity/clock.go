package capacity

import "time"

// Clock is what all lines have in common: the moments of the samples of a period, by the
// office's clock, and which of them count.
type Clock struct {
	working []bool
	day     []int32 // of the samples' five minutes, counted from 1
	hour    []int8
}

// NewClock looks at each moment once. The sample at a moment is of the time before it.
func NewClock(at []time.Time, working func(time.Time) bool) *Clock {
	c := &Clock{working: make([]bool, len(at)), day: make([]int32, len(at)), hour: make([]int8, len(at))}
	last, days := 0, int32(0)
	for i, t := range at {
		t = t.Add(-time.Second)
		if d := t.Year()*366 + t.YearDay(); d != last {
			last = d
			days++
		}
		c.day[i], c.hour[i], c.working[i] = days, int8(t.Hour()), working(t)
	}
	return c
}
