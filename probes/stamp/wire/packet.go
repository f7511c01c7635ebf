// Package wire is the test packet of STAMP (RFC 8762) and TWAMP-light (RFC 5357,
// appendix I) in unauthenticated mode, as sender and reflector write and read it.
package wire

import (
	"encoding/binary"
	"fmt"
)

// Sizes of test packets, in octets of the UDP payload.
const (
	// Base is a packet of either side without TLVs (RFC 8762, sections 4.2.1 and
	// 4.3.1).
	Base = 44
	// Least is the shortest answer: TWAMP leaves the last three octets out (RFC
	// 5357, section 4.2.1). A reflector takes no shorter question, since its answer
	// would be longer than what was asked.
	Least = 41
)

// Question is what a Session-Sender sends.
type Question struct {
	Sequence uint32
	Sent     Timestamp // T1
	Error    ErrorEstimate
	SSID     uint16 // RFC 8972, section 3; 0 in RFC 8762 and TWAMP
}

// Answer is what a Session-Reflector sends.
type Answer struct {
	Sequence uint32    // its own counter, or the sender's number if it is stateless
	Sent     Timestamp // T3
	Error    ErrorEstimate
	SSID     uint16
	Received Timestamp // T2
	Question           // the sender's, returned; its SSID is not
	TTL      uint8     // with which the question came; 0 if the reflector does not tell
}

// Write writes the question over the first [Base] octets of packet.
func (q Question) Write(packet []byte) {
	clear(packet[:Base])
	binary.BigEndian.PutUint32(packet, q.Sequence)
	binary.BigEndian.PutUint64(packet[4:], uint64(q.Sent))
	binary.BigEndian.PutUint16(packet[12:], uint16(q.Error))
	binary.BigEndian.PutUint16(packet[14:], q.SSID)
}

// ReadQuestion reads what a sender sent.
func ReadQuestion(packet []byte) (Question, error) {
	if len(packet) < Least {
		return Question{}, fmt.Errorf("%d octets are no test packet: the shortest has %d", len(packet), Least)
	}
	return readQuestion(packet), nil
}

func readQuestion(packet []byte) Question {
	return Question{
		Sequence: binary.BigEndian.Uint32(packet),
		Sent:     Timestamp(binary.BigEndian.Uint64(packet[4:])),
		Error:    ErrorEstimate(binary.BigEndian.Uint16(packet[12:])),
		SSID:     binary.BigEndian.Uint16(packet[14:]),
	}
}

// Write writes the answer over the first [Base] octets of packet, or over all of
// one that is shorter; it has at least [Least].
func (a Answer) Write(packet []byte) {
	var b [Base]byte
	own := Question{Sequence: a.Sequence, Sent: a.Sent, Error: a.Error, SSID: a.SSID}
	own.Write(b[:])
	binary.BigEndian.PutUint64(b[16:], uint64(a.Received))
	binary.BigEndian.PutUint32(b[24:], a.Question.Sequence)
	binary.BigEndian.PutUint64(b[28:], uint64(a.Question.Sent))
	binary.BigEndian.PutUint16(b[36:], uint16(a.Question.Error))
	b[40] = a.TTL
	copy(packet, b[:])
}

// ReadAnswer reads what a reflector sent.
func ReadAnswer(packet []byte) (Answer, error) {
	if len(packet) < Least {
		return Answer{}, fmt.Errorf("%d octets are no answer: the shortest has %d", len(packet), Least)
	}
	own := readQuestion(packet)
	return Answer{
		Sequence: own.Sequence, Sent: own.Sent, Error: own.Error, SSID: own.SSID,
		Received: Timestamp(binary.BigEndian.Uint64(packet[16:])),
		Question: Question{
			Sequence: binary.BigEndian.Uint32(packet[24:]),
			Sent:     Timestamp(binary.BigEndian.Uint64(packet[28:])),
			Error:    ErrorEstimate(binary.BigEndian.Uint16(packet[36:])),
		},
		TTL: packet[40],
	}, nil
}
