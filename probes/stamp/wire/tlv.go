package wire

import (
	"encoding/binary"
	"iter"
)

// Flags of a TLV (RFC 8972, section 4).
const (
	// Unrecognized is set by the sender, and taken away by a reflector that knows
	// the type.
	Unrecognized = 0x80
	// Malformed is set by a reflector that cannot read the TLV.
	Malformed = 0x40
)

// Types of TLVs (RFC 8972, section 5.1).
const (
	TypePadding        = 1
	TypeClassOfService = 4
)

const tlvHeader, classOfService = 4, 4

// TLV is one extension of a test packet; its parts lie in the packet.
type TLV struct {
	Flags *byte
	Type  byte
	Value []byte
	// Cut says that the packet ends before the value does, or in the header; Value
	// is what there is.
	Cut bool
}

// TLVs are those behind the base of a packet, up to the first that is cut.
func TLVs(packet []byte) iter.Seq[TLV] {
	return func(yield func(TLV) bool) {
		for rest := packet[min(Base, len(packet)):]; len(rest) > 0; {
			if len(rest) < tlvHeader {
				yield(TLV{Flags: &rest[0], Cut: true})
				return
			}
			end := tlvHeader + int(binary.BigEndian.Uint16(rest[2:]))
			t := TLV{Flags: &rest[0], Type: rest[1], Value: rest[tlvHeader:min(end, len(rest))], Cut: end > len(rest)}
			if !yield(t) || t.Cut {
				return
			}
			rest = rest[end:]
		}
	}
}

// ClassOfService is the TLV of that name (RFC 8972, section 4.4, with erratum 8199):
// six bits of DSCP1, six of DSCP2, two of ECN, two of RP, and 16 reserved ones.
type ClassOfService struct {
	Wanted  uint8 // DSCP1: what the reflector shall send with
	Arrived uint8 // DSCP2: what the question came with
	ECN     uint8 // what it came with
	Refused bool  // RP: the reflector may not send with DSCP1, and uses DSCP2
}

// ReadClassOfService reads the value of a TLV; ok is false if it has another length.
func ReadClassOfService(value []byte) (c ClassOfService, ok bool) {
	if len(value) != classOfService {
		return c, false
	}
	bits := binary.BigEndian.Uint16(value)
	return ClassOfService{
		Wanted: uint8(bits >> 10), Arrived: uint8(bits >> 4 & 0x3f), ECN: uint8(bits >> 2 & 3), Refused: bits&3 != 0,
	}, true
}

// Write writes the value of a TLV, which has four octets.
func (c ClassOfService) Write(value []byte) {
	bits := uint16(c.Wanted&0x3f)<<10 | uint16(c.Arrived&0x3f)<<4 | uint16(c.ECN&3)<<2
	if c.Refused {
		bits |= 1
	}
	binary.BigEndian.PutUint16(value, bits)
	clear(value[2:classOfService])
}

// Extend writes, behind the base of a packet, the TLVs of a question: the class of
// service, and padding up to the packet's end. What has no room is left out; octets
// too few for a TLV are 0.
func Extend(packet []byte, wanted uint8) {
	rest := packet[min(Base, len(packet)):]
	clear(rest)
	if len(rest) < tlvHeader+classOfService {
		return
	}
	put := func(kind byte, length int) (value []byte) {
		rest[0], rest[1] = Unrecognized, kind
		binary.BigEndian.PutUint16(rest[2:], uint16(length))
		value, rest = rest[tlvHeader:tlvHeader+length], rest[tlvHeader+length:]
		return value
	}
	ClassOfService{Wanted: wanted}.Write(put(TypeClassOfService, classOfService))
	if len(rest) >= tlvHeader {
		put(TypePadding, len(rest)-tlvHeader)
	}
}
