package capacity

import (
	"math"
	"testing"
	"time"
)

const mbit = 125_000.0

var zone = time.FixedZone("+07", 7*3600)

// period is a direction, its clock, and which samples are in a meeting.
type period struct {
	*Direction
	at []time.Time
}

// direction makes samples of a stretch of time from a function of the office's clock.
func direction(from, to time.Time, limit float64, rate func(time.Time) float64) period {
	p := period{Direction: &Direction{}}
	for at := from.Add(5 * time.Minute); !at.After(to); at = at.Add(5 * time.Minute) {
		p.at, p.Rates, p.Limits = append(p.at, at), append(p.Rates, rate(at.Add(-time.Second))), append(p.Limits, limit)
	}
	return p
}

// figures are those by some working hours, with some of them in a meeting.
func (p period) figures(working, meeting func(time.Time) bool) Figures {
	in := make([]bool, len(p.at))
	for i, at := range p.at {
		in[i] = meeting(at.Add(-time.Second))
	}
	return FiguresOf(p.Direction, NewClock(p.at, working), in)
}

func always(time.Time) bool { return true }

func office(t time.Time) bool {
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Hour() >= 7 && t.Hour() < 18
}

// A month of a line that carries 10 Mbit/s, and 40 from nine to ten on working days.
func TestFigures(t *testing.T) {
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, zone)
	d := direction(from, from.AddDate(0, 1, 0), 50*mbit, func(at time.Time) float64 {
		if office(at) && at.Hour() == 9 {
			return 40 * mbit
		}
		return 10 * mbit
	})
	meeting := func(at time.Time) bool { return at.Day() == 6 && at.Hour() == 9 }
	f := d.figures(office, meeting)
	// 22 working days have 264 samples of the busy hour, of 8,928: 2.96 %.
	want := map[string][2]float64{
		"P95": {f.P95, 10 * mbit}, "share": {f.P95Share, 0.2}, "maximum": {f.Maximum, 40 * mbit}, "busy": {f.BusyHour, 40 * mbit},
		"hour": {float64(f.BusyHourAt), 9}, "meeting": {f.MeetingP95, 40 * mbit}, "over 70": {f.Over70, 264.0 / 8928}, "over 80": {f.Over80, 0}, "coverage": {f.Coverage, 1},
	}
	for name, w := range want {
		if !near(w[0], w[1]) {
			t.Errorf("%s: %g, want %g", name, w[0], w[1])
		}
	}
}

// Months have 28 to 31 days; a line was upgraded in the middle; samples are missing.
func TestMonthsUpgradesGaps(t *testing.T) {
	for _, c := range []struct {
		from time.Time
		days int
	}{{time.Date(2027, 2, 1, 0, 0, 0, 0, zone), 28}, {time.Date(2028, 2, 1, 0, 0, 0, 0, zone), 29}, {time.Date(2026, 11, 1, 0, 0, 0, 0, zone), 30}, {time.Date(2026, 12, 1, 0, 0, 0, 0, zone), 31}} {
		d := direction(c.from, c.from.AddDate(0, 1, 0), 100, func(time.Time) float64 { return 50 })
		if len(d.Rates) != c.days*288 || d.figures(always, always).P95Share != 0.5 {
			t.Errorf("%s: %d samples", c.from.Format("2006-01"), len(d.Rates))
		}
		for i := range d.Rates {
			if i >= len(d.Rates)/2 {
				d.Limits[i] = 200
			}
		}
		f := d.figures(always, always)
		if f.Over70 != 0 || f.P95Share != 0.5 || f.Limit != 200 || f.P95 != 50 {
			t.Errorf("upgraded: %+v", f)
		}
		for i := range len(d.Rates)/10 + 1 {
			d.Rates[i] = math.NaN()
		}
		if f := d.figures(always, always); !math.IsNaN(f.P95) || !math.IsNaN(f.Over70) || f.Coverage >= 0.9 {
			t.Errorf("with gaps: %+v", f)
		}
	}
	if f := (period{Direction: &Direction{}}).figures(always, always); !math.IsNaN(f.P95) || f.Coverage != 0 || f.Reaches {
		t.Errorf("a month with no data: %+v", f)
	}
}

// A day on which the clocks change has 23 or 25 hours, and no more busy hours than others.
func TestDaylight(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, berlin)
	to := from.AddDate(0, 1, 0)
	d := direction(from, to, 100, func(at time.Time) float64 { return float64(at.Hour()) })
	f := d.figures(always, always)
	if len(d.Rates) != 31*288+12 || f.BusyHour != 23 || f.BusyHourAt != 23 {
		t.Errorf("%d samples, busy hour %g at %d", len(d.Rates), f.BusyHour, f.BusyHourAt)
	}
}

// rising are 30 weeks that end at a rate and gain some each week.
func rising(end, gain float64) []float64 {
	weeks := make([]float64, 30)
	for i := range weeks {
		weeks[i] = end + gain*float64(i-29) + 0.001*float64(i%2)
	}
	return weeks
}

func TestAdvice(t *testing.T) {
	figures := func(share, gain float64) Figures {
		f := Figures{Coverage: 1, Limit: 100, P95: share * 100, P95Share: share, BusyHour: share * 100, Trend: trendOf(rising(share*100, gain))}
		f.Reach, f.Reaches = f.Trend.Reaches(Propose * 100)
		return f
	}
	tiers := []Tier{{500, 9}, {50, 1}, {100, 2}, {200, 4}}
	for name, c := range map[string]struct {
		line Line
		want Advice
		tier float64 // 0: none
	}{
		"full":                     {Line{Down: figures(0.93, 0), Up: figures(0.1, 0), Tiers: tiers}, Now, 200},
		"full the other way":       {Line{Down: figures(0.1, 0), Up: figures(0.93, 0), Tiers: tiers}, Now, 200},
		"at 80 %":                  {Line{Down: figures(0.8, 0), Up: figures(0.1, 0), Tiers: tiers}, Order, 200},
		"full before delivery":     {Line{Down: figures(0.6, 2), Up: figures(0.1, 0), Tiers: tiers, LeadTime: 12 * week, Horizon: 52 * week}, Order, 500},
		"full within the horizon":  {Line{Down: figures(0.5, 1), Up: figures(0.1, 0), Tiers: tiers, LeadTime: 6 * week, Horizon: 52 * week}, Plan, 200},
		"steady":                   {Line{Down: figures(0.5, 0), Up: figures(0.4, 0), Tiers: tiers, Horizon: 52 * week}, Keep, 100},
		"no room for a call":       {Line{Down: figures(0.65, 0), Up: figures(0.1, 0), Tiers: tiers, Call: 40}, Order, 200},
		"nearly empty":             {Line{Down: figures(0.1, 0), Up: figures(0.1, 0), Tiers: tiers}, Downgrade, 50},
		"nearly empty, no prices":  {Line{Down: figures(0.1, 0), Up: figures(0.1, 0)}, Keep, 0},
		"loses packets":            {Line{Down: figures(0.3, 0), Up: figures(0.3, 0), Loss: 0.02, Tiers: tiers}, BadLine, 50},
		"loses what it may":        {Line{Down: figures(0.5, 0), Up: figures(0.3, 0), Loss: 0.02, LossLimit: 0.03, Tiers: tiers}, Keep, 100},
		"loses because it is full": {Line{Down: figures(0.95, 0), Up: figures(0.3, 0), Loss: 0.02, Tiers: tiers}, Now, 200},
		"more than anybody offers": {Line{Down: figures(0.95, 0), Up: figures(0.3, 0), Tiers: tiers[1:3]}, Now, 0},
		"nothing known":            {Line{Down: Figures{P95: math.NaN(), P95Share: math.NaN(), Limit: 100}, Up: figures(0.3, 0), Tiers: tiers}, NoData, -1},
		"no contracted bandwidth":  {Line{Down: Figures{P95: 5, P95Share: math.NaN()}, Up: Figures{P95: 5, P95Share: math.NaN()}}, NoData, 0},
		"falls":                    {Line{Down: figures(0.65, -1), Up: figures(0.1, 0), Tiers: tiers, LeadTime: 12 * week, Horizon: 52 * week}, Keep, 100},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.line.Advise(); got != c.want {
				t.Errorf("advice %s, want %s", got, c.want)
			}
			tier, ok := c.line.Recommended()
			if c.tier >= 0 && (ok != (c.tier > 0) || ok && tier.Bandwidth != c.tier) {
				t.Errorf("tier %v %v, want %g", tier, ok, c.tier)
			}
		})
	}
}

func TestOrderBy(t *testing.T) {
	f := Figures{Limit: 100, P95: 60, P95Share: 0.6, Trend: trendOf(rising(60, 1))}
	f.Reach, f.Reaches = f.Trend.Reaches(80)
	l := Line{Down: f, Up: Figures{Limit: 100, P95: 5, P95Share: 0.05}, LeadTime: 4 * week}
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, zone)
	day, ok := l.OrderBy(end)
	// The last week, of 60, is at its middle.
	if want := end.Add(16*week - week/2); !ok || day.Sub(want).Abs() > 24*time.Hour {
		t.Errorf("%s %v, want %s", day, ok, want)
	}
	if _, ok := (&Line{Down: l.Up, Up: l.Up}).OrderBy(end); ok {
		t.Error("a steady line must be ordered for")
	}
}

// The P95 of weeks: that of each week which samples cover, the last one ending with them.
func TestP95OfWeeks(t *testing.T) {
	const aWeek = 100
	rates := make([]float64, 350)
	for i := range rates {
		rates[i] = float64(i)
	}
	for i := 150; i < 165; i++ {
		rates[i] = math.NaN()
	}
	got := P95OfWeeks(rates, aWeek)
	if len(got) != 3 || !math.IsNaN(got[1]) && !math.IsNaN(got[0]) || got[2] != 344 {
		t.Errorf("%v", got)
	}
	// The first week is 50 to 149, the second 150 to 249, of which 15 are missing.
	if got[0] != 144 || !math.IsNaN(got[1]) {
		t.Errorf("%v", got)
	}
}
