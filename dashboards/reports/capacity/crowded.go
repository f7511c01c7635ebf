package capacity

import "math"

// Crowded is what it costs to do nothing, in hours: how long in a month of 30 days, of
// working hours, a line has no room for one more call in one of its directions, or,
// where nobody calls (call is 0), is filled over [Urgent]. more is added to the rates of
// each direction, in bytes a second, for a time to come; the limit is then the last one.
// NaN where samples do not cover enough.
func Crowded(down, up *Direction, c *Clock, call float64, more [2]float64) float64 {
	known, full, hours := 0, 0, 0
	for i, counts := range c.working {
		if !counts {
			continue
		}
		hours++
		if math.IsNaN(down.Rates[i]) || math.IsNaN(up.Rates[i]) {
			continue
		}
		known++
		if noRoom(down, i, call, more[0]) || noRoom(up, i, call, more[1]) {
			full++
		}
	}
	if float64(known) < LeastCoverage*float64(hours) || known == 0 {
		return math.NaN()
	}
	const month = 30 * 24
	return float64(full) / float64(known) * float64(hours) / float64(len(c.working)) * month
}

func noRoom(d *Direction, i int, call, more float64) bool {
	limit := d.Limits[i]
	if more > 0 {
		limit = d.Limit()
	}
	if call > 0 {
		return d.Rates[i]+more > limit-call
	}
	return d.Rates[i]+more > Urgent*limit
}
