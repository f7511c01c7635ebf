package wire

import (
	"encoding/binary"
	"net/netip"

	"wanwatch/internal/lab/plan"
)

// report is an ICMP error: its type and code in both families and what stands
// in the four bytes after the checksum.
type report struct {
	typeV4, codeV4 uint8
	typeV6, codeV6 uint8
	mtu            uint32
}

// Destination unreachable (RFC 792, RFC 1812 section 5.2.7.1; RFC 4443 section
// 3.1) and time exceeded.
var expired = report{typeV4: 11, codeV4: 0, typeV6: 3, codeV6: 0}

func unreachable(code string) report {
	switch code {
	case plan.Host:
		return report{typeV4: 3, codeV4: 1, typeV6: 1, codeV6: 3}
	case plan.Port:
		return report{typeV4: 3, codeV4: 3, typeV6: 1, codeV6: 4}
	case plan.Prohibited:
		return report{typeV4: 3, codeV4: 13, typeV6: 1, codeV6: 1}
	}
	return report{typeV4: 3, codeV4: 0, typeV6: 1, codeV6: 0}
}

// tooBig is fragmentation needed (RFC 1191, section 4) or packet too big (RFC
// 4443, section 3.2).
func tooBig(mtu int) report {
	return report{typeV4: 3, codeV4: 4, typeV6: 2, codeV6: 0, mtu: uint32(mtu)}
}

// Largest errors: RFC 1812, section 4.3.2.3; RFC 4443, section 2.4 (c).
const (
	largestErrorV4 = 576
	largestErrorV6 = 1280
)

// writeError writes an ICMP error about the packet p into buf, from a router
// with the TTL that is left when it arrives, and returns it.
func writeError(buf []byte, r report, from netip.Addr, ttl uint8, p []byte, h *header) []byte {
	if h.v6 {
		return writeErrorV6(buf, r, from, ttl, p, h)
	}
	quoted := min(h.size, largestErrorV4-headerV4-8)
	buf = buf[:headerV4+8+quoted]
	clear(buf[:headerV4+8])
	buf[0], buf[1] = 0x45, 6<<5 // internetwork control: RFC 1812, section 4.3.2.5
	binary.BigEndian.PutUint16(buf[2:], uint16(len(buf)))
	buf[8], buf[9] = ttl, protoICMP
	src, dst := from.As4(), h.src.As4()
	copy(buf[12:], src[:])
	copy(buf[16:], dst[:])
	binary.BigEndian.PutUint16(buf[10:], checksum(buf[:headerV4], 0))

	icmp := buf[headerV4:]
	icmp[0], icmp[1] = r.typeV4, r.codeV4
	binary.BigEndian.PutUint32(icmp[4:], r.mtu)
	copy(icmp[8:], p[:quoted])
	binary.BigEndian.PutUint16(icmp[2:], checksum(icmp, 0))
	return buf
}

func writeErrorV6(buf []byte, r report, from netip.Addr, ttl uint8, p []byte, h *header) []byte {
	quoted := min(h.size, largestErrorV6-headerV6-8)
	buf = buf[:headerV6+8+quoted]
	clear(buf[:headerV6+8])
	buf[0] = 6 << 4
	binary.BigEndian.PutUint16(buf[4:], uint16(8+quoted))
	buf[6], buf[7] = protoICMPv6, ttl
	src, dst := from.As16(), h.src.As16()
	copy(buf[8:], src[:])
	copy(buf[24:], dst[:])

	icmp := buf[headerV6:]
	icmp[0], icmp[1] = r.typeV6, r.codeV6
	binary.BigEndian.PutUint32(icmp[4:], r.mtu)
	copy(icmp[8:], p[:quoted])
	// The pseudo-header of RFC 8200, section 8.1.
	pseudo := uint32(len(icmp)) + protoICMPv6 + uint32(^checksum(buf[8:40], 0))
	binary.BigEndian.PutUint16(icmp[2:], checksum(icmp, pseudo))
	return buf
}
