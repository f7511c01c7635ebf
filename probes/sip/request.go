package sip

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
)

// request is one OPTIONS (RFC 3261, section 11.1).
type request struct {
	uri       string // Request-URI, and that of To
	transport string // udp, tcp or tls
	local     string // this end's address and port
	localHost string // the same without the port
	from      string // user part
	branch    string
	tag       string
	callID    string
	sequence  int
	// authorization is a whole header line, or empty.
	authorization string
}

// newRequest makes a request with identifiers that nobody can guess.
func newRequest(uri, transport, from, local string) *request {
	if a, err := netip.ParseAddrPort(local); err == nil {
		local = netip.AddrPortFrom(a.Addr().WithZone(""), a.Port()).String() // a URI has no zone
	}
	host := local[:strings.LastIndexByte(local, ':')]
	return &request{
		uri: uri, transport: transport, from: from, local: local, localHost: host,
		branch: newBranch(), tag: rand.Text()[:12], callID: rand.Text() + "@" + strings.Trim(host, "[]"), sequence: 1,
	}
}

// newBranch returns the identifier of a transaction; the prefix says that it is
// unique (RFC 3261, section 8.1.1.7).
func newBranch() string { return "z9hG4bK" + rand.Text() }

// again is the same request with an answer to a challenge: a new transaction, in the
// same sequence (RFC 3261, section 22.2).
func (q request) again(authorization string) *request {
	q.branch, q.authorization = newBranch(), authorization
	q.sequence++
	return &q
}

// encode returns what is sent. rport makes the answer come to the port that the
// request came from (RFC 3581).
func (q *request) encode() []byte {
	lines := []string{
		"OPTIONS " + q.uri + " SIP/2.0",
		fmt.Sprintf("Via: SIP/2.0/%s %s;branch=%s;rport", strings.ToUpper(q.transport), q.local, q.branch),
		"Max-Forwards: 70",
		fmt.Sprintf("From: <sip:%s@%s>;tag=%s", q.from, q.localHost, q.tag),
		"To: <" + q.uri + ">",
		"Call-ID: " + q.callID,
		fmt.Sprintf("CSeq: %d OPTIONS", q.sequence),
		fmt.Sprintf("Contact: <sip:%s@%s%s>", q.from, q.local, transportParameter(q.transport)),
		"Accept: application/sdp",
		"User-Agent: wanwatch",
	}
	if q.authorization != "" {
		lines = append(lines, q.authorization)
	}
	lines = append(lines, "Content-Length: 0", "", "")
	return []byte(strings.Join(lines, "\r\n"))
}

// transportParameter tells the transport in a URI; udp is what is meant without.
func transportParameter(transport string) string {
	if transport == "udp" {
		return ""
	}
	return ";transport=" + transport
}
