package mirror

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

func tellTOS(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
		if c.LocalAddr().(*net.UDPAddr).IP.To4() == nil {
			failed = errors.Join(failed, unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1))
		}
	})
	return errors.Join(err, failed)
}

func tosOf(control []byte) byte {
	messages, _ := unix.ParseSocketControlMessage(control)
	for _, m := range messages {
		if m.Header.Type == unix.IP_TOS || m.Header.Type == unix.IPV6_TCLASS {
			return m.Data[0] // the least octet comes first on what this runs on
		}
	}
	return 0
}
