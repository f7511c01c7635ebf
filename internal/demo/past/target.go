package past

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/lab/plan"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// target is one target's past, as far as it has been told.
type target struct {
	labels  map[string]string // those of its series
	fixed   []constant
	faults  []fault
	path    plan.Conditions
	ping    []string // labels of its ping probe; none: it is not pinged
	luck    *rand.Rand
	lines   []*direction // none: its traffic is not known
	seconds map[exporter.State]float64
	recent  map[exporter.State][]float64 // seconds at each step of the last hours
	sent    float64
	lost    float64
	buckets []float64
	sum     float64
}

// target prepares a target's past.
func (m *maker) target(t *inventory.Target, outages map[string][]fault, fixed []constant) *target {
	x := &target{
		labels: map[string]string{"target": t.ID, "kind": string(t.Kind), "site": t.Site}, fixed: fixed,
		faults: m.faults(t, outages), luck: luck(m.network.World.Seed, "values of "+t.ID),
		seconds: map[exporter.State]float64{}, recent: map[exporter.State][]float64{}, buckets: make([]float64, len(metric.PingRTT.Buckets)+1),
	}
	if i := slices.IndexFunc(t.Probes, func(p *inventory.Probe) bool { return p.Kind == "ping" }); i >= 0 {
		x.ping = []string{"probe", t.Probes[i].Name, "address", t.Probes[i].Address}
	}
	if m.network.Plan != nil && m.network.Plan.Paths[t.ID] != nil {
		x.path = m.network.Plan.Paths[t.ID].Both
	}
	x.lines = m.lines(t)
	return x
}

// lines returns the directions of a link or an uplink. What its router receives is
// towards the site.
func (m *maker) lines(t *inventory.Target) []*direction {
	var at *inventory.InterfaceRef
	var bandwidth inventory.Bandwidth
	switch {
	case t.Link != nil:
		at, bandwidth = t.Link.Interface, t.Link.Bandwidth
	case t.Uplink != nil:
		at, bandwidth = t.Uplink.Interface, t.Uplink.Bandwidth
	}
	if at == nil {
		return nil
	}
	for i := range m.network.Routers {
		for _, port := range m.network.Routers[i].Interfaces {
			if m.network.Routers[i].Name == at.Device && port.Name == at.Selector {
				return []*direction{
					{name: "down", flow: port.In.Flow, bandwidth: float64(bandwidth.Down) / 8, day: -1},
					{name: "up", flow: port.Out.Flow, bandwidth: float64(bandwidth.Up) / 8, day: -1},
				}
			}
		}
	}
	return nil
}

// columns makes what the target's series were at some moments.
func (x *target) columns(moments []time.Time) []store.Column {
	state := states(x.faults, moments)
	t := &table{target: x, moments: moments}
	use := x.traffic(t, state)
	x.states(t, state)
	if x.ping != nil {
		x.pingsOf(t, state, use)
	}
	for _, c := range x.fixed {
		t.list = append(t.list, store.Column{Labels: c.labels, Values: filled(len(moments), c.value)})
	}
	return t.list
}

// table collects columns.
type table struct {
	target  *target
	moments []time.Time
	list    []store.Column
}

// column adds a series of the target, without values, and returns them.
func (t *table) column(name string, more ...string) []float64 {
	labels := maps.Clone(t.target.labels)
	labels["__name__"] = name
	for i := 0; i+1 < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	values := filled(len(t.moments), math.NaN())
	t.list = append(t.list, store.Column{Labels: labels, Values: values})
	return values
}

func filled(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

// traffic adds the series of a line's traffic, and returns the larger share of the
// bandwidth in use at each moment. A line that is down carries nothing.
func (x *target) traffic(t *table, state []exporter.State) []float64 {
	use := make([]float64, len(t.moments))
	for _, d := range x.lines {
		rate := t.column(query.Throughput5m, "direction", d.name)
		share := t.column(query.Utilization5m, "direction", d.name)
		week := t.column(query.UtilizationWeek7d, "direction", d.name)
		trend, busy := t.column(query.UtilizationTrend30d, "direction", d.name), t.column(query.BusyHour7d, "direction", d.name)
		for i, at := range t.moments {
			if state[i] == exporter.Unknown {
				continue
			}
			rate[i] = float64(d.flow.Rate(at)) / 8
			if state[i] == exporter.Down {
				rate[i] = 0
			}
			if d.bandwidth > 0 {
				share[i] = rate[i] / d.bandwidth
				week[i] = d.percentile(at, share[i])
				use[i] = max(use[i], share[i])
				if at.Minute() == 0 && at.Hour()%6 == 0 {
					trend[i], busy[i] = d.trend(), d.busyHour()
				}
			}
		}
	}
	return use
}

// states adds the series of the state, and what the rules record of them: the seconds
// of each hour, and what counts of each six hours.
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
	for i := range state {
		up[i] = 1
		if state[i] == exporter.Down {
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

// pingsOf adds what pings would have told.
func (x *target) pingsOf(t *table, state []exporter.State, use []float64) {
	loss, mean, p95, jitter := t.column(query.Loss5m), t.column(query.RTTMean5m), t.column(query.RTTP955m), t.column(query.Jitter5m)
	sent, lost := t.column("wanwatch_ping_sent_total", x.ping...), t.column("wanwatch_ping_lost_total", x.ping...)
	scale := x.scale()
	for i := range t.moments {
		if state[i] == exporter.Unknown {
			continue
		}
		jitter[i] = scale * (0.8 + 0.4*x.luck.Float64())
		loss[i], mean[i] = x.trip(state[i], use[i])
		if state[i] == exporter.Down {
			jitter[i] = math.NaN()
		}
		p95[i] = mean[i] + 3*scale
		x.sent, x.lost = x.sent+Step.Seconds(), x.lost+math.Round(Step.Seconds()*loss[i])
		sent[i], lost[i] = x.sent, x.lost
	}
}

// scale is that of the path's jitter, in seconds.
func (x *target) scale() float64 {
	if j := x.path.Jitter; j != nil {
		return j.Scale.Seconds()
	}
	return 0
}

// trip returns loss and mean round-trip time, in seconds, of a moment.
func (x *target) trip(state exporter.State, use float64) (loss, mean float64) {
	loss, mean = x.usual(use)
	switch state {
	case exporter.Degraded:
		return loss + 0.03 + 0.05*x.luck.Float64(), mean + 0.06 + 0.03*x.luck.Float64()
	case exporter.Down:
		return 1, math.NaN()
	default:
		return loss, mean
	}
}

// usual returns loss and round-trip time of an ordinary moment. A line that is nearly
// full delays.
func (x *target) usual(use float64) (loss, rtt float64) {
	if x.path.Loss != nil {
		packets := Step.Seconds()
		share := 2 * float64(*x.path.Loss)
		loss = math.Floor(packets*share+x.luck.Float64()) / packets
	}
	if x.path.Delay != nil {
		rtt = 2 * x.path.Delay.Seconds()
	}
	rtt = rtt*(1+0.02*x.luck.Float64()) + 0.0001
	if use > 0.8 {
		rtt += (use - 0.8) * 0.25
		loss += (use - 0.8) * 0.02
	}
	return loss, rtt
}

// histogram makes the target's histogram of round-trip times at some moments: buckets
// of each edge, the infinite one, the count, the sum.
func (x *target) histogram(moments []time.Time) []store.Column {
	state := states(x.faults, moments)
	t := &table{target: x, moments: moments}
	var columns [][]float64
	for _, edge := range metric.PingRTT.Buckets {
		columns = append(columns, t.column("wanwatch_ping_rtt_seconds_bucket", append(slices.Clip(x.ping), "le", number(edge))...))
	}
	columns = append(columns, t.column("wanwatch_ping_rtt_seconds_bucket", append(slices.Clip(x.ping), "le", "+Inf")...),
		t.column("wanwatch_ping_rtt_seconds_count", x.ping...), t.column("wanwatch_ping_rtt_seconds_sum", x.ping...))
	for i := range moments {
		if state[i] == exporter.Unknown {
			continue
		}
		loss, mean := x.trip(state[i], 0)
		x.count(columns, i, math.Round(detailStep.Seconds()*(1-loss)), mean, x.scale())
	}
	return t.list
}

// number writes an edge as the exporter does: 1 is 1.0.
func number(v float64) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if v == math.Trunc(v) {
		text += ".0"
	}
	return text
}

// count puts answers into the buckets: evenly from a little under the mean on to some
// scales of the jitter above it.
func (x *target) count(columns [][]float64, i int, answers, mean, scale float64) {
	if answers > 0 {
		low, high := mean-scale, mean+3*scale+1e-6
		const parts = 20
		for p := range parts {
			v := low + (high-low)*float64(p)/parts
			at := sort.SearchFloat64s(metric.PingRTT.Buckets, v)
			x.buckets[at] += answers / parts
		}
		x.sum += answers * mean
	}
	total := 0.0
	for b, n := range x.buckets {
		total += n
		columns[b][i] = math.Round(total)
	}
	last := len(x.buckets)
	columns[last][i], columns[last+1][i] = math.Round(total), x.sum
}
