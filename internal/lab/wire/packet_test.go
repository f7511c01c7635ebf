package wire

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

var (
	proberV4 = netip.MustParseAddr("198.19.255.254")
	proberV6 = netip.MustParseAddr("2001:db8:ffff::fffe")
)

// echo builds an echo request or, from a site, a reply, with the library's
// marshallers as the oracle for headers and checksums.
func echo(t testing.TB, src, dst netip.Addr, ttl, dscp, seq, payload int) []byte {
	t.Helper()
	data := make([]byte, payload)
	for i := range data {
		data[i] = byte(i)
	}
	body := &icmp.Echo{ID: 7, Seq: seq, Data: data}
	if src.Is4() {
		m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: body}
		if src != proberV4 {
			m.Type = ipv4.ICMPTypeEchoReply
		}
		return packetV4(t, src, dst, protoICMP, ttl, dscp, marshal(t, m, nil))
	}
	m := icmp.Message{Type: ipv6.ICMPTypeEchoRequest, Body: body}
	if src != proberV6 {
		m.Type = ipv6.ICMPTypeEchoReply
	}
	return packetV6(src, dst, protoICMPv6, ttl, dscp, marshal(t, m, icmp.IPv6PseudoHeader(src.AsSlice(), dst.AsSlice())))
}

func marshal(t testing.TB, m icmp.Message, pseudo []byte) []byte {
	t.Helper()
	b, err := m.Marshal(pseudo)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func packetV4(t testing.TB, src, dst netip.Addr, protocol, ttl, dscp int, body []byte) []byte {
	t.Helper()
	h := ipv4.Header{
		Version: 4, Len: headerV4, TOS: dscp<<2 | 1, TotalLen: headerV4 + len(body), Flags: ipv4.DontFragment,
		TTL: ttl, Protocol: protocol, Src: net.IP(src.AsSlice()), Dst: net.IP(dst.AsSlice()),
	}
	b, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint16(b[10:], checksum(b, 0))
	return append(b, body...)
}

func packetV6(src, dst netip.Addr, protocol, ttl, dscp int, body []byte) []byte {
	b := make([]byte, headerV6, headerV6+len(body))
	binary.BigEndian.PutUint32(b, 6<<28|uint32(dscp<<2|1)<<20)
	binary.BigEndian.PutUint16(b[4:], uint16(len(body)))
	b[6], b[7] = byte(protocol), byte(ttl)
	copy(b[8:], src.AsSlice())
	copy(b[24:], dst.AsSlice())
	return append(b, body...)
}

// sound reports whether every checksum of a packet is right.
func sound(t testing.TB, p []byte) bool {
	t.Helper()
	h, ok := parse(p)
	if !ok {
		t.Fatalf("not a packet: % x", p)
	}
	// A sum over data with its right checksum is zero.
	if !h.v6 && checksum(p[:headerV4], 0) != 0 {
		return false
	}
	var start uint32
	if h.protocol != protoICMP {
		addresses := p[8:40]
		if !h.v6 {
			addresses = p[12:20]
		}
		start = uint32(^checksum(addresses, 0)) + uint32(h.size-h.transport) + uint32(h.protocol)
	}
	return checksum(p[h.transport:h.size], start) == 0
}

func TestRFC1071Example(t *testing.T) {
	// RFC 1071, section 3: the sum of these is ddf2.
	if got := checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}, 0); got != 0xffff-0xddf2 {
		t.Errorf("%04x", got)
	}
}

func TestParse(t *testing.T) {
	site := netip.MustParseAddr("198.18.1.1")
	h, ok := parse(echo(t, proberV4, site, 63, 46, 5, 56))
	if !ok || h.dst != site || h.src != proberV4 || h.ttl != 63 || h.dscp != 46 || h.id != 7 || h.seq != 5 ||
		h.icmpType != 8 || h.size != 84 || h.payload != 28 || !h.keepWhole || !h.whole {
		t.Errorf("%+v", h)
	}
	site6 := netip.MustParseAddr("2001:db8:1::1")
	h, ok = parse(echo(t, proberV6, site6, 63, 46, 5, 56))
	if !ok || h.dst != site6 || h.ttl != 63 || h.dscp != 46 || h.id != 7 || h.seq != 5 || h.icmpType != 128 || h.size != 104 || h.payload != 48 {
		t.Errorf("%+v", h)
	}
}

func TestRewritingKeepsChecksumsRight(t *testing.T) {
	for _, dst := range []netip.Addr{netip.MustParseAddr("198.18.1.1"), netip.MustParseAddr("2001:db8:1::1")} {
		src := proberV4
		if dst.Is6() {
			src = proberV6
		}
		for value := range 64 {
			p := echo(t, src, dst, 64, 63-value, value, 33)
			h, _ := parse(p)
			setTTL(p, &h, uint8(value))
			setDSCP(p, &h, uint8(value))
			again, _ := parse(p)
			if again.ttl != uint8(value) || again.dscp != uint8(value) || !sound(t, p) {
				t.Fatalf("%v %d: ttl %d dscp %d sound %v", dst, value, again.ttl, again.dscp, sound(t, p))
			}
			ecn := p[1] & 3
			if dst.Is6() {
				ecn = p[1] >> 4 & 3
			}
			if ecn != 1 {
				t.Fatalf("%v: ECN became %d", dst, ecn)
			}
		}
	}
}

func TestFlip(t *testing.T) {
	site := netip.MustParseAddr("198.18.1.1")
	const payload = 33 // odd: the last word is padded
	for bit := range uint64(payload * 8) {
		p, before := echo(t, proberV4, site, 64, 0, 1, payload), echo(t, proberV4, site, 64, 0, 1, payload)
		h, _ := parse(p)
		if !flip(p, &h, bit, true) || !sound(t, p) {
			t.Fatalf("bit %d: repaired packet is not sound", bit)
		}
		if differ := differingBits(p[h.payload:], before[h.payload:]); differ != 1 {
			t.Fatalf("bit %d: %d bits of the payload differ", bit, differ)
		}
		if flip(before, &h, bit, false); sound(t, before) {
			t.Fatalf("bit %d: unrepaired packet is sound", bit)
		}
	}
	empty := echo(t, proberV4, site, 64, 0, 1, 0)
	if h, _ := parse(empty); flip(empty, &h, 5, true) {
		t.Error("flipped a bit of nothing")
	}
}

func differingBits(a, b []byte) int {
	var n int
	for i := range a {
		for x := a[i] ^ b[i]; x != 0; x &= x - 1 {
			n++
		}
	}
	return n
}

func FuzzPacket(f *testing.F) {
	f.Add(echo(f, proberV4, netip.MustParseAddr("198.18.1.1"), 64, 0, 1, 8))
	f.Add(echo(f, proberV6, netip.MustParseAddr("2001:db8:1::1"), 64, 0, 1, 8))
	f.Add([]byte{0x45})
	f.Fuzz(func(t *testing.T, p []byte) {
		h, ok := parse(p)
		if !ok {
			return
		}
		if h.size > len(p) || h.payload > h.size || h.transport > h.size {
			t.Fatalf("%+v does not fit into %d bytes", h, len(p))
		}
		h.hash(p)
		setTTL(p, &h, 9)
		setDSCP(p, &h, 9)
		flip(p, &h, 12345, true)
		var buf [largestErrorV6]byte
		router := netip.IPv4Unspecified()
		if h.v6 {
			router = netip.IPv6Unspecified()
		}
		if _, ok := parse(writeError(buf[:], expired, router, 64, p, &h)); !ok {
			t.Fatal("wrote an error that is no packet")
		}
	})
}
