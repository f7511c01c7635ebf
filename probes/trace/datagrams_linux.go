package trace

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"

	"wanwatch/probes"
	"wanwatch/probes/dial"
)

// datagrams are echo requests, or datagrams to rising ports, from one socket.
type datagrams struct {
	settings
	fd       int
	raw      bool
	protocol int
	id       int // of raw echo requests
	cookie   [8]byte
	sent     map[int]time.Time
	buffer   [2048]byte
}

// firstPort is where traceroute's ports begin (RFC 1393 speaks of it; the number is
// that of Van Jacobson's traceroute).
const firstPort = 33434

func openDatagrams(s settings, kind, protocol int) (*datagrams, error) {
	fd, err := s.socket(kind, protocol)
	if err != nil {
		return nil, err
	}
	d := &datagrams{settings: s, fd: fd, raw: kind == unix.SOCK_RAW, protocol: protocol, sent: map[int]time.Time{}}
	_, _ = rand.Read(d.cookie[:]) // it never fails
	d.id = int(binary.NativeEndian.Uint16(d.cookie[:]))
	return d, nil
}

func (d *datagrams) close() { _ = unix.Close(d.fd) }

// send implements line. A send may return what became of the packet before.
func (d *datagrams) send(k packet) error {
	if err := d.setTTL(d.fd, k.ttl); err != nil {
		return fmt.Errorf("setting the time to live: %w", err)
	}
	if k.whole {
		if err := d.keepWhole(d.fd); err != nil {
			return fmt.Errorf("forbidding fragments: %w", err)
		}
	}
	data, port, err := d.compose(k)
	if err != nil {
		return err
	}
	for range 3 {
		d.sent[k.key] = time.Now()
		err = unix.Sendto(d.fd, data, 0, address(d.target, port))
		if err == nil || !errors.Is(err, unix.EHOSTUNREACH) && !errors.Is(err, unix.ECONNREFUSED) {
			break
		}
	}
	return sendFailure(d.target, err)
}

// sendFailure says whose fault it is that nothing could be sent.
func sendFailure(target netip.Addr, err error) error {
	switch {
	case err == nil, isTooBig(err):
		return err
	case errors.Is(err, unix.ENETUNREACH), errors.Is(err, unix.EHOSTUNREACH):
		return dial.Failf(probes.ReasonNoRoute, "this host cannot reach %s: %v", target, err)
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return dial.Failf(probes.ReasonNotPermitted, "this host does not allow to send to %s: %v", target, err)
	default:
		return dial.Failf(probes.ReasonSend, "sending to %s: %v", target, err)
	}
}

func isTooBig(err error) bool { return errors.Is(err, unix.EMSGSIZE) }

// compose makes a packet and its port. The checksum of all echo requests of a line is
// the same: routers that choose among several ways by it choose one for all.
func (d *datagrams) compose(k packet) (data []byte, port int, err error) {
	headers := 28 // IP and ICMP, or IP and UDP
	if d.target.Is6() {
		headers = 48
	}
	payload := make([]byte, max(k.size-headers, 2+len(d.cookie)))
	if 0 < k.size-headers && k.size-headers < len(payload) {
		payload = payload[:k.size-headers]
	}
	if len(payload) >= 2+len(d.cookie) {
		binary.BigEndian.PutUint16(payload, ^uint16(k.key))
		copy(payload[2:], d.cookie[:])
	}
	if d.protocol == unix.IPPROTO_UDP {
		return payload, firstPort + k.key, nil
	}
	var kind icmp.Type = ipv4.ICMPTypeEcho
	if d.target.Is6() {
		kind = ipv6.ICMPTypeEchoRequest
	}
	m := icmp.Message{Type: kind, Body: &icmp.Echo{ID: d.id, Seq: k.key, Data: payload}}
	data, err = m.Marshal(nil)
	if err != nil {
		return nil, 0, fmt.Errorf("composing an echo request: %w", err)
	}
	return data, 0, nil
}

// hear implements line.
func (d *datagrams) hear(until time.Time) ([]reply, error) {
	if err := wait([]unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLIN}}, until); err != nil {
		return nil, err
	}
	now := time.Now()
	var replies []reply
	for {
		c, payload, err := readError(d.fd, d.buffer[:])
		if err != nil {
			break
		}
		if key, ok := d.keyOf(c, payload); ok {
			replies = append(replies, d.reply(key, c, now))
		}
	}
	for {
		n, from, err := unix.Recvfrom(d.fd, d.buffer[:], unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EWOULDBLOCK) {
			return replies, nil
		}
		if err != nil {
			continue // what the error queue has told already
		}
		if key, ok := d.answered(d.buffer[:n], from); ok {
			_, host := endpoint(from)
			replies = append(replies, reply{key: key, event: arrived, from: host, trip: now.Sub(d.sent[key])})
		}
	}
}

// keyOf finds the packet that a complaint is about.
func (d *datagrams) keyOf(c complaint, quoted []byte) (key int, ok bool) {
	if d.protocol == unix.IPPROTO_UDP {
		key = c.port - firstPort
	} else {
		if len(quoted) < 8 || d.raw && int(binary.BigEndian.Uint16(quoted[4:])) != d.id {
			return 0, false
		}
		key = int(binary.BigEndian.Uint16(quoted[6:]))
	}
	_, ok = d.sent[key]
	return key, ok
}

// answered finds the packet that an answer of the target is to.
func (d *datagrams) answered(b []byte, from unix.Sockaddr) (key int, ok bool) {
	port, host := endpoint(from)
	if host.WithZone("") != d.target.WithZone("") {
		return 0, false
	}
	if d.protocol == unix.IPPROTO_UDP {
		_, ok = d.sent[port-firstPort]
		return port - firstPort, ok
	}
	if d.raw && d.target.Is4() {
		if len(b) < 20 || len(b) < int(b[0]&0xf)*4 {
			return 0, false
		}
		b = b[int(b[0]&0xf)*4:] // the IP header
	}
	m, err := icmp.ParseMessage(d.protocol, b)
	if err != nil || m.Type != ipv4.ICMPTypeEchoReply && m.Type != ipv6.ICMPTypeEchoReply {
		return 0, false
	}
	echo, ok := m.Body.(*icmp.Echo)
	if !ok || d.raw && echo.ID != d.id || len(echo.Data) >= 2+len(d.cookie) && [8]byte(echo.Data[2:]) != d.cookie {
		return 0, false
	}
	_, ok = d.sent[echo.Seq]
	return echo.Seq, ok
}

// reply is what a complaint about a packet means.
func (d *datagrams) reply(key int, c complaint, now time.Time) reply {
	r := c.reply(d.target)
	r.key, r.trip = key, now.Sub(d.sent[key])
	return r
}

// wait waits until one of the sockets has something to say, or until a time.
func wait(list []unix.PollFd, until time.Time) error {
	for {
		left := unix.NsecToTimespec(max(time.Until(until), 0).Nanoseconds())
		_, err := unix.Ppoll(list, &left, nil)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("waiting for answers: %w", err)
		}
		return nil
	}
}

func endpoint(a unix.Sockaddr) (port int, host netip.Addr) {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return a.Port, netip.AddrFrom4(a.Addr)
	case *unix.SockaddrInet6:
		return a.Port, netip.AddrFrom16(a.Addr)
	default:
		return 0, netip.Addr{}
	}
}
