package stamp

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// figures are what a stream says of the path.
type figures struct {
	sent, received int
	lost           losses
	rtts           []float64 // seconds, in the order of arrival
	rtt            time.Duration
	bursts         []int
	ways           [2]way
	synchronized   bool
	rating         quality.Rating
	tally
}

// way is one direction.
type way struct {
	jitter    float64         // seconds
	variation []time.Duration // above the least of the stream, in the order of arrival
	median    time.Duration   // of two clocks: a delay only if they agree
}

// measure computes the figures of the stream as far as it went.
func (s *stream) measure(p *quality.Profile) figures {
	f := figures{sent: len(s.packets), received: len(s.order), tally: s.tally, bursts: s.bursts(), lost: s.losses()}
	f.synchronized = f.received > 0 && !s.unsynchronized
	if f.received == 0 {
		f.rating = p.Rate(quality.Stretch{Packets: max(f.sent, 1), Lost: max(f.sent, 1), Runs: 1})
		return f
	}
	var delays [2][]time.Duration
	for _, i := range s.order {
		p := s.packets[i]
		f.rtts = append(f.rtts, (p.back - p.sent - p.inside).Seconds())
		delays[out] = append(delays[out], p.outward)
		delays[home] = append(delays[home], p.homeward)
	}
	sorted := slices.Sorted(slices.Values(f.rtts))
	f.rtt = max(time.Duration(sorted[len(sorted)/2]*float64(time.Second)), 1)
	for d := range delays {
		f.ways[d] = newWay(delays[d])
		// A delay below nothing, beyond what small errors of the clocks explain, shows
		// that they do not agree, whatever they say.
		if f.ways[d].median < -time.Millisecond {
			f.synchronized = false
		}
	}
	f.rating = s.rate(f, p)
	return f
}

// newWay computes what one direction's delays say; they may all be wrong by the same.
func newWay(delays []time.Duration) way {
	w := way{jitter: jitter(delays)}
	least := slices.Min(delays)
	for _, d := range delays {
		w.variation = append(w.variation, d-least)
	}
	sorted := slices.Sorted(slices.Values(delays))
	w.median = sorted[len(sorted)/2]
	return w
}

// jitter is the interarrival jitter in seconds: J(i) = J(i-1) + (|D(i-1,i)| -
// J(i-1))/16, where D is the difference of the transit times of a packet and the one
// that arrived before it (RFC 3550, section 6.4.1).
func jitter(delays []time.Duration) (j float64) {
	for i := 1; i < len(delays); i++ {
		d := math.Abs((delays[i] - delays[i-1]).Seconds())
		j += (d - j) / 16
	}
	return j
}

// quantile returns a value that at least the share q of all does not exceed.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(max(int(math.Ceil(q*float64(len(sorted))))-1, 0), len(sorted)-1)]
}

// bursts are the lengths of the runs of packets that were not answered.
func (s *stream) bursts() (list []int) {
	run := 0
	for _, p := range s.packets {
		switch {
		case !p.answered:
			run++
		case run > 0:
			list, run = append(list, run), 0
		}
	}
	if run > 0 {
		list = append(list, run)
	}
	return list
}

// samples returns the figures for the exporter. What is not known of this stream is
// taken away.
func (f figures) samples() []probes.Sample {
	add := func(list []probes.Sample, d *metric.Desc, v float64, labels ...string) []probes.Sample {
		return append(list, probes.Sample{Metric: d, Labels: labels, Value: v})
	}
	var list []probes.Sample
	list = add(list, metric.StampSent, float64(f.sent))
	list = add(list, metric.StampReceived, float64(f.received))
	for d, n := range f.lost.by() {
		list = add(list, metric.StampLost, float64(n), d)
	}
	list = add(list, metric.Foreign, float64(f.foreign))
	list = add(list, metric.StampDuplicates, float64(f.duplicates))
	list = add(list, metric.StampReordered, float64(f.reordered))
	for _, rtt := range f.rtts {
		list = add(list, metric.StampRTT, rtt)
	}
	for _, n := range f.bursts {
		list = add(list, metric.StampLossBurst, float64(n))
	}
	for d, name := range []string{forward, backward} {
		jitter, variation, delay := math.NaN(), math.NaN(), math.NaN()
		if f.received > 1 {
			jitter, variation = f.ways[d].jitter, quantile(f.ways[d].variation, 0.99).Seconds()
		}
		if f.synchronized {
			delay = f.ways[d].median.Seconds()
		}
		list = add(list, metric.StampJitter, jitter, name)
		list = add(list, metric.StampVariation, variation, name)
		list = add(list, metric.StampOneWay, delay, name)
		list = add(list, metric.StampRemarked, float64(f.dscp[d].remarked), name)
		list = add(list, metric.StampDSCP, f.dscp[d].most(), name)
		list = add(list, metric.StampTTL, orNaN(f.ttl[d]), name)
	}
	f.rating.Each(func(d *metric.Desc, labels []string, v float64) { list = add(list, d, v, labels...) })
	if f.lost.known {
		list = add(list, metric.StampStateful, map[bool]float64{true: 1}[f.lost.stateful])
	}
	return list
}

// most returns the code point that came most often; NaN if none is known.
func (m *marks) most() float64 {
	best := slices.Max(m.seen[:])
	if best == 0 {
		return math.NaN()
	}
	return float64(slices.Index(m.seen[:], best))
}

func orNaN(n int) float64 {
	if n == 0 {
		return math.NaN()
	}
	return float64(n)
}

// String tells a person.
func (f figures) String() string {
	if f.received == 0 {
		return ""
	}
	parts := []string{fmt.Sprintf("%d of %d packets answered", f.received, f.sent)}
	if f.sent > f.received {
		parts[0] += f.lost.String()
	}
	parts = append(parts, fmt.Sprintf("RTT %s, jitter %s there and %s back", round(f.rtt),
		round(seconds(f.ways[out].jitter)), round(seconds(f.ways[home].jitter))))
	for d, name := range []string{"there", "back"} {
		if n := f.dscp[d].remarked; n > 0 {
			parts = append(parts, fmt.Sprintf("%d re-marked on the way %s, to DSCP %g", n, name, f.dscp[d].most()))
		}
	}
	if f.duplicates > 0 {
		parts = append(parts, fmt.Sprintf("%d answered twice", f.duplicates))
	}
	if f.reordered > 0 {
		parts = append(parts, fmt.Sprintf("%d out of order", f.reordered))
	}
	if f.synchronized {
		parts = append(parts, fmt.Sprintf("one-way delay %s there and %s back", round(f.ways[out].median), round(f.ways[home].median)))
	}
	parts = append(parts, fmt.Sprintf("estimated audio MOS %.2f (R %.0f, network only)", f.rating.MOS, f.rating.R))
	return strings.Join(parts, "; ")
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
func seconds(s float64) time.Duration     { return time.Duration(s * float64(time.Second)) }
