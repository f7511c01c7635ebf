package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/capacity"
	"wanwatch/dashboards/reports/history"
	"wanwatch/inventory"
)

// line is a link or an uplink, and what was found out about it.
type line struct {
	target   *inventory.Target
	contract *inventory.Contract // in force at the end of the period, or nil
	capacity.Line
	larger   float64 // P95 of the larger direction of each sample
	currency string
	// crowded are the working hours of a month without room for one more call, now and
	// when the horizon is over.
	crowded, crowdedLater float64
}

// lines are those with a contracted bandwidth, by name.
func (o *Options) lines() []*inventory.Target {
	var list []*inventory.Target
	for _, t := range o.Inventory.Targets() {
		if (t.Kind == inventory.LinkTarget || t.Kind == inventory.UplinkTarget) && t.Expect != "unreachable" && bandwidthOf(t, "down") > 0 {
			list = append(list, t)
		}
	}
	return o.bySite(list)
}

// bySite sorts targets by the names of their sites and their own.
func (o *Options) bySite(list []*inventory.Target) []*inventory.Target {
	slices.SortStableFunc(list, func(a, b *inventory.Target) int {
		return cmp.Or(cmp.Compare(o.site(a.Site), o.site(b.Site)), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// site is the name of a site.
func (o *Options) site(id string) string {
	if s := o.Inventory.Sites[id]; s != nil {
		return s.Name
	}
	return id
}

// readLines asks for the history of the lines, some at a time, and computes their figures.
func (o *Options) readLines(ctx context.Context) ([]line, error) {
	targets := o.lines()
	when := o.meetingHours()
	var lines []line
	for begin := 0; begin < len(targets); begin += batch {
		some := targets[begin:min(begin+batch, len(targets))]
		samples, err := o.readSamples(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, t := range some {
			lines = append(lines, o.line(t, samples, when(t.Site)))
		}
		if o.Progress != nil {
			o.Progress(len(lines), len(targets))
		}
	}
	return lines, nil
}

// key is a direction of a line; the direction is empty for what has none.
type key struct{ target, direction string }

// samples are what was read of some lines.
type samples struct {
	at                   []time.Time
	rates, limits, weeks map[key][]float64
	loss                 map[key][]float64
}

// weeksBack is how many weeks a trend looks at.
const weeksBack = 56

// hour is how often the contracted bandwidth is looked at.
const hour = time.Hour

func (o *Options) readSamples(ctx context.Context, targets []*inventory.Target) (s samples, err error) {
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.ID
	}
	const week = 7 * 24 * time.Hour
	n := len(ids)
	for _, q := range []struct {
		to     *map[key][]float64
		expr   string
		from   time.Time
		step   time.Duration
		weight int
	}{
		{&s.rates, query.ReportThroughput(ids), o.From, Step, 2 * n},
		{&s.limits, query.ReportBandwidth(ids), o.From.Add(-hour), hour, 2 * n},
		{&s.loss, query.ReportLoss(ids), o.From, Step, n},
		// A week reads a thousand values for each one that it gives.
		{&s.weeks, query.ReportWeek(ids), o.To.Add(-weeksBack * week), week, 200 * n},
	} {
		all, err := o.Source.Range(ctx, q.expr, q.from, o.To, q.step, q.weight)
		if err != nil {
			return s, err
		}
		*q.to = byKey(all)
	}
	zone := o.Inventory.Timezone
	for at := o.From.Add(Step); !at.After(o.To); at = at.Add(Step) {
		s.at = append(s.at, at.In(zone))
	}
	return s, nil
}

func byKey(all []history.Series) map[key][]float64 {
	m := map[key][]float64{}
	for _, s := range all {
		m[key{s.Labels["target"], s.Labels["direction"]}] = s.Values
	}
	return m
}

// line computes the figures of one.
func (o *Options) line(t *inventory.Target, s samples, meeting func(time.Time) bool) line {
	l := line{target: t, contract: t.Contract(o.To.Add(-time.Second))}
	when := capacity.When{Working: o.Calendar.Working, Meeting: meeting}
	down, up := s.direction(t, "down"), s.direction(t, "up")
	l.Down, l.Up = capacity.FiguresOf(&down, when), capacity.FiguresOf(&up, when)
	l.larger = math.NaN()
	if min(l.Down.Coverage, l.Up.Coverage) >= capacity.LeastCoverage {
		l.larger = capacity.Percentile(capacity.Larger(down.Rates, up.Rates), 0.95)
	}
	l.Loss = quietLoss(s.loss[key{t.ID, ""}], &down, &up)
	if l.contract != nil {
		l.LeadTime = time.Duration(l.contract.LeadTime) * 24 * hour
		if l.contract.SLA != nil {
			l.LossLimit = float64(l.contract.SLA.Loss)
		}
	}
	l.Tiers, l.currency = o.Prices.tiers(t.Provider)
	l.Horizon = time.Duration(o.Months) * 30 * 24 * time.Hour
	for _, e := range o.Inventory.Endpoints {
		if e.Site == t.Site {
			l.Call = math.Max(l.Call, float64(e.CallBandwidth)/8)
		}
	}
	l.crowded = capacity.Crowded(&down, &up, when.Working, l.Call, [2]float64{})
	l.crowdedLater = capacity.Crowded(&down, &up, when.Working, l.Call, [2]float64{l.Down.Growth(l.Horizon), l.Up.Growth(l.Horizon)})
	return l
}

// direction puts together what is known of one.
func (s *samples) direction(t *inventory.Target, name string) capacity.Direction {
	k := key{t.ID, name}
	d := capacity.Direction{At: s.at, Rates: s.rates[k], Limits: make([]float64, len(s.at)), Weeks: s.weeks[k]}
	if d.Rates == nil {
		d.Rates = make([]float64, len(s.at))
		for i := range d.Rates {
			d.Rates[i] = math.NaN()
		}
	}
	hours, last := s.limits[k], bandwidthOf(t, name)/8
	for i := range d.Limits {
		// The contract in force in the hour of the sample; where history does not tell it,
		// that of the inventory.
		if h := i * int(Step) / int(hour); h < len(hours) && !math.IsNaN(hours[h]) {
			d.Limits[i] = hours[h]
		} else {
			d.Limits[i] = last
		}
	}
	return d
}

func bandwidthOf(t *inventory.Target, direction string) float64 {
	b := inventory.Bandwidth{}
	if t.Link != nil {
		b = t.Link.Bandwidth
	} else if t.Uplink != nil {
		b = t.Uplink.Bandwidth
	}
	if direction == "up" {
		return float64(b.Up)
	}
	return float64(b.Down)
}

// quietLoss is the mean loss while a line was filled below half: what is lost then is not
// lost for want of bandwidth. NaN if it never was.
func quietLoss(loss []float64, down, up *capacity.Direction) float64 {
	var quiet []float64
	for i, v := range loss {
		if i < len(down.Rates) && i < len(up.Rates) && down.Rates[i] < down.Limits[i]/2 && up.Rates[i] < up.Limits[i]/2 {
			quiet = append(quiet, v)
		}
	}
	return capacity.Mean(quiet)
}

// meetingHours returns, for a site, whether one of its rooms is in a meeting.
func (o *Options) meetingHours() func(site string) func(time.Time) bool {
	type span struct{ from, to time.Time }
	sites := map[string][]span{}
	for _, m := range o.Inventory.Meetings {
		for _, at := range occasions(m, o.From, o.To) {
			for _, id := range m.Endpoints {
				if e := o.Inventory.Endpoints[id]; e != nil {
					sites[e.Site] = append(sites[e.Site], span{at, at.Add(m.Duration)})
				}
			}
		}
	}
	return func(site string) func(time.Time) bool {
		spans := sites[site]
		return func(t time.Time) bool {
			return slices.ContainsFunc(spans, func(s span) bool { return t.After(s.from) && !t.After(s.to) })
		}
	}
}

// mostOccasions bounds those of one meeting in a period.
const mostOccasions = 5000

// occasions are the starts of a meeting that reach into a period.
func occasions(m *inventory.Meeting, from, to time.Time) (list []time.Time) {
	at := from.Add(-m.Duration)
	for range mostOccasions {
		_, next := m.Around(at)
		if next.IsZero() || !next.Before(to) {
			break
		}
		list = append(list, next)
		at = next
	}
	return list
}
