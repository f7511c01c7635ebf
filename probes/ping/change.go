package ping

import (
	"math/rand/v2"
	"slices"
)

// swap puts a table in the place of the present one. New targets are taken in
// bit by bit, so that no packet has to wait for it.
func (e *engine) swap(c change) {
	e.table = c.table
	e.added = append(e.added, c.added...)
	e.removed = append(e.removed, c.removed...)
	clear(e.controls) // targets that stay have theirs; others may have gone for good
}

// takeIn takes in some of the new targets and lets some of the removed go.
func (e *engine) takeIn() {
	n := min(len(e.removed), changesAtOnce)
	for _, t := range e.removed[:n] {
		e.leave(t)
	}
	e.removed = shift(e.removed, n)
	n = min(len(e.added), changesAtOnce)
	for _, t := range e.added[:n] {
		if e.table.holds(t) {
			e.start(t)
		}
	}
	e.added = shift(e.added, n)
}

// shift drops the first n, and the memory with the last.
func shift(list []*target, n int) []*target {
	if n == len(list) {
		return nil
	}
	return list[n:]
}

// start gives a new target its place in time: the next moment at which the Unix
// time modulo the interval is its phase. From there on the monotonic clock
// counts, so that a step of the wall clock neither bunches nor skips packets.
func (e *engine) start(t *target) {
	interval := int64(t.settings.interval)
	wait := (int64(e.table.jobs[t.place].Phase) - e.now.time.UnixNano()) % interval
	if wait < 0 {
		wait += interval
	}
	t.due = e.now.mono + wait
	if t.name == (lookup{}) {
		e.place(t)
	}
	e.queue.add(e.turn(t))
}

// place finds the literal address of a target.
func (e *engine) place(t *target) {
	p, err := t.settings.peer(e.link)
	if t.literal = err; err == nil {
		e.move(t, p)
	}
}

// link returns the index of an interface, or 0 if there is none.
func (e *engine) link(name string) int { return e.links[name] }

// through completes a link-local address with the interface that the target's
// packets take: answers come from both.
func (e *engine) through(t *target, to peer) peer {
	if to.scope != 0 {
		return to
	}
	return newPeer(to.addr, uint32(e.link(t.settings.ifname)))
}

// move gives a target another address. Packets on their way may still be
// answered from the one before.
func (e *engine) move(t *target, to peer) {
	t.told = to
	to = e.through(t, to)
	if t.host != nil && t.host.peer == to {
		return
	}
	if t.host != nil {
		t.was = t.host.peer
		e.leave(t)
	}
	h := e.hosts[to]
	if h == nil {
		h = &host{peer: to, seq: uint16(rand.Uint32())}
		e.hosts[to] = h
	}
	h.targets = append(h.targets, t)
	t.host, t.moved, t.texts = h, t.flights.next, texts{}
	e.equip(t)
}

// leave takes a target off its address.
func (e *engine) leave(t *target) {
	h := t.host
	if h == nil {
		return
	}
	t.host = nil
	h.remove(t)
	if len(h.targets) == 0 {
		delete(e.hosts, h.peer)
	}
}

// equip makes the control message of a target's packets. Targets with the same
// options share one.
func (e *engine) equip(t *target) {
	s := &t.settings
	o := options{dscp: s.dscp, ttl: s.ttl, link: e.link(s.ifname)}
	if s.source.IsValid() {
		o.source = peer{addr: s.source}
	}
	t.missing = ""
	for _, name := range s.links() {
		if e.link(name) == 0 {
			t.missing = name
		}
	}
	k := optionKey{t.host.family(), o}
	control, ok := e.controls[k]
	if !ok {
		control = e.wire.control(k.family, o)
		e.controls[k] = control
	}
	t.control = control
}

// relink takes the interfaces that the host has now, by name.
func (e *engine) relink(links map[string]int) {
	e.links = links
	clear(e.controls)
	for _, t := range e.table.wired {
		switch {
		case t.name == (lookup{}):
			e.place(t)
		case t.host != nil:
			e.move(t, t.told)
		}
		if t.host != nil {
			e.equip(t)
		}
	}
}

// resolved takes what the lookup of a name brought.
func (e *engine) resolved(r resolution) {
	for _, t := range e.table.names[r.lookup] {
		t.failure = r.err
		if r.err == nil {
			e.move(t, r.peer)
		}
	}
}

// wiredNames lists the interfaces that targets name.
func (tb *table) wiredNames() []string {
	var list []string
	for _, t := range tb.wired {
		list = append(list, t.settings.links()...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// lookups lists the names that targets have.
func (tb *table) lookups() []lookup {
	list := make([]lookup, 0, len(tb.names))
	for l := range tb.names {
		list = append(list, l)
	}
	return list
}
