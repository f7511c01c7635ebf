//go:build unix

package dial

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"wanwatch/inventory"
)

// setDSCP marks all packets of a socket, the SYN among them. The code point is
// the upper six bits of the byte (RFC 2474, section 3).
func setDSCP(network string, c syscall.RawConn, dscp inventory.DSCP) error {
	if dscp == 0 {
		return nil
	}
	level, option := unix.IPPROTO_IP, unix.IP_TOS
	if network == "tcp6" || network == "udp6" {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_TCLASS
	}
	var err error
	if e := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), level, option, int(dscp)<<2) }); e != nil {
		return e
	}
	if err != nil {
		return fmt.Errorf("setting DSCP %d: %w", dscp, err)
	}
	return nil
}
