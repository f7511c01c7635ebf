package snmp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gosnmp/gosnmp"

	"wanwatch/probes"
)

// errOutOfStep is in the chain of errors after which the device may answer if
// it is asked again who it is.
var errOutOfStep = errors.New("the device's engine is out of step")

// usmStats are the objects of RFC 3414, section 5 and RFC 3412, section 5 that
// a device sends in a report, without the instance. What each means for the
// reader stands behind it.
var usmStats = map[string]struct{ name, means string }{
	".1.3.6.1.6.3.15.1.1.1": {"usmStatsUnsupportedSecLevels", "the user may not use this combination of auth and priv"},
	".1.3.6.1.6.3.15.1.1.2": {"usmStatsNotInTimeWindows", "the device's engine boots and time do not hold still"},
	".1.3.6.1.6.3.15.1.1.3": {"usmStatsUnknownUserNames", "the device does not know the user"},
	".1.3.6.1.6.3.15.1.1.4": {"usmStatsUnknownEngineIDs", "the device does not keep its engine id"},
	".1.3.6.1.6.3.15.1.1.5": {"usmStatsWrongDigests", "wrong auth password or auth protocol"},
	".1.3.6.1.6.3.15.1.1.6": {"usmStatsDecryptionErrors", "wrong priv password or priv protocol"},
	".1.3.6.1.6.3.11.2.1.1": {"snmpUnknownSecurityModels", "the device does not know the user-based security model"},
	".1.3.6.1.6.3.11.2.1.2": {"snmpInvalidMsgs", "the device took the message for a broken one"},
	".1.3.6.1.6.3.11.2.1.3": {"snmpUnknownPDUHandlers", "the device has nothing that answers this request"},
	".1.3.6.1.6.3.12.1.4":   {"snmpUnavailableContexts", "the context is not available"},
	".1.3.6.1.6.3.12.1.5":   {"snmpUnknownContexts", "the device does not know the context"},
}

// outOfStep are the reports after which a new discovery may help.
var outOfStep = map[string]bool{"usmStatsNotInTimeWindows": true, "usmStatsUnknownEngineIDs": true}

// check tells an answer from other messages.
func (s *session) check(answer *gosnmp.SnmpPacket) error {
	const level = gosnmp.AuthPriv
	switch {
	case answer.PDUType == gosnmp.Report:
		return s.report(answer)
	case answer.PDUType != gosnmp.GetResponse:
		return failf(probes.ReasonProtocol, "%s sent a %s where an answer was due", s.remote, answer.PDUType)
	case answer.Version != s.security.version:
		return failf(probes.ReasonProtocol, "%s answered with SNMP version %s", s.remote, answer.Version)
	case answer.RequestID == 0:
		// gosnmp takes 0 for any request's; no request has it.
		return failf(probes.ReasonProtocol, "%s answered without the number of the request", s.remote)
	case answer.Version == gosnmp.Version3 && answer.MsgFlags&level != s.security.flags&level:
		// RFC 3412, section 7.2: an answer has the security level of its request.
		return failf(probes.ReasonAuth, "%s answered with another security level than that of the request", s.remote)
	}
	return nil
}

// report explains a report, the device's word about the message itself.
func (s *session) report(r *gosnmp.SnmpPacket) *Error {
	if len(r.Variables) == 0 {
		return failf(probes.ReasonProtocol, "%s sent an empty report", s.remote)
	}
	name := r.Variables[0].Name
	stat, ok := usmStats[strings.TrimSuffix(name, ".0")]
	if !ok {
		return failf(probes.ReasonProtocol, "%s refused the request with a report of %s", s.remote, name)
	}
	e := failf(probes.ReasonAuth, "%s refused the request: %s: %s", s.remote, stat.name, stat.means)
	if outOfStep[stat.name] {
		e.cause = errOutOfStep
	}
	return e
}

// explain says why there was no answer.
func (s *session) explain(ctx context.Context, answer *gosnmp.SnmpPacket, err error, p patience) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return asError(ctx.Err())
	}
	if answer != nil && answer.PDUType == gosnmp.Report {
		return s.report(answer)
	}
	if r := s.lastReport(); r != nil {
		return s.report(r)
	}
	if errors.Is(err, gosnmp.ErrNotInTimeWindow) || errors.Is(err, gosnmp.ErrUnknownEngineID) {
		return &Error{Reason: probes.ReasonTimeout, Detail: fmt.Sprintf("%s did not answer after it had told its engine's time", s.remote), cause: errOutOfStep}
	}
	if e := socketError(err, s.remote.String()); e != nil {
		return e
	}
	if errors.Is(err, gosnmp.ErrMaxRetriesExceeded) || isTimeout(err) {
		return &Error{Reason: probes.ReasonTimeout, Detail: s.silence(p), cause: err}
	}
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "marshal:"):
		return &Error{Reason: probes.ReasonInternal, Detail: fmt.Sprintf("make the request to %s: %v", s.remote, err), cause: err}
	case strings.Contains(text, "not authentic"):
		return &Error{Reason: probes.ReasonAuth, Detail: fmt.Sprintf("%s sent an answer that is not signed with this user's password", s.remote), cause: err}
	case strings.HasPrefix(text, "recover:"):
		// gosnmp puts the stacks of all goroutines behind it.
		text, _, _ = strings.Cut(text, " Stack:")
	}
	return &Error{Reason: probes.ReasonProtocol, Detail: fmt.Sprintf("%s sent an answer that cannot be read: %s", s.remote, text), cause: err}
}

// silence explains that nothing came. A device does not answer a wrong
// community (RFC 1157, section 4.1), so the reader is told of it.
func (s *session) silence(p patience) string {
	text := fmt.Sprintf("%s did not answer (%d requests, %s each)", s.remote, p.tries, p.timeout)
	if s.security.version == gosnmp.Version2c {
		text += "; a wrong community is answered with silence too"
	}
	return text
}

// lastReport returns the last message if it is a report without authentication,
// else nil. gosnmp rightly trusts no such report; it serves to tell the reader
// more, and to ask the device once more who it is.
func (s *session) lastReport() *gosnmp.SnmpPacket {
	if s.security.version != gosnmp.Version3 || len(s.conn.last) == 0 {
		return nil
	}
	g := &gosnmp.GoSNMP{
		Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.NoAuthNoPriv,
		SecurityParameters: &gosnmp.UsmSecurityParameters{UserName: s.security.usm.UserName},
	}
	r, err := decode(g, s.conn.last)
	if err != nil || r.Version != gosnmp.Version3 || r.MsgFlags&gosnmp.AuthPriv != 0 || r.PDUType != gosnmp.Report {
		return nil
	}
	return r
}

// decode decodes a message. gosnmp guards its own requests against panics, but
// not this function.
func decode(g *gosnmp.GoSNMP, message []byte) (p *gosnmp.SnmpPacket, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decode: %v", r)
		}
	}()
	return g.SnmpDecodePacket(message)
}
