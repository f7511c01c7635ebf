package reports

import (
	"context"
	"maps"
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/availability"
	"wanwatch/dashboards/reports/history"
	"wanwatch/exporter"
)

// bad is a day on which targets were down, with the first and the last step of that.
type bad struct {
	ids         map[string]bool
	first, last int
}

// mark notes a target for the steps around one of which some seconds were down. A sample is
// of the five minutes before it, and those end up to a step earlier; what came after the
// outage is to be seen, too.
func mark(days []bad, step, steps int, id string) {
	for n := max(0, step-2); n <= min(step+1, steps-1); n++ {
		d := &days[n*int(Step)/int(day)]
		if d.ids == nil {
			d.ids, d.first, d.last = map[string]bool{}, n, n
		}
		d.ids[id], d.first, d.last = true, min(d.first, n), max(d.last, n)
	}
}

// fine is how finely outages are looked at: as often as history keeps values.
const fine = 15 * time.Second

// moments are those of a target, in order, with whether it was down.
type moments struct {
	at   []time.Time
	down []bool
}

// readMoments finds the outages in the times in which targets were down, day by day.
func (o *Options) readMoments(ctx context.Context, list []watched) error {
	days := make([]bad, int(o.To.Sub(o.From)/day)+1)
	for i := range list {
		for _, step := range list[i].down {
			mark(days, step, o.steps(), list[i].target.ID)
		}
	}
	days = slices.DeleteFunc(days, func(d bad) bool { return len(d.ids) == 0 })
	quiet := *o
	quiet.Progress = nil // which was of the targets
	found, err := inParts(ctx, &quiet, days, 1, o.readDay)
	if err != nil {
		return err
	}
	for i := range list {
		var m moments
		for _, day := range found {
			more := day[list[i].target.ID]
			m.at, m.down = append(m.at, more.at...), append(m.down, more.down...)
		}
		list[i].outages = availability.Outages(m.at, m.down, o.From, o.To, max(availability.Every(m.at), fine))
	}
	return nil
}

// readDay reads the moments of some days.
func (o *Options) readDay(ctx context.Context, days []bad) (list []map[string]moments, err error) {
	for _, d := range days {
		from, to := o.From.Add(time.Duration(d.first)*Step), o.From.Add(time.Duration(d.last+1)*Step)
		found, err := o.Source.Stored(ctx, query.TargetState, slices.Sorted(maps.Keys(d.ids)), from, to, fine)
		if err != nil {
			return nil, err
		}
		all := byTarget(found)
		for id, m := range all {
			all[id] = m.thin()
		}
		list = append(list, all)
	}
	return list, nil
}

// thin leaves out the moments in which the target was not down, but for those beside one in
// which it was.
func (m moments) thin() (few moments) {
	for i, at := range m.at {
		if m.down[i] || i > 0 && m.down[i-1] || i+1 < len(m.at) && m.down[i+1] {
			few.at, few.down = append(few.at, at), append(few.down, m.down[i])
		}
	}
	return few
}

// byTarget puts together what was stored about each target. Where several agents look at
// one, it is down when one of them says so.
func byTarget(found []history.Trace) map[string]moments {
	all := map[string]moments{}
	for _, s := range found {
		id := s.Labels["target"]
		m := moments{at: s.At, down: make([]bool, len(s.At))}
		for i, v := range s.Values {
			m.down[i] = v == exporter.Down.Number()
		}
		if other, ok := all[id]; ok {
			m = m.or(other)
		}
		all[id] = m
	}
	return all
}

// or merges two views of a target: at the moments of both, what either said last.
func (m moments) or(other moments) (both moments) {
	i, j := 0, 0
	for i < len(m.at) || j < len(other.at) {
		var at time.Time
		if j == len(other.at) || i < len(m.at) && !m.at[i].After(other.at[j]) {
			at = m.at[i]
			i++
		} else {
			at = other.at[j]
			j++
		}
		both.at = append(both.at, at)
		both.down = append(both.down, i > 0 && m.down[i-1] || j > 0 && other.down[j-1])
	}
	return both
}
