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

// readLines asks for the history of the lines, and computes their figures.
func (o *Options) readLines(ctx context.Context) ([]line, error) {
	clock := o.clock()
	meeting := o.meetingHours()
	return inParts(ctx, o, o.lines(), part, func(ctx context.Context, targets []*inventory.Target) ([]line, error) {
		samples, err := o.readSamples(ctx, targets)
		if err != nil {
			return nil, err
		}
		lines := make([]line, len(targets))
		for i, t := range targets {
			lines[i] = o.line(t, samples, clock, meeting(t.Site))
		}
		return lines, nil
	})
}

// clock is that of the period.
func (o *Options) clock() *capacity.Clock {
	at := make([]time.Time, o.steps())
	for i := range at {
		at[i] = o.From.Add(Step * time.Duration(i+1)).In(o.Inventory.Timezone)
	}
	return capacity.NewClock(at, o.Calendar.Working)
}

// steps is how many samples the period has.
func (o *Options) steps() int { return int(o.To.Sub(o.From) / Step) }

// key is a direction of a line; the direction is empty for what has none.
type key struct{ target, direction string }

// samples are what was read of some lines. Rates begin before the period, as far back as
// a trend looks; limits, an hour apart, begin an hour before it.
type samples struct {
	rates, limits, loss map[key][]float64
}

const (
	hour = time.Hour
	day  = 24 * hour
	week = 7 * day
	// weeksBack is how many weeks a trend looks at.
	weeksBack = 56
)

func (o *Options) readSamples(ctx context.Context, targets []*inventory.Target) (s samples, err error) {
	ids := make([]string, len(targets))
	for i, t := range targets {
		ids[i] = t.ID
	}
	far := o.To.Add(-weeksBack * week)
	if o.From.Before(far) {
		far = o.From
	}
	for _, q := range []struct {
		to   *map[key][]float64
		name string
		from time.Time
		step time.Duration
	}{
		{&s.rates, query.ThroughputKept5m, far, Step},
		{&s.limits, query.BandwidthKept1h, o.From.Add(-hour), hour},
		{&s.loss, query.LossKept5m, o.From, Step},
	} {
		all, err := o.Source.Samples(ctx, q.name, ids, q.from, o.To, q.step)
		if err != nil {
			return s, err
		}
		*q.to = byKey(all)
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
func (o *Options) line(t *inventory.Target, s samples, clock *capacity.Clock, meeting []bool) line {
	l := line{target: t, contract: t.Contract(o.To.Add(-time.Second))}
	down, up := s.direction(t, "down", o.steps()), s.direction(t, "up", o.steps())
	l.Down, l.Up = capacity.FiguresOf(&down, clock, meeting), capacity.FiguresOf(&up, clock, meeting)
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
	l.crowded = capacity.Crowded(&down, &up, clock, l.Call, [2]float64{})
	l.crowdedLater = capacity.Crowded(&down, &up, clock, l.Call, [2]float64{l.Down.Growth(l.Horizon), l.Up.Growth(l.Horizon)})
	return l
}

// direction puts together what is known of one in the period, which has n steps.
func (s *samples) direction(t *inventory.Target, name string, n int) capacity.Direction {
	k := key{t.ID, name}
	rates := s.rates[k]
	if rates == nil {
		rates = unknown(n)
	}
	d := capacity.Direction{
		Rates: rates[len(rates)-n:], Limits: make([]float64, n),
		Weeks: capacity.P95OfWeeks(rates[max(0, len(rates)-weeksBack*int(week/Step)):], int(week/Step)),
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

// unknown are values of which none is known.
func unknown(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

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

// meetingHours returns, for a site, at which steps of the period one of its rooms was in
// a meeting; nil: at none.
func (o *Options) meetingHours() func(site string) []bool {
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
	return func(site string) []bool {
		if len(sites[site]) == 0 {
			return nil
		}
		steps := make([]bool, o.steps())
		for _, s := range sites[site] {
			// The sample of a step is of the time before it: the first that counts ends
			// after the meeting has begun, the last when it is over.
			for i := max(0, int(s.from.Sub(o.From)/Step)); i < len(steps) && !o.From.Add(Step*time.Duration(i+1)).After(s.to); i++ {
				steps[i] = true
			}
		}
		return steps
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
