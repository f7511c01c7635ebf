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
		list[i].add(s.Labels["state"], time.Duration(sum*float64(time.Second)))
	}
	for i := range list {
		list[i].tally = list[i].tally.Fill(o.To.Sub(o.From))
	}
	return list, o.readMonths(ctx, ids, list, index)
}

func (w *watched) add(state string, d time.Duration) {
	switch state {
	case "up":
		w.tally.Up += d
	case "degraded":
		w.tally.Degraded += d
	case "down":
		w.tally.Down += d
	case "maintenance":
		w.tally.Maintenance += d
	default:
		w.tally.Unknown += d
	}
}

// readMonths reads what the rules have kept of the months up to the end of the period.
func (o *Options) readMonths(ctx context.Context, ids []string, list []watched, index map[string]int) error {
	worked := map[key]float64{}
	for _, series := range []string{query.Worked6h, query.Counted6h} {
		all, err := o.Source.Range(ctx, query.ReportMonths(series, ids), o.To.Add(-hour), o.To, hour, 1600*len(ids))
		if err != nil {
			return err
		}
		for _, s := range all {
			k := key{s.Labels["target"], s.Labels["month"]}
			i, ok := index[k.target]
			switch v := s.Values[len(s.Values)-1]; {
			case !ok || math.IsNaN(v):
			case series == query.Worked6h:
				worked[k] = v
			case v > 0:
				list[i].months[k.direction] = worked[k] / v
			}
		}
	}
	return nil
}
