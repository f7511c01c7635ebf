package ping

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wanwatch/probes"
)

// renewEvery is how often packets get another ICMP id.
const renewEvery = int64(time.Minute)

// sockets is the wire: one socket a family in use, and one that still hears
// answers to the id before.
type sockets struct {
	clock    clock
	families [families]*pair
	packet   []byte // header and pattern, shared by all packets
	pattern  []byte // the payload part of it
	header   unix.Msghdr
	iov      unix.Iovec
	name     [unix.SizeofSockaddrInet6]byte
	renewed  int64
	// drain reads the error queue of a socket and returns how many errors it
	// held; set by who reads the sockets.
	drain func(*socket) int
}

// pair is the two sockets of a family, or why there are none.
type pair struct {
	sockets [2]*socket
	now     int // which one sends
	err     error
	dropped uint64
	drops   [2]uint32
}

// permission says how sending pings can be allowed.
const permission = `this host does not let wanwatch send pings: allow ICMP datagram sockets with

    sysctl -w net.ipv4.ping_group_range="0 2147483647"

or give the program the capability CAP_NET_RAW with

    setcap cap_net_raw+ep %s`

// openSockets opens the sockets of both families, with the first medium that is
// permitted. It fails if nothing is; one family may be missing.
func openSockets(c clock, logger *slog.Logger, media ...medium) (*sockets, error) {
	s := &sockets{clock: c, packet: make([]byte, echoHeader+maxSize), drain: func(*socket) int { return 0 }}
	s.pattern = s.packet[echoHeader:]
	copy(s.pattern, newPattern())
	s.renewed = c.mono()
	for f := range family(families) {
		s.families[f] = openPair(f, media)
	}
	if err := s.families[v4].err; err != nil && s.families[v6].err != nil {
		return nil, err
	}
	for f := range family(families) {
		s.families[f].remark(f, logger)
	}
	return s, nil
}

func openPair(f family, media []medium) *pair {
	var errs []error
	for _, m := range media {
		p, err := openPairOf(f, m)
		if err == nil {
			return p
		}
		errs = append(errs, err)
	}
	return &pair{err: explain(errors.Join(errs...))}
}

func openPairOf(f family, m medium) (*pair, error) {
	p := &pair{}
	for i := range p.sockets {
		s, err := openSocket(f, m)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.sockets[i] = s
	}
	return p, nil
}

// explain says how to get what was not permitted.
func explain(err error) error {
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.EACCES) {
		return err
	}
	program, e := os.Executable()
	if e != nil {
		program = "wanwatch"
	}
	return fmt.Errorf(permission+"\n\n%w", program, err)
}

// remark logs what will do, but not well.
func (p *pair) remark(f family, logger *slog.Logger) {
	const enough = 1 << 20
	if p.err != nil {
		logger.Warn("this host cannot send pings of one address family", "family", f.String(), "error", p.err)
		return
	}
	s := p.sockets[0]
	logger.Debug("sending pings", "family", f.String(), "socket", s.medium.String(), "receive_buffer_bytes", s.receiveRoom())
	if room := s.receiveRoom(); room < enough {
		logger.Warn("the receive buffer for pings is small: with thousands of targets raise it with sysctl -w net.core.rmem_max=8388608, or give the program CAP_NET_ADMIN", "family", f.String(), "bytes", room)
	}
}

// close frees everything. A second call does nothing.
func (s *sockets) close() error {
	var errs []error
	for _, p := range s.families {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

func (p *pair) close() error {
	var errs []error
	for i, s := range p.sockets {
		if s != nil {
			errs = append(errs, s.close())
			p.sockets[i] = nil
		}
	}
	if p.err == nil {
		p.err = errors.New("the pinger was closed")
	}
	return errors.Join(errs...)
}

// usable implements wire.
func (s *sockets) usable(f family) error { return s.families[f].err }

// control implements wire.
func (s *sockets) control(f family, o options) []byte { return controlMessage(f, o) }

// drops implements wire.
func (s *sockets) drops(f family) uint64 {
	p := s.families[f]
	for i, k := range p.sockets {
		if k != nil {
			n := k.drops()
			p.dropped += uint64(n - p.drops[i])
			p.drops[i] = n
		}
	}
	return p.dropped
}

// renew changes the ICMP ids when it is time. The socket that takes over has
// been silent for so long that no answer to its old id can be awaited.
func (s *sockets) renew(now int64) error {
	if now-s.renewed < renewEvery {
		return nil
	}
	s.renewed = now
	var errs []error
	for _, p := range s.families {
		if p.err != nil {
			continue
		}
		other := 1 - p.now
		if err := p.sockets[other].renew(); err != nil {
			errs = append(errs, err) // the present id goes on
			continue
		}
		p.now = other
	}
	return errors.Join(errs...)
}

// send implements wire.
//
// On a datagram socket the kernel may report the error of another packet, told
// by an ICMP error that came meanwhile (icmp(7)). So the packet is offered again
// until the error stays although no other is waiting. Twice more, because the
// kernel first queues an error and then marks the socket.
func (s *sockets) send(r *request) (sent int64, failure *sendError) {
	const most, sure = 100, 3
	k := s.families[r.to.family()].current()
	alone := 0
	for range most {
		s.fill(k, r) // whoever is told of other errors may send
		sent = s.clock.mono()
		_, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(k.fd), uintptr(unsafe.Pointer(&s.header)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL) //nolint:gosec // without allocating
		if errno == 0 {
			return sent, nil
		}
		failure = refusal(errno)
		if errno == unix.EINTR {
			continue
		}
		if failure.again || k.medium == raw {
			return sent, failure
		}
		if s.drain(k) == 0 {
			alone++
		} else {
			alone = 0
		}
		if alone == sure {
			return sent, failure
		}
	}
	return sent, failure
}

func (p *pair) current() *socket { return p.sockets[p.now] }

// fill makes the packet and what sendmsg(2) wants to know.
func (s *sockets) fill(k *socket, r *request) {
	packet := s.packet[:echoHeader+r.size]
	putEcho(packet, k.family, k.id, r.seq, r.cookie, r.patternSum)
	s.iov.Base = &packet[0]
	s.iov.SetLen(len(packet))
	s.header = unix.Msghdr{Name: &s.name[0], Namelen: putSockaddr(&s.name, r.to), Iov: &s.iov}
	s.header.SetIovlen(1)
	if len(r.control) > 0 {
		s.header.Control = &r.control[0]
		s.header.SetControllen(len(r.control))
	}
}

// refusal sorts the errors of sendmsg(2).
func refusal(errno unix.Errno) *sendError {
	e := &sendError{reason: probes.ReasonSend, cause: errno}
	switch errno { //nolint:exhaustive // the others are all the same
	case unix.EAGAIN, unix.ENOBUFS, unix.ENOMEM:
		e.again = true
	case unix.ENETUNREACH, unix.EHOSTUNREACH, unix.EINVAL, unix.ENETDOWN, unix.ENODEV, unix.ENXIO, unix.EADDRNOTAVAIL, unix.EAFNOSUPPORT:
		e.reason = probes.ReasonNoRoute
	case unix.EPERM, unix.EACCES:
		e.reason = probes.ReasonNotPermitted
	}
	return e
}

// link returns the index of an interface, or 0 if there is none. It asks a
// socket, so that it is the interface where packets are sent.
func (s *sockets) link(name string) int {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0
	}
	for _, p := range s.families {
		if p.err != nil {
			continue
		}
		if unix.IoctlIfreq(p.sockets[0].fd, unix.SIOCGIFINDEX, request) == nil {
			return int(request.Uint32())
		}
		return 0
	}
	return 0
}

// ident returns the ICMP id of the packets of a family, for people to find them
// in a capture.
func (s *sockets) ident(f family) uint16 { return s.families[f].current().ident() }
