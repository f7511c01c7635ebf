// Package sip is the kind of probe that asks a SIP device, or a room through its
// proxy, what it can do: OPTIONS outside of a dialog (RFC 3261, section 11). Nothing
// rings. It goes over UDP, TCP or TLS.
//
// What an answer means stands in judge.go. Over UDP an answer counts only if it comes
// from the asked address and carries the request's Call-ID, CSeq and branch, which
// are random; a provisional answer (1xx) is waited out. The request is sent again
// after 0.5 s, 1 s, 2 s and then each 4 s (RFC 3261, section 17.1.2.2) until the
// probe's time-out.
//
// A server that asks for digest authentication (RFC 8760) is answered once, if the
// inventory names a credential. The password itself is never sent.
package sip

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

// resend are the timers T1 and T2 (RFC 3261, section 17.1.2.1).
var resend = dial.Resend{First: 500 * time.Millisecond, Most: 4 * time.Second}

// Kind describes the kind "sip".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "sip",
			Doc:       "SIP OPTIONS to a device, or through a proxy to a room; nothing rings.",
			NewConfig: func() any { return &Config{Transport: "udp"} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonAuth, probes.ReasonTLS, probes.ReasonProtocol,
			probes.ReasonStatus, probes.ReasonUnavailable, probes.ReasonNotRegistered, probes.ReasonUndisclosed),
		Series:    dial.Series,
		NewProber: newProber,
	}
}

type prober struct {
	dialer     dial.Dialer
	job        probes.Job
	config     Config
	credential *inventory.UserPassword
	uri        string
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.DSCP
	p := &prober{dialer: d, job: job, config: *config, uri: uri(config, job.Probe.Address)}
	if job.Probe.Credential != nil {
		p.credential = job.Probe.Credential.SIP
	}
	return p, nil
}

// uri returns the Request-URI: that of the device, or of the room at the proxy's host
// if it names no domain of its own.
func uri(c *Config, address string) string {
	parameter := transportParameter(c.Transport)
	host, _, _ := dial.SplitAddress(address)
	switch {
	case c.Room == "":
		return "sip:" + address + parameter
	case strings.Contains(c.Room, "@"):
		return "sip:" + c.Room + parameter
	case strings.Contains(host, ":"):
		return "sip:" + c.Room + "@[" + host + "]" + parameter
	default:
		return "sip:" + c.Room + "@" + host + parameter
	}
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// exchange is the work of one probe.
type exchange struct {
	*prober
	conn    *dial.Conn
	stream  *bufio.Reader // nil over UDP
	trace   *probes.Trace
	samples []probes.Sample
}

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	conn, secured, err := p.dialer.Open(ctx, p.config.Transport, p.config.TLSConfig, trace)
	result.Samples = secured
	if err != nil {
		dial.Fail(&result, err)
		result.Samples = append(result.Samples, unknowns(p.config.Room != "")...)
		emit(&result)
		return
	}
	defer conn.Close(ctx)
	x := exchange{prober: p, conn: conn, trace: trace}
	if p.config.Transport != "udp" {
		x.stream = bufio.NewReader(conn)
	}
	x.run(ctx, &result)
	result.Samples = append(result.Samples, x.samples...)
	emit(&result)
}

// unknowns take the gauges of the last answer away.
func unknowns(room bool) []probes.Sample {
	list := []probes.Sample{{Metric: metric.SIPStatus, Value: dial.Unknown}}
	if room {
		list = append(list, probes.Sample{Metric: metric.Registered, Value: dial.Unknown})
	}
	return list
}

// run asks, and puts what comes of it into the result.
func (x *exchange) run(ctx context.Context, result *probes.Result) {
	answer, err := x.options(ctx)
	if err != nil {
		dial.Fail(result, err)
		x.samples = append(x.samples, unknowns(x.config.Room != "")...)
		return
	}
	room := x.config.Room != ""
	m := judge(answer.status, room, x.config.Accept)
	detail := fmt.Sprintf("%s answered %d %s: %s", x.conn.Remote, answer.status, probes.Printable(answer.phrase), m.text)
	if after := answer.header.Get("Retry-After"); after != "" && m.reason == probes.ReasonUnavailable {
		detail += "; it asks to wait " + probes.Printable(after) + " s"
	}
	if m.reason != "" {
		dial.Fail(result, dial.Failf(m.reason, "%s", detail))
	}
	result.Detail, result.Duration = detail, time.Since(result.Start)
	x.samples = append(x.samples, probes.Sample{Metric: metric.SIPStatus, Value: float64(answer.status)})
	if room {
		registered := dial.Unknown
		if m.registered >= 0 {
			registered = float64(m.registered)
		}
		x.samples = append(x.samples, probes.Sample{Metric: metric.Registered, Value: registered})
	}
}

// options asks, and a second time if the server wants to know who does.
func (x *exchange) options(ctx context.Context) (*response, error) {
	from := x.config.From
	if from == "" {
		from = "wanwatch"
	}
	q := newRequest(x.uri, x.config.Transport, from, x.conn.LocalAddr().String())
	answer, err := x.ask(ctx, q)
	if err != nil || answer.status != 401 && answer.status != 407 || x.credential == nil {
		return answer, err
	}
	authorization, err := authorize(answer, x.uri, x.credential)
	if err != nil {
		return nil, err
	}
	x.trace.Logf("answer the challenge as %s", x.credential.User)
	again, err := x.ask(ctx, q.again(authorization))
	if err == nil && (again.status == 401 || again.status == 407) {
		return nil, dial.Failf(probes.ReasonAuth, "%s does not accept the user %s with this password (%d %s)", x.conn.Remote, x.credential.User, again.status, probes.Printable(again.phrase))
	}
	return again, err
}

// ask sends a request and returns its final answer.
func (x *exchange) ask(ctx context.Context, q *request) (*response, error) {
	data := q.encode()
	x.trace.Logf("send %d bytes over %s to %s: OPTIONS %s, Call-ID %s", len(data), x.config.Transport, x.conn.Remote, q.uri, q.callID)
	if x.stream != nil {
		return x.askStream(ctx, q, data)
	}
	var found *response
	answer, err := x.conn.Ask(ctx, data, resend, func(datagram []byte) (bool, string) {
		r, err := parse(datagram)
		if err != nil {
			return false, err.Error()
		}
		if why := r.answers(q); why != "" {
			return false, why
		}
		x.explain(r)
		found = r
		return r.final(), ""
	}, x.trace)
	x.samples = append(x.samples, answer.Samples()...)
	return found, err
}

// maxAnswers bounds how many answers are read from a stream for one question.
const maxAnswers = 32

func (x *exchange) askStream(ctx context.Context, q *request, data []byte) (*response, error) {
	if err := x.conn.Send(ctx, data); err != nil {
		return nil, err
	}
	for range maxAnswers {
		r, err := read(x.stream)
		var bad syntaxError
		switch {
		case errors.As(err, &bad):
			return nil, dial.Failf(probes.ReasonProtocol, "%s did not answer in SIP: %s", x.conn.Remote, bad)
		case err != nil:
			return nil, x.conn.ReadFailure(ctx, err)
		}
		if why := r.answers(q); why != "" {
			x.trace.Logf("%d %s is no answer to this question: %s", r.status, probes.Printable(r.phrase), why)
			x.samples = append(x.samples, probes.Sample{Metric: metric.Foreign, Value: 1})
			continue
		}
		x.explain(r)
		if r.final() {
			return r, nil
		}
	}
	return nil, dial.Failf(probes.ReasonProtocol, "%s sent %d messages and none of them was the answer", x.conn.Remote, maxAnswers)
}

// explain tells what came back.
func (x *exchange) explain(r *response) {
	x.trace.Logf("received %d %s", r.status, probes.Printable(r.phrase))
	for _, name := range []string{"Server", "User-Agent", "Allow", "Contact", "Retry-After", "Warning"} {
		if v := r.header.Get(name); v != "" {
			x.trace.Logf("%s: %s", name, probes.Printable(v))
		}
	}
}
