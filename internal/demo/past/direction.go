package past

import (
	"math"
	"slices"
	"time"

	"wanwatch/internal/lab/traffic"
)

// direction is the traffic of a line in one direction.
type direction struct {
	name      string
	flow      *traffic.Flow
	bandwidth float64   // bytes a second
	week      []float64 // shares in use, of a week and more
	day       int       // for which p95 holds
	p95       float64
	month     []float64 // p95 of each of the last days
}

// aWeek is how many steps a week has.
const aWeek = int(7 * 24 * time.Hour / Step)

// percentile takes the share in use at a moment, and returns what 95 of 100 values of
// a week stay below. It is found anew each day.
func (d *direction) percentile(at time.Time, share float64) float64 {
	d.week = append(d.week, share)
	if len(d.week) > 2*aWeek {
		d.week = append(d.week[:0], d.week[len(d.week)-aWeek:]...)
	}
	if day := at.YearDay(); day != d.day {
		d.day = day
		sorted := slices.Sorted(slices.Values(d.week[max(0, len(d.week)-aWeek):]))
		d.p95 = sorted[len(sorted)*95/100]
		d.month = append(d.month, d.p95)
		d.month = d.month[max(0, len(d.month)-30):]
	}
	return d.p95
}

// trend is what the percentile gains in a second, by the line of least squares through
// those of 30 days. With less than 20 days there is none.
func (d *direction) trend() float64 {
	n := float64(len(d.month))
	if n < 20 {
		return math.NaN()
	}
	var sx, sy, sxx, sxy float64
	for i, y := range d.month {
		x := float64(i) * (24 * time.Hour).Seconds()
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// busyHour is the mean of the fullest hour of a week.
func (d *direction) busyHour() float64 {
	const hour = int(time.Hour / Step)
	fullest := 0.0
	for steps := range slices.Chunk(d.week[max(0, len(d.week)-aWeek):], hour) {
		total := 0.0
		for _, share := range steps {
			total += share
		}
		fullest = max(fullest, total/float64(len(steps)))
	}
	return fullest
}
