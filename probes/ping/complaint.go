package ping

import (
	"fmt"
	"net/netip"
)

// complaint is an ICMP error about one of our requests.
type complaint struct {
	family family
	by     netip.Addr // who says it; invalid if unknown
	to     peer       // where the request went
	kind   uint8      // ICMP type
	code   uint8
	mtu    uint32 // of the next hop, with "too big"; 0 if not told
	id     uint16
	seq    uint16
	// payload is as much of the request's payload as was quoted.
	payload []byte
}

// code is the value of the label "code" of metric.PingUnreachable.
type code uint8

const (
	codeNet code = iota
	codeHost
	codeProhibited
	codeTTL
	codeTooBig
	codeOther
	codes
)

// labels returns the label values of a code. The caller must not change them.
func (c code) labels() []string { return codeLabels[c] }

// codeLabels is never changed; it is here so that a result needs no new slice.
var codeLabels = [codes][]string{{"net"}, {"host"}, {"prohibited"}, {"ttl"}, {"too_big"}, {"other"}}

// meaning is what an ICMP error says.
type meaning struct {
	code code
	text string
}

// meaning explains an ICMP error.
func (c *complaint) meaning() meaning {
	if c.family == v4 {
		return meaningV4(c.kind, c.code)
	}
	return meaningV6(c.kind, c.code)
}

// ICMP types of errors about a packet (RFC 792, RFC 4443).
const (
	v4Unreachable  = 3
	v4TimeExceeded = 11
	v4Parameter    = 12

	v6Unreachable  = 1
	v6TooBig       = 2
	v6TimeExceeded = 3
	v6Parameter    = 4
)

// final reports whether an ICMP message of the kind says that a packet did not
// arrive. Others, such as the source quench that Linux hands to datagram sockets
// (RFC 6633), say nothing of its fate.
func (c *complaint) final() bool {
	if c.family == v4 {
		return c.kind == v4Unreachable || c.kind == v4TimeExceeded || c.kind == v4Parameter
	}
	return v6Unreachable <= c.kind && c.kind <= v6Parameter
}

// meaningV4 reads a type and a code of the IANA registry "ICMP Type Numbers".
func meaningV4(kind, c uint8) meaning {
	switch kind {
	case v4TimeExceeded:
		if c == 1 {
			return meaning{codeTTL, "fragment reassembly time exceeded"}
		}
		return meaning{codeTTL, "time to live exceeded in transit"}
	case v4Parameter:
		return meaning{codeOther, "parameter problem"}
	case v4Unreachable:
		if int(c) < len(unreachableV4) {
			return unreachableV4[c]
		}
		return meaning{codeOther, "destination unreachable"}
	}
	return meaning{codeOther, "ICMP error"}
}

// unreachableV4 are the codes of ICMP type 3; nothing changes it.
var unreachableV4 = [...]meaning{
	0:  {codeNet, "network unreachable"},
	1:  {codeHost, "host unreachable"},
	2:  {codeOther, "protocol unreachable"},
	3:  {codeOther, "port unreachable"},
	4:  {codeTooBig, "packet too big"},
	5:  {codeOther, "source route failed"},
	6:  {codeNet, "network unknown"},
	7:  {codeHost, "host unknown"},
	8:  {codeHost, "host isolated"},
	9:  {codeProhibited, "network prohibited"},
	10: {codeProhibited, "host prohibited"},
	11: {codeNet, "network unreachable for this DSCP"},
	12: {codeHost, "host unreachable for this DSCP"},
	13: {codeProhibited, "communication prohibited"},
	14: {codeProhibited, "host precedence violation"},
	15: {codeProhibited, "precedence cutoff in effect"},
}

// meaningV6 reads a type and a code of the IANA registry "ICMPv6 Parameters".
func meaningV6(kind, c uint8) meaning {
	switch kind {
	case v6TooBig:
		return meaning{codeTooBig, "packet too big"}
	case v6TimeExceeded:
		if c == 1 {
			return meaning{codeTTL, "fragment reassembly time exceeded"}
		}
		return meaning{codeTTL, "hop limit exceeded in transit"}
	case v6Parameter:
		return meaning{codeOther, "parameter problem"}
	case v6Unreachable:
		if int(c) < len(unreachableV6) {
			return unreachableV6[c]
		}
		return meaning{codeOther, "destination unreachable"}
	}
	return meaning{codeOther, "ICMPv6 error"}
}

// unreachableV6 are the codes of ICMPv6 type 1; nothing changes it.
var unreachableV6 = [...]meaning{
	0: {codeNet, "no route to destination"},
	1: {codeProhibited, "communication prohibited"},
	2: {codeOther, "beyond scope of source address"},
	3: {codeHost, "address unreachable"},
	4: {codeOther, "port unreachable"},
	5: {codeProhibited, "source address failed policy"},
	6: {codeNet, "reject route to destination"},
}

// String is the complaint as a sentence for a person.
func (c *complaint) String() string {
	who := "a router"
	if c.by.IsValid() {
		who = c.by.String()
	}
	more := ""
	if c.mtu != 0 {
		more = fmt.Sprintf(", its limit is %d bytes", c.mtu)
	}
	return fmt.Sprintf("%s says: %s (type %d code %d%s)", who, c.meaning().text, c.kind, c.code, more)
}
