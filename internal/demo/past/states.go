package past

import (
	"slices"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/exporter"
)

// states adds the series of the state, its changes, and what the rules record of it: the
// seconds of each hour, and what counts of each six hours.
func (x *target) states(t *table, state []exporter.State) {
	const hour = int(time.Hour / Step)
	now, up := t.column("wanwatch_target_state"), t.column("wanwatch_target_up")
	for _, s := range []exporter.State{exporter.Up, exporter.Degraded, exporter.Down, exporter.Unknown, exporter.Maintenance} {
		label := []string{"state", s.String()}
		total, short, hourly := t.column("wanwatch_target_seconds_total", label...), t.column(query.Seconds5m, label...), t.column(query.Seconds1h, label...)
		for i, at := range t.moments {
			short[i] = 0
			if state[i] == s {
				short[i] = Step.Seconds()
				now[i] = s.Number()
			}
			x.seconds[s] += short[i]
			total[i] = x.seconds[s]
			if at.Minute() == 0 {
				hourly[i] = x.seconds[s] - x.before(s, hour)
			}
			x.recent[s] = append(x.recent[s], x.seconds[s])
		}
	}
	x.months(t)
	changes := t.column("wanwatch_target_state_changes_total")
	for i, s := range state {
		if s != exporter.Unknown && s != exporter.Maintenance {
			if x.known != exporter.Unknown && s != x.known {
				x.changes++
			}
			x.known = s
		}
		changes[i] = x.changes
		up[i] = 1
		if s == exporter.Down {
			up[i] = 0
		}
	}
}

// months adds what is recorded each six hours for the months.
func (x *target) months(t *table) {
	const quarter = int(6 * time.Hour / Step)
	columns := map[string][2][]float64{} // by month
	for i, at := range t.moments {
		if at.Minute() != 0 || at.Hour()%6 != 0 {
			continue
		}
		month := at.Add(-3 * time.Hour).Format("200601")
		c, ok := columns[month]
		if !ok {
			c = [2][]float64{t.column(query.Worked6h, "month", month), t.column(query.Counted6h, "month", month)}
			columns[month] = c
		}
		spent := func(s exporter.State) float64 {
			n := len(x.recent[s]) - len(t.moments) + i
			return x.recent[s][n] - x.recent[s][max(0, n-quarter)]
		}
		worked := spent(exporter.Up) + spent(exporter.Degraded)
		c[0][i], c[1][i] = worked, worked+spent(exporter.Down)
	}
	for s := range x.recent {
		x.recent[s] = slices.Clone(x.recent[s][max(0, len(x.recent[s])-quarter):])
	}
}

// before is how many seconds in a state there had been so many steps ago.
func (x *target) before(s exporter.State, steps int) float64 {
	past := x.recent[s]
	if len(past) < steps {
		return 0
	}
	return past[len(past)-steps]
}
