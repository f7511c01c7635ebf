// Package reflector answers the test packets of STAMP senders (RFC 8762), with the
// class-of-service TLV (RFC 8972), and those of TWAMP-light.
//
// It is stateful: it counts its answers to each session, so that the sender can tell
// in which direction packets were lost. It never amplifies: one answer to a question,
// never longer than that, and only to sources that it was told to answer. Nor does it
// answer ports below 1024, or its own: so two reflectors cannot be set on each other,
// and no other service on a third host.
package reflector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/stamp/clock"
	"wanwatch/probes/stamp/socket"
	"wanwatch/probes/stamp/wire"
)

// Options are whom to answer, and where.
type Options struct {
	// Listen are addresses, host:port. Without a host: all of this host.
	Listen []string
	// Allow are the sources that are answered; there is no default.
	Allow  []netip.Prefix
	Logger *slog.Logger
	Meter  probes.Meter
}

// Reflector answers until it is closed. Make it with [Open].
type Reflector struct {
	o       Options
	sockets []*net.UDPConn
}

// Open opens the sockets; [Reflector.Run] answers.
func Open(ctx context.Context, o Options) (*Reflector, error) {
	if len(o.Allow) == 0 {
		return nil, errors.New("a reflector answers nobody unless it is told whom: name the networks of the senders")
	}
	r := &Reflector{o: o}
	for _, address := range o.Listen {
		if err := r.open(ctx, address); err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return r, nil
}

// open opens one address; a socket of each family if it names no host, since what
// the kernel tells of a packet depends on the socket's family.
func (r *Reflector) open(ctx context.Context, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("reflect at %q: %w: write HOST:PORT or :PORT", address, err)
	}
	families := []string{"udp4", "udp6"}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		families = families[:1]
	} else if host != "" {
		families = families[1:]
	}
	for i, family := range families {
		c, err := new(net.ListenConfig).ListenPacket(ctx, family, address)
		if err != nil && i > 0 {
			r.o.Logger.Info("no STAMP reflector over IPv6", "address", address, "err", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("reflect at %s: %w", address, err)
		}
		socketOf := c.(*net.UDPConn)
		r.sockets = append(r.sockets, socketOf)
		if err := socket.Prepare(socketOf); err != nil {
			return fmt.Errorf("reflect at %s: %w", address, err)
		}
	}
	return nil
}

// Addr returns the address of the first socket.
func (r *Reflector) Addr() net.Addr { return r.sockets[0].LocalAddr() }

// Run answers until ctx is done, then closes the sockets and returns nil; or it
// returns what made it fail.
func (r *Reflector) Run(ctx context.Context) error {
	var (
		group  sync.WaitGroup
		failed = make([]error, len(r.sockets))
	)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = r.Close() })
	defer stop()
	for i, c := range r.sockets {
		group.Go(func() {
			defer cancel()
			if err := r.serve(c); !errors.Is(err, net.ErrClosed) {
				failed[i] = fmt.Errorf("reflect at %s: %w", c.LocalAddr(), err)
			}
		})
	}
	group.Wait()
	return errors.Join(append(failed, r.Close())...)
}

// Close closes the sockets. A second call does nothing.
func (r *Reflector) Close() error {
	var errs []error
	for _, c := range r.sockets {
		if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// mirror is what one socket's goroutine works with.
type mirror struct {
	*Reflector
	conn     *net.UDPConn
	port     uint16
	sessions sessions
	clock    wire.ErrorEstimate
	asked    time.Time // when the clock was
	dropped  uint32    // by the kernel, so far
}

// maxDatagram is the longest payload of UDP.
const maxDatagram = 65507

func (r *Reflector) serve(c *net.UDPConn) error {
	m := &mirror{Reflector: r, conn: c, sessions: newSessions()}
	if own, ok := c.LocalAddr().(*net.UDPAddr); ok {
		m.port = own.AddrPort().Port()
	}
	buffer, control := make([]byte, maxDatagram), make([]byte, socket.ControlSize)
	for {
		n, from, came, err := socket.Read(c, buffer, control)
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		if err != nil {
			continue // an ICMP error about an answer, which the kernel hands on once
		}
		if came.Dropped != m.dropped {
			m.o.Meter.Add(metric.StampRefused, float64(came.Dropped-m.dropped), "dropped")
			m.dropped = came.Dropped
		}
		m.take(buffer[:n], from, came, time.Now().Add(-came.Waited))
	}
}

// take answers a packet, or counts why it does not.
func (m *mirror) take(packet []byte, from netip.AddrPort, came socket.Arrival, received time.Time) {
	if why := m.refuse(packet, from); why != "" {
		m.o.Meter.Add(metric.StampRefused, 1, why)
		return
	}
	question, err := wire.ReadQuestion(packet)
	if err != nil {
		return // refused above
	}
	dscp := extend(packet, came)
	answer := wire.Answer{
		Sequence: m.sessions.next(session{from, question.SSID}, received),
		Error:    m.estimate(received), SSID: question.SSID,
		Received: wire.NTP(received), Question: question, TTL: uint8(max(came.TTL, 0)),
	}
	answer.Question.SSID = 0
	answer.Sent = wire.NTP(time.Now())
	answer.Write(packet)
	if err := socket.Answer(m.conn, packet, from, came, dscp); err != nil {
		m.o.Meter.Add(metric.StampRefused, 1, "send")
		return
	}
	m.o.Meter.Add(metric.StampReflected, 1)
}

// lowPorts are those of services, which a forged question could have an answer sent
// to.
const lowPorts = 1024

// Refusals are the values of the label of [metric.StampRefused].
func Refusals() []string { return []string{"source", "port", "short", "dropped", "send"} }

func (m *mirror) refuse(packet []byte, from netip.AddrPort) string {
	switch {
	case !slices.ContainsFunc(m.o.Allow, func(p netip.Prefix) bool { return p.Contains(from.Addr().WithZone("")) }):
		return "source"
	case from.Port() < lowPorts || from.Port() == m.port:
		return "port"
	case len(packet) < wire.Least:
		return "short"
	}
	return ""
}

// extend fills in the TLVs of a question and returns with which DSCP the answer goes:
// that of the question (RFC 8762, section 4.3), or what its class of service wants.
func extend(packet []byte, came socket.Arrival) (dscp uint8) {
	arrived, known := came.DSCP()
	dscp = arrived
	for t := range wire.TLVs(packet) {
		if t.Cut {
			*t.Flags |= wire.Malformed
			break
		}
		switch t.Type {
		case wire.TypePadding:
			*t.Flags &^= wire.Unrecognized
		case wire.TypeClassOfService:
			c, ok := wire.ReadClassOfService(t.Value)
			if !ok {
				*t.Flags |= wire.Malformed
				continue
			}
			if !known {
				continue // without it the TLV cannot be answered: it stays unrecognized
			}
			*t.Flags &^= wire.Unrecognized
			c.Arrived, c.ECN, c.Refused = arrived, uint8(came.TOS&3), false
			c.Write(t.Value)
			dscp = c.Wanted
		}
	}
	return dscp
}

// clockEvery is how often the kernel is asked how good its clock is.
const clockEvery = 10 * time.Second

func (m *mirror) estimate(now time.Time) wire.ErrorEstimate {
	if m.asked.IsZero() || now.Sub(m.asked) > clockEvery {
		s, _ := clock.Now()
		m.clock, m.asked = s.Estimate(), now
	}
	return m.clock
}
