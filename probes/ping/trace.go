package ping

import (
	"fmt"
	"time"

	"wanwatch/inventory"
)

// traceSent tells that a packet was sent.
func (e *engine) traceSent(t *target, f *flight) {
	s := &t.settings
	text := fmt.Sprintf("sent echo request to %s (", t.host)
	if i, ok := e.wire.(interface{ ident(family) uint16 }); ok {
		text += fmt.Sprintf("id %d, ", i.ident(t.host.family()))
	}
	text += fmt.Sprintf("seq %d, %d bytes", f.seq, s.size)
	if s.dscp != 0 {
		text += ", DSCP " + inventory.DSCP(s.dscp).String()
	}
	if s.ttl != 0 {
		text += fmt.Sprintf(", TTL %d", s.ttl)
	}
	e.trace.Logf("%s)%s", text, t.way())
}

// traceAnswer tells that an answer came.
func (e *engine) traceAnswer(a *answer, rtt int64) {
	text := fmt.Sprintf("answer from %s after %s", a.from, milliseconds(time.Duration(rtt)))
	if a.ttl >= 0 {
		text += fmt.Sprintf(", TTL %d", a.ttl)
	}
	e.trace.Logf("%s", text)
}

// milliseconds writes a duration as ping(8) does, with three digits that count.
func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 1:
		return fmt.Sprintf("%.3f ms", ms)
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	default:
		return fmt.Sprintf("%.1f ms", ms)
	}
}
