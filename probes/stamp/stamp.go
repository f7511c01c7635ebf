// Package stamp is the kind of probe that sends a stream of test packets like a
// call's to a STAMP reflector (RFC 8762) or one of TWAMP-light, and measures loss,
// delay and jitter in each direction. A probe is one stream.
//
// Round trips and variations need no agreement of the clocks: RTT is (T4-T1)-(T3-T2),
// and what the clocks differ by is the same in all delays of a stream. One-way delays
// are told only if both sides say that their clocks are synchronized.
//
// Losses have a direction if the reflector counts its answers. To know that, a stream
// leaves out one number, as if its packet had been lost on the way: a reflector that
// counts falls behind by one, and one that returns the sender's number does not.
package stamp

import (
	"context"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// Kind describes the kind "stamp".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "stamp",
			Doc:       "Stream of STAMP packets (RFC 8762) to a reflector: loss, delay and jitter by direction. It lasts for the time-out less one second.",
			NewConfig: func() any { return &Config{Port: 862, Profile: "voice", Protocol: "stamp"} },
			Interval:  15 * time.Second,
			Timeout:   11 * time.Second,
			Confirm:   2,
		},
		Reasons:   dial.Reasons(),
		Series:    series,
		Costly:    true,
		NewProber: newProber,
	}
}

// series exist from the start.
func series(probes.Job) []probes.Sample {
	list := []probes.Sample{
		{Metric: metric.Foreign}, {Metric: metric.StampSent}, {Metric: metric.StampReceived}, {Metric: metric.StampDuplicates},
		{Metric: metric.StampReordered}, {Metric: metric.StampRTT}, {Metric: metric.StampLossBurst},
	}
	for _, direction := range []string{forward, backward} {
		list = append(list, probes.Sample{Metric: metric.StampRemarked, Labels: []string{direction}})
	}
	for _, direction := range []string{forward, backward, unknown} {
		list = append(list, probes.Sample{Metric: metric.StampLost, Labels: []string{direction}})
	}
	return list
}

// The values of the label direction.
const forward, backward, unknown = "forward", "backward", "unknown"

type prober struct {
	dialer dial.Dialer
	job    probes.Job
	config Config
	judge  *quality.Profile
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.shape().dscp
	return &prober{dialer: d, job: job, config: *config, judge: env.WithDefaults().Quality}, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	conn, err := p.dialer.UDP(ctx, trace)
	if err != nil {
		dial.Fail(&result, err)
		emit(&result)
		return
	}
	defer conn.Close(ctx)
	s := newStream(conn, p.config, trace)
	err = s.run(ctx)
	f := s.measure(p.judge)
	result.Duration, result.Detail = f.rtt, f.String()
	if err != nil {
		dial.Fail(&result, err)
	}
	if result.Outcome != probes.Unknown { // else some packets were lost by this host
		result.Samples = f.samples()
	}
	emit(&result)
}
