package capacity

import (
	"math"
	"time"
)

// LeastCoverage is the share of samples below which no figure is told.
const LeastCoverage = 0.9

// Thresholds of the P95 as a share of the contract: from here on a line is watched, a
// larger one is proposed, and that is urgent. NANOG's practice is between 0.7 and 0.8 for
// the plan; the providers' own promises mostly hold below 0.7.
const (
	Watch   = 0.7
	Propose = 0.8
	Urgent  = 0.9
)

// Direction is what is known of one direction of a line.
type Direction struct {
	// Rates are the bytes a second of the five minutes before each moment of the period's
	// clock, NaN where nothing is known.
	Rates []float64
	// Limits are the contracted bytes a second in force at each sample; 0: none.
	Limits []float64
	// Weeks are the P95 of weeks in bytes a second, the last one ending with the period.
	Weeks []float64
}

// Limit is the contract at the end of the period, in bytes a second; 0: none.
func (d *Direction) Limit() float64 {
	if len(d.Limits) == 0 {
		return 0
	}
	return d.Limits[len(d.Limits)-1]
}

// shares are the rates as shares of what was contracted at that time; even says that this
// was the same all the time.
func (d *Direction) shares() (shares []float64, even bool) {
	shares, even = make([]float64, len(d.Rates)), true
	for i, r := range d.Rates {
		shares[i] = math.NaN()
		if d.Limits[i] > 0 {
			shares[i] = r / d.Limits[i]
		}
		even = even && d.Limits[i] == d.Limits[0]
	}
	return shares, even
}

// Figures are those of one direction. Rates are in bytes a second, shares from 0 are of
// the contract. NaN: not known, or the samples do not cover enough.
type Figures struct {
	Coverage           float64 // of the period by samples
	Limit              float64 // the contract at the end of the period; 0: none
	P95, P95Share      float64 // the share against what was contracted at the time
	Maximum, Mean      float64
	Over70, Over80     float64 // shares of the time
	Over90             float64
	BusyHour           float64 // the median of the fullest hours of working days
	BusyHourAt         int     // the hour of the day that was that most often; -1: none
	MeetingP95         float64 // in hours with a meeting
	Trend              Trend   // of the weeks' P95, bytes a second for each week
	Reach              Reach   // of [Propose], in weeks after the end of the period
	Reaches, FullReach bool    // whether it comes to that; FullReach: it is there already
}

// FiguresOf computes the figures of a direction. meeting tells, for each moment of the
// clock, whether there was one at the site; nil: never.
func FiguresOf(d *Direction, c *Clock, meeting []bool) Figures {
	f := Figures{
		Coverage: Coverage(d.Rates), Limit: d.Limit(), BusyHourAt: -1,
		P95: math.NaN(), P95Share: math.NaN(), Maximum: math.NaN(), Mean: math.NaN(), Over70: math.NaN(),
		Over80: math.NaN(), Over90: math.NaN(), BusyHour: math.NaN(), MeetingP95: math.NaN(),
	}
	f.Trend = trendOf(d.Weeks)
	if f.Coverage < LeastCoverage {
		return f
	}
	f.Over70, f.Over80, f.Over90 = 0, 0, 0
	f.P95 = Percentile(d.Rates, 0.95)
	f.Maximum, f.Mean = Maximum(d.Rates), Mean(d.Rates)
	f.use(d)
	f.BusyHour, f.BusyHourAt = busyHour(d, c)
	f.MeetingP95 = Percentile(those(d.Rates, meeting), 0.95)
	if f.Limit > 0 {
		f.Reach, f.Reaches = f.Trend.Reaches(Propose * f.Limit)
		f.FullReach = f.P95 >= Propose*f.Limit
	}
	return f
}

// use computes what is said of shares.
func (f *Figures) use(d *Direction) {
	shares, even := d.shares()
	if f.P95Share = f.P95 / d.Limits[0]; !even || d.Limits[0] <= 0 {
		f.P95Share = Percentile(shares, 0.95)
	}
	n := 0.0
	for _, s := range shares {
		if math.IsNaN(s) {
			continue
		}
		n++
		if s > Watch { // most are not
			f.over(s)
		}
	}
	f.Over70, f.Over80, f.Over90 = f.Over70/n, f.Over80/n, f.Over90/n
}

// over counts a share above the first limit.
func (f *Figures) over(s float64) {
	f.Over70++
	if s > Propose {
		f.Over80++
	}
	if s > Urgent {
		f.Over90++
	}
}

// Growth is by how much the P95 of a direction grows within a time, by its trend if that
// is certain, in bytes a second; 0 if it does not.
func (f *Figures) Growth(within time.Duration) float64 {
	if !f.Trend.Certain() || f.Trend.Slope <= 0 {
		return 0
	}
	return f.Trend.Slope * float64(within) / float64(week)
}

// P95OfWeeks are those of whole weeks of samples, the last one ending with them; NaN for a
// week that they do not cover.
func P95OfWeeks(rates []float64, aWeek int) []float64 {
	weeks := make([]float64, len(rates)/aWeek)
	for i := range weeks {
		end := len(rates) - (len(weeks)-1-i)*aWeek
		weeks[i] = math.NaN()
		if some := rates[end-aWeek : end]; Coverage(some) >= LeastCoverage {
			weeks[i] = Percentile(some, 0.95)
		}
	}
	return weeks
}

// trendOf is that of weeks that end at 0, each at its middle.
func trendOf(weeks []float64) Trend {
	x := make([]float64, len(weeks))
	for i := range x {
		x[i] = float64(i-len(weeks)) + 0.5
	}
	return TheilSen(x, weeks, 0.95)
}

// those are the rates of the moments that count.
func those(rates []float64, counts []bool) []float64 {
	var list []float64
	for i, yes := range counts {
		if yes {
			list = append(list, rates[i])
		}
	}
	return list
}

// busyHour finds the fullest hour of each working day by its mean, and returns the
// median of these means and the hour that was the fullest most often.
func busyHour(d *Direction, c *Clock) (rate float64, hour int) {
	var peaks []float64
	var often [24]int
	for i := 0; i < len(c.day); {
		var sum [24]float64
		var n [24]int
		day := c.day[i]
		for ; i < len(c.day) && c.day[i] == day; i++ {
			if r := d.Rates[i]; c.working[i] && !math.IsNaN(r) {
				sum[c.hour[i]] += r
				n[c.hour[i]]++
			}
		}
		peak, at := math.NaN(), 0
		for h := range n {
			if m := sum[h] / float64(n[h]); n[h] > 0 && (math.IsNaN(peak) || m > peak) {
				peak, at = m, h
			}
		}
		if !math.IsNaN(peak) {
			peaks = append(peaks, peak)
			often[at]++
		}
	}
	if len(peaks) == 0 {
		return math.NaN(), -1
	}
	for n, count := range often {
		if count > often[hour] {
			hour = n
		}
	}
	return Median(peaks), hour
}
