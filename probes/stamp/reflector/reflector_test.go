package reflector

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/stamp/socket"
	"wanwatch/probes/stamp/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// meter keeps counters.
type meter struct {
	probes.DiscardMeter
	mu     sync.Mutex
	counts map[string]float64
}

func (m *meter) Add(d *metric.Desc, v float64, labels ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts[d.Name+strings.Join(labels, "")] += v
}

func (m *meter) of(d *metric.Desc, labels ...string) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts[d.Name+strings.Join(labels, "")]
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128")}

// open starts a reflector for the test.
func open(t *testing.T, address string, allow []netip.Prefix) (*net.UDPAddr, *meter) {
	t.Helper()
	m := &meter{counts: map[string]float64{}}
	r, err := Open(t.Context(), Options{Listen: []string{address}, Allow: allow, Logger: slog.New(slog.DiscardHandler), Meter: m})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return r.Addr().(*net.UDPAddr), m
}

func sender(t *testing.T, to *net.UDPAddr) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func question(number uint32, size int, ssid uint16) []byte {
	packet := make([]byte, max(size, wire.Base))
	wire.Extend(packet, 46)
	wire.Question{Sequence: number, Sent: wire.NTP(time.Now()), Error: 1, SSID: ssid}.Write(packet)
	return packet[:size]
}

func ask(t *testing.T, c *net.UDPConn, q []byte) []byte {
	t.Helper()
	if _, err := c.Write(q); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 65536)
	n, err := c.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return buffer[:n]
}

// An answer is as long as its question, has its numbers, and counts by session.
func TestAnswers(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		to, m := open(t, address, loopback)
		c := sender(t, to)
		counts := map[uint16]uint32{}
		for i, size := range []int{41, 42, 44, 47, 52, 60, 172, 1472, 9000} {
			ssid := uint16(i % 2)
			q := question(uint32(100+i), size, ssid)
			answer := ask(t, c, q)
			if len(answer) != size {
				t.Errorf("%d octets were answered with %d", size, len(answer))
			}
			a, err := wire.ReadAnswer(answer)
			if err != nil || a.Sequence != counts[ssid] || a.Question.Sequence != uint32(100+i) || a.SSID != ssid || a.TTL == 0 && runtime.GOOS == "linux" {
				t.Errorf("%+v %v, want the counter %d", a, err, counts[ssid])
			}
			sent, _ := wire.ReadQuestion(q)
			if a.Question.Sent != sent.Sent || a.Sent < a.Received {
				t.Errorf("times: %+v of %+v", a, sent)
			}
			counts[ssid]++
		}
		if n := m.of(metric.StampReflected); n != 9 {
			t.Errorf("%g answers counted, want 9", n)
		}
	}
}

// Whom it was not told to answer, short packets, ports of services and its own: none
// gets an answer, and each is counted.
func TestRefusals(t *testing.T) {
	r := &mirror{Reflector: &Reflector{o: Options{Allow: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("fe80::/10")}}}, port: 8620}
	for from, want := range map[string]string{
		"198.18.0.1:40000": "", "[fe80::1%eth0]:40000": "", "198.20.0.1:40000": "source", "[2001:db8::1]:40000": "source",
		"198.18.0.1:53": "port", "198.18.0.1:862": "port", "198.18.0.1:8620": "port", "198.18.0.1:0": "port",
	} {
		if got := r.refuse(make([]byte, 44), netip.MustParseAddrPort(from)); got != want {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
	if got := r.refuse(make([]byte, 40), netip.MustParseAddrPort("198.18.0.1:40000")); got != "short" {
		t.Errorf("40 octets: %q", got)
	}
	to, m := open(t, "127.0.0.1:0", loopback)
	c := sender(t, to)
	for _, q := range [][]byte{{}, {1}, question(0, 40, 0)} {
		if _, err := c.Write(q); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, c, question(1, 44, 0)) // the only answer
	if n := m.of(metric.StampRefused, "short"); n != 3 {
		t.Errorf("%g short packets, want 3", n)
	}
	if _, err := Open(t.Context(), Options{Listen: []string{"127.0.0.1:0"}}); err == nil || !strings.Contains(err.Error(), "told whom") {
		t.Errorf("a reflector for everybody: %v", err)
	}
	other, counted := open(t, "127.0.0.1:0", []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")})
	stranger := sender(t, other)
	if _, err := stranger.Write(question(0, 44, 0)); err != nil {
		t.Fatal(err)
	}
	for counted.of(metric.StampRefused, "source") == 0 && t.Context().Err() == nil {
		runtime.Gosched()
	}
	if counted.of(metric.StampReflected) != 0 {
		t.Error("a stranger was answered")
	}
}

// What cannot be read is marked as such, what is unknown stays unknown (RFC 8972,
// section 4).
func TestExtensions(t *testing.T) {
	came := socket.Arrival{TOS: 46<<2 | 1, TTL: 60}
	for _, c := range []struct {
		name        string
		tlvs, want  []byte
		arrived, as int
	}{
		{"class of service", []byte{0x80, 4, 0, 4, 34 << 2, 0, 0, 0}, []byte{0, 4, 0, 4, 34<<2 | 46>>4, 46&0xf<<4 | 1<<2, 0, 0}, 46, 34},
		{"padding", []byte{0x80, 1, 0, 2, 7, 7}, []byte{0, 1, 0, 2, 7, 7}, 46, 46},
		{"unknown type", []byte{0x80, 99, 0, 1, 7, 0x80, 1, 0, 0}, []byte{0x80, 99, 0, 1, 7, 0, 1, 0, 0}, 46, 46},
		{"wrong length", []byte{0x80, 4, 0, 3, 1, 2, 3}, []byte{0xc0, 4, 0, 3, 1, 2, 3}, 46, 46},
		{"cut value", []byte{0x80, 4, 0, 4, 1, 2, 3}, []byte{0xc0, 4, 0, 4, 1, 2, 3}, 46, 46},
		{"cut header", []byte{0x80, 4}, []byte{0xc0, 4}, 46, 46},
		{"endless", []byte{0x80, 1, 0xff, 0xff}, []byte{0xc0, 1, 0xff, 0xff}, 46, 46},
	} {
		packet := append(make([]byte, wire.Base), c.tlvs...)
		if dscp := extend(packet, came); int(dscp) != c.as || !bytes.Equal(packet[wire.Base:], c.want) {
			t.Errorf("%s: % x with DSCP %d, want % x with %d", c.name, packet[wire.Base:], dscp, c.want, c.as)
		}
	}
	packet := append(make([]byte, wire.Base), 0x80, 4, 0, 4, 34<<2, 0, 0, 0)
	if extend(packet, socket.Arrival{TOS: -1}); packet[wire.Base] != 0x80 {
		t.Error("a class of service was answered where none is known")
	}
}

func TestSessions(t *testing.T) {
	s := newSessions()
	at := func(i int) session {
		return session{from: netip.AddrPortFrom(netip.MustParseAddr("198.18.0.1"), uint16(i)), ssid: uint16(i >> 16)}
	}
	now := time.Now()
	for i := range 3 * mostSessions {
		if n := s.next(at(i), now); n != 0 {
			t.Fatalf("session %d begins with %d", i, n)
		}
		if n := s.next(at(0), now); n != uint32(i)+1 {
			t.Fatalf("the one that goes on is at %d, want %d", n, i+1)
		}
	}
	if len(s.byID) != mostSessions || s.used.Len() != mostSessions {
		t.Errorf("%d sessions, %d in the list, want %d", len(s.byID), s.used.Len(), mostSessions)
	}
	if n := s.next(at(0), now.Add(idle+1)); n != 0 {
		t.Errorf("after a long silence it goes on with %d", n)
	}
}

// FuzzReflect: whatever comes, the answer is as long as the question and there is no
// panic.
func FuzzReflect(f *testing.F) {
	f.Add(question(3, 172, 5), 46<<2)
	f.Add(question(3, 41, 5), -1)
	f.Fuzz(func(t *testing.T, packet []byte, tos int) {
		came := socket.Arrival{TOS: max(min(tos, 255), -1), TTL: 64}
		m := &mirror{Reflector: &Reflector{o: Options{Allow: loopback}}}
		if m.refuse(packet, netip.MustParseAddrPort("127.0.0.1:40000")) != "" {
			return
		}
		before := len(packet)
		if dscp := extend(packet, came); dscp > 63 {
			t.Fatalf("DSCP %d", dscp)
		}
		wire.Answer{Sequence: 1}.Write(packet)
		if len(packet) != before {
			t.Fatal("the answer has another length")
		}
	})
}
