// Package transaction asks STUN servers: one request, one answer (RFC 8489, section
// 6), over UDP, TCP or TLS. The kinds stun and turn share it.
//
// An answer counts if it has the magic cookie, the request's method and its random
// transaction id of 96 bits, and a right FINGERPRINT if it has one. Over UDP a request
// is sent again after 0.5 s, 1 s, 2 s and so on (section 6.2.1).
package transaction

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"time"

	"github.com/pion/stun/v3"

	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

var resend = dial.Resend{First: 500 * time.Millisecond, Most: 8 * time.Second}

// The well-known ports of STUN and TURN (RFC 8489, section 18.6).
const (
	port       = 3478
	securePort = 5349
)

// Address completes a host by the port of STUN and TURN over a transport.
func Address(host string, own int, transport string) string {
	switch {
	case own != 0:
		return dial.JoinAddress(host, own)
	case transport == "tls":
		return dial.JoinAddress(host, securePort)
	default:
		return dial.JoinAddress(host, port)
	}
}

// Asker asks over an open connection.
type Asker struct {
	conn    *dial.Conn
	stream  *bufio.Reader // nil over UDP
	trace   *probes.Trace
	samples []probes.Sample
}

// New returns an asker for a connection over udp, tcp or tls.
func New(conn *dial.Conn, transport string, trace *probes.Trace) *Asker {
	a := &Asker{conn: conn, trace: trace}
	if transport != "udp" {
		a.stream = bufio.NewReader(conn)
	}
	return a
}

// Samples returns what the questions so far add to counters.
func (a *Asker) Samples() []probes.Sample { return a.samples }

// Ask sends a request and returns its answer: a success or an error response.
func (a *Asker) Ask(ctx context.Context, request *stun.Message) (*stun.Message, error) {
	a.trace.Logf("send %s of %d bytes to %s, id %x", request.Type, len(request.Raw), a.conn.Remote, request.TransactionID)
	if a.stream != nil {
		return a.askStream(ctx, request)
	}
	var found *stun.Message
	answer, err := a.conn.Ask(ctx, request.Raw, resend, func(data []byte) (bool, string) {
		m, why := Parse(data, request)
		found = m
		return m != nil, why
	}, a.trace)
	a.samples = append(a.samples, answer.Samples()...)
	if err != nil {
		return nil, err
	}
	a.explain(found)
	return found, nil
}

// maxAnswers bounds how many messages are read from a stream for one question.
const maxAnswers = 32

func (a *Asker) askStream(ctx context.Context, request *stun.Message) (*stun.Message, error) {
	if err := a.conn.Send(ctx, request.Raw); err != nil {
		return nil, err
	}
	for range maxAnswers {
		data, err := readMessage(a.stream)
		if err != nil {
			return nil, a.conn.ReadFailure(ctx, err)
		}
		if data == nil {
			return nil, dial.Failf(probes.ReasonProtocol, "%s did not answer in STUN", a.conn.Remote)
		}
		m, why := Parse(data, request)
		if m != nil {
			a.explain(m)
			return m, nil
		}
		a.trace.Logf("%d bytes from %s are no answer to this question: %s", len(data), a.conn.Remote, why)
		a.samples = append(a.samples, probes.Sample{Metric: metric.Foreign, Value: 1})
	}
	return nil, dial.Failf(probes.ReasonProtocol, "%s sent %d messages and none of them was the answer", a.conn.Remote, maxAnswers)
}

const headerSize = 20

// readMessage reads one message from a stream; what is no STUN message is nil.
func readMessage(from io.Reader) ([]byte, error) {
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	if !stun.IsMessage(head) {
		return nil, nil
	}
	data := make([]byte, headerSize+int(binary.BigEndian.Uint16(head[2:])))
	copy(data, head)
	_, err := io.ReadFull(from, data[headerSize:])
	return data, err
}

// Parse returns the answer to a request, or why a datagram is none.
func Parse(data []byte, request *stun.Message) (answer *stun.Message, why string) {
	if !stun.IsMessage(data) || data[0]&0xc0 != 0 { // RFC 8489, section 5: the first two bits are 0
		return nil, "it is no STUN message"
	}
	m := new(stun.Message)
	if err := stun.Decode(data, m); err != nil {
		return nil, "it is malformed"
	}
	switch {
	case m.TransactionID != request.TransactionID:
		return nil, "it has another transaction id"
	case m.Type.Method != request.Type.Method,
		m.Type.Class != stun.ClassSuccessResponse && m.Type.Class != stun.ClassErrorResponse:
		return nil, "it is of another sort: " + m.Type.String()
	case m.Contains(stun.AttrFingerprint) && stun.Fingerprint.Check(m) != nil:
		return nil, "its FINGERPRINT is wrong"
	}
	return m, ""
}

// explain tells what came back.
func (a *Asker) explain(m *stun.Message) {
	a.trace.Logf("received %s of %d bytes", m.Type, len(m.Raw))
	var software stun.Software
	if software.GetFrom(m) == nil {
		a.trace.Logf("SOFTWARE: %.100q", string(software))
	}
	if code, reason, failed := Failure(m); failed {
		a.trace.Logf("ERROR-CODE: %d %.100q", code, reason)
	}
}

// Failure returns the error of an error response; failed is false for another. A
// response without a code has the code 0.
func Failure(m *stun.Message) (code int, reason string, failed bool) {
	if m.Type.Class != stun.ClassErrorResponse {
		return 0, "", false
	}
	var e stun.ErrorCodeAttribute
	if e.GetFrom(m) != nil {
		return 0, "", true
	}
	return int(e.Code), string(e.Reason), true
}

// Explain is a failure for an error that a server told.
func (a *Asker) Explain(m *stun.Message) *dial.Failure {
	code, text, _ := Failure(m)
	reason := probes.ReasonStatus
	switch code {
	case 401, 441: // Unauthenticated, Wrong Credentials
		reason = probes.ReasonAuth
	case 486, 508, 500: // Allocation Quota Reached, Insufficient Capacity, Server Error
		reason = probes.ReasonUnavailable
	}
	return dial.Failf(reason, "%s answered the error %d %.100q", a.conn.Remote, code, text)
}
