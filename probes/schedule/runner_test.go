package schedule

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// newTestRunner returns a runner of the kinds with a meter and a taker of
// results.
func newTestRunner(limits map[string]int, kinds ...*fakeKind) (*Runner, *meter, *results) {
	m, r := new(meter), new(results)
	var list []probes.Kind
	for _, k := range kinds {
		list = append(list, k.kind())
	}
	return NewRunner(Options{Env: probes.Env{Meter: m}, Kinds: list, Emit: r.emit, Concurrency: limits}), m, r
}

// Each job starts soon after the program, then on its phase and nowhere else,
// hours on end.
func TestStartsKeepThePhaseForHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval, hours = 15 * time.Second, 6
		k := &fakeKind{name: "tcp", probe: succeed}
		r, m, _ := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, targets(20, "tcp", interval, 5*time.Second)...))
		begin := time.Now()
		stop := start(t, r)
		time.Sleep(hours * time.Hour)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, p := range k.probers() {
			starts := p.started()
			if first := starts[0].Sub(begin); first > firstWithin {
				t.Errorf("%s: first probe after %s", p.job.Target.ID, first)
			}
			want := int(hours*time.Hour/interval) + 1
			if n := len(starts); n < want-2 || n > want+1 {
				t.Errorf("%s: %d probes, want about %d", p.job.Target.ID, n, want)
			}
			for i, s := range starts[1:] {
				off := time.Duration(s.UnixNano()%int64(interval)) - p.job.Phase
				if off < 0 || off > tick {
					t.Fatalf("%s: start %d is %s off its phase", p.job.Target.ID, i+1, off)
				}
			}
		}
		if skipped, worst, _ := m.values(); skipped != 0 || worst > tick.Seconds() {
			t.Errorf("skipped %g, worst lag %g s", skipped, worst)
		}
	})
}

// 3,000 jobs do not start together, neither at first nor later.
func TestStartsAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: succeed}
		r, _, got := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, targets(3000, "tcp", 30*time.Second, time.Second)...))
		begin := time.Now()
		stop := start(t, r)
		time.Sleep(2 * time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		counts := map[int]int{}
		for _, x := range got.list() {
			counts[int(x.Start.Sub(begin)/time.Second)]++
		}
		for second := range 5 {
			if n := counts[second]; n < 500 || n > 700 {
				t.Errorf("second %d: %d first probes, want about 600", second, n)
			}
		}
		for second := 60; second < 119; second++ {
			if n := counts[second]; n < 60 || n > 140 {
				t.Errorf("second %d: %d probes, want about 100", second, n)
			}
		}
	})
}

// A start that falls into the run before it is left out and counted.
func TestARunThatLastsSkipsStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: func(_ context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			time.Sleep(2500 * time.Millisecond) // longer than the context allows
			emit(p.result(probes.Success, ""))
		}}
		r, m, _ := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, target("a", "tcp", time.Second, time.Second)))
		stop := start(t, r)
		time.Sleep(60 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		starts := k.probers()[0].started()
		for i := 1; i < len(starts); i++ {
			if gap := starts[i].Sub(starts[i-1]).Round(2 * tick); gap != 3*time.Second {
				t.Fatalf("start %d came after %s, want 3 s", i, gap)
			}
		}
		skipped, _, _ := m.values()
		if want := float64(2 * len(starts)); skipped < want-2 || skipped > want {
			t.Errorf("skipped %g, want %g", skipped, want)
		}
	})
}

func TestNoMoreThanTheLimitRunTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, most int
		k := &fakeKind{name: "tcp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			select {
			case <-time.After(4 * time.Second):
			case <-ctx.Done():
			}
			mu.Lock()
			now--
			mu.Unlock()
			emit(p.result(probes.Success, ""))
		}}
		r, m, _ := newTestRunner(map[string]int{"tcp": 2}, k)
		apply(t, r, jobsOf(t, targets(6, "tcp", 15*time.Second, 5*time.Second)...))
		stop := start(t, r)
		time.Sleep(5 * time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if most != 2 {
			t.Errorf("%d ran together, want 2", most)
		}
		for _, p := range k.probers() {
			if n := len(p.started()); n < 18 {
				t.Errorf("%s ran %d times in 5 minutes", p.job.Target.ID, n)
			}
		}
		if _, worst, _ := m.values(); worst < 1 {
			t.Errorf("worst lag is %g s, though 6 jobs of 4 s shared 2 places", worst)
		}
	})
}

// Dead devices with a time-out of a third of the interval do not delay the
// living tenth among them, from the first second on.
func TestDeadTargetsDelayNoOthers(t *testing.T) {
	for _, devices := range []int{1000, 3000} {
		t.Run(strconv.Itoa(devices), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := &fakeKind{name: "snmp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
					if strings.HasSuffix(p.job.Target.ID, "7") {
						succeed(ctx, p, emit, trace)
						return
					}
					dead(ctx, p, emit, trace)
				}}
				r, m, got := newTestRunner(nil, k)
				apply(t, r, jobsOf(t, targets(devices, "snmp", 30*time.Second, 10*time.Second)...))
				stop := start(t, r)
				time.Sleep(3 * time.Minute)
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				skipped, worst, starts := m.values()
				if skipped != 0 || worst > 2*tick.Seconds() || starts < devices*6 {
					t.Errorf("%d starts, skipped %g, worst lag %g s", starts, skipped, worst)
				}
				for _, x := range got.list() {
					if x.Outcome == probes.Failure && x.Reason != probes.ReasonTimeout {
						t.Fatalf("%s: %s %s", x.Target.ID, x.Reason, x.Detail)
					}
				}
			})
		})
	}
}

func TestAPanicIsAResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp"}
		k.probe = func(_ context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			if len(p.starts) == 2 {
				panic("mistake")
			}
			emit(p.result(probes.Success, ""))
		}
		r, _, got := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, target("a", "tcp", 10*time.Second, time.Second)))
		stop := start(t, r)
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for i, x := range got.list() {
			switch {
			case i == 1 && (x.Outcome != probes.Unknown || x.Reason != probes.ReasonInternal):
				t.Errorf("the panic gave %v %s", x.Outcome, x.Reason)
			case i != 1 && x.Outcome != probes.Success:
				t.Errorf("probe %d gave %v %s", i, x.Outcome, x.Reason)
			}
		}
		if len(got.list()) < 6 {
			t.Errorf("only %d results", len(got.list()))
		}
	})
}

func TestSilenceIsAResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: func(context.Context, *fakeProber, probes.Emit, *probes.Trace) {}}
		r, _, got := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, target("a", "tcp", 10*time.Second, time.Second)))
		stop := start(t, r)
		time.Sleep(11 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, x := range got.list() {
			if x.Outcome != probes.Unknown || x.Reason != probes.ReasonInternal {
				t.Errorf("got %v %s", x.Outcome, x.Reason)
			}
		}
		if len(got.list()) == 0 {
			t.Error("no result")
		}
	})
}

// A prober that ignores its context loses its place; others go on, and the end
// is told.
func TestAProberThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		k := &fakeKind{name: "tcp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
			if p.job.Target.ID == "stuck" {
				<-free
				emit(p.result(probes.Success, "")) // too late to count
				return
			}
			succeed(ctx, p, emit, trace)
		}}
		r, _, got := newTestRunner(map[string]int{"tcp": 1}, k)
		apply(t, r, jobsOf(t, target("stuck", "tcp", 10*time.Second, time.Second), target("live", "tcp", 10*time.Second, time.Second)))
		stop := start(t, r)
		time.Sleep(2 * time.Minute)
		begin := time.Now()
		err := stop()
		if err == nil || !strings.Contains(err.Error(), "1 probes of the kind tcp have not ended") {
			t.Errorf("Run returned %v", err)
		}
		if took := time.Since(begin); took != grace {
			t.Errorf("Run returned after %s", took)
		}
		close(free)
		synctest.Wait()
		counts := map[string]int{}
		for _, x := range got.list() {
			counts[x.Target.ID]++
			if x.Target.ID == "stuck" && x.Reason != probes.ReasonInternal {
				t.Errorf("the stuck one gave %v %s", x.Outcome, x.Reason)
			}
		}
		if counts["stuck"] != 1 || counts["live"] < 11 {
			t.Errorf("results: %v", counts)
		}
	})
}

// A time-out that comes late was the program's own standstill.
func TestALateTimeoutIsAStandstill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: func(_ context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			time.Sleep(2100 * time.Millisecond)
			emit(p.result(probes.Failure, probes.ReasonTimeout))
		}}
		r, _, got := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, target("a", "tcp", 10*time.Second, time.Second)))
		stop := start(t, r)
		time.Sleep(15 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, x := range got.list() {
			if x.Outcome != probes.Unknown || x.Reason != probes.ReasonStalled {
				t.Errorf("got %v %s", x.Outcome, x.Reason)
			}
		}
	})
}

// After a standstill of the program the starts are not made up for.
func TestAStandstillIsNotMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: succeed}
		_, m, got := newTestRunner(nil, k)
		p := newPool(new(k.kind()), probes.Env{Meter: m}.WithDefaults(), got.emit, 0, newHurries())
		p.ctx = t.Context()
		prober := &fakeProber{probe: succeed}
		prober.job = jobsOf(t, target("a", "tcp", 10*time.Second, time.Second))[0]
		e := &entry{job: prober.job, prober: prober, next: time.Now()}
		p.replace(map[probes.Key]*entry{e.job.Key(): e})
		planned := e.next
		time.Sleep(35 * time.Second) // nobody looked at the heap
		wait := p.startDue()
		synctest.Wait()
		if n := len(prober.started()); n != 0 {
			t.Errorf("%d starts", n)
		}
		if skipped, _, _ := m.values(); skipped != 4 {
			t.Errorf("skipped %g, want 4", skipped)
		}
		if want := planned.Add(40 * time.Second); !e.next.Equal(want) || wait != 5*time.Second {
			t.Errorf("next start at %s in %s, want %s", e.next, wait, want)
		}
	})
}

func TestCancelEndsEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: dead}
		r, _, got := newTestRunner(nil, k)
		apply(t, r, jobsOf(t, targets(100, "tcp", 10*time.Second, 10*time.Second)...))
		stop := start(t, r)
		time.Sleep(9 * time.Second) // all run, none has timed out
		begin := time.Now()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("took %s", took)
		}
		// Being cut short says nothing about a target.
		if n := len(got.list()); n != 0 {
			t.Errorf("%d results of probes that were cut short: %+v", n, got.list()[0])
		}
		for _, p := range k.probers() {
			if len(p.started()) != 1 || p.closings() != 1 {
				t.Fatalf("%s: %d starts, %d closings", p.job.Target.ID, len(p.started()), p.closings())
			}
		}
	})
}

func TestRunOnceAndClose(t *testing.T) {
	k := &fakeKind{name: "tcp", probe: succeed}
	r, _, _ := newTestRunner(nil, k)
	apply(t, r, jobsOf(t, target("a", "tcp", time.Second, time.Second)))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n := k.probers()[0].closings(); n != 1 {
		t.Errorf("%d closings", n)
	}
	if err := r.Run(t.Context()); err == nil {
		t.Error("Run after Close gave no error")
	}
	if _, err := r.Prepare(nil); err == nil {
		t.Error("Prepare after Close gave no error")
	}
}

// fakeFleet records what is done to it.
type fakeFleet struct {
	mu     sync.Mutex
	sets   [][]probes.Job
	closed int
	run    func(ctx context.Context) error
}

func (f *fakeFleet) Set(jobs []probes.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sets = append(f.sets, slices.Clone(jobs))
}

func (f *fakeFleet) Run(ctx context.Context, _ probes.Emit) error {
	if f.run != nil {
		return f.run(ctx)
	}
	<-ctx.Done()
	return nil
}

func (f *fakeFleet) Probe(_ context.Context, j probes.Job, emit probes.Emit, trace *probes.Trace) {
	trace.Logf("sent")
	emit(&probes.Result{Job: j, Target: j.Target})
}

func (f *fakeFleet) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

func fleetKind(f *fakeFleet, opened *int) probes.Kind {
	return probes.Kind{ProbeKind: inventory.ProbeKind{Name: "ping"}, NewFleet: func(probes.Env) (probes.Fleet, error) {
		*opened++
		return f, nil
	}}
}

func TestFleetLivesFromItsFirstJobToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, opened := new(fakeFleet), 0
		r := NewRunner(Options{Kinds: []probes.Kind{fleetKind(f, &opened)}, Emit: new(results).emit})
		apply(t, r, nil)
		if opened != 0 {
			t.Error("opened without a job")
		}
		stop := start(t, r)
		synctest.Wait()
		apply(t, r, jobsOf(t, targets(3, "ping", time.Second, time.Second)...))
		apply(t, r, jobsOf(t, targets(2, "ping", time.Second, time.Second)...))
		apply(t, r, nil)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		var sizes []int
		for _, s := range f.sets {
			sizes = append(sizes, len(s))
		}
		if opened != 1 || f.closed != 1 || !slices.Equal(sizes, []int{3, 2, 0}) {
			t.Errorf("opened %d, closed %d, sets %v", opened, f.closed, sizes)
		}
	})
}

func TestAFleetThatFailsEndsRun(t *testing.T) {
	broken := errors.New("socket gone")
	for name, run := range map[string]func(context.Context) error{
		"error": func(context.Context) error { return broken },
		"panic": func(context.Context) error { panic(broken) },
		"end":   func(context.Context) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opened := 0
				f := &fakeFleet{run: run}
				k := &fakeKind{name: "tcp", probe: succeed}
				r := NewRunner(Options{Kinds: []probes.Kind{fleetKind(f, &opened), k.kind()}, Emit: new(results).emit})
				apply(t, r, jobsOf(t, target("a", "ping", time.Second, time.Second), target("b", "tcp", time.Second, time.Second)))
				err := r.Run(t.Context())
				if err == nil || !strings.Contains(err.Error(), "the engine of the kind ping") {
					t.Errorf("Run returned %v", err)
				}
				if name == "error" && !errors.Is(err, broken) {
					t.Errorf("%v does not wrap the fleet's error", err)
				}
				if f.closed != 1 || k.probers()[0].closings() != 1 {
					t.Error("not everything was closed")
				}
			})
		})
	}
}
