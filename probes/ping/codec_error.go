package ping

import (
	"encoding/binary"
	"net/netip"
)

// Protocol numbers (IANA "Assigned Internet Protocol Numbers").
const (
	protocolICMP     = 1
	protocolFragment = 44
	protocolICMPv6   = 58
)

// parseError reads an ICMP error message as a raw socket gives it, without the
// outer IP header; ok is false if it is none, or not about an echo request. The
// sender is not in the message. With check, the checksum is verified.
func parseError(b []byte, f family, check bool) (c complaint, ok bool) {
	if len(b) < echoHeader {
		return complaint{}, false
	}
	c = complaint{family: f, kind: b[0], code: b[1]}
	if !c.final() {
		return complaint{}, false
	}
	if f == v6 {
		return c.quoteV6(b)
	}
	if check && fold(sum(b)) != 0xffff {
		return complaint{}, false
	}
	return c.quoteV4(b)
}

// quoteV4 reads the quoted packet: its IP header and at least 64 bits more (RFC
// 792). What stands behind it may be extensions (RFC 4884), so that the end of
// the payload proves nothing.
func (c complaint) quoteV4(b []byte) (complaint, bool) {
	if c.kind == v4Unreachable && c.code == 4 {
		c.mtu = uint32(binary.BigEndian.Uint16(b[6:])) // RFC 1191, section 4
	}
	quoted := b[echoHeader:]
	_, content, ok := parseIPv4(quoted)
	if !ok || quoted[9] != protocolICMP || binary.BigEndian.Uint16(quoted[6:])&0x1fff != 0 {
		return complaint{}, false
	}
	c.to = peer{addr: netip.AddrFrom4([4]byte(quoted[16:20]))}
	return c.request(content, typeEchoRequestV4)
}

// quoteV6 reads the quoted packet (RFC 4443, section 3).
func (c complaint) quoteV6(b []byte) (complaint, bool) {
	const header, fragment = 40, 8
	if c.kind == v6TooBig {
		c.mtu = binary.BigEndian.Uint32(b[4:])
	}
	quoted := b[echoHeader:]
	if len(quoted) < header || quoted[0]>>4 != 6 {
		return complaint{}, false
	}
	next, content := quoted[6], quoted[header:]
	if next == protocolFragment && len(content) >= fragment && binary.BigEndian.Uint16(content[2:])&^7 == 0 {
		next, content = content[0], content[fragment:]
	}
	if next != protocolICMPv6 {
		return complaint{}, false
	}
	c.to = newPeer(netip.AddrFrom16([16]byte(quoted[24:40])), 0)
	return c.request(content, typeEchoRequestV6)
}

// request reads the quoted echo request.
func (c complaint) request(b []byte, want byte) (complaint, bool) {
	if len(b) < echoHeader || b[0] != want {
		return complaint{}, false
	}
	c.id, c.seq = binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	c.payload = b[echoHeader:]
	return c, true
}
