package ping

import (
	"time"
)

// target is a job at work. Only the loop touches it once it is in the table,
// but for the fields that never change.
type target struct {
	// These never change.
	settings   settings
	name       lookup // zero for a literal address
	place      int32  // in the table
	stamp      uint32 // tells it from others that had the place before
	patternSum uint32

	// Where it is.
	literal error // why the literal address cannot be used
	told    peer  // the address as it was written or resolved
	host    *host // nil: no address yet
	was     peer  // the address before, for packets before serial moved
	moved   uint32
	control []byte
	missing string // an interface that does not exist
	failure error  // of the name's last lookup; nil: not ended yet, or fine

	// Its time.
	due   int64 // when the next packet is due
	again int64 // when to try again what the kernel did not take; 0: nothing
	tries uint8

	flights
	course
	texts texts
}

// forgetMove lets the last move not be older than the packets remembered: of
// serial numbers 2^31 apart nobody can say which came first.
func (t *target) forgetMove(serial uint32) {
	if remembered := uint32(len(t.ring)); serial-t.moved > remembered {
		t.moved = serial - remembered
	}
}

// next returns when the target wants attention.
func (t *target) next() int64 {
	at := t.due
	if t.again != 0 {
		at = t.again
	}
	if t.open != t.flights.next {
		at = min(at, t.at(t.open).sent+int64(t.settings.timeout))
	}
	return at
}

// slack is how late a packet may be sent. What is later is not sent at all, and
// counts as the program's own failure.
func (t *target) slack() int64 {
	const most = int64(500 * time.Millisecond)
	return min(max(int64(t.settings.interval/2), stallAfter), most)
}

// skip moves the due time behind now.
func (t *target) skip(now int64) {
	interval := int64(t.settings.interval)
	if now >= t.due {
		t.due += (now - t.due + interval) / interval * interval
	}
	t.again, t.tries = 0, 0
}

// host is an address and those who ping it. All packets to it have sequence
// numbers of one row, so that address and number tell them apart, even where
// only these are quoted by an ICMP error.
type host struct {
	peer
	seq     uint16
	targets []*target
}

func (h *host) remove(t *target) {
	for i, other := range h.targets {
		if other == t {
			last := len(h.targets) - 1
			h.targets[i], h.targets[last] = h.targets[last], nil
			h.targets = h.targets[:last]
			return
		}
	}
}
