package wire

import (
	"encoding/binary"
	"hash/fnv"
	"net/netip"
)

// Protocol numbers and sizes (IANA; RFC 791, RFC 8200).
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58

	headerV4 = 20
	headerV6 = 40
)

// header is what the lab needs to know of a packet.
type header struct {
	v6        bool
	src, dst  netip.Addr
	protocol  uint8
	ttl       uint8
	dscp      uint8
	size      int  // of the whole packet
	transport int  // offset of the transport header
	payload   int  // offset of what follows it
	later     bool // a fragment that is not the first
	whole     bool // no fragment at all
	keepWhole bool // may not be fragmented
	icmpType  uint8
	id, seq   uint16
}

// parse reads an IP packet. IPv6 extension headers are taken for the payload.
func parse(p []byte) (h header, ok bool) {
	if len(p) == 0 {
		return h, false
	}
	switch p[0] >> 4 {
	case 4:
		ok = h.parseV4(p)
	case 6:
		ok = h.parseV6(p)
	}
	if ok && !h.later {
		h.parseTransport(p)
	}
	return h, ok
}

func (h *header) parseV4(p []byte) bool {
	if len(p) < headerV4 {
		return false
	}
	h.transport = int(p[0]&0x0f) * 4
	h.size = int(binary.BigEndian.Uint16(p[2:]))
	if h.transport < headerV4 || h.size < h.transport || h.size > len(p) {
		return false
	}
	fragment := binary.BigEndian.Uint16(p[6:])
	h.dscp, h.ttl, h.protocol = p[1]>>2, p[8], p[9]
	h.keepWhole = fragment&0x4000 != 0
	h.later, h.whole = fragment&0x1fff != 0, fragment&0x3fff == 0
	h.src, h.dst = netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20]))
	h.payload = h.transport
	return true
}

func (h *header) parseV6(p []byte) bool {
	if len(p) < headerV6 {
		return false
	}
	h.v6, h.transport, h.payload = true, headerV6, headerV6
	h.size = headerV6 + int(binary.BigEndian.Uint16(p[4:]))
	if h.size > len(p) {
		return false
	}
	h.dscp = uint8(binary.BigEndian.Uint16(p)>>6) & 0x3f
	h.protocol, h.ttl = p[6], p[7]
	h.keepWhole, h.whole = true, true
	h.src, h.dst = netip.AddrFrom16([16]byte(p[8:24])), netip.AddrFrom16([16]byte(p[24:40]))
	return true
}

func (h *header) parseTransport(p []byte) {
	t := p[h.transport:h.size]
	if len(t) < 8 {
		return
	}
	switch h.protocol {
	case protoICMP, protoICMPv6:
		h.icmpType = t[0]
		h.id, h.seq = binary.BigEndian.Uint16(t[4:]), binary.BigEndian.Uint16(t[6:])
		h.payload = h.transport + 8
	case protoUDP:
		h.id, h.seq = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		h.payload = h.transport + 8
	case protoTCP:
		h.id, h.seq = binary.BigEndian.Uint16(t), binary.BigEndian.Uint16(t[2:])
		if len(t) >= 20 {
			h.payload = min(h.transport+int(t[12]>>4)*4, h.size)
		}
	}
}

// hash identifies a packet by the first bytes of its payload.
func (h *header) hash(p []byte) uint64 {
	f := fnv.New64a()
	_, _ = f.Write(p[h.payload:min(h.payload+64, h.size)]) // a hash never fails to write
	return f.Sum64()
}

// mayAnswer reports whether a router may answer the packet with an ICMP error
// (RFC 1122, section 3.2.2; RFC 4443, section 2.4).
func (h *header) mayAnswer() bool {
	if h.later || !h.dst.IsGlobalUnicast() || !h.src.IsGlobalUnicast() {
		return false
	}
	switch h.protocol {
	case protoICMP:
		return h.icmpType == 0 || h.icmpType == 8 || h.icmpType >= 13
	case protoICMPv6:
		return h.icmpType >= 128
	}
	return true
}

// setTTL writes the TTL or hop limit.
func setTTL(p []byte, h *header, ttl uint8) {
	h.ttl = ttl
	if h.v6 {
		p[7] = ttl
		return
	}
	old := binary.BigEndian.Uint16(p[8:])
	p[8] = ttl
	adjust(p[10:], old, binary.BigEndian.Uint16(p[8:]))
}

// setDSCP writes the code point and leaves the two bits of ECN.
func setDSCP(p []byte, h *header, dscp uint8) {
	h.dscp = dscp
	old := binary.BigEndian.Uint16(p)
	if h.v6 {
		binary.BigEndian.PutUint16(p, old&^(0x3f<<6)|uint16(dscp)<<6)
		return
	}
	p[1] = p[1]&3 | dscp<<2
	adjust(p[10:], old, binary.BigEndian.Uint16(p))
}

// flip turns one bit of the payload round, chosen by random. With repair it
// makes the transport's checksum fit. It reports whether there was a payload.
func flip(p []byte, h *header, random uint64, repair bool) bool {
	length := h.size - h.payload
	if length == 0 {
		return false
	}
	bit := int(random % uint64(length*8))
	at := h.payload + bit/8
	// The checksum adds up words, counted from the transport header.
	word := at - (at-h.transport)%2
	old := wordAt(p[:h.size], word)
	p[at] ^= 1 << (bit % 8)
	if sum := h.checksumAt(); repair && sum > 0 && sum+2 <= h.size {
		if h.protocol == protoUDP && binary.BigEndian.Uint16(p[sum:]) == 0 {
			return true // sent without a checksum
		}
		adjust(p[sum:], old, wordAt(p[:h.size], word))
	}
	return true
}

// checksumAt returns the offset of the transport's checksum, 0 if there is none.
func (h *header) checksumAt() int {
	if !h.whole {
		return 0
	}
	switch h.protocol {
	case protoICMP, protoICMPv6:
		return h.transport + 2
	case protoUDP:
		return h.transport + 6
	case protoTCP:
		return h.transport + 16
	}
	return 0
}

func wordAt(p []byte, at int) uint16 {
	if at+1 < len(p) {
		return binary.BigEndian.Uint16(p[at:])
	}
	return uint16(p[at]) << 8
}

// adjust brings a checksum up to date after a word under it changed (RFC 1624,
// equation 3).
func adjust(sum []byte, old, fresh uint16) {
	s := uint32(^binary.BigEndian.Uint16(sum)) + uint32(^old) + uint32(fresh)
	binary.BigEndian.PutUint16(sum, ^fold(s))
}

// checksum is the internet checksum (RFC 1071) of p, begun with start.
func checksum(p []byte, start uint32) uint16 {
	s := start
	for ; len(p) >= 2; p = p[2:] {
		s += uint32(binary.BigEndian.Uint16(p))
	}
	if len(p) == 1 {
		s += uint32(p[0]) << 8
	}
	return ^fold(s)
}

func fold(s uint32) uint16 {
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}
