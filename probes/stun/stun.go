// Package stun is the kind of probe that asks a STUN server for this host's address
// as the server sees it: a Binding request (RFC 8489), over UDP, TCP or TLS. It
// succeeds if the answer holds an address.
package stun

import (
	"context"
	"fmt"
	"time"

	"github.com/pion/stun/v3"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/stun/transaction"
)

// Kind describes the kind "stun".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "stun",
			Doc:       "STUN Binding request (RFC 8489).",
			NewConfig: func() any { return &Config{Transport: "udp"} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonAuth, probes.ReasonTLS, probes.ReasonProtocol,
			probes.ReasonStatus, probes.ReasonUnavailable),
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
	conn, secured, err := p.dialer.Open(ctx, p.config.Transport, p.config.TLSConfig, trace)
	result.Samples = secured
	if err != nil {
		dial.Fail(&result, err)
		emit(&result)
		return
	}
	defer conn.Close(ctx)
	asker := transaction.New(conn, p.config.Transport, trace)
	if result.Detail, err = bind(ctx, conn.Remote, asker); err != nil {
		dial.Fail(&result, err)
	}
	result.Samples = append(result.Samples, asker.Samples()...)
	result.Duration = time.Since(result.Start)
	emit(&result)
}

func bind(ctx context.Context, remote string, asker *transaction.Asker) (detail string, err error) {
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return "", dial.Failf(probes.ReasonInternal, "making a request: %v", err)
	}
	answer, err := asker.Ask(ctx, request)
	if err != nil {
		return "", err
	}
	if _, _, failed := transaction.Failure(answer); failed {
		return "", asker.Explain(answer)
	}
	var seen stun.XORMappedAddress
	var plain stun.MappedAddress // servers of RFC 3489 know no other
	switch {
	case seen.GetFrom(answer) == nil:
		return fmt.Sprintf("%s sees this host as %s", remote, seen), nil
	case plain.GetFrom(answer) == nil:
		return fmt.Sprintf("%s sees this host as %s", remote, plain), nil
	}
	return "", dial.Failf(probes.ReasonProtocol, "%s answered without an address", remote)
}
