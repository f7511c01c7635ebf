package trace

import (
	"context"
	"net/netip"
	"slices"
	"time"
)

const (
	// gap is between two packets of a trace: routers answer few errors a second.
	gap = 20 * time.Millisecond
	// patience is how long the last packets may take.
	patience = time.Second
)

// event is what an answer means.
type event uint8

const (
	expired event = iota // a router says that the packet's time to live has ended
	arrived              // the target answered
	refused              // somebody says that the packet goes no further
	tooBig               // a router says that the packet is too large
)

// reply is an answer to one packet.
type reply struct {
	key   int // of the packet
	event event
	from  netip.Addr // invalid: this host itself
	trip  time.Duration
	text  string // what was said, if refused
	limit int    // the MTU that was told, if too big
}

// packet is what is sent. Keys are small numbers, each used once on a line.
type packet struct {
	key, ttl int
	size     int  // of the IP packet, in bytes; 0: small
	whole    bool // it may not be cut up
}

// line sends packets to one target and hears what becomes of them. It is for one
// goroutine.
type line interface {
	send(packet) error
	// hear waits until there are answers, or until a time.
	hear(until time.Time) ([]reply, error)
	close()
}

// walk looks at the path to a target, with rounds of packets each farther than the one
// before, as far as the target or as somebody says that it goes no further.
type walk struct {
	line    line
	longest int // hops
	rounds  int

	path path
	open map[int]int // distances of packets without an answer, by key
	end  time.Time   // when the last of them is given up
	next int         // key
}

// run returns the path, and the key from which on keys are free. What it learned until
// ctx was done, it returns too.
func (w *walk) run(ctx context.Context) (path, int, error) {
	w.path.hops = make([]hop, w.longest)
	w.open = map[int]int{}
	for range w.rounds {
		for ttl := 1; ttl <= len(w.path.hops); ttl++ {
			if err := w.step(ctx, ttl); err != nil {
				return w.path, w.next, err
			}
		}
	}
	for len(w.open) > 0 && time.Now().Before(w.end) {
		if err := w.listen(ctx, w.end); err != nil {
			return w.path, w.next, err
		}
	}
	w.cut()
	return w.path, w.next, nil
}

// step sends one packet, and listens until the next one is due.
func (w *walk) step(ctx context.Context, ttl int) error {
	if err := w.line.send(packet{key: w.next, ttl: ttl}); err != nil {
		return err
	}
	now := time.Now()
	w.open[w.next], w.end = ttl, now.Add(patience)
	w.path.hops[ttl-1].sent++
	w.next++
	for due := now.Add(gap); time.Now().Before(due); {
		if err := w.listen(ctx, due); err != nil {
			return err
		}
	}
	return nil
}

// listen takes what is heard until a time, or until ctx is done.
func (w *walk) listen(ctx context.Context, until time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	// So that the end of ctx is soon seen.
	if soon := time.Now().Add(100 * time.Millisecond); soon.Before(until) {
		until = soon
	}
	replies, err := w.line.hear(until)
	for _, r := range replies {
		w.take(r)
	}
	return err
}

// take writes an answer down. Who is farther than the target, or than somebody who lets
// nothing through, is of no interest any more.
func (w *walk) take(r reply) {
	ttl, ok := w.open[r.key]
	if !ok || r.event == tooBig {
		return
	}
	delete(w.open, r.key)
	if ttl > len(w.path.hops) {
		return
	}
	h := &w.path.hops[ttl-1]
	if r.from.IsValid() && !slices.Contains(h.routers, r.from) {
		h.routers = append(h.routers, r.from)
	}
	if r.from.IsValid() {
		h.trips = append(h.trips, r.trip)
	}
	switch r.event {
	case arrived:
		w.shorten(ttl)
		w.path.reached, w.path.refusal = true, ""
	case refused:
		w.shorten(ttl)
		if !w.path.reached {
			w.path.refusal = r.text
		}
	case expired, tooBig:
	}
}

// shorten ends the path at a distance.
func (w *walk) shorten(ttl int) {
	w.path.hops = w.path.hops[:ttl]
	for key, t := range w.open {
		if t > ttl {
			delete(w.open, key)
		}
	}
}

// cut takes away the silence behind the last router of a path that ends nowhere, and
// the distance beyond a router that lets nothing through.
func (w *walk) cut() {
	if last := len(w.path.hops) - 1; w.path.refusal != "" && last > 0 && slices.Equal(w.path.hops[last].routers, w.path.hops[last-1].routers) {
		w.path.hops = w.path.hops[:last]
	}
	if !w.path.reached && w.path.refusal == "" {
		distance, _ := w.path.last()
		w.path.hops = w.path.hops[:distance]
	}
}
