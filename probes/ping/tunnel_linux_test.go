package ping

import (
	"encoding/binary"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"wanwatch/internal/testnet"
	"wanwatch/probes"
)

// tunnel is the far end of a TUN device: a network in the hands of the test. It
// sees each packet that the host sends there, and answers as the test wants.
type tunnel struct {
	file *os.File
	done sync.WaitGroup

	mu     sync.Mutex
	answer func(p packet)
	seen   []packet
}

// packet is an echo request as it was on the wire.
type packet struct {
	family   family
	src, dst netip.Addr
	tos, ttl uint8
	size     int    // of the IP packet
	icmp     []byte // from the ICMP header on
	whole    []byte
	at       time.Time
	tunnel   *tunnel
}

// newTunnel makes a host with a TUN device "tun0" towards 198.18.3.0/24 and
// 2001:db8:3::/64.
func newTunnel(t *testing.T) (*testnet.Host, *tunnel) {
	t.Helper()
	h := testnet.NewHost(t)
	u := openTunnel(t, h, "tun0")
	h.Address("tun0", "198.18.3.1/24")
	h.Address("tun0", "2001:db8:3::1/64")
	return h, u
}

func openTunnel(t *testing.T, h *testnet.Host, name string) *tunnel {
	t.Helper()
	u := &tunnel{file: h.TUN(name)}
	u.answer = func(p packet) { p.reply() }
	u.done.Go(u.read)
	t.Cleanup(func() { u.file.Close(); u.done.Wait() })
	return u
}

// behave says how the network behaves from now on.
func (u *tunnel) behave(answer func(p packet)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = answer
}

// packets returns what was seen so far.
func (u *tunnel) packets() []packet {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]packet(nil), u.seen...)
}

func (u *tunnel) read() {
	b := make([]byte, 70_000)
	for {
		n, err := u.file.Read(b)
		if err != nil {
			return
		}
		if p, ok := parsePacket(append([]byte(nil), b[:n]...)); ok {
			p.tunnel, p.at = u, time.Now()
			u.mu.Lock()
			u.seen = append(u.seen, p)
			answer := u.answer
			u.mu.Unlock()
			answer(p)
		}
	}
}

// parsePacket reads an echo request; others are of no interest.
func parsePacket(b []byte) (packet, bool) {
	p := packet{size: len(b), whole: b}
	switch b[0] >> 4 {
	case 4:
		if b[9] != protocolICMP {
			return p, false
		}
		p.family, p.tos, p.ttl, p.icmp = v4, b[1], b[8], b[int(b[0]&15)*4:]
		p.src, p.dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		return p, p.icmp[0] == typeEchoRequestV4
	case 6:
		if b[6] != protocolICMPv6 {
			return p, false
		}
		p.family, p.ttl, p.icmp = v6, b[7], b[40:]
		p.tos = uint8(binary.BigEndian.Uint16(b) >> 4)
		p.src, p.dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		return p, p.icmp[0] == typeEchoRequestV6
	}
	return p, false
}

// echo returns the true answer to the request, without checksum.
func (p packet) echo() []byte {
	m := append([]byte(nil), p.icmp...)
	m[0] = typeEchoReplyV4
	if p.family == v6 {
		m[0] = typeEchoReplyV6
	}
	return m
}

// reply answers as the target would.
func (p packet) reply() { p.inject(p.dst, p.echo()) }

// inject sends an ICMP message to the host, with a true checksum.
func (p packet) inject(from netip.Addr, message []byte) {
	_, _ = p.tunnel.file.Write(ipPacket(from, p.src, message))
}

// fail sends an ICMP error about the request that quotes its first bytes.
func (p packet) fail(from netip.Addr, kind, code uint8, info uint32, quote int) {
	m := make([]byte, echoHeader, echoHeader+quote)
	m[0], m[1] = kind, code
	binary.BigEndian.PutUint32(m[4:], info)
	p.inject(from, append(m, p.whole[:min(quote, len(p.whole))]...))
}

// inHost makes a fleet whose sockets are in a host, and runs it until the test
// ends.
func inHost(t *testing.T, h *testnet.Host, env probes.Env, m medium, r *record, jobs ...probes.Job) *fleet {
	t.Helper()
	f := openIn(t, h, env, m)
	h.Do(func() error { f.Set(jobs); return nil })
	run(t, f, r.emit)
	return f
}

func openIn(t *testing.T, h *testnet.Host, env probes.Env, m medium) *fleet {
	t.Helper()
	if m == datagram {
		h.Sysctl("net.ipv4.ping_group_range", "0 2147483647")
	}
	var f *fleet
	h.Do(func() (err error) {
		f, err = newFleet(env, m)
		return err
	})
	return f
}

// eachWay runs a test on each kind of socket and each family; address is in the
// network of the tunnel.
func eachWay(t *testing.T, test func(t *testing.T, m medium, address, router netip.Addr)) {
	for _, m := range []medium{datagram, raw} {
		for _, a := range [][2]string{{"198.18.3.9", "198.18.3.254"}, {"2001:db8:3::9", "2001:db8:3::fe"}} {
			address := netip.MustParseAddr(a[0])
			t.Run(m.String()+" "+peer{addr: address}.family().String(), func(t *testing.T) {
				t.Parallel()
				test(t, m, address, netip.MustParseAddr(a[1]))
			})
		}
	}
}

const (
	shortInterval = 20 * time.Millisecond
	shortTimeout  = 100 * time.Millisecond
)
