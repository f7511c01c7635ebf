package ping

import "time"

// state is what became of a packet.
type state uint8

const (
	none    state = iota
	waiting       // sent, neither answered nor timed out
	received
	lost
	overdue // lost, and answered later
	unknown // unanswered, but the fault may be ours
)

// marks are what is remembered of a packet beside its state.
type marks uint8

const (
	corrupt marks = 1 << iota // an answer with wrong content came
	tardy                     // the answer came too late for a call's de-jitter buffer
)

// flight is a packet that was sent. It is kept for some seconds after its end,
// to know late and duplicate answers.
type flight struct {
	nonce  uint64
	sent   int64 // monotonic
	serial uint32
	seq    uint16
	state  state
	marks  marks
}

// flights are the last packets of a target, by serial number. The room is fixed:
// interval and time-out bound how many can be on their way.
type flights struct {
	ring []flight // its length is a power of two
	next uint32   // serial of the next packet
	// open is the first packet that is still waiting, or next: all before it
	// are judged, in the order in which they were sent.
	open uint32
}

const (
	// lateWindow is for how long after the time-out an answer is known.
	lateWindow = 10 * time.Second
	// lateMost bounds the packets remembered for it, at short intervals.
	lateMost = 64
)

func newFlights(interval, timeout time.Duration) flights {
	// One more because a packet may be sent late and the next in time, one
	// because the ends count.
	n := int(timeout/interval) + 3
	n += min(int(lateWindow/interval), lateMost)
	room := 4
	for room < n {
		room *= 2
	}
	return flights{ring: make([]flight, room)}
}

// at returns the place of a serial number.
func (f *flights) at(serial uint32) *flight { return &f.ring[serial&uint32(len(f.ring)-1)] }

// find returns the packet of a serial number, or nil if it is not remembered.
func (f *flights) find(serial uint32) *flight {
	if p := f.at(serial); p.serial == serial && p.state != none {
		return p
	}
	return nil
}

// findSeq returns the newest packet with a sequence number, or nil.
func (f *flights) findSeq(seq uint16) *flight {
	for i := range uint32(len(f.ring)) {
		if p := f.at(f.next - 1 - i); p.state != none && p.seq == seq {
			return p
		}
	}
	return nil
}

// push makes room for the next packet; it is false if the oldest is still
// waiting, which the size of the ring rules out while time-outs are judged.
func (f *flights) push() (*flight, bool) {
	p := f.at(f.next)
	if p.state == waiting {
		return nil, false
	}
	*p = flight{serial: f.next}
	return p, true
}
