package wire

import (
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
)

// lane is one direction of a path, with what it remembers between packets.
type lane struct {
	random   plan.Random
	timeline *plan.Timeline
	state    plan.State
	until    time.Duration // when state ends
	count    uint64        // packets so far
	bad      bool          // state of the burst model
	free     time.Duration // when the limited line has sent all that waits
	departed time.Duration // when the packet just let through leaves the limited line
	lastDue  time.Duration // of a packet that keeps its place
}

func (l *lane) refresh(now time.Duration) {
	if now >= l.until {
		l.state, l.until = l.timeline.At(now)
	}
}

// drop decides whether packet n is lost on the line.
func (l *lane) drop(n uint64, now time.Duration, size int) truth.Fate {
	if l.state.Loss > 0 && l.random.Float64(n, plan.UseLoss) < l.state.Loss {
		return truth.Lost
	}
	if b := l.state.Burst; b != (plan.Burst{}) {
		var lost bool
		l.bad, lost = b.Step(l.bad, l.random.Float64(n, plan.UseBurstState), l.random.Float64(n, plan.UseBurstLoss))
		if lost {
			return truth.LostInBurst
		}
	}
	l.departed = now
	if l.state.Limit.Rate > 0 && !l.enqueue(now, size) {
		return truth.QueueFull
	}
	return truth.InFlight
}

// enqueue puts a packet into the queue before the limited line: it leaves once
// all before it and itself have been sent.
func (l *lane) enqueue(now time.Duration, size int) bool {
	rate := float64(l.state.Limit.Rate)
	if l.free > now {
		backlog := (l.free - now).Seconds() * rate / 8
		if int(backlog)+size > l.state.Limit.QueueBytesMax() {
			return false
		}
	}
	l.free = max(l.free, now) + time.Duration(float64(size)*8/rate*float64(time.Second))
	l.departed = l.free
	return true
}

// due returns when packet n arrives, which came at time now and was let through.
func (l *lane) due(n uint64, now time.Duration, held bool) time.Duration {
	delay := l.state.Delay
	if l.state.Jitter.Distribution != "" {
		delay += l.state.Jitter.Quantile(l.random.Float64(n, plan.UseJitter))
	}
	due := max(l.departed+delay, now)
	if held {
		return due + l.state.Reorder.By
	}
	if !l.state.Jitter.Overtake {
		due = max(due, l.lastDue)
	}
	l.lastDue = due
	return due
}

// routers lets the routers of the path look at a packet: it is remarked, its
// TTL is lowered, and it may be refused.
func (w *way) routers(dir plan.Direction, s *plan.State, entry *truth.Entry, h *header, packet []byte) (refusal, bool) {
	if s.Cut {
		entry.Fate = truth.Cut
		return refusal{}, true
	}
	if d := s.DSCP; d != nil && (d.From == nil || uint8(*d.From) == h.dscp) {
		setDSCP(packet, h, uint8(d.To))
		entry.DSCPOut = h.dscp
	}
	// Counted from the packet's sender: where its TTL ends, where it is refused.
	end, refused := int(h.ttl), w.count+1
	var r refusal
	if s.Refuse != nil {
		refused, entry.Fate = w.fromSender(dir, s.Refuse.Hop), truth.Refused
		r.report = unreachable(s.Refuse.Code)
		if s.Refuse.Code == plan.Port && s.Refuse.Hop == 0 {
			r.address = h.dst // ports are refused by their host
		}
	} else if s.MTU.Bytes > 0 && h.size > s.MTU.Bytes && h.keepWhole {
		refused, entry.Fate = w.fromSender(dir, s.MTU.Hop), truth.TooBig
		r.report = tooBig(s.MTU.Bytes)
	}
	if end <= w.count && end <= refused {
		refused, entry.Fate = end, truth.Expired
		r = refusal{report: expired}
	}
	if entry.Fate == truth.InFlight {
		setTTL(packet, h, h.ttl-uint8(w.count))
		return refusal{}, false
	}
	setTTL(packet, h, h.ttl-uint8(max(refused-1, 0)))
	r.speaker = w.router(dir, refused)
	r.passed = max(refused-1, 0)
	r.delay = w.roundTrip(entry.In, refused)
	return r, true
}

// fromSender turns the number of a router, counted from the prober, into its
// number counted from the packet's sender. Hop 0 is the last router that the
// packet would pass; 0 is returned for a path without routers.
func (w *way) fromSender(dir plan.Direction, hop int) int {
	if hop == 0 || hop > w.count {
		return w.count
	}
	if dir == plan.Back {
		return w.count + 1 - hop
	}
	return hop
}

// router returns the router with a number counted from the packet's sender; for
// a path without routers, the gateway.
func (w *way) router(dir plan.Direction, number int) plan.Router {
	if w.count == 0 {
		return w.gateway
	}
	i := number - 1
	if dir == plan.Back {
		i = w.count - number
	}
	if i < 0 || i >= len(w.hops) {
		return plan.Router{}
	}
	return w.hops[i]
}

// roundTrip is the time to a router and back to the packet's sender, without
// jitter and queueing: the share of the path's that the routers on the way make
// up.
func (w *way) roundTrip(now time.Duration, number int) time.Duration {
	w.lanes[plan.Out].refresh(now)
	w.lanes[plan.Back].refresh(now)
	whole := w.lanes[plan.Out].state.Delay + w.lanes[plan.Back].state.Delay
	if w.count == 0 {
		return whole
	}
	return whole * time.Duration(number) / time.Duration(w.count)
}
