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
	// At are the moments of the samples of the period, by the office's clock; Rates are
	// the bytes a second of the five minutes before each, NaN where nothing is known.
	At    []time.Time
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

// shares are the rates as shares of what was contracted at that time.
func (d *Direction) shares() []float64 {
	shares := make([]float64, len(d.Rates))
	for i, r := range d.Rates {
		shares[i] = math.NaN()
		if i < len(d.Limits) && d.Limits[i] > 0 {
			shares[i] = r / d.Limits[i]
		}
	}
	return shares
}

// When tells the hours that count: working ones, and those with a meeting at the site.
type When struct{ Working, Meeting func(time.Time) bool }

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

// FiguresOf computes the figures of a direction.
func FiguresOf(d *Direction, when When) Figures {
	f := Figures{
		Coverage: Coverage(d.Rates), Limit: d.Limit(), BusyHourAt: -1,
		P95: math.NaN(), P95Share: math.NaN(), Maximum: math.NaN(), Mean: math.NaN(), Over70: math.NaN(),
		Over80: math.NaN(), Over90: math.NaN(), BusyHour: math.NaN(), MeetingP95: math.NaN(),
	}
	f.Trend = trendOf(d.Weeks)
	if f.Coverage < LeastCoverage {
		return f
	}
	shares := d.shares()
	f.P95, f.P95Share = Percentile(d.Rates, 0.95), Percentile(shares, 0.95)
	f.Maximum, f.Mean = Maximum(d.Rates), Mean(d.Rates)
	f.Over70, f.Over80, f.Over90 = Over(shares, Watch), Over(shares, Propose), Over(shares, Urgent)
	f.BusyHour, f.BusyHourAt = busyHour(d, when.Working)
	f.MeetingP95 = Percentile(those(d, when.Meeting), 0.95)
	if f.Limit > 0 {
		f.Reach, f.Reaches = f.Trend.Reaches(Propose * f.Limit)
		f.FullReach = f.P95 >= Propose*f.Limit
	}
	return f
}

// trendOf is that of weeks, of which the last is at 0.
func trendOf(weeks []float64) Trend {
	x := make([]float64, len(weeks))
	for i := range x {
		x[i] = float64(i - len(weeks) + 1)
	}
	return TheilSen(x, weeks, 0.95)
}

// those are the rates of the moments that count.
func those(d *Direction, counts func(time.Time) bool) []float64 {
	var list []float64
	for i, at := range d.At {
		if counts(at) {
			list = append(list, d.Rates[i])
		}
	}
	return list
}

// busyHour finds the fullest hour of each working day by its mean, and returns the
// median of these means and the hour that was the fullest most often.
func busyHour(d *Direction, working func(time.Time) bool) (rate float64, hour int) {
	type day struct{ year, day int }
	hours := map[day]*[24][]float64{}
	for i, at := range d.At {
		at = at.Add(-time.Second) // the five minutes before
		if !working(at) || math.IsNaN(d.Rates[i]) {
			continue
		}
		k := day{at.Year(), at.YearDay()}
		if hours[k] == nil {
			hours[k] = new([24][]float64)
		}
		hours[k][at.Hour()] = append(hours[k][at.Hour()], d.Rates[i])
	}
	var peaks []float64
	var often [24]int
	for _, h := range hours {
		peak, at := math.NaN(), 0
		for n, values := range h {
			if m := Mean(values); math.IsNaN(peak) || m > peak {
				peak, at = m, n
			}
		}
		peaks = append(peaks, peak)
		often[at]++
	}
	if len(peaks) == 0 {
		return math.NaN(), -1
	}
	hour = 0
	for n, count := range often {
		if count > often[hour] {
			hour = n
		}
	}
	return Median(peaks), hour
}
