package ping

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// medium is a kind of socket that can send pings.
type medium uint8

const (
	// datagram sockets get an id from the kernel and only see answers to it.
	datagram medium = iota
	// raw sockets see all ICMP, and need a filter.
	raw
)

func (m medium) String() string {
	if m == datagram {
		return "ICMP datagram socket"
	}
	return "raw socket"
}

const (
	// receiveBuffer is room for the answers of some seconds; what is not used
	// takes no memory.
	receiveBuffer = 32 << 20
	// sendBuffer is room for packets that wait in the host: three for each
	// neighbour that does not answer ARP, at some 800 bytes each.
	sendBuffer = 32 << 20
)

// socket is one ICMP socket.
type socket struct {
	fd     int
	family family
	medium medium
	id     uint16 // of raw sockets; the kernel knows that of the others
	empty  int64  // when nothing was waiting to be read, monotonic
}

// openSocket opens a socket with everything set that the engine needs.
func openSocket(f family, m medium) (*socket, error) {
	domain, protocol := unix.AF_INET, unix.IPPROTO_ICMP
	if f == v6 {
		domain, protocol = unix.AF_INET6, unix.IPPROTO_ICMPV6
	}
	kind := unix.SOCK_DGRAM
	if m == raw {
		kind = unix.SOCK_RAW
	}
	fd, err := unix.Socket(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, fmt.Errorf("opening the %s of %s: %w", m, f, err)
	}
	s := &socket{fd: fd, family: f, medium: m}
	if err := s.setUp(); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing an %s for %s: %w", m, f, err), s.close())
	}
	return s, nil
}

func (s *socket) setUp() error {
	s.grow(unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, receiveBuffer)
	s.grow(unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, sendBuffer)
	type option struct {
		name              string
		level, key, value int
	}
	list := []option{{"SO_TIMESTAMPNS", unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1}}
	switch {
	case s.family == v4:
		// Packets larger than the path takes are to be cut by routers, and
		// not lost.
		list = append(list, option{"IP_MTU_DISCOVER", unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT})
		if s.medium == datagram {
			list = append(list, option{"IP_RECVTTL", unix.IPPROTO_IP, unix.IP_RECVTTL, 1}, option{"IP_RECVERR", unix.IPPROTO_IP, unix.IP_RECVERR, 1})
		}
	case s.family == v6:
		list = append(list, option{"IPV6_RECVHOPLIMIT", unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1})
		if s.medium == datagram {
			list = append(list, option{"IPV6_RECVERR", unix.IPPROTO_IPV6, unix.IPV6_RECVERR, 1})
		}
	}
	for _, o := range list {
		if err := unix.SetsockoptInt(s.fd, o.level, o.key, o.value); err != nil {
			return fmt.Errorf("setting %s: %w", o.name, err)
		}
	}
	return s.renew()
}

// grow makes a buffer as large as the host lets us.
func (s *socket) grow(force, ask, size int) {
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, force, size) != nil {
		// Without CAP_NET_ADMIN the host's limit holds; less is no error.
		_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, ask, size)
	}
}

// renew gives the socket another ICMP id. Answers to the old one are not heard
// any more.
func (s *socket) renew() error {
	if s.medium == datagram {
		// A dissolved association takes the id away, and the next packet
		// brings a new one (connect(2), AF_UNSPEC).
		var none [unix.SizeofSockaddrInet6]byte
		_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&none)), unix.SizeofSockaddrInet6) //nolint:gosec // x/sys has no way to say AF_UNSPEC
		if errno != 0 {
			return fmt.Errorf("taking a new ICMP id: %w", errno)
		}
		return nil
	}
	var b [2]byte
	if _, err := rand.Read(b[:]); err != nil {
		return fmt.Errorf("choosing an ICMP id: %w", err)
	}
	id := binary.NativeEndian.Uint16(b[:])
	if err := attachFilter(s.fd, s.family, id); err != nil {
		return err
	}
	s.id = id
	return nil
}

// ident returns the id that the packets have now; 0 if there was none yet.
func (s *socket) ident() uint16 {
	if s.medium == raw {
		return s.id
	}
	// The kernel tells the id as the port.
	switch a, _ := unix.Getsockname(s.fd); a := a.(type) {
	case *unix.SockaddrInet4:
		return uint16(a.Port)
	case *unix.SockaddrInet6:
		return uint16(a.Port)
	default:
		return 0
	}
}

// drops returns how many messages did not fit the receive buffer, since the
// socket was opened. It counts modulo 2^32.
func (s *socket) drops() uint32 {
	// SK_MEMINFO_DROPS is the last of the values (linux/sock_diag.h).
	const values, index = 9, 8
	var info [values]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.fd), unix.SOL_SOCKET, unix.SO_MEMINFO, uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0) //nolint:gosec // x/sys has no such call
	if errno != 0 {
		return 0
	}
	return info[index]
}

func (s *socket) close() error {
	if err := unix.Close(s.fd); err != nil {
		return os.NewSyscallError("close", err)
	}
	return nil
}

// receiveRoom returns the size of the receive buffer that the host granted.
func (s *socket) receiveRoom() int {
	n, _ := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	return n
}
