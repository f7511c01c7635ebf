package past

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
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
	lines   []*direction   // none: its traffic is not known
	known   exporter.State // the last that was
	changes float64        // of known
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
		known: exporter.Unknown, seconds: map[exporter.State]float64{}, recent: map[exporter.State][]float64{}, buckets: make([]float64, len(metric.PingRTT.Buckets)+1),
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
		rate, kept := t.column(query.Throughput5m, "direction", d.name), t.column(query.ThroughputKept5m, "direction", d.name)
		contract := t.column(query.BandwidthKept1h, "direction", d.name)
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
			kept[i] = math.Round(rate[i]/64) * 64
			if at.Minute() == 0 && d.bandwidth > 0 {
				contract[i] = d.bandwidth
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
