package ping

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wanwatch/probes/metric"
)

const (
	// readsAtOnce is how many messages one system call brings.
	readsAtOnce = 64
	// roundsAtOnce bounds how long one socket is read while packets are due.
	roundsAtOnce = 256
	// controlRoom fits a time stamp, a TTL, and an extended error with an
	// address.
	controlRoom = 256
	// bufferMost bounds the memory of the messages read at once.
	bufferMost = 4 << 20
	// headersMost is the IP header of a raw IPv4 socket with all options, and
	// the ICMP header.
	headersMost = 60 + echoHeader
	// errorRoom fits any ICMPv6 error: those are at most 1,280 bytes (RFC 4443,
	// section 2.4); routers quote as much of IPv4.
	errorRoom = 1280
)

// mmsghdr is one message of recvmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	length uint32
}

// receiver reads the sockets and hands what came to the engine. It reads many
// messages at once and allocates nothing for them.
type receiver struct {
	engine *engine
	clock  clock
	stamps stamps

	messages []mmsghdr
	iovs     []unix.Iovec
	names    [][unix.SizeofSockaddrInet6]byte
	controls [][controlRoom]byte
	buffers  []byte
	room     int // of one buffer
}

func newReceiver(e *engine, c clock) *receiver {
	r := &receiver{
		engine: e, clock: c,
		messages: make([]mmsghdr, readsAtOnce), iovs: make([]unix.Iovec, readsAtOnce),
		names: make([][unix.SizeofSockaddrInet6]byte, readsAtOnce), controls: make([][controlRoom]byte, readsAtOnce),
	}
	r.fit(defaultSize)
	return r
}

// fit makes the buffers large enough for payloads of a size.
func (r *receiver) fit(size int) {
	room := max(size+headersMost, errorRoom)
	if room <= r.room {
		return
	}
	n := min(readsAtOnce, max(bufferMost/room, 1))
	r.room, r.buffers = room, make([]byte, n*room)
	r.messages = r.messages[:n]
	for i := range r.messages {
		r.iovs[i].Base = &r.buffers[i*room]
		r.iovs[i].SetLen(room)
		h := &r.messages[i].header
		h.Name, h.Control, h.Iov = &r.names[i][0], &r.controls[i][0], &r.iovs[i]
		h.SetIovlen(1)
	}
}

// read reads a socket until the kernel says that nothing is waiting. Fewer
// messages than were asked for do not say so: recvmmsg(2) also ends early where
// an ICMP error comes in between, and tells of it in the next call. An error is
// one of the socket itself.
func (r *receiver) read(s *socket) error {
	for range roundsAtOnce {
		begun := r.clock.mono()
		n, errno := r.receive(s.fd, unix.MSG_DONTWAIT, len(r.messages))
		switch errno {
		case 0:
		case unix.EAGAIN:
			s.empty = begun
			return nil
		case unix.EINTR:
			continue
		default:
			if s.medium == datagram {
				// An ICMP error is waiting (icmp(7)); the queue holds more
				// about it.
				r.readErrors(s)
				continue
			}
			return fmt.Errorf("receiving from an %s for %s: %w", s.medium, s.family, errno)
		}
		before := s.empty
		r.stamps.sync(r.clock)
		now := r.clock.mono()
		for i := range n {
			r.take(s, i, now, before)
		}
	}
	return nil
}

// receive asks the kernel for at most n messages.
func (r *receiver) receive(fd, flags, n int) (int, unix.Errno) {
	for i := range n {
		m := &r.messages[i]
		m.length = 0
		m.header.Namelen, m.header.Flags = unix.SizeofSockaddrInet6, 0
		m.header.SetControllen(controlRoom)
	}
	got, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&r.messages[0])), uintptr(n), uintptr(flags), 0, 0) //nolint:gosec // without allocating
	if errno != 0 {
		return 0, errno
	}
	return int(got), 0
}

// message returns the content of a message that was read, cut where the buffer
// ended, with its notes and who sent it.
func (r *receiver) message(i int) (content []byte, n notes, from peer) {
	m := &r.messages[i]
	content = r.buffers[i*r.room:][:min(int(m.length), r.room)]
	n = readNotes(r.controls[i][:min(int(m.header.Controllen), controlRoom)])
	from = readSockaddr(r.names[i][:min(m.header.Namelen, unix.SizeofSockaddrInet6)])
	return content, n, from
}

// take deals with one message.
func (r *receiver) take(s *socket, i int, now, empty int64) {
	content, n, from := r.message(i)
	check := s.medium == raw && s.family == v4
	if check {
		var ok bool
		if n.ttl, content, ok = parseIPv4(content); !ok {
			r.engine.meter.Add(metric.PingForeign, 1)
			return
		}
	}
	reply, ok := parseReply(content, s.family, check)
	switch {
	case ok && s.medium == raw && reply.id != s.id:
		// It came before the filter, or while the id was changed.
		r.engine.meter.Add(metric.PingForeign, 1)
	case ok:
		reply.ttl = n.ttl
		a := answer{echo: reply, from: from, arrived: r.stamps.arrival(r.clock.stamped(n.stamp), now, empty)}
		r.engine.meter.Observe(metric.PingReceiveDelay, time.Duration(now-a.arrived).Seconds())
		r.engine.answer(&a)
	default:
		c, ok := parseError(content, s.family, check)
		if !ok || s.medium == raw && c.id != s.id {
			r.engine.meter.Add(metric.PingForeign, 1)
			return
		}
		c.by = from.addr
		r.engine.complain(&c)
	}
}

// readErrors reads the error queue of a datagram socket until it is empty, which
// also takes the pending error off the socket. It returns how many ICMP errors it held.
func (r *receiver) readErrors(s *socket) (total int) {
	for range roundsAtOnce {
		n, errno := r.receive(s.fd, unix.MSG_DONTWAIT|unix.MSG_ERRQUEUE, len(r.messages))
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 || n == 0 {
			break
		}
		for i := range n {
			if r.takeError(s, i) {
				total++
			}
		}
	}
	return total
}

// takeError deals with one entry of the error queue: the request that an ICMP
// error quotes, from its ICMP header on. The kernel has matched its id. It
// reports whether it was such an entry.
func (r *receiver) takeError(s *socket, i int) bool {
	content, n, to := r.message(i)
	if n.fault == nil || n.fault.Origin != unix.SO_EE_ORIGIN_ICMP && n.fault.Origin != unix.SO_EE_ORIGIN_ICMP6 {
		return false // a local error, which sendmsg has reported too
	}
	c := complaint{family: s.family, kind: n.fault.Type, code: n.fault.Code, by: n.by, to: to}
	if !c.final() {
		return true
	}
	if c.meaning().code == codeTooBig {
		c.mtu = n.fault.Info
	}
	want := byte(typeEchoRequestV4)
	if s.family == v6 {
		want = typeEchoRequestV6
	}
	c, ok := c.request(content, want)
	if !ok {
		r.engine.meter.Add(metric.PingForeign, 1)
		return true
	}
	r.engine.complain(&c)
	return true
}
