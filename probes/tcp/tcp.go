// Package tcp is the kind of probe that opens a TCP connection and closes it
// again, with a TLS handshake in between if asked.
//
// Nothing is sent on a connection without TLS. A name is resolved anew at each
// probe, and its addresses are tried one after the other within the time-out.
//
// A close while unread data waits makes the kernel send a reset (RFC 2525,
// section 2.17), which servers log as an error, and a TLS 1.3 server sends
// session tickets that nobody reads. So the probe says that it is done (FIN,
// and close_notify before it), reads what is left for a short while, and only
// then closes. The result is handed on before that.
package tcp

import (
	"context"
	"fmt"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Kind describes the kind "tcp".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "tcp",
			Doc:       "Opens a TCP connection and closes it; with tls, also checks the certificate.",
			NewConfig: func() any { return new(Config) },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: []probes.Reason{
			probes.ReasonTimeout, probes.ReasonRefused, probes.ReasonUnreachable, probes.ReasonReset,
			probes.ReasonResolve, probes.ReasonNoRoute, probes.ReasonSend, probes.ReasonNotPermitted,
			probes.ReasonCredential, probes.ReasonTLS, probes.ReasonStalled, probes.ReasonInternal,
		},
		// All metrics of this kind are gauges, unknown until the first answer.
		Series:    func(probes.Job) []probes.Sample { return nil },
		NewProber: newProber,
	}
}

// prober probes one target. It keeps nothing between probes.
type prober struct {
	env    probes.Env
	job    probes.Job
	config Config
	host   string // name or literal address, without brackets
	port   string
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, ok := job.Probe.Config.(*Config)
	if !ok {
		return nil, fmt.Errorf("%s: probe %s of %s: settings of the wrong type %T", job.Probe.Pos, job.Probe.Name, job.Target.ID, job.Probe.Config)
	}
	host, port, err := splitAddress(config.ProbeAddress(job.Probe.Address))
	if err != nil {
		return nil, fmt.Errorf("%s: probe %s of %s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
	}
	return &prober{env: env, job: job, config: *config, host: host, port: port}, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	start := time.Now()
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: start}

	conn, err := p.connect(ctx, trace)
	if err != nil {
		p.fail(&result, err)
		result.Samples = p.unknownTimes()
		emit(&result)
		return
	}
	defer conn.close(ctx)

	result.Samples = append(result.Samples, probes.Sample{Metric: metric.TCPConnect, Value: conn.took.Seconds()})
	result.Detail = conn.remote + " accepted the connection"
	if p.config.TLS {
		session, err := p.handshake(ctx, conn, trace)
		result.Samples = append(result.Samples, session.samples()...)
		result.Detail = session.detail
		if err != nil {
			p.fail(&result, err)
		}
	}
	result.Duration = time.Since(start)
	emit(&result)
}

// fail turns an error into the result's outcome, reason and detail.
func (p *prober) fail(r *probes.Result, err error) {
	f := explain(err)
	r.Duration = time.Since(r.Start)
	r.Reason, r.Detail = f.reason, f.detail
	r.Outcome = probes.Failure
	if f.reason.Self() {
		r.Outcome = probes.Unknown
	}
}

// unknownTimes takes the gauges of the last probe away. The certificate's
// expiry stays: it is still what the server presented last.
func (p *prober) unknownTimes() []probes.Sample {
	samples := []probes.Sample{{Metric: metric.TCPConnect, Value: unknown}}
	if p.config.TLS {
		samples = append(samples, probes.Sample{Metric: metric.TLSHandshake, Value: unknown})
	}
	return samples
}
