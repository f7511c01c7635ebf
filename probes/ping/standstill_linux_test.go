package ping

import (
	"bufio"
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// childVariable makes the test program ping two targets, and tell on its output
// what becomes of it, in place of testing.
const childVariable = "WANWATCH_TEST_PING_CHILD"

// childResult is a line of the child's output.
type childResult struct {
	Target   string
	Outcome  probes.Outcome
	Reason   probes.Reason
	Duration time.Duration
	Start    time.Time
	Stalled  float64
}

const (
	childInterval = 50 * time.Millisecond
	childTimeout  = 300 * time.Millisecond
)

// child runs until it is interrupted.
func child() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	m := newMeter()
	f, err := NewFleet(probes.Env{Meter: m})
	if err != nil {
		return err
	}
	defer f.Close()
	f.Set([]probes.Job{
		testJob("live", "198.18.3.9", childInterval, childTimeout),
		testJob("dead", "198.18.3.10", childInterval, childTimeout),
	})
	out := json.NewEncoder(os.Stdout)
	return f.Run(ctx, func(r *probes.Result) {
		_ = out.Encode(childResult{r.Target.ID, r.Outcome, r.Reason, r.Duration, r.Start, m.value(metric.PingStalled)})
	})
}

// A program that is stopped for a while and goes on has no losses to report but
// true ones.
func TestStoppedProgram(t *testing.T) {
	const delay, stopped = 100 * time.Millisecond, 700 * time.Millisecond
	h, u := newTunnel(t)
	live := netip.MustParseAddr("198.18.3.9")
	u.behave(func(p packet) {
		if p.dst == live {
			p.reply()
		}
	})
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), childVariable+"=1")
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	h.Do(program.Start)
	var ended sync.Once
	end := func() {
		ended.Do(func() {
			_ = program.Process.Signal(syscall.SIGCONT)
			_ = program.Process.Signal(os.Interrupt)
			_ = program.Wait()
		})
	}
	t.Cleanup(end)
	lines := bufio.NewScanner(out)
	next := func() (r childResult) {
		if !lines.Scan() {
			t.Fatal("the child's output ended")
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		return r
	}
	for answers := 0; answers < 5; {
		if r := next(); r.Target == "live" && r.Outcome == probes.Success {
			answers++
		}
	}

	// The next packet to the live target stops the program; its answer comes
	// meanwhile.
	var once sync.Once
	var from, to time.Time
	going := make(chan struct{})
	u.behave(func(p packet) {
		if p.dst != live {
			return
		}
		first := false
		once.Do(func() {
			first = true
			from = time.Now()
			_ = program.Process.Signal(syscall.SIGSTOP)
			time.AfterFunc(delay, p.reply)
			time.AfterFunc(stopped, func() {
				to = time.Now()
				_ = program.Process.Signal(syscall.SIGCONT)
				close(going)
			})
		})
		if !first {
			p.reply()
		}
	})
	<-going
	waited, stalled := 0, map[string]int{}
	after := 0
	for after < 10 {
		r := next()
		switch {
		case r.Start.Before(from.Add(-childTimeout - 2*childInterval)):
			continue
		case r.Outcome == probes.Unknown && r.Reason == probes.ReasonStalled:
			stalled[r.Target]++
		case r.Target == "live" && r.Outcome == probes.Failure:
			t.Errorf("the live target failed: %+v", r)
		case r.Target == "live" && r.Duration > delay-20*time.Millisecond && r.Start.Before(to):
			if r.Duration > delay+50*time.Millisecond {
				t.Errorf("the answer that waited is said to have taken %v, want about %v", r.Duration, delay)
			}
			waited++
		case r.Target == "dead" && r.Outcome == probes.Failure && r.Start.Add(childTimeout).After(from.Add(50*time.Millisecond)) && r.Start.Before(to):
			t.Errorf("a loss while nobody listened: %+v", r)
		case r.Target == "live" && r.Start.After(to):
			after++
			if r.Stalled < 0.4 {
				t.Errorf("%v seconds are counted as standstill, want about %v", r.Stalled, stopped)
			}
		}
	}
	if waited != 1 {
		t.Errorf("%d answers that waited were counted, want 1", waited)
	}
	if stalled["live"] == 0 || stalled["dead"] == 0 {
		t.Errorf("unknown results: %v, want some of both", stalled)
	}
	soon := map[netip.Addr]int{}
	for _, p := range u.packets() {
		if at := p.at.Sub(to); at > 0 && at < childInterval-5*time.Millisecond {
			soon[p.dst]++
		}
	}
	for to, n := range soon {
		if n > 2 {
			t.Errorf("%d packets to %s at once after the standstill", n, to)
		}
	}
	end()
}
