package schedule

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// rooms are targets with a quick probe of three confirmations and a slow one of two.
func rooms(n int, slow string) []*inventory.Target {
	list := targets(n, "quick", time.Second, 500*time.Millisecond)
	for _, t := range list {
		t.Probes[0].Confirm = 3
		t.Probes = append(t.Probes, &inventory.Probe{
			Name: slow, Kind: slow, Address: t.Address, Interval: 15 * time.Second, Timeout: 5 * time.Second, Confirm: 2, Config: new(fakeConfig),
		})
	}
	return list
}

// line answers or does not.
type line struct{ cut atomic.Bool }

func (l *line) probe(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
	if l.cut.Load() {
		dead(ctx, p, emit, trace)
		return
	}
	succeed(ctx, p, emit, trace)
}

// after returns the offsets of the starts of a prober that lie in a stretch of time.
func (p *fakeProber) after(from time.Time, within time.Duration) []time.Duration {
	var list []time.Duration
	for _, s := range p.started() {
		if d := s.Sub(from); d >= 0 && d < within {
			list = append(list, d)
		}
	}
	return list
}

// A target that drops, or comes back, is known to be so within seconds by all its
// probes; while it stays so, it is asked as ever.
func TestADropIsConfirmedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l line
		quick, slow := &fakeKind{name: "quick", probe: l.probe}, &fakeKind{name: "tcp", probe: l.probe}
		r, m, got := newTestRunner(nil, quick, slow)
		apply(t, r, jobsOf(t, rooms(1, "tcp")...))
		stop := start(t, r)
		time.Sleep(time.Minute)
		told := func(since time.Time, o probes.Outcome) time.Duration {
			n := 0
			for _, x := range got.list() {
				if x.Job.Probe.Kind == "tcp" && x.Outcome == o && !x.Start.Before(since) {
					if n++; n == 2 {
						return x.Start.Sub(since)
					}
				}
			}
			return time.Hour
		}
		for round := range 20 {
			l.cut.Store(true)
			cut := time.Now()
			time.Sleep(10 * time.Minute)
			if d := told(cut, probes.Failure); d > 6*time.Second {
				t.Errorf("round %d: the second failure began %s after the drop", round, d)
			}
			if n := len(slow.probers()[0].after(cut, 10*time.Minute)); n > 10*4+3 {
				t.Errorf("round %d: a dead target was asked %d times in 10 minutes", round, n)
			}
			l.cut.Store(false)
			back := time.Now()
			time.Sleep(10*time.Minute + 1300*time.Millisecond)
			if d := told(back, probes.Success); d > 4*time.Second {
				t.Errorf("round %d: the second success began %s after the return", round, d)
			}
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if skipped, worst, _ := m.values(); skipped > 40 || worst > 2*tick.Seconds() {
			t.Errorf("skipped %g, worst lag %g s", skipped, worst)
		}
	})
}

// A target that loses every second packet is asked twice as often as ever at most,
// and a costly probe of it is repeated once for each of its ordinary starts at most.
func TestALossyTargetIsNotHarried(t *testing.T) {
	for _, costly := range []bool{false, true} {
		t.Run(fmt.Sprint(costly), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				quick := &fakeKind{name: "quick", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
					if n++; n%2 == 0 {
						dead(ctx, p, emit, trace)
						return
					}
					succeed(ctx, p, emit, trace)
				}}
				slow := &fakeKind{name: "slow", probe: succeed}
				kind := slow.kind()
				kind.Costly = costly
				got := new(results)
				r := NewRunner(Options{Kinds: []probes.Kind{quick.kind(), kind}, Emit: got.emit})
				apply(t, r, jobsOf(t, rooms(1, "slow")...))
				stop := start(t, r)
				time.Sleep(time.Hour)
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				if n := len(slow.probers()[0].started()); n < 200 || n > 2*240+5 {
					t.Errorf("asked %d times in an hour, ordinarily 240 times", n)
				}
			})
		})
	}
}

// A costly probe that fails is repeated once within seconds, not more.
func TestACostlyProbeIsRepeatedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l line
		k := &fakeKind{name: "snmp", probe: l.probe}
		kind := k.kind()
		kind.Costly = true
		r := NewRunner(Options{Kinds: []probes.Kind{kind}, Emit: new(results).emit})
		device := target("router", "snmp", 30*time.Second, 10*time.Second)
		device.Probes[0].Confirm = 5
		apply(t, r, jobsOf(t, device))
		stop := start(t, r)
		time.Sleep(time.Minute)
		l.cut.Store(true)
		cut := time.Now()
		time.Sleep(29 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if n := len(k.probers()[0].after(cut, 29*time.Second)); n > 2 {
			t.Errorf("a device that fell silent was asked %d times in 29 s", n)
		}
	})
}

// A country that falls silent at once is no storm, and delays nobody who answers.
func TestAMassFailureIsSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const all = 3000
		var l line
		ask := func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
			if strings.HasSuffix(p.job.Target.ID, "7") {
				succeed(ctx, p, emit, trace)
				return
			}
			l.probe(ctx, p, emit, trace)
		}
		quick, slow := &fakeKind{name: "quick", probe: ask}, &fakeKind{name: "tcp", probe: ask}
		r, m, _ := newTestRunner(nil, quick, slow)
		apply(t, r, jobsOf(t, rooms(all, "tcp")...))
		stop := start(t, r)
		time.Sleep(30 * time.Second)
		l.cut.Store(true)
		cut := time.Now()
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		perSecond := map[int]int{}
		for _, p := range slow.probers() {
			for _, d := range p.after(cut, time.Minute) {
				perSecond[int(d/time.Second)]++
			}
		}
		const ordinary = all / 15
		for second, n := range perSecond {
			if n > ordinary*5/4+hurriesPerSecond+hurriesAtOnce {
				t.Errorf("second %d after the failure: %d probes, ordinarily %d", second, n, ordinary)
			}
		}
		if _, worst, _ := m.values(); worst > 2*tick.Seconds() {
			t.Errorf("worst lag %g s", worst)
		}
	})
}

// A probe that usually takes long is given long in haste as well.
func TestHasteWaitsForTheSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const usual = 900 * time.Millisecond
		n := 0
		k := &fakeKind{name: "tcp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			begin := time.Now()
			wait := usual
			if n++; n == 3 {
				wait = time.Hour // one failure
			} else if n == 4 {
				wait = 3500 * time.Millisecond
			}
			x := p.result(probes.Success, "")
			select {
			case <-ctx.Done():
				x = p.result(probes.Failure, probes.ReasonTimeout)
			case <-time.After(wait):
			}
			x.Start, x.Duration = begin, time.Since(begin)
			emit(x)
		}}
		r, _, got := newTestRunner(nil, k)
		one := target("far", "tcp", 15*time.Second, 5*time.Second)
		one.Probes[0].Confirm = 2
		apply(t, r, jobsOf(t, one))
		stop := start(t, r)
		time.Sleep(2 * time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		var failed int
		for _, x := range got.list() {
			if x.Outcome == probes.Failure {
				failed++
			}
		}
		if failed != 1 {
			t.Errorf("%d failures, want the one that was made", failed)
		}
	})
}

// slower is a target whose second probe comes more rarely. An inventory never
// changes, so it is another one.
func slower(t *inventory.Target) *inventory.Target {
	changed, probe := *t, *t.Probes[1]
	probe.Interval = 20 * time.Second
	changed.Probes = []*inventory.Probe{t.Probes[0], &probe}
	return &changed
}

// A reload in the middle of a drop forgets nothing and keeps no place twice.
func TestHasteOutlivesAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l line
		quick, slow := &fakeKind{name: "quick", probe: l.probe}, &fakeKind{name: "tcp", probe: l.probe}
		r, _, _ := newTestRunner(nil, quick, slow)
		list := rooms(30, "tcp")
		apply(t, r, jobsOf(t, list...))
		stop := start(t, r)
		time.Sleep(time.Minute)
		l.cut.Store(true)
		for i := range 20 {
			time.Sleep(300 * time.Millisecond)
			list[i] = slower(list[i])
			apply(t, r, jobsOf(t, list[i:]...))
		}
		time.Sleep(10 * time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, p := range slow.probers() {
			if p.closings() != 1 {
				t.Errorf("%s was closed %d times", p.job.Target.ID, p.closings())
			}
		}
	})
}
