//go:build unix

package dial

import (
	"context"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The mark is on the socket before the SYN leaves, shifted past the ECN bits.
func TestDSCPIsSet(t *testing.T) {
	for network, option := range map[string][2]int{
		"tcp4": {unix.IPPROTO_IP, unix.IP_TOS},
		"tcp6": {unix.IPPROTO_IPV6, unix.IPV6_TCLASS},
	} {
		t.Run(network, func(t *testing.T) {
			address := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"}[network]
			l, err := net.Listen(network, address)
			if err != nil {
				t.Skipf("this machine has no %s on its loopback: %v", network, err)
			}
			defer l.Close()
			got := -1
			dialer := net.Dialer{ControlContext: func(_ context.Context, network, _ string, c syscall.RawConn) error {
				if err := setDSCP(network, c, 46); err != nil {
					return err
				}
				var err error
				if e := c.Control(func(fd uintptr) { got, err = unix.GetsockoptInt(int(fd), option[0], option[1]) }); e != nil {
					return e
				}
				return err
			}}
			conn, err := dialer.DialContext(t.Context(), network, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.Close()
			if got != 0xb8 {
				t.Errorf("the traffic class is %#x, want 0xb8 (EF)", got)
			}
		})
	}
}
