// Package wire is the wire of a simulated network: it takes packets from one
// side and gives them to the other when and if the plan says so.
//
// [Engine] decides and touches no device, [Forwarder] moves packets between two
// TUN devices. Every decision is written into the [truth.Log].
package wire

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
)

// Engine decides what becomes of each packet. It is for one goroutine.
type Engine struct {
	log     *truth.Log
	routes  *routes
	gateway plan.Router
	ways    []way
	errors  []byte      // room for an ICMP error
	due     [2]Delivery // room for what Take returns
	ignored atomic.Uint64
}

// way is a path with the condition of both its directions.
type way struct {
	hops    []plan.Router
	count   int // of routers
	gateway plan.Router
	lanes   [2]lane
}

// Delivery is a packet to be handed to the kernel of one side.
type Delivery struct {
	Packet    []byte
	Due       time.Duration
	Direction plan.Direction // Out: to the far side
	Path      int32
	Entry     uint64 // number in the log
}

// PathIDs returns the ids of the plan's paths in the order in which the log
// counts them.
func PathIDs(p *plan.Plan) []string { return slices.Sorted(maps.Keys(p.Paths)) }

// NewEngine makes the engine of a plan. The log must have been made with
// [PathIDs] of the same plan.
func NewEngine(p *plan.Plan, log *truth.Log) (*Engine, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("the lab's plan: %w", err)
	}
	p = p.WithDefaults()
	e := &Engine{log: log, gateway: p.Gateway, errors: make([]byte, largestErrorV6)}
	prefixes := map[netip.Prefix]int32{}
	for i, id := range PathIDs(p) {
		path := p.Paths[id]
		for _, prefix := range path.Prefixes {
			prefixes[prefix] = int32(i)
		}
		w := way{hops: path.Hops, count: path.Routers(), gateway: p.Gateway}
		for _, dir := range []plan.Direction{plan.Out, plan.Back} {
			w.lanes[dir] = lane{random: plan.NewRandom(p.Seed, id, dir), timeline: p.Timeline(id, dir)}
		}
		e.ways = append(e.ways, w)
	}
	e.routes = newRoutes(prefixes)
	return e, nil
}

// Ignored returns how many packets were no unicast between the two sides, such
// as a kernel's own neighbour discovery; they are not in the log.
func (e *Engine) Ignored() uint64 { return e.ignored.Load() }

// Take decides about a packet that left one side at time now, and returns what
// is to be delivered: nothing, the packet, the packet and its copy, or a
// router's error. Deliveries and their packets are good until the next call;
// the packet itself may be changed.
func (e *Engine) Take(now time.Duration, dir plan.Direction, packet []byte) []Delivery {
	h, ok := parse(packet)
	if !ok || !h.dst.IsGlobalUnicast() || !h.src.IsGlobalUnicast() {
		e.ignored.Add(1)
		return nil
	}
	packet = packet[:h.size]
	entry := newEntry(now, dir, packet, &h)
	path, ok := e.routes.lookup(entry.Address())
	if !ok {
		entry.Fate = truth.NoPath
		return e.refuse(&entry, &h, packet, refusal{report: unreachable(plan.Net), speaker: e.gateway})
	}
	entry.Path = path
	w := &e.ways[path]
	l := &w.lanes[dir]
	l.refresh(now)
	n := l.count
	l.count++
	if r, refused := w.routers(dir, &l.state, &entry, &h, packet); refused {
		return e.refuse(&entry, &h, packet, r)
	}
	if entry.Fate = l.drop(n, now, h.size); entry.Fate.Dropped() {
		e.log.Append(&entry)
		return nil
	}
	return e.pass(l, n, &entry, &h, packet)
}

func newEntry(now time.Duration, dir plan.Direction, packet []byte, h *header) truth.Entry {
	far := h.dst
	if dir == plan.Back {
		far = h.src
	}
	return truth.Entry{
		In: now, Due: now, Hash: h.hash(packet), Far: far.As16(), Path: truth.NoPathIndex,
		ID: h.id, Seq: h.seq, Size: uint16(h.size), Direction: dir, Protocol: h.protocol, Type: h.icmpType,
		TTLIn: h.ttl, DSCPIn: h.dscp, DSCPOut: h.dscp,
	}
}

// pass delivers a packet that was not dropped.
func (e *Engine) pass(l *lane, n uint64, entry *truth.Entry, h *header, packet []byte) []Delivery {
	if c := l.state.Corrupt; c.Share > 0 && l.random.Float64(n, plan.UseCorrupt) < float64(c.Share) {
		if flip(packet, h, l.random.Uint64(n, plan.UseCorruptBit), c.Repair) {
			entry.Flags |= truth.Corrupted
		}
	}
	held := l.state.Reorder.Share > 0 && l.random.Float64(n, plan.UseReorder) < float64(l.state.Reorder.Share)
	if held {
		entry.Flags |= truth.Reordered
	}
	entry.Due = l.due(n, entry.In, held)
	due := append(e.due[:0], e.delivery(entry, packet))
	if l.state.Duplicate > 0 && l.random.Float64(n, plan.UseDuplicate) < l.state.Duplicate {
		entry.Flags |= truth.Copy
		due = append(due, e.delivery(entry, packet))
	}
	return due
}

func (e *Engine) delivery(entry *truth.Entry, packet []byte) Delivery {
	return Delivery{packet, entry.Due, entry.Direction, entry.Path, e.log.Append(entry)}
}

// refusal is a router's error about a packet.
type refusal struct {
	report  report
	speaker plan.Router
	address netip.Addr    // speaks instead of the router, if valid
	passed  int           // routers between the speaker and the packet's sender
	delay   time.Duration // from taking the packet to the error's arrival
}

// refuse logs a dropped packet and returns the error about it, if anybody says
// something.
func (e *Engine) refuse(entry *truth.Entry, h *header, packet []byte, r refusal) []Delivery {
	from := r.address
	if !from.IsValid() {
		from = r.speaker.V4
		if h.v6 {
			from = r.speaker.V6
		}
	}
	if !from.IsValid() || !h.mayAnswer() || entry.Fate == truth.Cut {
		e.log.Append(entry)
		return nil
	}
	entry.Flags |= truth.Errored
	e.log.Append(entry)
	const firstTTL = 64
	message := writeError(e.errors, r.report, from, uint8(firstTTL-r.passed), packet, h)
	about, _ := parse(message)
	answer := newEntry(entry.In, 1-entry.Direction, message, &about)
	answer.Far, answer.Path = entry.Far, entry.Path
	answer.ID, answer.Seq = entry.ID, entry.Seq
	answer.Due += r.delay
	answer.Flags = truth.FromRouter
	return append(e.due[:0], e.delivery(&answer, message))
}
