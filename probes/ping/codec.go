package ping

import (
	"bytes"
	"encoding/binary"
)

// ICMP echo (RFC 792, RFC 4443): type, code, checksum, id, sequence, payload.
// The payload begins with a cookie of our own:
//
//	0  random number of the packet, 8 bytes
//	8  the target's place in the table, 4 bytes
//	12 serial number of the packet among the target's, 4 bytes
//	16 the pattern: byte i of the payload is i modulo 256, as ping(8) has it
const (
	echoHeader = 8
	cookieSize = 16
	// maxSize fits an IPv4 packet: 65535 bytes less both headers.
	maxSize = 65507

	typeEchoReplyV4   = 0
	typeEchoRequestV4 = 8
	typeEchoRequestV6 = 128
	typeEchoReplyV6   = 129
)

// cookie is how a packet is known again.
type cookie struct {
	nonce  uint64
	place  uint32
	serial uint32
}

// newPattern returns the longest payload; the cookie's place in it is free.
func newPattern() []byte {
	p := make([]byte, maxSize)
	for i := range p {
		p[i] = byte(i)
	}
	return p
}

// putEcho writes the header and the cookie of an echo request into packet,
// which holds the pattern already, and the checksum for IPv4. The kernel makes
// that of IPv6, and for datagram sockets also the id and that of IPv4. patternSum
// is sum of the pattern behind the cookie.
func putEcho(packet []byte, f family, id, seq uint16, c cookie, patternSum uint32) {
	packet[0], packet[1], packet[2], packet[3] = typeEchoRequestV4, 0, 0, 0
	if f == v6 {
		packet[0] = typeEchoRequestV6
	}
	binary.BigEndian.PutUint16(packet[4:], id)
	binary.BigEndian.PutUint16(packet[6:], seq)
	putCookie(packet[echoHeader:], c)
	if f == v4 {
		binary.BigEndian.PutUint16(packet[2:], ^fold(sum(packet[:echoHeader+cookieSize])+patternSum))
	}
}

func putCookie(b []byte, c cookie) {
	binary.BigEndian.PutUint64(b, c.nonce)
	binary.BigEndian.PutUint32(b[8:], c.place)
	binary.BigEndian.PutUint32(b[12:], c.serial)
}

// takeCookie reads a cookie; ok is false if the payload is too short for one.
func takeCookie(payload []byte) (c cookie, ok bool) {
	if len(payload) < cookieSize {
		return cookie{}, false
	}
	return cookie{
		nonce:  binary.BigEndian.Uint64(payload),
		place:  binary.BigEndian.Uint32(payload[8:]),
		serial: binary.BigEndian.Uint32(payload[12:]),
	}, true
}

// intact reports whether a payload is as long as it was and holds the pattern
// behind the cookie.
func intact(payload, pattern []byte, size int) bool {
	return len(payload) == size && bytes.Equal(payload[cookieSize:], pattern[cookieSize:size])
}

// sum adds up 16-bit words (RFC 1071); an odd last byte is padded.
func sum(b []byte) uint32 {
	var s uint32
	for len(b) >= 2 {
		s += uint32(b[0])<<8 | uint32(b[1])
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	return s
}

// fold adds the carries up (RFC 1071, section 4.1). A sum of 64 KiB fits 32 bits.
func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// echo is an echo reply as received.
type echo struct {
	id, seq uint16
	payload []byte
	ttl     int // -1: not told
	// damaged: the checksum is wrong, so nothing in it is certain.
	damaged bool
}

// parseIPv4 cuts an IPv4 packet, as raw sockets give it, into TTL and content.
func parseIPv4(b []byte) (ttl int, content []byte, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 {
		return 0, nil, false
	}
	header := int(b[0]&0x0f) * 4
	if header < 20 || len(b) < header {
		return 0, nil, false
	}
	return int(b[8]), b[header:], true
}

// parseReply reads an ICMP message; ok is false if it is no echo reply. With
// check, the checksum is verified, which the kernel does not do for raw IPv4
// sockets.
func parseReply(b []byte, f family, check bool) (e echo, ok bool) {
	want := byte(typeEchoReplyV4)
	if f == v6 {
		want = typeEchoReplyV6
	}
	if len(b) < echoHeader || b[0] != want || b[1] != 0 {
		return echo{}, false
	}
	return echo{
		id: binary.BigEndian.Uint16(b[4:]), seq: binary.BigEndian.Uint16(b[6:]),
		payload: b[echoHeader:], ttl: -1,
		damaged: check && fold(sum(b)) != 0xffff,
	}, true
}
