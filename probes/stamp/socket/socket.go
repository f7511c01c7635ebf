// Package socket has the kernel tell, with each datagram, what a plain read does not:
// its DSCP, its TTL, to which address it came, and how long ago. Linux does; on other
// systems nothing of that is known.
package socket

import (
	"net"
	"net/netip"
	"time"
)

// Arrival is what is known of a datagram beside its content.
type Arrival struct {
	TOS    int           // the octet with DSCP and ECN; -1 if it is not known
	TTL    int           // TTL or hop limit; -1 if it is not known
	Waited time.Duration // how long it lay in the kernel before it was read
	To     netip.Addr    // the address of this host that it came to
	// Dropped is how many datagrams the kernel has dropped so far because this host did
	// not read them in time.
	Dropped uint32
}

// DSCP returns the code point; ok is false if it is not known.
func (a Arrival) DSCP() (dscp uint8, ok bool) {
	return uint8(max(a.TOS, 0) >> 2), a.TOS >= 0
}

// Read reads a datagram from a socket that [Prepare] was called for. Control is a
// buffer for what the kernel tells beside it; [ControlSize] is enough.
func Read(c *net.UDPConn, buffer, control []byte) (n int, from netip.AddrPort, a Arrival, err error) {
	n, told, _, from, err := c.ReadMsgUDPAddrPort(buffer, control)
	if err != nil {
		return 0, from, a, err
	}
	return n, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), parse(control[:told]), nil
}

// bufferSize is how much the kernel shall keep until it is read: of short datagrams
// some thousands, a second of many streams.
const bufferSize = 4 << 20

// ControlSize is the room for what the kernel tells of a datagram.
const ControlSize = 256
