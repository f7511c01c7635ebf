package schedule

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// A reload each second for a minute: jobs that do not change keep their prober
// and every start.
func TestReloadMissesNoProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: succeed}
		r, m, _ := newTestRunner(nil, k)
		list := targets(50, "tcp", time.Second, 500*time.Millisecond)
		apply(t, r, jobsOf(t, list...))
		stop := start(t, r)
		for i := range 60 {
			time.Sleep(time.Second)
			more := append(list[:50:50], target("guest", "tcp", time.Second+time.Duration(i), time.Second))
			apply(t, r, jobsOf(t, more...))
		}
		apply(t, r, jobsOf(t, list...))
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, p := range k.probers() {
			if p.closings() != 1 {
				t.Errorf("%s: closed %d times", p.job.Target.ID, p.closings())
			}
			if p.job.Target.ID == "guest" {
				continue
			}
			starts := p.started()
			if len(starts) < 59 {
				t.Errorf("%s: %d starts", p.job.Target.ID, len(starts))
			}
			for i := 1; i < len(starts); i++ {
				if gap := starts[i].Sub(starts[i-1]).Round(2 * tick); gap != time.Second {
					t.Fatalf("%s: start %d came after %s", p.job.Target.ID, i, gap)
				}
			}
		}
		if n := len(k.probers()); n != 50+60 {
			t.Errorf("%d probers were made, want 50 and 60 guests", n)
		}
		if skipped, _, _ := m.values(); skipped != 0 {
			t.Errorf("skipped %g", skipped)
		}
	})
}

// A changed job gets a new prober at the same place in time; the old one ends
// its run first, and is closed then.
func TestAChangedJobWaitsForItsOldRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: func(_ context.Context, p *fakeProber, emit probes.Emit, _ *probes.Trace) {
			time.Sleep(3 * time.Second)
			emit(p.result(probes.Success, ""))
		}}
		r, _, got := newTestRunner(nil, k)
		one := target("a", "tcp", 20*time.Second, 5*time.Second)
		apply(t, r, jobsOf(t, one))
		stop := start(t, r)
		old := k.probers()[0]
		for len(old.started()) < 3 {
			time.Sleep(tick)
		}
		begin := old.started()[2]

		changed := target("a", "tcp", 20*time.Second, 5*time.Second)
		changed.Probes[0].Config = &fakeConfig{Port: 1}
		apply(t, r, jobsOf(t, changed))
		synctest.Wait()
		if old.closings() != 0 {
			t.Error("closed while it ran")
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if old.closings() != 1 || len(got.list()) != 3 {
			t.Errorf("closed %d times, %d results", old.closings(), len(got.list()))
		}
		time.Sleep(20 * time.Second)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		fresh := k.probers()[1]
		if s := fresh.started(); len(s) != 1 || s[0].Sub(begin).Round(2*tick) != 20*time.Second {
			t.Errorf("the new prober started %v after the old one's last start", s[0].Sub(begin))
		}
	})
}

// Probes of one job never run together, whatever the reloads do while one runs.
func TestReloadsWhileAJobRunsStartNoSecondRun(t *testing.T) {
	job := func(t *testing.T, port int) []probes.Job {
		x := target("a", "tcp", time.Duration(30+port)*time.Second, 25*time.Second) // another interval: it starts soon
		x.Probes[0].Config = &fakeConfig{Port: port}
		return jobsOf(t, x)
	}
	for name, reload := range map[string]func(t *testing.T, r *Runner){
		"changed again and again": func(t *testing.T, r *Runner) {
			for i := range 40 {
				apply(t, r, job(t, 2+i))
				time.Sleep(1900 * time.Millisecond)
			}
		},
		"taken out and put back": func(t *testing.T, r *Runner) {
			apply(t, r, nil)
			time.Sleep(time.Second)
			apply(t, r, job(t, 1))
		},
		"taken out after a change, and put back": func(t *testing.T, r *Runner) {
			apply(t, r, job(t, 2))
			apply(t, r, nil)
			apply(t, r, job(t, 3))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var together, most, runs atomic.Int32
				k := &fakeKind{name: "tcp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
					runs.Add(1)
					most.Store(max(most.Load(), together.Add(1)))
					dead(ctx, p, emit, trace)
					together.Add(-1)
				}}
				r, _, _ := newTestRunner(nil, k)
				apply(t, r, job(t, 1))
				stop := start(t, r)
				for runs.Load() == 0 {
					time.Sleep(100 * time.Millisecond)
				}
				reload(t, r)
				time.Sleep(2 * time.Minute)
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				if most.Load() != 1 || runs.Load() < 3 {
					t.Errorf("%d of %d runs were on together", most.Load(), runs.Load())
				}
				if n := len(r.pools["tcp"].leaving); n != 0 {
					t.Errorf("%d runs that have ended are remembered", n)
				}
				for _, p := range k.probers() {
					if p.closings() != 1 {
						t.Errorf("a prober was closed %d times", p.closings())
					}
				}
			})
		})
	}
}

func TestARemovedJobIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: dead}
		r, _, _ := newTestRunner(map[string]int{"tcp": 1}, k)
		apply(t, r, jobsOf(t, targets(3, "tcp", 4*time.Second, 4*time.Second)...))
		stop := start(t, r)
		time.Sleep(4 * time.Second) // one runs, the others wait for its place
		apply(t, r, nil)
		time.Sleep(10 * time.Second)
		for _, p := range k.probers() {
			if p.closings() != 1 {
				t.Errorf("%s: closed %d times", p.job.Target.ID, p.closings())
			}
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

// After an error of Prepare everything is the same, down to the pointers, and
// what was made for it is closed.
func TestPrepareThatFailsTouchesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		k := &fakeKind{name: "tcp", probe: succeed, fail: func(j probes.Job) error {
			switch j.Target.ID {
			case "bad":
				return broken
			case "worse":
				panic(broken)
			}
			return nil
		}}
		r, _, _ := newTestRunner(nil, k)
		good := targets(5, "tcp", time.Second, time.Second)
		apply(t, r, jobsOf(t, good...))
		stop := start(t, r)
		time.Sleep(3 * time.Second)
		before := maps.Clone(r.pools["tcp"].entries)
		for bad, want := range map[string]string{"bad": "broken", "worse": "panicked", "other": `of the kind "sip"`} {
			more := []*inventory.Target{target("new", "tcp", time.Second, time.Second), target(bad, "tcp", time.Second, time.Second), good[0]}
			if bad == "other" {
				more[1].Probes[0].Kind = "sip"
			}
			if _, err := r.Prepare(jobsOf(t, more...)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v", bad, err)
			}
		}
		if !maps.Equal(before, r.pools["tcp"].entries) {
			t.Error("the entries changed")
		}
		for _, p := range k.probers()[5:] {
			if p.closings() != 1 {
				t.Errorf("%s: closed %d times", p.job.Target.ID, p.closings())
			}
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDiscardFreesWhatPrepareMade(t *testing.T) {
	f, opened := new(fakeFleet), 0
	k := &fakeKind{name: "tcp", probe: succeed}
	r := NewRunner(Options{Kinds: []probes.Kind{fleetKind(f, &opened), k.kind()}, Emit: new(results).emit})
	jobs := jobsOf(t, target("a", "ping", time.Second, time.Second), target("b", "tcp", time.Second, time.Second))
	c, err := r.Prepare(jobs)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Discard(c); err != nil {
		t.Fatal(err)
	}
	if f.closed != 1 || k.probers()[0].closings() != 1 || len(r.fleets) != 0 {
		t.Error("not everything was closed")
	}
	apply(t, r, jobs)
	if err := r.Close(); err != nil || f.closed != 2 {
		t.Errorf("Close: %v, fleet closed %d times", err, f.closed)
	}
}

func TestDistinct(t *testing.T) {
	jobs := jobsOf(t, targets(4, "tcp", time.Minute, time.Second)...)
	for name, c := range map[string]struct {
		order []int
		bad   int // the first that is there already; -1: none
	}{
		"sorted":             {[]int{0, 1, 2, 3}, -1},
		"not sorted":         {[]int{3, 1, 0, 2}, -1},
		"neighbours":         {[]int{0, 1, 1, 2}, 2},
		"apart":              {[]int{2, 3, 0, 1, 2}, 4},
		"once out of order":  {[]int{0, 3, 1, 3}, 3},
		"the first one late": {[]int{0, 1, 2, 0}, 3},
	} {
		var list []probes.Job
		for _, i := range c.order {
			list = append(list, jobs[i])
		}
		seen, bad := &distinct{}, -1
		for i := range list {
			if !seen.add(list[:i+1]) && bad < 0 {
				bad = i
			}
		}
		if bad != c.bad {
			t.Errorf("%s: number %d is there already, want %d", name, bad, c.bad)
		}
	}
}
