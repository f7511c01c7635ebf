package trace

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"wanwatch/probes"
	"wanwatch/probes/dial"
)

// open returns a line to a target. What routers say comes through the error queue of its
// sockets (ip(7), IP_RECVERR), so that the kernel has already found out that it is about
// a packet of ours.
func open(c Config, target netip.Addr) (line, error) {
	s := settings{target: target, dscp: int(c.DSCP)}
	if c.Source != "" {
		source, err := netip.ParseAddr(c.Source)
		if err != nil {
			return nil, dial.Failf(probes.ReasonSend, "source: %v", err)
		}
		s.source = source.Unmap()
	}
	switch c.Protocol {
	case "tcp":
		return &connections{settings: s, port: c.Port, open: map[int]attempt{}}, nil
	case "udp":
		return openDatagrams(s, unix.SOCK_DGRAM, unix.IPPROTO_UDP)
	default:
		protocol := unix.IPPROTO_ICMP
		if target.Is6() {
			protocol = unix.IPPROTO_ICMPV6
		}
		d, err := openDatagrams(s, unix.SOCK_DGRAM, protocol)
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
			d, err = openDatagrams(s, unix.SOCK_RAW, protocol)
		}
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
			return nil, dial.Failf(probes.ReasonNotPermitted, "this host allows no pings: set the sysctl net.ipv4.ping_group_range, give the program CAP_NET_RAW, or write protocol: udp")
		}
		if err != nil {
			return nil, err
		}
		return d, nil
	}
}

// settings are what all sockets to a target have in common.
type settings struct {
	target, source netip.Addr // source invalid: the kernel's choice
	dscp           int
}

// socket opens one with what is common set.
func (s settings) socket(kind, protocol int) (fd int, err error) {
	domain, level := unix.AF_INET, unix.IPPROTO_IP
	errorQueue, class := unix.IP_RECVERR, unix.IP_TOS
	if s.target.Is6() {
		domain, level = unix.AF_INET6, unix.IPPROTO_IPV6
		errorQueue, class = unix.IPV6_RECVERR, unix.IPV6_TCLASS
	}
	fd, err = unix.Socket(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, fmt.Errorf("opening a socket: %w", err)
	}
	err = errors.Join(unix.SetsockoptInt(fd, level, errorQueue, 1), unix.SetsockoptInt(fd, level, class, s.dscp<<2))
	if err == nil && s.source.IsValid() {
		err = unix.Bind(fd, address(s.source, 0))
	}
	if err != nil {
		_ = unix.Close(fd)
		if errors.Is(err, unix.EADDRNOTAVAIL) {
			return -1, dial.Failf(probes.ReasonSend, "source: this host has no address %s", s.source)
		}
		return -1, fmt.Errorf("preparing a socket: %w", err)
	}
	return fd, nil
}

// setTTL sets the time to live of what a socket sends next.
func (s settings) setTTL(fd, ttl int) error {
	if s.target.Is6() {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, ttl)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TTL, ttl)
}

// keepWhole makes packets that are too large be dropped and not cut up, whatever the
// kernel knows of the path (ip(7), IP_PMTUDISC_PROBE).
func (s settings) keepWhole(fd int) error {
	if s.target.Is6() {
		return errors.Join(
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_PROBE),
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1))
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
}

// address is one for the kernel.
func address(a netip.Addr, port int) unix.Sockaddr {
	if a.Is4() {
		return &unix.SockaddrInet4{Port: port, Addr: a.As4()}
	}
	to := &unix.SockaddrInet6{Port: port, Addr: a.As16()}
	if a.Zone() != "" {
		if i, err := net.InterfaceByName(a.Zone()); err == nil {
			to.ZoneId = uint32(i.Index)
		}
	}
	return to
}
