package ping

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	probing "github.com/prometheus-community/pro-bing"
	"golang.org/x/net/icmp"

	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// portable is the engine for platforms other than Linux: pro-bing, with a socket
// and a few goroutines for each packet. It suits some hundred targets. It hears
// no ICMP errors, and counts an answer after the time-out as none.
type portable struct {
	env        probes.Env
	privileged bool

	mu      sync.Mutex
	wanted  map[probes.Key]probes.Job
	running map[probes.Key]*repeater
	start   func(*repeater) // nil while Run does not run
}

// repeater pings one target again and again.
type repeater struct {
	job  probes.Job
	stop context.CancelFunc
	course
}

// probingLeast is the smallest payload of pro-bing: a time and a UUID.
const probingLeast = 24

func newPortable(env probes.Env) *portable {
	return &portable{env: env.WithDefaults(), privileged: needsRaw(), running: map[probes.Key]*repeater{}}
}

// Set implements probes.Fleet.
func (p *portable) Set(jobs []probes.Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = make(map[probes.Key]probes.Job, len(jobs))
	for _, j := range jobs {
		p.wanted[j.Key()] = j
	}
	p.adjust()
}

// adjust starts and stops repeaters, if Run runs.
func (p *portable) adjust() {
	if p.start == nil {
		return
	}
	for k, r := range p.running {
		if j, ok := p.wanted[k]; !ok || j.Fingerprint != r.job.Fingerprint {
			r.stop()
			delete(p.running, k)
		}
	}
	for k, j := range p.wanted {
		if p.running[k] == nil {
			r := &repeater{job: j}
			p.running[k] = r
			p.start(r)
		}
	}
}

// Run implements probes.Fleet.
func (p *portable) Run(ctx context.Context, emit probes.Emit) error {
	var group sync.WaitGroup
	p.mu.Lock()
	p.start = func(r *repeater) {
		var own context.Context
		own, r.stop = context.WithCancel(ctx)
		group.Go(func() { p.repeat(own, r, emit) })
	}
	p.adjust()
	p.mu.Unlock()

	<-ctx.Done()
	p.mu.Lock()
	p.start = nil
	for k, r := range p.running {
		r.stop()
		delete(p.running, k)
	}
	p.mu.Unlock()
	group.Wait()
	return nil
}

// repeat pings at the job's phase of each interval. Packets overlap where the
// time-out is longer than the interval.
func (p *portable) repeat(ctx context.Context, r *repeater, emit probes.Emit) {
	s := settingsOf(r.job)
	interval := int64(s.interval)
	wait := (int64(r.job.Phase) - time.Now().UnixNano()) % interval
	if wait < 0 {
		wait += interval
	}
	timer := time.NewTimer(time.Duration(wait))
	defer timer.Stop()
	due := time.Now().Add(time.Duration(wait))
	var packets sync.WaitGroup
	defer packets.Wait()
	var one sync.Mutex
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		p.env.Meter.Observe(metric.PingSendLag, max(time.Since(due), 0).Seconds())
		packets.Go(func() {
			timed, cancel := context.WithTimeout(ctx, s.timeout)
			defer cancel()
			result := p.ping(timed, r.job, nil)
			if ctx.Err() != nil {
				return
			}
			one.Lock()
			defer one.Unlock()
			r.count(result, p.env.Quality)
			emit(result)
		})
		for due = due.Add(s.interval); time.Until(due) < 0; {
			due = due.Add(s.interval) // missed, and not made up for
		}
		timer.Reset(time.Until(due))
	}
}

// count adds the samples of a result.
func (r *repeater) count(x *probes.Result, p *quality.Profile) {
	fate, late := unknown, false
	switch x.Outcome {
	case probes.Success:
		fate, late = received, r.window.Hear(x.Duration, p.Buffer)
		r.observe(int64(x.Duration))
		x.Samples = append(x.Samples,
			probes.Sample{Metric: metric.PingSent, Value: 1}, probes.Sample{Metric: metric.PingReceived, Value: 1},
			probes.Sample{Metric: metric.PingRTT, Value: x.Duration.Seconds()})
		if r.heard > 1 {
			x.Samples = append(x.Samples, probes.Sample{Metric: metric.PingJitter, Value: r.jitter / float64(time.Second)})
		}
		if n := r.judge(received); n > 0 {
			x.Samples = append(x.Samples, probes.Sample{Metric: metric.PingLossBurst, Value: float64(n)})
		}
	case probes.Failure:
		if x.Reason == probes.ReasonResolve {
			return // nothing was sent
		}
		fate = lost
		r.judge(lost)
		x.Samples = append(x.Samples, probes.Sample{Metric: metric.PingSent, Value: 1}, probes.Sample{Metric: metric.PingLost, Value: 1})
	case probes.Unknown, probes.Note:
	}
	if rating, full := r.rate(fate, late, p); full && rated(x.Target) {
		rating.Each(func(d *metric.Desc, labels []string, v float64) {
			x.Samples = append(x.Samples, probes.Sample{Metric: d, Labels: labels, Value: v})
		})
	}
}

// Probe implements probes.Fleet.
func (p *portable) Probe(ctx context.Context, job probes.Job, emit probes.Emit, trace *probes.Trace) {
	result := p.ping(ctx, job, trace)
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	(&repeater{}).count(result, p.env.Quality)
	emit(result)
	if result.Outcome != probes.Success || trace == nil {
		return
	}
	s := settingsOf(job)
	to, err := locate(ctx, p.env.Resolver, s, anyUsable, nil)
	if err != nil {
		return
	}
	findPathMTU(ctx, to.family(), s.size, result.Duration, trace, func(ctx context.Context, size int, timeout time.Duration) (bool, int) {
		pinger := p.pinger(s, to)
		pinger.Size = max(size, probingLeast)
		pinger.SetDoNotFragment(true)
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return pinger.RunWithContext(ctx) == nil && pinger.Statistics().PacketsRecv > 0, 0
	})
}

func anyUsable(family) bool { return true }

// ping sends one packet and waits for its answer. The result has no samples yet,
// but for the TTL.
func (p *portable) ping(ctx context.Context, job probes.Job, trace *probes.Trace) *probes.Result {
	s := settingsOf(job)
	result := &probes.Result{Job: job, Target: job.Target, Start: time.Now()}
	to, err := locate(ctx, p.env.Resolver, s, anyUsable, trace)
	if err != nil {
		result.Outcome, result.Reason = faultOf(err)
		result.Detail = err.Error()
		return result
	}
	pinger := p.pinger(s, to)
	ttl := 0
	pinger.OnSend = func(k *probing.Packet) {
		trace.Logf("sent echo request to %s (id %d, seq %d, %d bytes)", to, k.ID, k.Seq, pinger.Size)
	}
	pinger.OnRecv = func(k *probing.Packet) {
		result.Duration, ttl = k.Rtt, k.TTL
		trace.Logf("answer from %s after %s, TTL %d", k.IPAddr, milliseconds(k.Rtt), k.TTL)
	}
	err = pinger.RunWithContext(ctx)
	switch {
	case pinger.Statistics().PacketsRecv > 0:
		if ttl > 0 {
			result.Samples = append(result.Samples, probes.Sample{Metric: metric.PingReplyTTL, Value: float64(ttl)})
		}
	case err != nil && ctx.Err() == nil:
		p.env.Meter.Add(metric.PingSendErrors, 1)
		result.Outcome, result.Reason = probes.Unknown, probes.ReasonSend
		result.Detail = fmt.Sprintf("sending to %s: %v", to, err)
	default:
		result.Outcome, result.Reason = probes.Failure, probes.ReasonTimeout
		result.Detail = fmt.Sprintf("no answer from %s within %s", to, s.timeout.Round(time.Millisecond))
	}
	if result.Outcome != probes.Success {
		result.Duration = time.Since(result.Start)
	}
	return result
}

// pinger prepares pro-bing for one packet.
func (p *portable) pinger(s settings, to peer) *probing.Pinger {
	pinger := probing.New("")
	pinger.SetIPAddr(&net.IPAddr{IP: to.addr.AsSlice(), Zone: zone(to)})
	pinger.SetLogger(probing.NoopLogger{})
	pinger.Count, pinger.RecordRtts, pinger.RecordTTLs = 1, false, false
	pinger.Interval, pinger.Timeout = time.Hour, s.timeout
	pinger.Size = max(s.size, probingLeast)
	pinger.SetTrafficClass(s.dscp << 2)
	if s.ttl != 0 {
		pinger.TTL = s.ttl
	}
	if s.source.IsValid() {
		pinger.Source = s.source.String()
	}
	pinger.InterfaceName = s.ifname
	pinger.SetPrivileged(p.privileged)
	return pinger
}

// needsRaw reports whether pings need raw sockets here, because the host has or
// permits no ICMP datagram sockets.
func needsRaw() bool {
	c, err := icmp.ListenPacket("udp4", "0.0.0.0")
	if err != nil {
		return true
	}
	return c.Close() != nil
}

func zone(p peer) string {
	if p.scope == 0 {
		return ""
	}
	if i, err := net.InterfaceByIndex(int(p.scope)); err == nil {
		return i.Name
	}
	return ""
}

// Close implements probes.Fleet; there is nothing to free.
func (p *portable) Close() error { return nil }
