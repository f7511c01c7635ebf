package stamp

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/stamp/clock"
	"wanwatch/probes/stamp/socket"
	"wanwatch/probes/stamp/wire"
)

const (
	// lastWait is how long the last packet's answer is waited for.
	lastWait = time.Second
	// silence is after how long without any answer a stream is given up: nobody is
	// there, and a stranger is not to be flooded.
	silence = 2 * time.Second
	// tooLate is how much later than planned a packet may be sent; a stream with a
	// larger hole in it is none.
	tooLate = time.Second
)

// packet is what is known of one packet of a stream. Times of this host are counted
// from the stream's start, by the monotonic clock.
type packet struct {
	sent     time.Duration
	stamp    wire.Timestamp // T1 as sent
	answered bool
	back     time.Duration // T4
	outward  time.Duration // T2-T1, of two clocks
	homeward time.Duration // T4-T3, of two clocks
	inside   time.Duration // T3-T2
	counter  uint32        // the reflector's number
}

// stream sends packets and takes in the answers, in one goroutine.
type stream struct {
	conn   *dial.Conn
	udp    *net.UDPConn
	config Config
	shape  shape
	trace  *probes.Trace

	base  time.Time
	clock wire.ErrorEstimate
	ssid  uint16

	packets []packet // those sent, by their index
	order   []int    // the indices of the answered, in the order of arrival
	tally
}

// tally is what is counted over all answers.
type tally struct {
	foreign, duplicates, reordered int
	forked                         int // duplicates that were made on the way out
	dscp                           [2]marks
	ttl                            [2]int // of the last packet; 0: unknown
	dropped                        uint32 // answers that this host's kernel dropped
	unsynchronized                 bool   // a packet whose clocks did not both say that they are synchronized
}

const out, home = 0, 1

// marks counts the code points with which packets of one direction arrived.
type marks struct {
	seen     [64]int
	remarked int
}

// add counts a code point; sent is the one that it was sent with, or -1.
func (m *marks) add(dscp uint8, sent int) {
	m.seen[dscp&0x3f]++
	if sent >= 0 && int(dscp) != sent {
		m.remarked++
	}
}

func newStream(conn *dial.Conn, config Config, trace *probes.Trace) *stream {
	s := &stream{conn: conn, config: config, shape: config.shape(), trace: trace}
	s.udp, _ = conn.Conn.(*net.UDPConn)
	if config.Protocol == "stamp" {
		s.ssid = uint16(rand.Uint32())
	}
	state, _ := clock.Now()
	s.clock = state.Estimate()
	return s
}

// leftOut is the number that no packet has, as the package comment says.
const leftOut = 1

func number(index int) uint32 {
	if index < leftOut {
		return uint32(index)
	}
	return uint32(index) + 1
}

// index returns which packet has a number; ok is false if none was sent with it.
func (s *stream) index(number uint32) (i int, ok bool) {
	i = int(number)
	if number == leftOut {
		return 0, false
	}
	if number > leftOut {
		i--
	}
	return i, i < len(s.packets)
}

// run sends the stream and waits for the answers. It returns why nothing can be
// concluded about the target, or why the target cannot be reached.
func (s *stream) run(ctx context.Context) error {
	if err := socket.Prepare(s.udp); err != nil {
		return dial.Failf(probes.ReasonInternal, "%v", err)
	}
	s.base = time.Now()
	length := time.Minute
	if deadline, ok := ctx.Deadline(); ok {
		length = time.Until(deadline)
	}
	wait := min(lastWait, length/4)
	count := s.shape.packets(length - wait)
	s.packets = make([]packet, 0, count)
	s.trace.Logf("send to %s: %d %s, SSID %d", s.conn.Remote, count, s.shape, s.ssid)
	end := s.base.Add(length)
	buffers := newBuffers(s.shape.size)
	for len(s.packets) < count || len(s.order) < len(s.packets) {
		now := time.Now()
		switch {
		case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
			return dial.Explain(ctx.Err())
		case !now.Before(end), len(s.order) == 0 && now.Sub(s.base) > silence:
			return s.ended(nil)
		case len(s.packets) < count && now.Sub(s.base) >= s.shape.due(len(s.packets)):
			if late := now.Sub(s.base) - s.shape.due(len(s.packets)); late > tooLate {
				return dial.Failf(probes.ReasonStalled, "a packet of the stream could be sent only %s later than planned", late.Round(time.Millisecond))
			}
			if err := s.send(buffers.out); err != nil {
				return err
			}
		default:
			until := end
			if len(s.packets) < count {
				until = s.base.Add(s.shape.due(len(s.packets)))
			}
			if err := s.receive(ctx, buffers, until); err != nil {
				return s.ended(err)
			}
		}
	}
	return s.ended(nil)
}

// buffers are used for every packet of a stream.
type buffers struct{ out, in, control []byte }

func newBuffers(size int) buffers {
	return buffers{out: make([]byte, size), in: make([]byte, 64<<10), control: make([]byte, socket.ControlSize)}
}

// ended says how a stream whose answers did not all come failed; it did not if there
// were any.
func (s *stream) ended(err error) error {
	switch {
	case s.dropped > 0:
		return dial.Failf(probes.ReasonStalled, "this host did not read %d answers in time, and its kernel dropped them", s.dropped)
	case len(s.order) > 0:
		return nil
	case err != nil:
		return err
	}
	return dial.Failf(probes.ReasonTimeout, "%s answered none of %d packets within %s", s.conn.Remote, len(s.packets), time.Since(s.base).Round(100*time.Millisecond))
}

// send sends the next packet. One that the kernel did not take was never in the
// network: the stream ends as unknown, but for an ICMP error about those before it,
// which the kernel hands on here.
func (s *stream) send(buffer []byte) error {
	i := len(s.packets)
	if s.config.Protocol == "stamp" {
		wire.Extend(buffer, uint8(s.shape.dscp))
	}
	now := time.Now()
	q := wire.Question{Sequence: number(i), Sent: wire.NTP(s.base.Add(now.Sub(s.base))), Error: s.clock, SSID: s.ssid}
	q.Write(buffer)
	_, err := s.udp.Write(buffer)
	if err != nil {
		if failure := dial.Explain(s.conn.WriteFailure(err)); failure.Self() {
			return failure
		}
		if _, err = s.udp.Write(buffer); err != nil && len(s.order) == 0 {
			return s.conn.WriteFailure(err)
		}
	}
	s.packets = append(s.packets, packet{sent: now.Sub(s.base), stamp: q.Sent})
	return nil
}

// receive takes in answers until a moment.
func (s *stream) receive(ctx context.Context, b buffers, until time.Time) error {
	s.conn.WaitUntil(ctx, until)
	for {
		n, _, came, err := socket.Read(s.udp, b.in, b.control)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case err != nil && len(s.order) > 0:
			return nil // an ICMP error about a packet, which counts as lost
		case err != nil:
			return s.conn.ReadFailure(ctx, err)
		}
		s.dropped = came.Dropped
		s.take(b.in[:n], came, time.Since(s.base)-came.Waited)
		if len(s.order) == len(s.packets) {
			return nil
		}
	}
}

// take takes in what came: an answer counts if it returns number and time of a packet
// of this stream. The time stamp, in 2^-32 s, is what a forger cannot guess.
func (s *stream) take(data []byte, came socket.Arrival, at time.Duration) {
	a, err := wire.ReadAnswer(data)
	if err != nil {
		s.strange(err.Error())
		return
	}
	i, ok := s.index(a.Question.Sequence)
	if !ok || s.packets[i].stamp != a.Question.Sent || a.SSID != s.ssid && a.SSID != 0 {
		s.strange("it returns no packet of this stream")
		return
	}
	p := &s.packets[i]
	if p.answered {
		s.duplicates++
		if p.counter != a.Sequence {
			s.forked++
		}
		return
	}
	if len(s.order) > 0 && i < s.order[len(s.order)-1] {
		s.reordered++
	}
	s.order = append(s.order, i)
	p.answered, p.back, p.counter = true, at, a.Sequence
	t2, t3 := a.Received.Time(a.Error), a.Sent.Time(a.Error)
	p.inside = t3.Sub(t2)
	if p.inside < 0 || p.inside > at-p.sent {
		p.inside = 0 // a reflector whose clock is no clock
	}
	p.outward, p.homeward = t2.Sub(s.base.Add(p.sent)), s.base.Add(at).Sub(t3)
	if !s.clock.Synchronized() || !a.Error.Synchronized() || a.Error.PTP() {
		s.unsynchronized = true
	}
	s.mark(data, a, came)
	if len(s.order) == 1 {
		s.trace.Logf("first answer after %s: number %d, TTL %d there and %d here, clock %s", at-p.sent, a.Sequence, a.TTL, came.TTL, clockWords(a.Error))
	}
}

func (s *stream) strange(why string) {
	s.foreign++
	if s.foreign <= 3 {
		s.trace.Logf("a datagram from %s is no answer: %s", s.conn.Remote, why)
	}
}

// mark counts the code points. Of what comes back it is known with which it was sent
// only if the reflector knows the class of service, and so does what it asks for.
func (s *stream) mark(data []byte, a wire.Answer, came socket.Arrival) {
	s.ttl = [2]int{int(a.TTL), max(came.TTL, 0)}
	sent := -1
	for t := range wire.TLVs(data) {
		c, ok := wire.ReadClassOfService(t.Value)
		if !ok || t.Type != wire.TypeClassOfService || *t.Flags&(wire.Unrecognized|wire.Malformed) != 0 {
			continue
		}
		s.dscp[out].add(c.Arrived, int(s.shape.dscp))
		sent = int(c.Wanted)
		if c.Refused {
			sent = int(c.Arrived)
		}
	}
	if dscp, ok := came.DSCP(); ok {
		s.dscp[home].add(dscp, sent)
	}
}

func clockWords(e wire.ErrorEstimate) string {
	if !e.Synchronized() {
		return "not synchronized"
	}
	if within, ok := e.Within(); ok {
		return "synchronized within " + within.String()
	}
	return "synchronized"
}
