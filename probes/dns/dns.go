// Package dns is the kind of probe that asks one DNS server for one record (RFC 1035),
// over UDP, TCP or each of them. This host's own resolver has no part in it.
//
// Over UDP an answer counts if it comes from the asked address and has the question's
// random id and the question itself (RFC 5452, section 9.1); one that was cut (TC) is
// asked for again over TCP. The question is sent again after 1 s, 2 s and 4 s.
//
// With dnssec the server must say that it has checked the signatures: the AD flag of
// an answer to a question with AD and DO (RFC 6840, section 5.7). wanwatch does not
// check them itself.
package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/miekg/dns"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

var resend = dial.Resend{First: time.Second, Most: 4 * time.Second}

// udpSize is the longest answer that is taken over UDP, in bytes: what is not
// fragmented on the way (DNS Flag Day 2020).
const udpSize = 1232

// Kind describes the kind "dns".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "dns",
			Doc:       "Question to a DNS server; the probe's address is the server.",
			NewConfig: func() any { return &Config{Type: "A", Transport: "udp", Port: 53} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons:   dial.Reasons(probes.ReasonProtocol, probes.ReasonStatus, probes.ReasonContent, probes.ReasonUnavailable),
		Series:    dial.Series,
		NewProber: newProber,
	}
}

type prober struct {
	dialer dial.Dialer
	job    probes.Job
	config Config
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.DSCP
	return &prober{dialer: d, job: job, config: *config}, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	transports := map[string][]string{"udp": {"udp"}, "tcp": {"tcp"}, "both": {"udp", "tcp"}}[p.config.Transport]
	for _, transport := range transports {
		detail, err := p.ask(ctx, transport, &result, trace)
		result.Detail = detail
		if err != nil {
			dial.Fail(&result, err)
			break
		}
	}
	result.Duration = time.Since(result.Start)
	emit(&result)
}

// ask asks over one transport and judges the answer.
func (p *prober) ask(ctx context.Context, transport string, result *probes.Result, trace *probes.Trace) (detail string, err error) {
	answer, remote, err := p.exchange(ctx, transport, result, trace)
	if err == nil && answer.Truncated && transport == "udp" {
		trace.Logf("the answer was cut: ask again over TCP")
		transport = "tcp, as the answer was cut over udp"
		answer, remote, err = p.exchange(ctx, "tcp", result, trace)
	}
	result.Samples = append(result.Samples, p.samples(answer)...)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("%s answered %s over %s", remote, summary(answer), transport)
	if reason, why := p.config.judge(answer); reason != "" {
		return "", dial.Failf(reason, "%s: %s", said, why)
	}
	return said, nil
}

// samples tell what is in an answer; nil: there was none.
func (p *prober) samples(answer *dns.Msg) []probes.Sample {
	code, records, authenticated := dial.Unknown, dial.Unknown, dial.Unknown
	if answer != nil {
		code, records, authenticated = float64(answer.Rcode), float64(len(p.config.values(answer))), 0
		if answer.AuthenticatedData {
			authenticated = 1
		}
	}
	samples := []probes.Sample{{Metric: metric.DNSResponse, Value: code}, {Metric: metric.DNSRecords, Value: records}}
	if p.config.DNSSEC {
		samples = append(samples, probes.Sample{Metric: metric.DNSAuthenticated, Value: authenticated})
	}
	return samples
}

// question makes the question, with an id that nobody can guess.
func (c *Config) question() *dns.Msg {
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(c.Name), dns.StringToType[c.Type])
	q.SetEdns0(udpSize, c.DNSSEC)
	q.AuthenticatedData = c.DNSSEC
	return q
}

func (p *prober) exchange(ctx context.Context, transport string, result *probes.Result, trace *probes.Trace) (answer *dns.Msg, remote string, err error) {
	q := p.config.question()
	data, err := q.Pack()
	if err != nil {
		return nil, "", dial.Failf(probes.ReasonInternal, "making the question: %v", err)
	}
	conn, _, err := p.dialer.Open(ctx, transport, nil, trace)
	if err != nil {
		return nil, "", err
	}
	defer conn.Close(ctx)
	trace.Logf("ask %s over %s for %s %s, id %d", conn.Remote, transport, q.Question[0].Name, p.config.Type, q.Id)
	if transport == "tcp" {
		answer, err = overTCP(ctx, conn, q, data)
	} else {
		var got dial.Answer
		got, err = conn.Ask(ctx, data, resend, func(datagram []byte) (bool, string) {
			var why string
			answer, why = parse(datagram, q)
			return answer != nil, why
		}, trace)
		result.Samples = append(result.Samples, got.Samples()...)
	}
	if err != nil {
		return nil, conn.Remote, err
	}
	trace.Logf("received %s", summary(answer))
	for _, rr := range answer.Answer {
		trace.Logf("%s", strings.ReplaceAll(rr.String(), "\t", " "))
	}
	return answer, conn.Remote, nil
}

// overTCP asks on a connection: two octets of length before each message (RFC 1035,
// section 4.2.2).
func overTCP(ctx context.Context, conn *dial.Conn, q *dns.Msg, data []byte) (*dns.Msg, error) {
	if err := conn.Send(ctx, append(binary.BigEndian.AppendUint16(nil, uint16(len(data))), data...)); err != nil {
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, conn.ReadFailure(ctx, err)
	}
	buffer := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, buffer); err != nil {
		return nil, conn.ReadFailure(ctx, err)
	}
	answer, why := parse(buffer, q)
	if answer == nil {
		return nil, dial.Failf(probes.ReasonProtocol, "%s did not answer the question: %s", conn.Remote, why)
	}
	return answer, nil
}

// parse returns the answer to a question, or why it is none.
func parse(data []byte, q *dns.Msg) (answer *dns.Msg, why string) {
	m := new(dns.Msg)
	if err := m.Unpack(data); err != nil && (!errors.Is(err, dns.ErrBuf) || !m.Truncated) {
		return nil, "it is malformed"
	}
	switch {
	case m.Id != q.Id:
		return nil, "it has another id"
	case !m.Response || m.Opcode != dns.OpcodeQuery:
		return nil, "it is no answer"
	case len(m.Question) == 0 && m.Rcode == dns.RcodeFormatError:
		return m, "" // the server could not read so far
	case len(m.Question) != 1 || !strings.EqualFold(m.Question[0].Name, q.Question[0].Name) ||
		m.Question[0].Qtype != q.Question[0].Qtype || m.Question[0].Qclass != q.Question[0].Qclass:
		return nil, "it answers another question"
	}
	return m, ""
}

// summary says what an answer is in one line.
func summary(m *dns.Msg) string {
	flags := ""
	if m.AuthenticatedData {
		flags = ", authenticated"
	}
	if m.Truncated {
		flags += ", cut"
	}
	code, ok := dns.RcodeToString[m.Rcode]
	if !ok {
		code = fmt.Sprintf("RCODE %d", m.Rcode)
	}
	return fmt.Sprintf("%s, %d records%s", code, len(m.Answer), flags)
}
