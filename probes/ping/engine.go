package ping

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// wire is the network as the engine sees it.
type wire interface {
	// usable returns why packets of a family cannot be sent, or nil.
	usable(family) error
	// send gives a packet to the kernel and returns the monotonic time just
	// before. The error is nil or says whether to try again.
	send(*request) (int64, *sendError)
	// control makes the control message that carries options.
	control(family, options) []byte
	// drops returns how many messages the kernel has dropped so far because
	// the receive buffer was full.
	drops(family) uint64
}

// request is a packet to be sent.
type request struct {
	to         peer
	control    []byte
	seq        uint16
	cookie     cookie
	size       int
	patternSum uint32
}

// options are what a target's packets have beside their content.
type options struct {
	dscp   uint8
	ttl    int
	source peer
	link   int // index of the interface to send through; 0: the kernel's choice
}

// answer is an echo reply that was received.
type answer struct {
	echo
	from    peer
	arrived int64 // monotonic
}

const (
	// tickLeast and tickMost are how long the loop sleeps at least: what is due
	// meanwhile is sent together. In between it is as long as tickPackets take,
	// because waking up costs more than sending a packet.
	tickLeast   = int64(time.Millisecond)
	tickMost    = int64(10 * time.Millisecond)
	tickPackets = 48
	// stallAfter is how late the loop may be before it counts as a standstill.
	stallAfter = int64(100 * time.Millisecond)
	// sendsAtOnce is after how many packets the sockets are read again.
	sendsAtOnce = 64
	// turnsAtOnce bounds the work between two reads where nothing is sent.
	turnsAtOnce = 1024
	// changesAtOnce bounds how many new targets are taken in between two reads.
	changesAtOnce = 256
	// patience is how often a packet is offered to a kernel that is busy.
	patience = 3
)

// engine is the heart: what is due, what is on its way, what became of it. It
// runs in one goroutine, reads no clock but the given one, and knows the network
// only as a wire.
type engine struct {
	clock   clock
	wire    wire
	emit    probes.Emit
	meter   probes.Meter
	logger  *slog.Logger
	profile *quality.Profile
	trace   *probes.Trace // nil but for one-off probes
	random  *rand.ChaCha8
	pattern []byte

	table    *table
	added    []*target // still to be taken in
	removed  []*target // still to be let go
	hosts    map[peer]*host
	controls map[optionKey][]byte
	links    map[string]int // indexes of interfaces by name
	queue    queue
	unwell   func(lookup) // told that the target of a name does not answer

	now     moment // of the last beat
	planned int64  // when the loop meant to beat next
	counted int64  // up to when standstills are counted
	still   standstills
	outages outages
	dropped [families]uint64
	checked int64 // when drops were last looked at
	pace    pace

	request request // the same for all packets, as are the next two
	result  probes.Result
	samples []probes.Sample
}

type optionKey struct {
	family family
	options
}

func newEngine(c clock, w wire, env probes.Env, emit probes.Emit, seed [32]byte, pattern []byte) *engine {
	e := &engine{
		clock: c, wire: w, emit: emit, meter: env.Meter, logger: env.Logger, profile: env.Quality,
		random: rand.NewChaCha8(seed), pattern: pattern,
		table: &table{}, hosts: map[peer]*host{}, controls: map[optionKey][]byte{},
		unwell: func(lookup) {}, still: standstills{logger: env.Logger},
	}
	e.now = c.moment()
	e.checked = e.now.mono
	for f := range family(families) {
		e.dropped[f] = w.drops(f)
	}
	return e
}

// beat tells the engine that the loop is awake, before it reads the sockets. A
// beat that comes late means that the program stood still.
func (e *engine) beat() {
	m := e.clock.moment()
	if late := m.mono - e.planned; e.planned != 0 && late > stallAfter {
		e.stalled(e.planned, m.mono)
		e.outages.add(outage{from: e.planned, to: m.mono, all: true})
		e.still.add(time.Duration(late), m.mono)
	}
	if slept := m.asleep - e.now.asleep; slept > time.Duration(stallAfter) {
		e.meter.Add(metric.PingStalled, slept.Seconds())
		e.outages.add(outage{from: e.now.mono - 1, to: m.mono, all: true})
		e.logger.Warn("the host was suspended", "for", slept.Round(time.Millisecond).String())
	}
	e.now = m
}

// stalled counts a standstill; what was counted already is not counted again.
func (e *engine) stalled(from, to int64) {
	from = max(from, e.counted)
	if to > from {
		e.counted = to
		e.meter.Add(metric.PingStalled, time.Duration(to-from).Seconds())
	}
}

// advance does what is due, after the sockets were read. It returns when it
// wants to be called next.
func (e *engine) advance() int64 {
	e.takeIn()
	if e.now.mono-e.checked > int64(time.Second) {
		e.watchDrops()
	}
	e.pace.fill(e.now.mono, e.table.rate)
	e.planned = e.plan(e.turns())
	return e.planned
}

// turns serves whose turn it is. It reports whether it stopped only to let the
// sockets be read.
func (e *engine) turns() (more bool) {
	sends := 0
	for range turnsAtOnce {
		if len(e.queue) == 0 || e.queue.first().at > e.now.mono {
			return false
		}
		turn := e.queue.first()
		t := e.table.at(uint32(turn.place))
		if t == nil || t.stamp != turn.stamp {
			e.queue.remove()
			continue
		}
		e.expire(t)
		if t.wantsToSend(e.now.mono) {
			if sends == sendsAtOnce {
				return true
			}
			if !e.pace.take() {
				return false
			}
			sends++
			e.serve(t)
		}
		e.queue.replace(e.turn(t))
	}
	return true
}

// tick returns how long the loop sleeps at least.
func (e *engine) tick() int64 {
	if e.table.rate*float64(tickMost) < tickPackets*float64(time.Second) {
		return tickMost
	}
	return max(int64(tickPackets*float64(time.Second)/e.table.rate), tickLeast)
}

func (e *engine) turn(t *target) turn { return turn{t.next(), t.place, t.stamp} }

// plan returns when the next beat should be: not before the next tick, unless
// there is more to do.
func (e *engine) plan(more bool) int64 {
	soon := e.now.mono + e.tick()
	switch {
	case more:
		return e.now.mono
	case len(e.added) > 0 || len(e.removed) > 0:
		return soon
	case len(e.queue) == 0:
		return e.now.mono + int64(time.Hour)
	default:
		return max(soon, e.queue.first().at)
	}
}

// wantsToSend reports whether a packet is due.
func (t *target) wantsToSend(now int64) bool {
	if t.again != 0 {
		return now >= t.again
	}
	return now >= t.due
}

// serve sends the packet that is due, or says why that cannot be done.
func (e *engine) serve(t *target) {
	late := e.now.mono - t.due
	switch {
	case late > t.slack() && t.again == 0:
		e.stalled(t.due, e.now.mono)
		e.unsent(t, probes.ReasonStalled, stalledFor(time.Duration(late)))
	case e.ready(t):
		e.send(t)
		return
	}
	t.skip(e.now.mono)
}

// ready reports whether a packet can be sent at all; if not, it tells why,
// unless the first lookup of a name has not ended yet.
func (e *engine) ready(t *target) bool {
	if t.host == nil && t.name == (lookup{}) {
		e.place(t)
	}
	switch {
	case t.host != nil && t.missing != "":
		e.unsent(t, probes.ReasonNoRoute, "this host has no interface "+t.missing+": see ip link")
	case t.host != nil:
		if err := e.wire.usable(t.host.family()); err != nil {
			e.unsent(t, probes.ReasonNotPermitted, err.Error())
			return false
		}
		return true
	case t.literal != nil:
		e.unsent(t, probes.ReasonNoRoute, t.literal.Error())
	case t.failure != nil:
		e.unresolved(t)
	}
	return false
}

// send gives a packet to the kernel.
func (e *engine) send(t *target) {
	f, ok := t.push()
	if !ok {
		// The ring is made so that this cannot be.
		e.unsent(t, probes.ReasonInternal, "the table of packets on their way is full")
		t.skip(e.now.mono)
		return
	}
	t.forgetMove(f.serial)
	t.host.seq++
	f.seq, f.nonce = t.host.seq, e.random.Uint64()
	e.request = request{
		to: t.host.peer, control: t.control, seq: f.seq,
		cookie: cookie{f.nonce, uint32(t.place), f.serial},
		size:   t.settings.size, patternSum: t.patternSum,
	}
	sent, err := e.wire.send(&e.request)
	if err != nil {
		e.refused(t, err)
		return
	}
	f.sent, f.state = sent, waiting
	t.flights.next++
	e.meter.Observe(metric.PingSendLag, time.Duration(max(sent-t.due, 0)).Seconds())
	if e.trace != nil {
		e.traceSent(t, f)
	}
	t.skip(t.due)
	if t.due <= e.now.mono {
		t.skip(e.now.mono)
	}
}

// refused deals with a packet that the kernel did not take.
func (e *engine) refused(t *target, err *sendError) {
	if err.again && t.tries < patience {
		t.tries++
		t.again = e.now.mono + tickLeast
		return
	}
	e.meter.Add(metric.PingSendErrors, 1)
	e.unsent(t, err.reason, t.refusedBy(err))
	t.skip(e.now.mono)
}

// expire judges the packets whose time-out has passed. All that came until now
// has been read.
func (e *engine) expire(t *target) {
	for t.open != t.flights.next {
		f := t.at(t.open)
		if e.now.mono < f.sent+int64(t.settings.timeout) {
			return
		}
		e.timeOut(t, f)
	}
}

// pace bounds how fast packets are sent, so that what was bunched or late does
// not overflow buffers on the way: at most four times the mean rate.
type pace struct {
	tokens float64
	filled int64
}

func (p *pace) fill(now int64, rate float64) {
	const leastRate, leastBurst, span = 2000, 16, 0.025
	rate = max(4*rate, leastRate)
	most := max(leastBurst, rate*span)
	p.tokens = min(most, p.tokens+rate*float64(now-p.filled)/float64(time.Second))
	p.filled = now
}

func (p *pace) take() bool {
	if p.tokens < 1 {
		return false
	}
	p.tokens--
	return true
}

// watchDrops looks whether the kernel dropped messages since the last look: who
// was unanswered then may have answered.
func (e *engine) watchDrops() {
	for f := range family(families) {
		n := e.wire.drops(f)
		if n == e.dropped[f] {
			continue
		}
		e.meter.Add(metric.PingSocketDrops, float64(n-e.dropped[f]), f.String())
		e.outages.add(outage{from: e.checked, to: e.now.mono, family: f})
		e.dropped[f] = n
	}
	e.checked = e.now.mono
}
