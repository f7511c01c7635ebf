package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/inventory"
)

func hops() []plan.Router {
	var list []plan.Router
	for n := range 3 {
		list = append(list, plan.Router{
			V4: netip.AddrFrom4([4]byte{198, 19, 0, byte(n + 1)}),
			V6: netip.MustParseAddr(fmt.Sprintf("2001:db8:f::%d", n+1)),
		})
	}
	return list
}

// offence is an ICMP error as the sender's kernel reports it.
type offence struct {
	From       string
	Type, Code uint8
	Errno      unix.Errno
	MTU        uint32 // of "too big"
}

// provoke sends UDP packets from the prober's side with this TTL until one is
// answered, and returns what the kernel puts into the socket's error queue. The
// kernel may not use an IPv6 address yet that it has just been given.
func provoke(t *testing.T, l *Lab, target string, ttl, size int) offence {
	t.Helper()
	var got offence
	err := l.Prober(func() error {
		to := netip.MustParseAddrPort(target)
		level, domain := unix.IPPROTO_IPV6, unix.AF_INET6
		receive, hop, discover := unix.IPV6_RECVERR, unix.IPV6_UNICAST_HOPS, unix.IPV6_MTU_DISCOVER
		var address unix.Sockaddr = &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}
		if to.Addr().Is4() {
			level, domain = unix.IPPROTO_IP, unix.AF_INET
			receive, hop, discover = unix.IP_RECVERR, unix.IP_TTL, unix.IP_MTU_DISCOVER
			address = &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}
		}
		fd, err := unix.Socket(domain, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		const probe = 3 // IP_PMTUDISC_PROBE, IPV6_PMTUDISC_PROBE: never fragment here
		err = errors.Join(
			unix.SetsockoptInt(fd, level, receive, 1),
			unix.SetsockoptInt(fd, level, hop, ttl),
			unix.SetsockoptInt(fd, level, discover, probe),
		)
		if err != nil {
			return err
		}
		for range 40 {
			sent := unix.Sendto(fd, make([]byte, size), 0, address)
			// An error wakes poll, whatever it asks for.
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd)}}, 500)
			if n > 0 {
				got, err = readOffence(fd)
				return err
			}
			if err := errors.Join(sent, err); err != nil && !errors.Is(err, unix.EINTR) {
				return err
			}
		}
		return errors.New("no error came")
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// readOffence reads a struct sock_extended_err and the address behind it (see
// IP_RECVERR in ip(7)).
func readOffence(fd int) (offence, error) {
	control := make([]byte, 512)
	_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 2048), control, unix.MSG_ERRQUEUE)
	if err != nil {
		return offence{}, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 {
		return offence{}, fmt.Errorf("%d control messages: %w", len(messages), err)
	}
	d := messages[0].Data
	o := offence{Errno: unix.Errno(binary.NativeEndian.Uint32(d)), Type: d[5], Code: d[6], MTU: binary.NativeEndian.Uint32(d[8:])}
	from := d[16:]
	if binary.NativeEndian.Uint16(from) == unix.AF_INET {
		o.From = netip.AddrFrom4([4]byte(from[4:8])).String()
	} else {
		o.From = netip.AddrFrom16([16]byte(from[8:24])).String()
	}
	return o, nil
}

// ICMP errors in routers' names, as the kernel of the sender sees them.
func TestErrorsReachTheSendersKernel(t *testing.T) {
	refused := func(code string) plan.Path {
		return plan.Path{Hops: hops(), Both: plan.Conditions{Refuse: &plan.Refuse{Code: code, Hop: 2}}}
	}
	v4, v6 := siteV4+":9", "["+siteV6+"]:9"
	big := plan.Path{Hops: hops(), Both: plan.Conditions{MTU: &plan.MTU{Bytes: 1300, Hop: 2}}}
	tests := []struct {
		name string
		path plan.Path
		to   string
		ttl  int
		size int
		want offence
	}{
		{"TTL 1", plan.Path{Hops: hops()}, v4, 1, 10, offence{"198.19.0.1", 11, 0, unix.EHOSTUNREACH, 0}},
		{"TTL 3", plan.Path{Hops: hops()}, v4, 3, 10, offence{"198.19.0.3", 11, 0, unix.EHOSTUNREACH, 0}},
		{"TTL 4: the host, whose port is closed", plan.Path{Hops: hops()}, v4, 4, 10, offence{"198.18.1.1", 3, 3, unix.ECONNREFUSED, 0}},
		{"net", refused(plan.Net), v4, 64, 10, offence{"198.19.0.2", 3, 0, unix.ENETUNREACH, 0}},
		{"host", refused(plan.Host), v4, 64, 10, offence{"198.19.0.2", 3, 1, unix.EHOSTUNREACH, 0}},
		{"port", refused(plan.Port), v4, 64, 10, offence{"198.19.0.2", 3, 3, unix.ECONNREFUSED, 0}},
		{"prohibited", refused(plan.Prohibited), v4, 64, 10, offence{"198.19.0.2", 3, 13, unix.EHOSTUNREACH, 0}},
		{"too big", big, v4, 64, 1400, offence{"198.19.0.2", 3, 4, unix.EMSGSIZE, 1300}},
		{"no path", plan.Path{}, "198.18.77.1:9", 64, 10, offence{"198.19.255.253", 3, 0, unix.ENETUNREACH, 0}},
		{"hop limit 2", plan.Path{Hops: hops()}, v6, 2, 10, offence{"2001:db8:f::2", 3, 0, unix.EHOSTUNREACH, 0}},
		{"net 6", refused(plan.Net), v6, 64, 10, offence{"2001:db8:f::2", 1, 0, unix.ENETUNREACH, 0}},
		{"host 6", refused(plan.Host), v6, 64, 10, offence{"2001:db8:f::2", 1, 3, unix.EHOSTUNREACH, 0}},
		{"prohibited 6", refused(plan.Prohibited), v6, 64, 10, offence{"2001:db8:f::2", 1, 1, unix.EACCES, 0}},
		{"too big 6", big, v6, 64, 1400, offence{"2001:db8:f::2", 2, 0, unix.EMSGSIZE, 1300}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := start(t, onePath(tt.path))
			if diff := cmp.Diff(tt.want, provoke(t, l, tt.to, tt.ttl, tt.size)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// arrival is a packet as the far side's kernel sees it.
type arrival struct{ Sequence, TTL, DSCP int }

// stream sends count numbered UDP packets with TTL 64 and DSCP EF from the
// prober's side and returns what arrives on the far side, in order.
func stream(t *testing.T, l *Lab, host string, count int, gap time.Duration) []arrival {
	t.Helper()
	address := net.JoinHostPort(host, "4000")
	far, err := l.ListenPacket(t.Context(), "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	receiver := far.(*net.UDPConn)
	v4 := netip.MustParseAddr(host).Is4()
	control(t, receiver, func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20)
	})
	control(t, receiver, func(fd int) error {
		if v4 {
			return errors.Join(unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVTTL, 1), unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVTOS, 1))
		}
		return errors.Join(unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1), unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1))
	})
	conn, err := l.Dial(t.Context(), "udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const expedited = 46
	control(t, conn.(*net.UDPConn), func(fd int) error {
		if v4 {
			return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, expedited<<2)
		}
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, expedited<<2)
	})
	tick := time.NewTicker(gap)
	defer tick.Stop()
	for n := range count {
		<-tick.C
		if _, err := conn.Write(binary.BigEndian.AppendUint32(nil, uint32(n))); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, l)
	return arrivals(t, receiver)
}

func control(t *testing.T, conn *net.UDPConn, f func(fd int) error) {
	t.Helper()
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var inner error
	if err := errors.Join(raw.Control(func(fd uintptr) { inner = f(int(fd)) }), inner); err != nil {
		t.Fatal(err)
	}
}

// arrivals reads what waits at the socket.
func arrivals(t *testing.T, conn *net.UDPConn) []arrival {
	t.Helper()
	var list []arrival
	payload, oob := make([]byte, 64), make([]byte, 256)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(20 * ms)); err != nil {
			t.Fatal(err)
		}
		_, n, _, _, err := conn.ReadMsgUDP(payload, oob)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		messages, err := unix.ParseSocketControlMessage(oob[:n])
		if err != nil {
			t.Fatal(err)
		}
		a := arrival{Sequence: int(binary.BigEndian.Uint32(payload))}
		for _, m := range messages {
			switch {
			case m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_TTL,
				m.Header.Level == unix.IPPROTO_IPV6 && m.Header.Type == unix.IPV6_HOPLIMIT:
				a.TTL = int(binary.NativeEndian.Uint32(m.Data))
			case m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_TOS,
				m.Header.Level == unix.IPPROTO_IPV6 && m.Header.Type == unix.IPV6_TCLASS:
				a.DSCP = int(m.Data[0]) >> 2
			}
		}
		list = append(list, a)
	}
}

func TestTTLAndDSCPOnTheWire(t *testing.T) {
	for _, host := range []string{siteV4, siteV6} {
		plain := start(t, onePath(plan.Path{}))
		if diff := cmp.Diff([]arrival{{0, 64, 46}}, stream(t, plain, host, 1, ms)); diff != "" {
			t.Errorf("%s, unchanged: %s", host, diff)
		}
		path := plan.Path{Hops: hops(), Length: 7, Out: plan.Conditions{DSCP: &plan.DSCP{To: 0}}}
		if diff := cmp.Diff([]arrival{{0, 57, 0}}, stream(t, start(t, onePath(path)), host, 1, ms)); diff != "" {
			t.Errorf("%s, seven routers that bleach: %s", host, diff)
		}
	}
}

// What arrives, and in which order, is what the log says.
func TestOrderOnTheWire(t *testing.T) {
	tests := map[string]plan.Conditions{
		"constant":   {Delay: new(3 * ms)},
		"jitter":     {Delay: new(3 * ms), Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: 2 * ms}},
		"overtaking": {Delay: new(3 * ms), Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: 2 * ms, Overtake: true}},
		"reordering": {Delay: new(3 * ms), Reorder: &plan.Reorder{Share: 0.2, By: 3 * ms}},
		"duplicates": {Delay: new(3 * ms), Duplicate: new(inventory.Ratio(0.2))},
		"loss":       {Delay: new(3 * ms), Loss: new(inventory.Ratio(0.2))},
	}
	for name, conditions := range tests {
		t.Run(name, func(t *testing.T) {
			l := start(t, onePath(plan.Path{Out: conditions}))
			var got []int
			for _, a := range stream(t, l, siteV4, 300, ms) {
				got = append(got, a.Sequence)
			}
			want := planned(l.Log().Path("a"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			inOrder := slices.IsSorted(got)
			if overtaken := name == "overtaking" || name == "reordering"; inOrder == overtaken {
				t.Errorf("in order: %v", inOrder)
			}
		})
	}
}

// planned returns the numbers of the packets in the order in which the log's
// due times deliver them.
func planned(entries []truth.Entry) []int {
	numbers := map[uint64]int{}
	var delivered []truth.Entry
	for _, e := range entries {
		if e.Flags&truth.Copy == 0 {
			numbers[e.Hash] = len(numbers)
		}
		if e.Fate == truth.Delivered {
			delivered = append(delivered, e)
		}
	}
	slices.SortStableFunc(delivered, func(a, b truth.Entry) int { return int(a.Due - b.Due) })
	var order []int
	for _, e := range delivered {
		order = append(order, numbers[e.Hash])
	}
	return order
}
