package ping

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/probes"
)

// margin is how long before the end of a probe its last packet times out, so
// that the engine still can say so.
const margin = 20 * time.Millisecond

// Probe implements probes.Fleet: one echo request from sockets of its own, in an
// engine like that of all targets. With a trace, the path MTU is looked for
// after an answer, as far as the time allows.
func (f *fleet) Probe(ctx context.Context, job probes.Job, emit probes.Emit, trace *probes.Trace) {
	s := settingsOf(job)
	start := time.Now()
	fail := func(o probes.Outcome, why probes.Reason, detail string) {
		emit(&probes.Result{Job: job, Target: job.Target, Outcome: o, Reason: why, Detail: detail, Start: start, Duration: time.Since(start)})
	}
	to, err := locate(ctx, f.env.Resolver, s, func(fm family) bool { return f.sockets.usable(fm) == nil }, trace)
	if err != nil {
		o, why := faultOf(err)
		fail(o, why, err.Error())
		return
	}
	x := exchange{job: job, to: to, size: s.size, timeout: s.timeout}
	r, err := f.once(ctx, &x, trace)
	switch {
	case err != nil:
		fail(probes.Unknown, probes.ReasonSend, err.Error())
		return
	case r == nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		fail(probes.Failure, probes.ReasonTimeout, "no answer from "+to.String())
		return
	case r == nil:
		return // cut short: nothing is known
	}
	emit(r)
	if r.Outcome == probes.Success && trace != nil {
		findPathMTU(ctx, to.family(), s.size, r.Duration, trace, func(ctx context.Context, size int, timeout time.Duration) (bool, int) {
			return f.fits(ctx, exchange{job: job, to: to, size: size, timeout: timeout, whole: true})
		})
	}
}

// exchange is one request with its answer.
type exchange struct {
	job     probes.Job
	to      peer
	size    int
	timeout time.Duration
	whole   bool // it must not be fragmented
	// limit is set to the MTU that a router told, if one did.
	limit int
}

// fits reports whether a whole packet of a size comes back, and else the limit
// that a router told, or 0.
func (f *fleet) fits(ctx context.Context, x exchange) (bool, int) {
	r, err := f.once(ctx, &x, nil)
	return err == nil && r != nil && r.Outcome == probes.Success, x.limit
}

// once sends one request and waits for what becomes of it. The result is nil if
// ctx is done first.
func (f *fleet) once(ctx context.Context, x *exchange, trace *probes.Trace) (*probes.Result, error) {
	g, err := newFleet(probes.Env{Logger: slog.New(slog.DiscardHandler)}, f.media...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = g.Close() }() // the answer is there; a socket that will not close changes nothing
	if x.whole {
		g.sockets.keepWhole()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if deadline, ok := ctx.Deadline(); ok {
		x.timeout = max(min(x.timeout, time.Until(deadline)-margin), time.Millisecond)
	}
	t := g.begin(*x, trace)
	var result *probes.Result
	err = g.Run(ctx, func(r *probes.Result) {
		if result != nil || r.Outcome == probes.Note {
			return
		}
		kept := *r
		kept.Job, kept.Target = x.job, x.job.Target
		kept.Samples = append([]probes.Sample(nil), r.Samples...)
		result = &kept
		cancel()
	})
	x.limit = int(t.texts.by.mtu)
	return result, err
}

// begin gives the engine the one target of an exchange, whose packet is due now.
func (f *fleet) begin(x exchange, trace *probes.Trace) *target {
	e := f.loop.engine
	e.trace = trace
	probe := *x.job.Probe
	probe.Address, probe.Interval, probe.Timeout = x.to.String(), time.Hour, x.timeout
	config := Config{}
	if c, ok := probe.Config.(*Config); ok && c != nil {
		config = *c
	}
	config.Size = x.size
	probe.Config = &config
	job := x.job
	job.Probe = &probe
	c := f.planner.plan([]probes.Job{job}, f.patternSum)
	f.wired = c.table.wiredNames()
	e.links = f.links()
	f.loop.receiver.fit(c.table.room)
	e.swap(c)
	t := c.added[0]
	e.added = nil
	e.beat()
	e.place(t)
	t.due = e.now.mono
	e.queue.add(e.turn(t))
	return t
}

// keepWhole makes packets that are too large for the path be dropped and not cut
// up, whatever the kernel knows of the path (ip(7), IP_PMTUDISC_PROBE).
func (s *sockets) keepWhole() {
	for f, p := range s.families {
		for _, k := range p.sockets {
			switch {
			case k == nil:
			case family(f) == v4:
				_ = unix.SetsockoptInt(k.fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
			default:
				_ = unix.SetsockoptInt(k.fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_PROBE)
				_ = unix.SetsockoptInt(k.fd, unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1)
			}
		}
	}
}
