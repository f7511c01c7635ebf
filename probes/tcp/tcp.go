// Package tcp is the kind of probe that opens a TCP connection and closes it
// again, with a TLS handshake in between if asked.
//
// Nothing is sent on a connection without TLS; the package dial tells how it is
// opened and closed.
package tcp

import (
	"context"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
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
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonTLS),
		// All metrics of this kind are gauges, unknown until the first answer.
		Series:    func(probes.Job) []probes.Sample { return nil },
		NewProber: newProber,
	}
}

// prober probes one target. It keeps nothing between probes.
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
	d.Family, d.Source, d.DSCP = config.Family, config.Source, config.DSCP
	return &prober{dialer: d, job: job, config: *config}, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	start := time.Now()
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: start}

	conn, err := p.dialer.TCP(ctx, trace)
	if err != nil {
		dial.Fail(&result, err)
		result.Samples = p.unknownTimes()
		emit(&result)
		return
	}
	defer conn.Close(ctx)

	result.Samples = append(result.Samples, probes.Sample{Metric: metric.TCPConnect, Value: conn.Took.Seconds()})
	result.Detail = conn.Remote + " accepted the connection"
	if p.config.TLS {
		session, err := conn.Handshake(ctx, dial.Security{Name: p.dialer.Host, Config: p.config.TLSConfig}, trace)
		result.Samples = append(result.Samples, session.Samples()...)
		result.Detail = session.Detail
		if err != nil {
			dial.Fail(&result, err)
		}
	}
	result.Duration = time.Since(start)
	emit(&result)
}

// unknownTimes takes the gauges of the last probe away. The certificate's
// expiry stays: it is still what the server presented last.
func (p *prober) unknownTimes() []probes.Sample {
	samples := []probes.Sample{{Metric: metric.TCPConnect, Value: dial.Unknown}}
	if p.config.TLS {
		samples = append(samples, probes.Sample{Metric: metric.TLSHandshake, Value: dial.Unknown})
	}
	return samples
}
