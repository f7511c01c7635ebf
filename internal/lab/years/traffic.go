package years

import (
	"math"
	"time"
)

// zone is that of the plan's organization, which has no daylight saving time.
const zone = 7 * 60 * 60 // seconds east of UTC

// shape is the share of a busy hour's traffic in an hour of the week that begins on
// Monday, by the clock of the zone.
func shape(unix int64) float64 {
	const hour, thursday = 3600, 3 * 24 // on which 1970 began
	h := ((unix+zone)/hour + thursday) % (7 * 24)
	switch at := h % 24; {
	case h >= 5*24 || at < 7 || at >= 21:
		return 0.1
	case at == 12:
		return 0.6
	case at < 17:
		return 1
	default:
		return 0.4
	}
}

// Rate is what a direction, 0 or 1, carried on average in the five minutes up to a
// moment, in bytes a second.
func (l *Line) Rate(direction int, at time.Time) float64 {
	unix := at.Unix() - 1
	jitter := 0.85 + 0.3*l.chance(direction, unix/int64(Step.Seconds()))
	return l.busy(direction, l.week(unix)) * shape(unix) * jitter * (1 + 0.04*l.weekly(direction, l.week(unix)))
}

// Busy is what is in use in a busy hour by the plan, without chance, in bytes a second.
// It grows along a straight line.
func (l *Line) Busy(direction int, at time.Time) float64 {
	return l.busy(direction, float64(at.Sub(l.plan.From))/float64(7*24*time.Hour))
}

func (l *Line) busy(direction int, week float64) float64 {
	return l.Contract * (l.Fill + l.Growth*week) / float64(1+direction)
}

// week counts the weeks since the plan's beginning, in fractions.
func (l *Line) week(unix int64) float64 {
	return float64(unix-l.plan.From.Unix()) / (7 * 24 * 60 * 60)
}

// weekly is about normally distributed, with variance 1, and the same for a whole week.
func (l *Line) weekly(direction int, week float64) float64 {
	sum := -6.0
	for i := range int64(12) {
		sum += l.chance(direction+2, int64(math.Floor(week))*12+i)
	}
	return sum
}

// chance is even from 0 to 1 and the same each time (the mixing function of SplitMix64:
// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
func (l *Line) chance(stream int, n int64) float64 {
	x := l.seed*0x9e3779b97f4a7c15 + uint64(stream)*0xd1342543de82ef95 + uint64(n)*0x2545f4914f6cdd1d
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / (1 << 53)
}
