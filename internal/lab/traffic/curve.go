package traffic

import (
	"math"
	"time"
)

// month is the mean length of a month.
const month = 365.2425 * 24 * float64(time.Hour) / 12

// point is a point of the daily curve.
type point struct{ hour, share float64 }

// The hours of lunch; the hour before and the one after lead to it and back.
const lunchFrom, lunchTo = 12, 13

// day is the rise above the night through a working day, as a share of that at
// its peaks: what office networks show, without the lunch.
func day() [11]point {
	return [...]point{
		{0, 0}, {6.5, 0}, {8, 0.8}, {9.5, 1}, {11, 0.95}, {14, 0.95},
		{15, 1}, {16.5, 0.85}, {18, 0.25}, {21, 0.1}, {23.5, 0},
	}
}

// shape returns the rise above the night at an hour of the day.
func (c *Curve) shape(hour float64) float64 {
	points := day()
	share := 0.0
	for i, p := range points {
		if hour < p.hour {
			share = line(points[i-1], p, hour)
			break
		}
	}
	lunch := float64(c.Lunch)
	switch {
	case hour >= lunchFrom-1 && hour < lunchFrom:
		lunch *= hour - lunchFrom + 1
	case hour >= lunchTo && hour < lunchTo+1:
		lunch *= lunchTo + 1 - hour
	case hour < lunchFrom || hour >= lunchTo:
		lunch = 0
	}
	return share * (1 - lunch)
}

func line(a, b point, hour float64) float64 {
	return a.share + (b.share-a.share)*(hour-a.hour)/(b.hour-a.hour)
}

// at returns the rate at a knot in bit/s. The rates of the curve are those at
// the start; growth goes on from there, and back.
func (c *Curve) at(knot int64, local time.Time, start time.Time) float64 {
	h, m, s := local.Clock()
	share := c.shape(float64(h) + float64(m)/60 + float64(s)/3600)
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		share *= float64(c.Weekend)
	}
	rate := float64(c.Night) + (float64(c.Peak)-float64(c.Night))*share
	if c.Growth != 0 {
		rate *= math.Pow(1+float64(c.Growth), float64(local.Sub(start))/month)
	}
	rate *= 1 + float64(c.Noise)*noise(c.Seed, knot)
	if c.Limit > 0 {
		rate = min(rate, float64(c.Limit))
	}
	return max(rate, 0)
}

// noise returns a number from -1 to 1 for a knot. It is the output function of
// SplitMix64 over a counter (Steele, Lea, Flood: "Fast splittable pseudorandom
// number generators", OOPSLA 2014).
func noise(seed uint64, knot int64) float64 {
	const golden = 0x9e3779b97f4a7c15
	z := seed*golden + uint64(knot)*0xd1342543de82ef95
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11)/(1<<52) - 1
}
