package exporter

import (
	"math/bits"
	"time"

	"wanwatch/inventory"
)

// What a ping probe may lose before its target counts as degraded.
const (
	// windowPackets is how many of the last packets are judged.
	windowPackets = 60
	// windowAnswers is how many answers a mean round-trip time needs.
	windowAnswers = 30
	// defaultLoss is the share of lost packets that a target without an SLA may
	// have: 1 %, the limit for video of ITU-T G.1010 and of most conference
	// equipment.
	defaultLoss = 0.01
	// chance is how rarely a target that keeps its limit may look as if it did
	// not.
	chance = 0.01
)

// pingKind is the kind of probe whose results are single packets.
const pingKind = "ping"

// window judges the last packets of a ping probe.
type window struct {
	maxLost int           // so many lost packets are too many
	maxRTT  time.Duration // the mean may not be above; 0: any

	lost uint64 // a bit a packet, the last one lowest

	// rtts is a ring of the last round-trip times in microseconds, kept only
	// where there is a limit for them.
	rtts  []uint32
	count int
	sum   uint64
}

// rules returns the window for a probe: w with new limits, or a new one, or
// nil where there is nothing to judge. w may be nil.
func (w *window) rules(t *inventory.Target, p *inventory.Probe, at time.Time) *window {
	if p.Kind != pingKind || t.Expect == "unreachable" {
		return nil
	}
	if w == nil {
		w = &window{}
	}
	loss, rtt := defaultLoss, time.Duration(0)
	if sla := slaInForce(t, at); sla != nil {
		rtt = sla.RTT
		if sla.Loss > 0 {
			loss = float64(sla.Loss)
		}
	}
	w.maxLost, w.maxRTT = lossLimit(loss), rtt
	if rtt > 0 && w.rtts == nil {
		w.rtts = make([]uint32, windowPackets)
	}
	return w
}

// lossLimit returns how many of windowPackets lost packets show that more than
// the given share is lost: the smallest number that a target with just this
// loss reaches with a probability below chance (the upper tail of the binomial
// distribution). It is at least 2: a single lost packet shows nothing.
func lossLimit(share float64) int {
	if share >= 1 {
		return windowPackets + 1
	}
	// term is the probability of exactly k losses, tail that of k or more.
	term, tail := 1.0, 1.0
	for range windowPackets {
		term *= 1 - share
	}
	for k := range windowPackets {
		if tail < chance && k >= 2 {
			return k
		}
		tail -= term
		term *= float64(windowPackets-k) / float64(k+1) * share / (1 - share)
	}
	return windowPackets
}

// take takes a packet.
func (w *window) take(answered bool, rtt time.Duration) {
	const all = 1<<windowPackets - 1
	w.lost = w.lost << 1 & all
	if !answered {
		w.lost |= 1
		return
	}
	if len(w.rtts) == 0 {
		return
	}
	slot := &w.rtts[w.count%len(w.rtts)]
	w.sum -= uint64(*slot)
	*slot = uint32(min(max(rtt.Microseconds(), 0), 1<<32-1))
	w.sum += uint64(*slot)
	w.count++
}

func (w *window) clear() {
	w.lost, w.count, w.sum = 0, 0, 0
	clear(w.rtts)
}

// poor reports whether too many packets were lost, or whether the answers were
// too slow.
func (w *window) poor() bool {
	if bits.OnesCount64(w.lost) >= w.maxLost {
		return true
	}
	if w.maxRTT == 0 || w.count < windowAnswers {
		return false
	}
	mean := time.Duration(w.sum/uint64(min(w.count, len(w.rtts)))) * time.Microsecond
	return mean > w.maxRTT
}
