package ping

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// controlMessage makes the control message that carries options with a packet
// (ip(7), ipv6(7), RFC 3542); nil if there are none.
func controlMessage(f family, o options) []byte {
	var b []byte
	if f == v4 {
		if o.dscp != 0 {
			b = appendInt(b, unix.IPPROTO_IP, unix.IP_TOS, int32(o.dscp)<<2)
		}
		if o.ttl != 0 {
			b = appendInt(b, unix.IPPROTO_IP, unix.IP_TTL, int32(o.ttl))
		}
		if o.source.valid() || o.link != 0 {
			info := unix.Inet4Pktinfo{Ifindex: int32(o.link)}
			if o.source.valid() {
				info.Spec_dst = o.source.addr.As4()
			}
			b = appendControl(b, unix.IPPROTO_IP, unix.IP_PKTINFO, bytesOf(&info))
		}
		return b
	}
	if o.dscp != 0 {
		b = appendInt(b, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, int32(o.dscp)<<2)
	}
	if o.ttl != 0 {
		b = appendInt(b, unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT, int32(o.ttl))
	}
	if o.source.valid() || o.link != 0 {
		info := unix.Inet6Pktinfo{Ifindex: uint32(o.link)}
		if o.source.valid() {
			info.Addr = o.source.addr.As16()
		}
		b = appendControl(b, unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, bytesOf(&info))
	}
	return b
}

func appendInt(b []byte, level, kind, value int32) []byte {
	return appendControl(b, level, kind, bytesOf(&value))
}

// appendControl appends one message, padded as the kernel wants it (cmsg(3)).
func appendControl(b []byte, level, kind int32, data []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, unix.CmsgSpace(len(data)))...)
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[start])) //nolint:gosec // the kernel's layout
	h.Level, h.Type = level, kind
	h.SetLen(unix.CmsgLen(len(data)))
	copy(b[start+unix.CmsgLen(0):], data)
	return b
}

// bytesOf returns the memory of a value of the kernel's layout.
func bytesOf[T any](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)) //nolint:gosec // only for types without pointers
}

// notes is what the kernel tells beside a message.
type notes struct {
	stamp int64 // Unix time of arrival in nanoseconds; 0: not told
	ttl   int   // -1: not told
	// fault and by are set for entries of the error queue.
	fault *unix.SockExtendedErr
	by    netip.Addr
}

// readNotes reads the control messages that came with a message.
func readNotes(b []byte) notes {
	n := notes{ttl: -1}
	for len(b) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0])) //nolint:gosec // the kernel's layout
		length := int(h.Len)
		if length < unix.SizeofCmsghdr || length > len(b) {
			return n
		}
		data := b[min(unix.CmsgLen(0), length):length]
		n.read(int(h.Level), int(h.Type), data)
		space := unix.CmsgSpace(length - unix.CmsgLen(0))
		if space > len(b) {
			return n
		}
		b = b[space:]
	}
	return n
}

func (n *notes) read(level, kind int, data []byte) {
	switch {
	case level == unix.SOL_SOCKET && kind == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
		n.stamp = (*unix.Timespec)(unsafe.Pointer(&data[0])).Nano() //nolint:gosec // the kernel's layout
	case level == unix.IPPROTO_IP && kind == unix.IP_TTL && len(data) >= 4,
		level == unix.IPPROTO_IPV6 && kind == unix.IPV6_HOPLIMIT && len(data) >= 4:
		n.ttl = int(binary.NativeEndian.Uint32(data))
	case level == unix.IPPROTO_IP && kind == unix.IP_RECVERR,
		level == unix.IPPROTO_IPV6 && kind == unix.IPV6_RECVERR:
		n.readFault(data)
	}
}

// readFault reads a sock_extended_err and the address of who sent the error,
// which stands behind it (ip(7), IP_RECVERR).
func (n *notes) readFault(data []byte) {
	const size = int(unsafe.Sizeof(unix.SockExtendedErr{}))
	if len(data) < size {
		return
	}
	fault := *(*unix.SockExtendedErr)(unsafe.Pointer(&data[0])) //nolint:gosec // the kernel's layout
	n.fault = &fault
	n.by = readSockaddr(data[size:]).addr
}

// readSockaddr reads a sockaddr_in or a sockaddr_in6; the peer is empty for
// anything else.
func readSockaddr(b []byte) peer {
	if len(b) < 2 {
		return peer{}
	}
	switch binary.NativeEndian.Uint16(b) {
	case unix.AF_INET:
		if len(b) >= unix.SizeofSockaddrInet4 {
			return peer{addr: netip.AddrFrom4([4]byte(b[4:8]))}
		}
	case unix.AF_INET6:
		if len(b) >= unix.SizeofSockaddrInet6 {
			return newPeer(netip.AddrFrom16([16]byte(b[8:24])), binary.NativeEndian.Uint32(b[24:28]))
		}
	}
	return peer{}
}

// putSockaddr writes a sockaddr and returns its length. The port is 0: a raw
// IPv6 socket refuses others.
func putSockaddr(b *[unix.SizeofSockaddrInet6]byte, p peer) uint32 {
	if p.addr.Is4() {
		binary.NativeEndian.PutUint16(b[:], unix.AF_INET)
		a := p.addr.As4()
		copy(b[4:8], a[:])
		return unix.SizeofSockaddrInet4
	}
	binary.NativeEndian.PutUint16(b[:], unix.AF_INET6)
	a := p.addr.As16()
	copy(b[8:24], a[:])
	binary.NativeEndian.PutUint32(b[24:], p.scope)
	return unix.SizeofSockaddrInet6
}
