package main

import (
	"context"
	"errors"
	"time"
)

// pingState is what an exporter has counted so far, over all targets.
type pingState struct {
	sent, lost float64
	rtt        histogram
}

// pinged is what pinging n targets once a second cost, in one window.
type pinged struct {
	program      string
	targets      int
	perPing      time.Duration // processor time, scrapes left out
	share        float64       // of one core, scrapes left out
	sent, lost   float64
	p50, p99     time.Duration
	timed        bool  // p50 and p99 are known
	memory, peak int64 // bytes, scrapes included
	everLost     float64
}

// usage is what a program used while nobody asked it anything.
type usage struct{ cpu, elapsed time.Duration }

// share is the part of a core.
func (u usage) share() float64 { return float64(u.cpu) / float64(u.elapsed) }

// use watches a program for d.
func (p *process) use(ctx context.Context, d time.Duration) (usage, error) {
	before, err := p.cpu()
	if err != nil {
		return usage{}, err
	}
	start := time.Now()
	if err := p.wait(ctx, d); err != nil {
		return usage{}, err
	}
	elapsed := time.Since(start)
	after, err := p.cpu()
	return usage{after - before, elapsed}, err
}

// account works out the costs of a ping: use is a part of the window in which
// r.sent pings were sent.
func (r *pinged) account(use usage, window time.Duration) {
	pings := r.sent * float64(use.elapsed) / float64(window)
	if pings > 0 {
		r.perPing = time.Duration(float64(use.cpu) / pings)
	}
	r.share = use.share()
}

// measureExporter watches a program that exports ping metrics. It is scraped at
// the start, in the middle and at the end of the window; its processor time is
// taken between the scrapes.
func (b *bench) measureExporter(ctx context.Context, s *server, read func(context.Context, string) (pingState, error)) (pinged, error) {
	result := pinged{program: s.name}
	if err := s.wait(ctx, b.sizes.pingWarmup); err != nil {
		return result, err
	}
	first, err := read(ctx, s.metrics)
	if err != nil {
		return result, err
	}
	start := time.Now()
	var last pingState
	var total usage
	for range 2 {
		use, err := s.use(ctx, b.sizes.window/2)
		if err != nil {
			return result, err
		}
		total.cpu += use.cpu
		total.elapsed += use.elapsed
		if last, err = read(ctx, s.metrics); err != nil {
			return result, err
		}
	}
	window := time.Since(start)
	result.sent, result.lost, result.everLost = last.sent-first.sent, max(0, last.lost-first.lost), last.lost
	result.account(total, window)
	trips := last.rtt.minus(&first.rtt)
	result.p50, result.timed = trips.quantile(0.50)
	result.p99, _ = trips.quantile(0.99)
	result.memory, result.peak, err = s.memory()
	return result, err
}

// pingWanwatch measures wanwatch on n targets.
func (b *bench) pingWanwatch(ctx context.Context, n int) (pinged, error) {
	logf("ping: wanwatch, %d targets", n)
	failed := pinged{program: "wanwatch", targets: n}
	inventory, err := b.pingInventory(n, time.Second)
	if err != nil {
		return failed, err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return failed, err
	}
	defer s.stop()
	result, err := b.measureExporter(ctx, s, readWanwatch)
	result.program, result.targets = "wanwatch", n
	return result, err
}

// pingSmokeping measures smokeping_prober on n targets.
func (b *bench) pingSmokeping(ctx context.Context, n int) (pinged, error) {
	logf("ping: smokeping_prober, %d targets", n)
	s, err := b.startSmokeping(ctx, n, time.Second)
	if err != nil {
		return pinged{}, err
	}
	defer s.stop()
	result, err := b.measureExporter(ctx, s, readSmokeping)
	result.program, result.targets = "smokeping_prober", n
	return result, err
}

// runPing measures the ping rows.
func runPing(ctx context.Context, b *bench) error {
	t := table{title: "Ping, one a second for each target", head: []string{
		"program", "targets", "CPU a ping", "of a core", "pings", "lost", "RTT p50", "RTT p99", "memory", "peak",
	}}
	var failed []error
	small := b.sizes.pingSmall
	ours, err := b.pingWanwatch(ctx, small)
	oursOK := err == nil
	failed = append(failed, t.addPinged(ours, err))
	fping, err := b.measureFping(ctx, small)
	fpingOK := oursOK && err == nil
	failed = append(failed, t.addPinged(fping, err))
	smokeping, err := b.pingSmokeping(ctx, small)
	smokepingOK := oursOK && err == nil
	failed = append(failed, t.addPinged(smokeping, err))
	if fpingOK && fping.perPing > 0 {
		b.report.goal(thousands(small)+" targets: CPU beside fping's", "%.1f times", ratio(ours.perPing, fping.perPing), 3)
	}
	if smokepingOK && smokeping.perPing > 0 {
		b.report.goal(thousands(small)+" targets: CPU beside smokeping_prober's", "%.3f times", ratio(ours.perPing, smokeping.perPing), 0.1)
	}
	failed = append(failed, b.pingMedium(ctx, &t), b.pingLarge(ctx, &t))
	t.note("CPU is utime and stime of /proc/PID/stat, taken between the scrapes; memory is VmRSS and VmHWM and includes them. " +
		"wanwatch's and smokeping_prober's round trips come from their histograms, fping's from what it prints. " +
		"smokeping_prober does not tell lost from still on its way: what had no answer when it was read counts as lost.")
	b.report.tables = append(b.report.tables, t)
	return errors.Join(failed...)
}

func (b *bench) pingMedium(ctx context.Context, t *table) error {
	n := b.sizes.pingMedium
	ours, err := b.pingWanwatch(ctx, n)
	failed := t.addPinged(ours, err)
	if err == nil {
		what := thousands(n) + " targets: "
		b.report.goal(what+"pings lost", "%.0f", ours.everLost, 0)
		b.report.goal(what+"RTT p99", "%.1f µs", inMicros(ours.p99), 100)
		b.report.goal(what+"CPU a ping", "%.1f µs", inMicros(ours.perPing), 15)
		b.report.goal(what+"memory with scrapes, peak", "%.0f MB", float64(ours.peak)/1e6, 200)
	}
	logf("ping: fping, %d targets", n)
	fping, err := b.measureFping(ctx, n)
	return errors.Join(failed, t.addPinged(fping, err))
}

func (b *bench) pingLarge(ctx context.Context, t *table) error {
	n := b.sizes.pingLarge
	ours, err := b.pingWanwatch(ctx, n)
	failed := t.addPinged(ours, err)
	if err == nil {
		b.report.goal(thousands(n)+" targets: pings lost", "%.0f", ours.everLost, 0)
		b.report.goal(thousands(n)+" targets: share of a core", "%.2f", ours.share, 0.5)
	}
	return failed
}

// addPinged adds a row. A peer that is not there or that stops is told in a
// note; the error is returned if it is wanwatch that failed.
func (t *table) addPinged(r pinged, err error) error {
	if err != nil {
		if r.program == "" {
			t.note("%v", err)
		} else {
			t.note("%s, %s targets: %v", r.program, thousands(r.targets), err)
		}
		if r.program == "fping" || isMissing(err) {
			return nil
		}
		return err
	}
	p50, p99 := "unknown", "unknown"
	if r.timed {
		p50, p99 = micros(r.p50), micros(r.p99)
	}
	t.add(r.program, thousands(r.targets), micros(r.perPing), percent(r.share), thousands(r.sent), thousands(r.lost),
		p50, p99, megabytes(r.memory), megabytes(r.peak))
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func inMicros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
