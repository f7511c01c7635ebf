package h323

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// protocol is the object identifier of H.225.0 version 4, {0 0 8 2250 0 4}, as BER
// encodes it (ITU-T X.690, section 8.19).
var protocol = []byte{0x00, 0x08, 0x91, 0x4a, 0x00, 0x04}

// The messages of RAS that are sent or understood: their place in the CHOICE
// RasMessage (ITU-T H.225.0, annex H).
const (
	gatekeeperRequest      = 0
	gatekeeperConfirm      = 1
	gatekeeperReject       = 2
	locationRequest        = 18
	locationConfirm        = 19
	locationReject         = 20
	unknownMessageResponse = 24
	requestInProgress      = 0x100 // the first of the extensions
)

// message begins a RAS message: CHOICE with 25 roots, no extension.
func message(tag byte) *writer {
	w := new(writer)
	w.bits(0, 1)
	w.bits(tag, 5)
	return w
}

// encodeGRQ returns a GatekeeperRequest without any option: whether a gatekeeper
// works here, and would take a terminal. It registers nothing.
func encodeGRQ(sequence uint16, from netip.AddrPort) []byte {
	w := message(gatekeeperRequest)
	w.bits(0, 5) // no extension; no nonStandardData, gatekeeperIdentifier, callServices, endpointAlias
	w.uint16(sequence - 1)
	w.octets(byte(len(protocol)))
	w.octets(protocol...)
	w.address(from)
	w.bits(0b0000001, 7) // EndpointType: no extension; of its options only terminal
	w.bits(0, 2)         // TerminalInfo: no extension, no nonStandardData
	w.bits(0, 2)         // mc and undefinedNode: false
	return w.data
}

// encodeLRQ returns a LocationRequest for one alias: whether the gatekeeper knows
// where it is. Nobody is rung.
func encodeLRQ(sequence uint16, alias string, from netip.AddrPort) []byte {
	w := message(locationRequest)
	w.bits(0, 3) // no extension; no endpointIdentifier, nonStandardData
	w.uint16(sequence - 1)
	w.octets(1) // destinationInfo: one alias
	w.alias(alias)
	w.address(from)
	return w.data
}

// dialable are the characters of dialedDigits, in the order in which PER numbers them.
const dialable = "#*,0123456789"

// maxAlias and maxDigits are the greatest lengths of h323-ID and dialedDigits.
const (
	maxAlias  = 256
	maxDigits = 128
)

// maxBMP is the last character of the Basic Multilingual Plane.
const maxBMP = 0xffff

// isNumber reports whether an alias is a number and not a name.
func isNumber(alias string) bool {
	return alias != "" && len(alias) <= maxDigits && strings.Trim(alias, dialable) == ""
}

// alias writes an AliasAddress: dialedDigits if it is a number, else h323-ID.
func (w *writer) alias(text string) {
	w.bits(0, 1) // CHOICE with 2 roots, no extension
	if isNumber(text) {
		w.bits(0, 1)
		w.bits(byte(len(text)-1), 7) // SIZE(1..128)
		w.octets()
		for i := range len(text) {
			w.bits(byte(strings.IndexByte(dialable, text[i])), 4)
		}
		return
	}
	name := []rune(text)
	w.bits(1, 1)
	w.octets(byte(len(name) - 1)) // SIZE(1..256)
	for _, r := range name {
		w.uint16(uint16(r)) // BMPString
	}
}

// address writes a TransportAddress: CHOICE with 7 roots, no extension.
func (w *writer) address(a netip.AddrPort) {
	w.bits(0, 1)
	if a.Addr().Is4() {
		w.bits(0, 3) // ipAddress
	} else {
		w.bits(3, 3) // ip6Address
		w.bits(0, 1) // no extension
	}
	w.octets(a.Addr().AsSlice()...)
	w.uint16(a.Port())
}

// answer is what a gatekeeper says.
type answer struct {
	tag      int
	sequence uint16
	// reason is of a rejection: the place in the CHOICE, or -1 for one that is an
	// extension or could not be read.
	reason int
	// signalling is where a confirmed alias is to be called; zero if it is no IP
	// address.
	signalling netip.AddrPort
}

// decode reads an answer: any of the messages above but the requests.
func decode(data []byte) (answer, error) {
	r := &reader{data: data}
	a := answer{reason: -1}
	if r.bits(1) == 1 {
		if r.bits(7) != 0 {
			return a, errors.New("it is an extension of RAS that no question here is answered with")
		}
		r = &reader{data: r.octets(r.length()), err: r.err} // open type
		a.tag = requestInProgress
		r.bits(5) // extension; nonStandardData, tokens, cryptoTokens, integrityCheckValue
		a.sequence = r.uint16() + 1
		return a, r.err
	}
	a.tag = int(r.bits(5))
	r.bits(1) // extension
	switch a.tag {
	case gatekeeperConfirm, gatekeeperReject:
		other, identifier := r.bits(1), r.bits(1)
		a.sequence = r.uint16() + 1
		if a.tag == gatekeeperReject {
			a.reason = r.gatekeeperReason(other == 1, identifier == 1)
		}
	case locationConfirm:
		r.bits(1)
		a.sequence = r.uint16() + 1
		a.signalling = r.address()
	case locationReject:
		r.bits(1)
		a.sequence = r.uint16() + 1
		a.reason = r.reason()
	case unknownMessageResponse:
		a.sequence = r.uint16() + 1
	default:
		return a, fmt.Errorf("it is message %d of RAS, which answers nothing that is asked here", a.tag)
	}
	return a, r.err
}

// reason reads a CHOICE with 4 roots; its extensions count as unread.
func (r *reader) reason() int {
	if r.bits(1) == 1 {
		return -1
	}
	return int(r.bits(2))
}

// gatekeeperReason reads what stands before the reason of a GatekeeperReject, and it.
func (r *reader) gatekeeperReason(other, identifier bool) int {
	r.octets(r.length()) // protocolIdentifier
	if other {
		return -1 // nonStandardData: of no known length without its schema
	}
	if identifier {
		r.octets(2 * (int(r.bits(7)) + 1)) // BMPString, SIZE(1..128)
	}
	return r.reason()
}

// address reads a TransportAddress; one that is no IP address is the zero value, and
// what follows it cannot be read.
func (r *reader) address() netip.AddrPort {
	if r.bits(1) == 1 {
		return netip.AddrPort{}
	}
	var size int
	switch r.bits(3) {
	case 0:
		size = 4
	case 3:
		size = 16
		r.bits(1)
	default:
		return netip.AddrPort{}
	}
	ip, _ := netip.AddrFromSlice(r.octets(size))
	return netip.AddrPortFrom(ip, r.uint16())
}
