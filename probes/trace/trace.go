// Package trace is the kind of probe that looks at the way to a target, router by
// router, and at the largest packet that the way takes. Packets whose time to live
// ends at each distance make the routers there say so (RFC 792; RFC 4443, section
// 3.3).
//
// It is asked seldom, and again when another probe of its target changes its mind: so
// the way is known as it was just after.
package trace

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
	"wanwatch/probes/pathmtu"
)

// Kind describes the kind "trace".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "trace",
			Doc:       "Path to the target, hop by hop, and its path MTU; changes are counted. It needs Linux.",
			NewConfig: func() any { return &Config{Protocol: "icmp", MaxHops: 30, Queries: 3} },
			Interval:  5 * time.Minute,
			Timeout:   15 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(),
		Series: func(probes.Job) []probes.Sample {
			return []probes.Sample{{Metric: metric.TraceChanges}}
		},
		Costly:    true,
		Octets:    24 << 10, // 300 small packets, or the search for the path MTU
		NewProber: newProber,
	}
}

type prober struct {
	env    probes.Env
	job    probes.Job
	config Config
	dialer dial.Dialer

	before *path           // the last that reached the target
	shown  []probes.Sample // what of the last path is a series
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, ok := job.Probe.Config.(*Config)
	if !ok {
		return nil, fmt.Errorf("%s: probe %s of %s: settings of the wrong type %T", job.Probe.Pos, job.Probe.Name, job.Target.ID, job.Probe.Config)
	}
	p := &prober{env: env.WithDefaults(), job: job, config: *config}
	p.dialer = dial.Dialer{Host: job.Probe.Address, Source: config.Source, DSCP: config.DSCP, Resolver: p.env.Resolver}
	if config.Protocol == "tcp" {
		var err error
		if p.dialer.Host, p.dialer.Port, err = dial.SplitAddress(job.Probe.Address); err != nil {
			return nil, fmt.Errorf("%s: probe %s of %s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
		}
	}
	return p, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	defer func() { emit(&result) }()
	all, err := p.dialer.Addresses(ctx, trace)
	if err != nil {
		dial.Fail(&result, err)
		return
	}
	target := all[0]
	trace.Logf("trace to %s by %s, %d packets a hop, at most %d hops", target, p.config.Protocol, p.config.Queries, p.config.MaxHops)
	l, err := open(p.config, target)
	if err != nil {
		dial.Fail(&result, err)
		return
	}
	defer l.close()
	w := walk{line: l, longest: p.config.MaxHops, rounds: p.config.Queries}
	found, next, err := w.run(ctx)
	for _, line := range found.lines(p.env.Network) {
		trace.Logf("%s", line)
	}
	p.judge(&result, &found, target, err)
	if result.Outcome == probes.Unknown {
		return
	}
	result.Samples = p.report(&found)
	if found.reached && p.config.Protocol != "tcp" {
		if mtu := p.pathMTU(ctx, l, target, next, result.Duration, trace); mtu.Found() {
			result.Samples = append(result.Samples, probes.Sample{Metric: metric.TracePathMTU, Value: float64(mtu.Least)})
		}
	}
}

// judge says what a path means for the target.
func (p *prober) judge(result *probes.Result, found *path, target netip.Addr, err error) {
	distance, router := found.last()
	behind := "nobody on the way answered"
	if distance > 0 {
		behind = fmt.Sprintf("the last that answered is %s, hop %d", router, distance)
	}
	late := errors.Is(err, context.DeadlineExceeded)
	if late && found.reached {
		err = nil // not all rounds, but what matters
	}
	switch {
	case late && err != nil && distance > 0:
		dial.Fail(result, dial.Failf(probes.ReasonTimeout, "the time did not suffice to look at the whole way to %s; %s", target, behind))
	case err != nil:
		dial.Fail(result, err)
	case found.refusal != "":
		dial.Fail(result, dial.Failf(probes.ReasonUnreachable, "%s on the way to %s; %s", found.refusal, target, behind))
	case !found.reached:
		dial.Fail(result, dial.Failf(probes.ReasonTimeout, "%s did not answer; %s", target, behind))
	default:
		result.Duration = found.hops[distance-1].best()
		result.Detail = fmt.Sprintf("hops: %s", found)
	}
}

// report returns the samples of a path, and says if it has changed.
func (p *prober) report(found *path) []probes.Sample {
	distance, _ := found.last()
	samples := []probes.Sample{{Metric: metric.TraceHops, Value: float64(distance)}}
	gone := p.shown
	p.shown = nil
	for i, h := range found.hops {
		if len(h.trips) == 0 {
			continue
		}
		x := probes.Sample{
			Metric: metric.TraceHopRTT, Value: h.best().Seconds(),
			Labels: []string{strconv.Itoa(i + 1), h.routers[0].String(), p.env.Network(h.routers[0])},
		}
		p.shown = append(p.shown, x)
	}
	samples = append(samples, vanished(gone, p.shown)...)
	samples = append(samples, p.shown...)
	if !found.reached {
		return samples
	}
	switch {
	case p.before == nil:
	case found.sameWay(p.before):
		found.learn(p.before)
	default:
		samples = append(samples, probes.Sample{Metric: metric.TraceChanges, Value: 1})
		p.env.Logger.Info("the path has changed", "target", p.job.Target.ID, "probe", p.job.Probe.Name, "before", p.before.String(), "now", found.String())
	}
	p.before = found
	return samples
}

// vanished takes away the series that are not there any more.
func vanished(before, now []probes.Sample) (list []probes.Sample) {
	for _, x := range before {
		if !slices.ContainsFunc(now, func(y probes.Sample) bool { return slices.Equal(x.Labels, y.Labels) }) {
			x.Value = math.NaN()
			list = append(list, x)
		}
	}
	return list
}

// pathMTU looks for it with what is left of the time, up to three seconds.
func (p *prober) pathMTU(ctx context.Context, l line, target netip.Addr, key int, rtt time.Duration, trace *probes.Trace) pathmtu.Range {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	known := pathmtu.LeastV4
	if target.Is6() {
		known = pathmtu.LeastV6
	}
	found := pathmtu.Find(ctx, known, rtt, func(ctx context.Context, size int, timeout time.Duration) (bool, int) {
		key++
		return ask(ctx, l, packet{key: key, ttl: 255, size: size, whole: true}, timeout)
	})
	trace.Logf("%s", found)
	return found
}

// ask sends one packet. It reports whether the target answered it, and else the limit
// that a router told, or 0.
func ask(ctx context.Context, l line, k packet, timeout time.Duration) (fits bool, limit int) {
	if err := l.send(k); err != nil && !isTooBig(err) {
		return false, 0
	}
	for end := time.Now().Add(timeout); time.Now().Before(end) && ctx.Err() == nil; {
		replies, err := l.hear(end)
		if err != nil {
			return false, 0
		}
		for _, r := range replies {
			switch {
			case r.key != k.key && r.event != tooBig:
			case r.event == arrived:
				return true, 0
			case r.event == tooBig:
				return false, r.limit
			}
		}
	}
	return false, 0
}
