// Package h323 is the kind of probe that tells whether an H.323 room or gatekeeper
// works, without ringing anybody. No Setup is ever sent.
//
// A room's signalling port is connected to and closed again; nothing is sent on it.
// Where the inventory names its gatekeeper and its alias, the gatekeeper is then
// asked for the alias (LRQ, ITU-T H.225.0, section 7.13): one datagram that looks up
// and changes nothing. A gatekeeper itself is asked whether it works (GRQ, section
// 7.8); that registers nothing either.
//
// A gatekeeper sends its answer to the address that stands in the question, which is
// that of the socket: behind address translation none will come. Gatekeepers may
// ignore strangers, so the silence of one that has never answered says nothing
// (unanswered); that of one that did is a failure. Room codecs do not answer RAS.
//
// RAS is sent again after 1.5 s and 3 s: H.225.0 leaves timers to the endpoint and
// suggests 5 s and two repetitions, which would outlast the probe.
package h323

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

// The well-known ports (ITU-T H.225.0, appendix IV).
const (
	signallingPort = 1720
	rasPort        = 1719
)

var resend = dial.Resend{First: 1500 * time.Millisecond, Most: 3 * time.Second}

// Kind describes the kind "h323".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "h323",
			Doc:       "H.323: a connection to the signalling port, and the gatekeeper asked for the room; nothing rings.",
			NewConfig: func() any { return &Config{Port: signallingPort, RASPort: rasPort} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons:   dial.Reasons(probes.ReasonUnavailable, probes.ReasonNotRegistered, probes.ReasonUndisclosed, probes.ReasonUnanswered),
		Series:    dial.Series,
		NewProber: newProber,
	}
}

type prober struct {
	job        probes.Job
	room       *dial.Dialer // the signalling port; nil for a gatekeeper
	gatekeeper *dial.Dialer // its RAS port; nil if there is none to ask
	alias      string
	answered   bool // whether the gatekeeper has ever answered
	sequence   uint16
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.DSCP
	p := &prober{job: job, alias: config.Alias, sequence: uint16(rand.N(1 << 16))}
	if config.Discover {
		p.gatekeeper = &d
		return p, nil
	}
	p.room = &d
	if job.Probe.Endpoint != nil {
		g := d
		g.Host, g.Port = job.Probe.Endpoint.Address, strconv.Itoa(config.RASPort)
		p.gatekeeper = &g
	}
	return p, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	conn, err := p.connect(ctx, &result, trace)
	if conn != nil {
		defer conn.Close(ctx) // a slow goodbye holds the result up no more
	}
	if err == nil && p.gatekeeper != nil {
		err = p.ask(ctx, &result, trace)
	}
	if err != nil {
		dial.Fail(&result, err)
		if p.alias != "" && dial.Explain(err).Reason != probes.ReasonNotRegistered {
			result.Samples = append(result.Samples, probes.Sample{Metric: metric.Registered, Value: dial.Unknown})
		}
	}
	result.Duration = time.Since(result.Start)
	emit(&result)
}

// connect connects to the signalling port of a room; a gatekeeper has none here.
func (p *prober) connect(ctx context.Context, result *probes.Result, trace *probes.Trace) (*dial.Conn, error) {
	if p.room == nil {
		return nil, nil
	}
	conn, err := p.room.TCP(ctx, trace)
	if err != nil {
		return nil, err
	}
	result.Detail = conn.Remote + " accepted the connection"
	return conn, nil
}

// ask asks the gatekeeper, and judges its answer.
func (p *prober) ask(ctx context.Context, result *probes.Result, trace *probes.Trace) error {
	remote, a, err := p.ras(ctx, result, trace)
	if err != nil {
		return err
	}
	m := judgeGRQ(a)
	if p.alias != "" {
		m = judgeLRQ(a)
	}
	if m.registered >= 0 {
		result.Samples = append(result.Samples, probes.Sample{Metric: metric.Registered, Value: float64(m.registered)})
	}
	result.Detail = fmt.Sprintf("%s answered %s: %s", remote, a, m.text)
	if m.reason != "" {
		return dial.Failf(m.reason, "%s", result.Detail)
	}
	return nil
}

// ras asks the gatekeeper.
func (p *prober) ras(ctx context.Context, result *probes.Result, trace *probes.Trace) (remote string, a answer, err error) {
	conn, err := p.gatekeeper.UDP(ctx, trace)
	if err != nil {
		return "", a, err
	}
	defer conn.Close(ctx)
	question, sequence := p.question(conn, trace)
	exchange, err := conn.Ask(ctx, question, resend, func(data []byte) (final bool, foreign string) {
		got, err := decode(data)
		switch {
		case err != nil:
			return false, err.Error()
		case got.sequence != sequence:
			return false, fmt.Sprintf("it answers question %d", got.sequence)
		case !p.fits(got.tag):
			return false, "it answers another sort of question"
		}
		trace.Logf("received %s from %s", got, conn.Remote)
		p.answered = true
		a = got
		return got.tag != requestInProgress, ""
	}, trace)
	result.Samples = append(result.Samples, exchange.Samples()...)
	if err != nil {
		return conn.Remote, a, p.silence(conn, err)
	}
	return conn.Remote, a, nil
}

// question makes the next question.
func (p *prober) question(conn *dial.Conn, trace *probes.Trace) (question []byte, sequence uint16) {
	p.sequence = max(p.sequence+1, 1) // from 1 to 65535
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	local = netip.AddrPortFrom(local.Addr().Unmap().WithZone(""), local.Port())
	if p.alias == "" {
		trace.Logf("send GRQ (gatekeeper request) %d to %s, answer to %s", p.sequence, conn.Remote, local)
		return encodeGRQ(p.sequence, local), p.sequence
	}
	trace.Logf("send LRQ (location request) %d for %q to %s, answer to %s", p.sequence, p.alias, conn.Remote, local)
	return encodeLRQ(p.sequence, p.alias, local), p.sequence
}

// fits reports whether an answer is of the sort that the question gets.
func (p *prober) fits(tag int) bool {
	switch tag {
	case gatekeeperConfirm, gatekeeperReject:
		return p.alias == ""
	case locationConfirm, locationReject:
		return p.alias != ""
	default:
		return true
	}
}

// silence judges that no answer came.
func (p *prober) silence(conn *dial.Conn, err error) error {
	f := dial.Explain(err)
	if f.Reason == probes.ReasonTimeout && !p.answered {
		return dial.Failf(probes.ReasonUnanswered, "the gatekeeper %s has never answered: %s", conn.Remote, f.Detail)
	}
	return err
}
