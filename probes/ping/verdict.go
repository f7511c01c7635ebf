package ping

import (
	"encoding/binary"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// answer takes an echo reply off the wire.
func (e *engine) answer(a *answer) {
	t, f := e.match(a)
	switch {
	case t == nil:
		e.stranger(a)
	case !intact(a.payload, e.pattern, t.settings.size):
		e.corrupt(t, f)
	default:
		e.received(t, f, a)
	}
}

// match finds the packet that a reply repeats: by place and serial number, and
// only if the random number, the sequence number and the address are right.
func (e *engine) match(a *answer) (*target, *flight) {
	c, ok := takeCookie(a.payload)
	if !ok || a.damaged {
		return nil, nil
	}
	t := e.table.at(c.place)
	if t == nil {
		return nil, nil
	}
	f := t.find(c.serial)
	if f == nil || f.nonce != c.nonce || f.seq != a.seq || t.sentTo(f) != a.from {
		return nil, nil
	}
	return t, f
}

// stranger deals with a reply that repeats nothing. One that has the address and
// the sequence number of a packet is taken for a spoilt answer to it, any other
// for somebody else's.
func (e *engine) stranger(a *answer) {
	if t, f := e.bySeq(a.from, a.seq); t != nil {
		e.corrupt(t, f)
		return
	}
	e.meter.Add(metric.PingForeign, 1)
}

// bySeq finds the packet to an address with a sequence number; one that is
// still waiting before others.
func (e *engine) bySeq(to peer, seq uint16) (t *target, f *flight) {
	h := e.hosts[to]
	if h == nil {
		return nil, nil
	}
	for _, candidate := range h.targets {
		if !e.table.holds(candidate) {
			continue // it went a moment ago
		}
		p := candidate.findSeq(seq)
		switch {
		case p == nil:
		case p.state == waiting:
			return candidate, p
		case t == nil:
			t, f = candidate, p
		}
	}
	return t, f
}

// received takes a good answer.
func (e *engine) received(t *target, f *flight, a *answer) {
	rtt := max(a.arrived-f.sent, 0)
	if f.state == waiting && rtt > int64(t.settings.timeout) {
		e.timeOut(t, f)
	}
	if e.trace != nil {
		e.traceAnswer(a, rtt)
	}
	switch f.state {
	case waiting:
		e.success(t, f, a, rtt)
	case lost:
		f.state = overdue
		e.note(t, probes.Sample{Metric: metric.PingLate, Value: 1})
	case received, overdue:
		e.note(t, probes.Sample{Metric: metric.PingDuplicates, Value: 1})
	case none, unknown:
		// The packet counts for nothing, and so does its answer.
	}
}

func (e *engine) success(t *target, f *flight, a *answer, rtt int64) {
	f.state = received
	t.observe(rtt)
	if t.settings.rated && t.window.Hear(time.Duration(rtt), e.profile.Buffer) {
		f.marks |= tardy
	}
	r := e.begin(t, probes.Success, "", "")
	r.Start, r.Duration = e.now.at(f.sent), time.Duration(rtt)
	e.add(metric.PingSent, 1)
	e.add(metric.PingReceived, 1)
	e.add(metric.PingRTT, time.Duration(rtt).Seconds())
	if t.heard > 1 {
		e.add(metric.PingJitter, t.jitter/float64(time.Second))
	}
	if a.ttl >= 0 {
		e.add(metric.PingReplyTTL, float64(a.ttl))
	}
	e.end(t)
}

// timeOut judges a packet that was not answered in time.
func (e *engine) timeOut(t *target, f *flight) {
	deadline := f.sent + int64(t.settings.timeout)
	if e.checked != e.now.mono {
		e.watchDrops()
	}
	if e.outages.during(t.sentTo(f).family(), f.sent, deadline) {
		f.state = unknown
		r := e.begin(t, probes.Unknown, probes.ReasonStalled, stalledText+", or the kernel dropped answers, while one was awaited")
		r.Start, r.Duration = e.now.at(f.sent), time.Duration(e.now.mono-f.sent)
		e.end(t)
		return
	}
	if f.marks&corrupt != 0 {
		e.lose(t, f, probes.ReasonProtocol, "the content of the answer was not what was sent")
		return
	}
	e.lose(t, f, probes.ReasonTimeout, t.silent())
}

// lose counts a packet as lost. The samples given are added to its result.
func (e *engine) lose(t *target, f *flight, why probes.Reason, detail string, more ...probes.Sample) {
	f.state = lost
	r := e.begin(t, probes.Failure, why, detail)
	r.Start, r.Duration = e.now.at(f.sent), time.Duration(e.now.mono-f.sent)
	e.add(metric.PingSent, 1)
	e.add(metric.PingLost, 1)
	e.samples = append(e.samples, more...)
	if t.name != (lookup{}) {
		e.unwell(t.name)
	}
	e.end(t)
}

func (e *engine) corrupt(t *target, f *flight) {
	f.marks |= corrupt
	if e.trace != nil {
		e.trace.Logf("an answer from %s came whose content was not what was sent", t.host)
	}
	e.note(t, probes.Sample{Metric: metric.PingCorrupt, Value: 1})
}

// complain takes an ICMP error off the wire.
func (e *engine) complain(c *complaint) {
	t, f := e.accused(c)
	if t == nil {
		e.meter.Add(metric.PingForeign, 1)
		return
	}
	detail := t.said(c)
	if e.trace != nil {
		e.trace.Logf("%s", detail)
	}
	sample := probes.Sample{Metric: metric.PingUnreachable, Labels: c.meaning().code.labels(), Value: 1}
	if f.state == waiting {
		e.lose(t, f, probes.ReasonUnreachable, detail, sample)
		return
	}
	e.note(t, sample)
}

// accused finds the packet that an ICMP error is about. Of what is quoted,
// everything must be right; some routers quote no more than the ICMP header.
func (e *engine) accused(c *complaint) (*target, *flight) {
	if full, ok := takeCookie(c.payload); ok {
		if t := e.table.at(full.place); t != nil {
			if f := t.find(full.serial); f != nil && f.nonce == full.nonce && f.seq == c.seq && t.sentTo(f).addr == c.to.addr {
				return t, f
			}
		}
		return nil, nil
	}
	t, f := e.bySeq(c.to, c.seq)
	if t != nil && len(c.payload) >= 8 && binary.BigEndian.Uint64(c.payload) != f.nonce {
		return nil, nil
	}
	return t, f
}

// sentTo returns where a packet went.
func (t *target) sentTo(f *flight) peer {
	if t.host == nil || int32(f.serial-t.moved) < 0 {
		return t.was
	}
	return t.host.peer
}
