package truth

import (
	"net/netip"
	"time"

	"wanwatch/internal/lab/plan"
)

// ICMP and ICMPv6 as IANA numbers them, and their echo messages.
const (
	protocolICMP   = 1
	protocolICMPv6 = 58

	echoRequest   = 8
	echoReply     = 0
	echoRequestV6 = 128
	echoReplyV6   = 129
)

// Exchange is one echo request as the network saw it, and what came of it.
type Exchange struct {
	Address netip.Addr
	Path    int32
	ID, Seq uint16
	Hash    uint64
	Sent    time.Duration // when the request reached the lab

	Request Fate // of the request
	Reply   Fate // of the first reply; InFlight if there was none
	Error   bool // a router answered with an ICMP error

	// Answers counts the replies delivered to the prober.
	Answers int
	// Came is when the first of them was delivered.
	Came time.Duration
	// Planned is what the plan made of the round trip of that reply: both
	// delays, with jitter and queueing.
	Planned time.Duration
	// Real is what the network made of it: Came minus Sent.
	Real time.Duration
	// Late is how much of Real is the lab's own lateness, both ways: a busy
	// machine may let it wait. Real - Late - Planned is the far kernel's time.
	Late time.Duration
	// Corrupted: a bit of the request or of that reply was flipped.
	Corrupted bool
}

// Answered reports whether a reply reached the prober.
func (x *Exchange) Answered() bool { return x.Answers > 0 }

type echoKey struct {
	far     [16]byte
	id, seq uint16
}

// Exchanges pairs the echo requests of a path ("" for all paths) with their
// replies, in the order of the requests. A reply belongs to the last request
// before it with its address, identifier and sequence number.
func (l *Log) Exchanges(path string) []Exchange {
	index := l.pathIndex(path)
	p := pairing{last: map[echoKey]int{}}
	for e := range l.All() {
		if path == "" || e.Path == index {
			p.take(e)
		}
	}
	return p.exchanges
}

type pairing struct {
	exchanges []Exchange
	requests  []Entry // of the exchanges
	last      map[echoKey]int
}

func (p *pairing) take(e *Entry) {
	key := echoKey{e.Far, e.ID, e.Seq}
	switch {
	case e.Flags&FromRouter != 0:
	case isRequest(e) && e.Flags&Copy == 0:
		p.last[key] = len(p.exchanges)
		p.requests = append(p.requests, *e)
		p.exchanges = append(p.exchanges, Exchange{
			Address: e.Address(), Path: e.Path, ID: e.ID, Seq: e.Seq, Hash: e.Hash, Sent: e.In,
			Request: e.Fate, Error: e.Flags&Errored != 0, Corrupted: e.Flags&Corrupted != 0,
		})
	case isReply(e):
		if i, ok := p.last[key]; ok {
			p.reply(&p.exchanges[i], &p.requests[i], e)
		}
	}
}

func (p *pairing) reply(x *Exchange, request, e *Entry) {
	if e.Fate != Delivered {
		if x.Answers == 0 {
			x.Reply = e.Fate
		}
		return
	}
	x.Answers++
	// A copy may come first in the log and be delivered last.
	if x.Answers == 1 || e.Out < x.Came {
		x.Reply, x.Came = Delivered, e.Out
		x.Planned = request.Planned() + e.Planned()
		x.Late = request.Late() + e.Late()
		x.Real = e.Out - x.Sent
		x.Corrupted = x.Corrupted || e.Flags&Corrupted != 0
	}
}

func isRequest(e *Entry) bool {
	return e.Direction == plan.Out &&
		(e.Protocol == protocolICMP && e.Type == echoRequest || e.Protocol == protocolICMPv6 && e.Type == echoRequestV6)
}

func isReply(e *Entry) bool {
	return e.Direction == plan.Back &&
		(e.Protocol == protocolICMP && e.Type == echoReply || e.Protocol == protocolICMPv6 && e.Type == echoReplyV6)
}

// LossBursts returns how many runs of unanswered requests there were, by
// length. A run at the end counts.
func LossBursts(exchanges []Exchange) Histogram {
	h := Histogram{}
	run := 0
	for i := range exchanges {
		if !exchanges[i].Answered() {
			run++
		} else if run > 0 {
			h[run]++
			run = 0
		}
	}
	if run > 0 {
		h[run]++
	}
	return h
}
