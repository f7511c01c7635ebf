package past

import (
	"math"
	"slices"
	"sort"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/probes/metric"
)

// pingsOf adds what pings would have told.
func (x *target) pingsOf(t *table, state []exporter.State, use []float64) {
	loss, kept, mean, p95, jitter := t.column(query.Loss5m), t.column(query.LossKept5m), t.column(query.RTTMean5m), t.column(query.RTTP955m), t.column(query.Jitter5m)
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
		kept[i] = loss[i]
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
		columns = append(columns, t.column("wanwatch_ping_rtt_seconds_bucket", append(slices.Clip(x.ping), "le", exporter.Edge(edge))...))
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
