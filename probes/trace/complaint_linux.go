package trace

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// complaint is an entry of a socket's error queue (ip(7), IP_RECVERR; struct
// sock_extended_err of linux/errqueue.h).
type complaint struct {
	errno      unix.Errno
	origin     uint8
	kind, code int
	info       uint32     // the MTU of one that a packet is too large
	by         netip.Addr // who complains; invalid: this host
	port       int        // to which the packet was sent
}

// readError takes one entry from a socket's error queue, and what it quotes of the
// packet, from the transport's header or its payload on.
func readError(fd int, buffer []byte) (c complaint, quoted []byte, err error) {
	var control [512]byte
	n, used, _, to, err := unix.Recvmsg(fd, buffer, control[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT)
	if err != nil {
		return c, nil, err
	}
	c.port, _ = endpoint(to)
	messages, err := unix.ParseSocketControlMessage(control[:used])
	if err != nil {
		return c, nil, fmt.Errorf("reading the error queue: %w", err)
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_RECVERR,
			m.Header.Level == unix.IPPROTO_IPV6 && m.Header.Type == unix.IPV6_RECVERR:
			c.read(m.Data)
		}
	}
	return c, buffer[:n], nil
}

// read reads a sock_extended_err and the address behind it (SO_EE_OFFENDER).
func (c *complaint) read(b []byte) {
	if len(b) < 16 {
		return
	}
	c.errno = unix.Errno(binary.NativeEndian.Uint32(b))
	c.origin, c.kind, c.code = b[4], int(b[5]), int(b[6])
	c.info = binary.NativeEndian.Uint32(b[8:])
	b = b[16:]
	if len(b) < 8 {
		return
	}
	switch family := binary.NativeEndian.Uint16(b); {
	case family == unix.AF_INET:
		c.by = netip.AddrFrom4([4]byte(b[4:]))
	case family == unix.AF_INET6 && len(b) >= 24:
		c.by = netip.AddrFrom16([16]byte(b[8:])).Unmap()
	}
}

// reply is what a complaint means for the packet that it is about.
func (c complaint) reply(target netip.Addr) reply {
	r := reply{from: c.by, event: refused, text: "this host says: " + c.errno.Error()}
	if c.errno == unix.EMSGSIZE {
		return reply{from: c.by, event: tooBig, limit: int(c.info)}
	}
	var expires, portUnreachable bool
	switch c.origin {
	case unix.SO_EE_ORIGIN_ICMP:
		expires = ipv4.ICMPType(c.kind) == ipv4.ICMPTypeTimeExceeded
		portUnreachable = ipv4.ICMPType(c.kind) == ipv4.ICMPTypeDestinationUnreachable && c.code == 3
	case unix.SO_EE_ORIGIN_ICMP6:
		expires = ipv6.ICMPType(c.kind) == ipv6.ICMPTypeTimeExceeded
		portUnreachable = ipv6.ICMPType(c.kind) == ipv6.ICMPTypeDestinationUnreachable && c.code == 4
	default:
		return r
	}
	r.text = fmt.Sprintf("%s says: %v", c.by, c.errno)
	switch {
	case expires:
		r.event = expired
	case portUnreachable && c.by.WithZone("") == target.WithZone(""):
		r.event = arrived
	}
	return r
}
