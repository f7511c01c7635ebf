package ping

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestEchoIsWellFormed(t *testing.T) {
	pattern := newPattern()
	for _, size := range []int{16, 17, 56, 1473, maxSize} {
		packet := make([]byte, echoHeader+size)
		copy(packet[echoHeader:], pattern)
		putEcho(packet, v4, 0x1234, 0xfffe, cookie{1<<63 | 5, 7, 9}, sum(pattern[cookieSize:size]))
		if got := fold(sum(packet)); got != 0xffff {
			t.Errorf("%d bytes: the checksum does not hold: %#x", size, got)
		}
		packet[0] = typeEchoReplyV4
		e, ok := parseReply(packet, v4, false)
		c, _ := takeCookie(e.payload)
		if !ok || e.id != 0x1234 || e.seq != 0xfffe || c != (cookie{1<<63 | 5, 7, 9}) || !intact(e.payload, pattern, size) {
			t.Errorf("%d bytes: read back as %+v %+v", size, e, c)
		}
	}
}

// fuzzRig is an engine with one packet on its way.
func fuzzRig(f family, pattern []byte) (*engine, *record, request) {
	address := "198.18.0.1"
	if f == v6 {
		address = "2001:db8::1"
	}
	clock := newFakeClock()
	wire := &fakeWire{clock: clock}
	r := newRecord()
	e := newEngine(clock, wire, probes.Env{}.WithDefaults(), r.emit, [32]byte{7}, pattern)
	p := newPlanner()
	e.swap(p.plan([]probes.Job{testJob("a", address, time.Second, time.Second)}, func(int) uint32 { return 0 }))
	e.beat()
	e.advance()
	clock.advance(999 * time.Millisecond)
	e.beat()
	e.advance()
	return e, r, wire.sent[0]
}

// FuzzParseReply holds that nothing but the true answer is believed.
func FuzzParseReply(f *testing.F) {
	pattern := newPattern()
	for _, fm := range []family{v4, v6} {
		_, _, q := fuzzRig(fm, pattern)
		m := make([]byte, echoHeader+q.size)
		copy(m[echoHeader:], pattern)
		putEcho(m, fm, 77, q.seq, q.cookie, sum(pattern[cookieSize:q.size]))
		m[0], m[2], m[3] = typeEchoReplyV4, 0, 0
		if fm == v6 {
			m[0] = typeEchoReplyV6
		}
		s := ^fold(sum(m))
		m[2], m[3] = byte(s>>8), byte(s)
		f.Add(m, fm == v6)
		f.Add(m[:20], fm == v6)
		f.Add(append(bytes.Clone(m), 1), fm == v6)
	}
	f.Add(append([]byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1}, make([]byte, 30)...), false)
	f.Fuzz(func(t *testing.T, m []byte, six bool) {
		fm := v4
		if six {
			fm = v6
		}
		parseIPv4(m)
		reply, ok := parseReply(m, fm, fm == v4)
		if !ok {
			return
		}
		e, r, q := fuzzRig(fm, pattern)
		e.answer(&answer{echo: reply, from: q.to, arrived: e.now.mono})
		want := make([]byte, q.size)
		copy(want, pattern)
		putCookie(want, q.cookie)
		genuine := bytes.Equal(reply.payload, want) && reply.seq == q.seq && !reply.damaged
		if got := r.sum("a", metric.PingReceived) == 1; got != genuine {
			t.Errorf("believed: %t, genuine: %t", got, genuine)
		}
	})
}

// FuzzParseError holds that an ICMP error is only believed if all that it quotes
// is right.
func FuzzParseError(f *testing.F) {
	pattern := newPattern()
	for _, fm := range []family{v4, v6} {
		_, _, q := fuzzRig(fm, pattern)
		inner := make([]byte, echoHeader+q.size)
		copy(inner[echoHeader:], pattern)
		putEcho(inner, fm, 77, q.seq, q.cookie, 0)
		source := netip.MustParseAddr("198.18.0.9")
		kind := byte(v4Unreachable)
		if fm == v6 {
			source, kind = netip.MustParseAddr("2001:db8::9"), v6Unreachable
		}
		whole := ipPacket(source, q.to.addr, inner)
		for _, quote := range []int{len(whole), 48, 28, 60} {
			m := append([]byte{kind, 1, 0, 0, 0, 0, 0, 0}, whole[:min(quote, len(whole))]...)
			s := ^fold(sum(m))
			m[2], m[3] = byte(s>>8), byte(s)
			f.Add(m, fm == v6)
		}
	}
	f.Fuzz(func(t *testing.T, m []byte, six bool) {
		fm := v4
		if six {
			fm = v6
		}
		c, ok := parseError(m, fm, false)
		if !ok {
			return
		}
		_ = c.String()
		e, r, q := fuzzRig(fm, pattern)
		e.complain(&c)
		if r.sum("a", metric.PingLost) == 0 {
			return
		}
		if c.to != q.to || c.seq != q.seq {
			t.Errorf("an error about %s, sequence number %d, was believed", c.to, c.seq)
		}
		if full, ok := takeCookie(c.payload); ok && full != q.cookie {
			t.Error("an error with a wrong cookie was believed")
		}
	})
}
