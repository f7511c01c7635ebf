package socket

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Prepare asks the kernel to tell of each datagram what [Arrival] holds.
func Prepare(c *net.UDPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return fmt.Errorf("prepare a socket: %w", err)
	}
	local, _ := c.LocalAddr().(*net.UDPAddr)
	options := [][2]int{{unix.IPPROTO_IP, unix.IP_RECVTOS}, {unix.IPPROTO_IP, unix.IP_RECVTTL}, {unix.IPPROTO_IP, unix.IP_PKTINFO}}
	if local != nil && local.IP.To4() == nil {
		options = [][2]int{{unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS}, {unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT}, {unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO}}
	}
	options = append(options, [2]int{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS}, [2]int{unix.SOL_SOCKET, unix.SO_RXQ_OVFL})
	var failed error
	err = raw.Control(func(fd uintptr) {
		// Beyond net.core.rmem_max with CAP_NET_ADMIN only; without it, as much as that.
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, bufferSize) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, bufferSize)
		}
		for _, o := range options {
			if e := unix.SetsockoptInt(int(fd), o[0], o[1], 1); e != nil {
				failed = fmt.Errorf("prepare a socket: option %d of level %d: %w", o[1], o[0], e)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("prepare a socket: %w", err)
	}
	return failed
}

// parse reads what the kernel told (cmsg(3), ip(7), ipv6(7)).
func parse(control []byte) Arrival {
	a := Arrival{TOS: -1, TTL: -1}
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return a
	}
	for _, m := range messages {
		switch {
		case is(m, unix.IPPROTO_IP, unix.IP_TOS) && len(m.Data) >= 1:
			a.TOS = int(m.Data[0])
		case is(m, unix.IPPROTO_IPV6, unix.IPV6_TCLASS) && len(m.Data) >= 4:
			a.TOS = int(binary.NativeEndian.Uint32(m.Data) & 0xff)
		case (is(m, unix.IPPROTO_IP, unix.IP_TTL) || is(m, unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT)) && len(m.Data) >= 4:
			a.TTL = int(binary.NativeEndian.Uint32(m.Data) & 0xff)
		case is(m, unix.IPPROTO_IP, unix.IP_PKTINFO) && len(m.Data) >= unix.SizeofInet4Pktinfo:
			a.To = netip.AddrFrom4([4]byte(m.Data[8:12])) // ipi_addr
		case is(m, unix.IPPROTO_IPV6, unix.IPV6_PKTINFO) && len(m.Data) >= unix.SizeofInet6Pktinfo:
			a.To = netip.AddrFrom16([16]byte(m.Data[:16]))
		case is(m, unix.SOL_SOCKET, unix.SO_RXQ_OVFL) && len(m.Data) >= 4:
			a.Dropped = binary.NativeEndian.Uint32(m.Data)
		case is(m, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS) && len(m.Data) >= 16:
			at := time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			// The clock may have been set in between: a second is more than any wait.
			a.Waited = min(max(time.Since(at), 0), time.Second)
		}
	}
	return a
}

func is(m unix.SocketControlMessage, level, kind int32) bool {
	return m.Header.Level == level && m.Header.Type == kind
}

// Answer sends a datagram from the address that another came to, with a DSCP.
func Answer(c *net.UDPConn, data []byte, to netip.AddrPort, came Arrival, dscp uint8) error {
	var control []byte
	if to.Addr().Is4() {
		control = mark(unix.IPPROTO_IP, unix.IP_TOS, dscp)
		if came.To.Is4() {
			control = append(control, unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: came.To.As4()})...)
		}
	} else {
		control = mark(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, dscp)
		if came.To.Is6() && !came.To.IsMulticast() {
			control = append(control, unix.PktInfo6(&unix.Inet6Pktinfo{Addr: came.To.As16()})...)
		}
	}
	_, _, err := c.WriteMsgUDPAddrPort(data, control, to)
	return err
}

// mark is the control message for a DSCP, for which package unix has none.
func mark(level, kind int32, dscp uint8) []byte {
	control := make([]byte, unix.CmsgSpace(4))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0])) //nolint:gosec // the kernel's layout, as unix.PktInfo4 writes it
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(4))
	binary.NativeEndian.PutUint32(control[unix.CmsgLen(0):], uint32(dscp)<<2)
	return control
}
