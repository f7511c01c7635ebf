//go:build !linux

package socket

import (
	"net"
	"net/netip"
)

// Prepare does nothing: nothing more than the content is known here.
func Prepare(*net.UDPConn) error { return nil }

func parse([]byte) Arrival { return Arrival{TOS: -1, TTL: -1} }

// Answer sends a datagram; its DSCP is the system's choice here.
func Answer(c *net.UDPConn, data []byte, to netip.AddrPort, _ Arrival, _ uint8) error {
	_, err := c.WriteToUDPAddrPort(data, to)
	return err
}
