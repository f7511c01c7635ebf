package years

import (
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
)

// columns makes a line's series for a span.
func (l *Line) columns(moments []time.Time) []store.Column {
	c := columns{line: l, moments: moments}
	for direction, name := range []string{"down", "up"} {
		rates, limits := c.add(query.ThroughputKept5m, "direction", name), c.add(query.BandwidthKept1h, "direction", name)
		for i, at := range moments {
			// As the rule rounds it.
			rates[i] = math.Round(l.Rate(direction, at)/64) * 64
			if limits[i] = math.NaN(); at.Minute() == 0 {
				limits[i] = l.Contract
			}
		}
	}
	c.add(query.LossKept5m)
	if l.plan.States {
		c.states()
	}
	return c.list
}

// columns collects series of a line.
type columns struct {
	line    *Line
	moments []time.Time
	list    []store.Column
}

// add adds a series, and returns its values to be filled in.
func (c *columns) add(name string, more ...string) []float64 {
	values := make([]float64, len(c.moments))
	c.list = append(c.list, store.Column{Labels: c.labels(name, more...), Values: values})
	return values
}

func (c *columns) labels(name string, more ...string) map[string]string {
	all := map[string]string{"__name__": name, "target": c.line.ID, "kind": "link", "site": c.line.Site}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	return all
}

// states adds the seconds of each state in each step, and the states on the days of
// outages.
func (c *columns) states() {
	up, down := c.add(query.Seconds5m, "state", exporter.Up.String()), c.add(query.Seconds5m, "state", exporter.Down.String())
	for _, s := range []exporter.State{exporter.Degraded, exporter.Unknown, exporter.Maintenance} {
		c.add(query.Seconds5m, "state", s.String())
	}
	for i, at := range c.moments {
		down[i] = c.line.Down(at.Add(-Step), at).Seconds()
		up[i] = Step.Seconds() - down[i]
	}
	c.hours()
	stored := store.Column{Labels: c.labels(query.TargetState)}
	for _, at := range c.line.stored(c.moments[0], c.moments[len(c.moments)-1].Add(Step)) {
		state := exporter.Up
		if c.line.isDown(at) {
			state = exporter.Down
		}
		stored.At, stored.Values = append(stored.At, at), append(stored.Values, state.Number())
	}
	c.list = append(c.list, stored)
}

// hours adds what a rule keeps each hour.
func (c *columns) hours() {
	up, down := c.add(query.Seconds1h, "state", exporter.Up.String()), c.add(query.Seconds1h, "state", exporter.Down.String())
	for i, at := range c.moments {
		up[i], down[i] = math.NaN(), math.NaN()
		if at.Minute() == 0 {
			down[i] = c.line.Down(at.Add(-time.Hour), at).Seconds()
			up[i] = time.Hour.Seconds() - down[i]
		}
	}
}

// every is how often a store keeps all values. It keeps a state when it changes, too.
const every = 15 * time.Second

// stored are the moments of a span at which the store has a state: those within a day of
// an outage. Nothing reads the others, which would be most of the samples.
func (l *Line) stored(from, to time.Time) (list []time.Time) {
	const day = 24 * time.Hour
	next := from
	for _, o := range l.Outages {
		begin := o.From.Add(-day).Truncate(every)
		if begin.Before(next) {
			begin = next.Truncate(every).Add(every)
		}
		for at := begin; at.Before(o.To.Add(day)) && at.Before(to); at = at.Add(every) {
			list, next = append(list, at), at.Add(time.Second)
		}
	}
	for _, o := range l.Outages {
		for _, at := range []time.Time{o.From, o.To} {
			if !at.Before(from) && at.Before(to) {
				list = append(list, at)
			}
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}
