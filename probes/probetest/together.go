package probetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wanwatch/probes"
	"wanwatch/probes/schedule"
)

// copies returns a job n times, of targets with ids of their own.
func copies(job probes.Job, n int, interval time.Duration) []probes.Job {
	var list []probes.Job
	for i := range n {
		target, probe := *job.Target, *job.Probe
		target.ID = fmt.Sprintf("%s-%d", job.Target.ID, i)
		if interval > 0 {
			probe.Interval, probe.Timeout = interval, min(probe.Timeout, interval)
		}
		target.Interfaces = slices.Clone(job.Target.Interfaces)
		for k := range target.Interfaces {
			if target.Interfaces[k].Owner == job.Target {
				target.Interfaces[k].Owner = &target
			}
		}
		list = append(list, probes.Job{
			Target: &target, Probe: &probe,
			Phase:       probe.Interval * time.Duration(i) / time.Duration(n),
			Fingerprint: fmt.Sprintf("%s-%d", job.Fingerprint, i),
		})
	}
	return list
}

// testConcurrent asks one server for several targets at a time: each answer is
// about its own target, and nothing is shared.
func (s Subject) testConcurrent(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("once", func(t *testing.T) {
		c := s.Good(t)
		env, job := s.prepare(t, c)
		seen := map[string]int{}
		err := schedule.Once(t.Context(), env.env, []probes.Kind{s.Kind}, copies(job, 8, 0), 8, func(r probes.Report) {
			for _, x := range r.Results {
				if x.Target != r.Job.Target {
					continue
				}
				if x.Outcome == probes.Success {
					seen[r.Job.Target.ID]++
				} else if x.Outcome != probes.Note {
					t.Errorf("%s: %s: %s", x.Target.ID, x.Reason, x.Detail)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 8 {
			t.Errorf("answers about %v, want 8 targets", seen)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s: %d results, want 1", id, n)
			}
		}
	})
}

// testRunner lets the scheduler run the kind: several targets, a reload that
// takes one away and brings another, and the end.
func (s Subject) testRunner(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("reload", func(t *testing.T) {
		const interval = 500 * time.Millisecond
		env, job := s.prepare(t, s.Good(t))
		counter := newCounter()
		runner := schedule.NewRunner(schedule.Options{Env: env.env, Kinds: []probes.Kind{s.Kind}, Emit: counter.emit})
		jobs := copies(job, 4, interval)
		apply := func(jobs []probes.Job) {
			c, err := runner.Prepare(jobs)
			if err != nil {
				t.Fatal(err)
			}
			runner.Apply(c)
		}
		apply(jobs[:3])
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(ctx) }()

		counter.wait(t, jobs[0], 2)
		counter.wait(t, jobs[1], 2)
		apply(jobs[1:]) // the first goes, the last comes
		counter.wait(t, jobs[1], counter.count(jobs[1])+2)
		counter.wait(t, jobs[3], 2)
		begin := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("the end took %s", took)
		}
		for _, x := range counter.bad() {
			t.Error(x)
		}
	})
}

// counter counts the answers about each target.
type counter struct {
	mu     sync.Mutex
	counts map[string]int
	wrong  []string
	more   chan struct{}
}

func newCounter() *counter {
	return &counter{counts: map[string]int{}, more: make(chan struct{}, 1)}
}

func (c *counter) emit(r *probes.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Target != r.Job.Target || r.Outcome == probes.Note {
		return
	}
	if r.Outcome != probes.Success {
		c.wrong = append(c.wrong, fmt.Sprintf("%s: %s: %s", r.Target.ID, r.Reason, r.Detail))
	}
	c.counts[r.Target.ID]++
	select {
	case c.more <- struct{}{}:
	default:
	}
}

func (c *counter) count(j probes.Job) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[j.Target.ID]
}

func (c *counter) bad() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.wrong...)
}

// wait waits until a job has n answers.
func (c *counter) wait(t *testing.T, j probes.Job, n int) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for c.count(j) < n {
		select {
		case <-c.more:
		case <-deadline.C:
			t.Fatalf("%s has %d answers after 20 s, want %d", j.Target.ID, c.count(j), n)
		}
	}
}
