package reports

import (
	"context"
	"math"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/availability"
	"wanwatch/exporter"
	"wanwatch/inventory"
)

// watched is a target, and how it did.
type watched struct {
	target  *inventory.Target
	tally   availability.Tally
	outages []availability.Outage
	months  map[string]float64 // shares by month, as 202611
	down    []int              // steps of the period of which some seconds were down
}

// counted are the targets whose availability matters, by site and name.
func (o *Options) counted() []*inventory.Target {
	var list []*inventory.Target
	for _, t := range o.Inventory.Targets() {
		if t.Expect != "unreachable" && len(t.Probes) > 0 {
			list = append(list, t)
		}
	}
	return o.bySite(list)
}

func (o *Options) readStates(ctx context.Context) ([]watched, error) {
	all, err := inParts(ctx, o, o.counted(), part, o.readBatch)
	if err != nil {
		return nil, err
	}
	return all, o.readMoments(ctx, all)
}

// readBatch asks for the seconds of some targets in each state.
func (o *Options) readBatch(ctx context.Context, targets []*inventory.Target) ([]watched, error) {
	ids, index := make([]string, len(targets)), map[string]int{}
	list := make([]watched, len(targets))
	for i, t := range targets {
		ids[i], index[t.ID] = t.ID, i
		list[i] = watched{target: t, months: map[string]float64{}}
	}
	seconds, err := o.Source.Samples(ctx, query.Seconds5m, ids, o.From, o.To, Step)
	if err != nil {
		return nil, err
	}
	for _, s := range seconds {
		i, ok := index[s.Labels["target"]]
		if !ok {
			continue
		}
		sum, down := 0.0, s.Labels["state"] == exporter.Down.String()
		for n, v := range s.Values {
			if math.IsNaN(v) || v <= 0 {
				continue
			}
			sum += v
			if down {
				list[i].down = append(list[i].down, n)
			}
		}
		list[i].tally = list[i].tally.Add(tallyOf(s.Labels["state"], time.Duration(sum*float64(time.Second))))
	}
	for i := range list {
		list[i].tally = list[i].tally.Fill(o.To.Sub(o.From))
	}
	return list, o.readMonths(ctx, ids, list, index)
}

// tallyOf is a time in one state.
func tallyOf(state string, d time.Duration) (t availability.Tally) {
	switch state {
	case "up":
		t.Up = d
	case "degraded":
		t.Degraded = d
	case "down":
		t.Down = d
	case "maintenance":
		t.Maintenance = d
	default:
		t.Unknown = d
	}
	return t
}

// monthsBack is how many months stand side by side.
const monthsBack = 13

// firstMonth is the beginning of the first of them, by the organization's clock.
func (o *Options) firstMonth() time.Time {
	end := o.To.Add(-time.Second).In(o.Inventory.Timezone)
	return time.Date(end.Year(), end.Month()-monthsBack+1, 1, 0, 0, 0, 0, end.Location())
}

// monthOf names the month of a moment.
func (o *Options) monthOf(at time.Time) string { return at.In(o.Inventory.Timezone).Format("200601") }

// readMonths reads the hours of the months up to the end of the period.
func (o *Options) readMonths(ctx context.Context, ids []string, list []watched, index map[string]int) error {
	first := o.firstMonth()
	hours, err := o.Source.Samples(ctx, query.Seconds1h, ids, first, o.To, hour)
	if err != nil {
		return err
	}
	months := make([]string, int(o.To.Sub(first)/hour)) // of each hour
	for n := range months {
		months[n] = o.monthOf(first.Add(time.Duration(n) * hour))
	}
	tallies := make([]map[string]availability.Tally, len(list))
	for _, s := range hours {
		i, ok := index[s.Labels["target"]]
		if !ok {
			continue
		}
		if tallies[i] == nil {
			tallies[i] = map[string]availability.Tally{}
		}
		sum := 0.0
		for n, v := range s.Values {
			if !math.IsNaN(v) {
				sum += v
			}
			if n+1 == len(months) || months[n+1] != months[n] {
				t := tallyOf(s.Labels["state"], time.Duration(sum*float64(time.Second)))
				tallies[i][months[n]], sum = tallies[i][months[n]].Add(t), 0
			}
		}
	}
	for i := range list {
		for month, t := range tallies[i] {
			if t.Worked()+t.Down > 0 {
				list[i].months[month] = t.Agreed()
			}
		}
	}
	return nil
}
