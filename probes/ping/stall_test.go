package ping

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestStandstillIsUnknownAndNotMadeUpFor(t *testing.T) {
	var jobs []probes.Job
	for i := range 100 {
		j := testJob(fmt.Sprint(i), fmt.Sprintf("198.18.0.%d", i+1), second, 2*second)
		j.Phase = time.Duration(i) * 10 * time.Millisecond
		jobs = append(jobs, j)
	}
	r := newRig(t, jobs...)
	r.run(second)
	for _, q := range r.take() {
		r.engine.answer(r.reply(q))
	}
	r.run(200 * time.Millisecond) // twenty are on their way
	flying := r.take()

	r.clock.advance(7 * second) // the program is stopped
	r.run(10 * time.Millisecond)
	if n := len(r.take()); n > 60 {
		t.Errorf("%d packets at once after a standstill", n)
	}
	r.run(2 * second)
	for _, q := range flying {
		id := r.engine.table.jobs[q.cookie.place].Target.ID
		if n := r.record.outcomes(id, probes.Failure); n != 0 {
			t.Errorf("target %s: %d failures, though nobody listened", id, n)
		}
	}
	for i := range 100 {
		id := fmt.Sprint(i)
		stalled := 0
		for _, x := range r.record.of(id) {
			if x.Outcome == probes.Unknown && x.Reason == probes.ReasonStalled {
				stalled++
			}
		}
		if stalled == 0 || stalled > 3 {
			t.Errorf("target %d: %d unknown results, want 1 to 3", i, stalled)
		}
	}
	if got := r.meter.value(metric.PingStalled); got < 6.9 || got > 7.6 {
		t.Errorf("%v seconds counted as standstill, want about 7", got)
	}
}

// The log tells of the first standstill at once, and of many that follow once a minute.
func TestStandstillsAreToldOnceAMinute(t *testing.T) {
	var log strings.Builder
	s := standstills{logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "for" || a.Key == "times" {
			return a
		}
		return slog.Attr{}
	}}))}
	for second := range 130 {
		s.add(200*time.Millisecond, int64(time.Hour)+int64(second)*int64(time.Second))
	}
	if got, want := log.String(), "for=200ms times=1\nfor=12s times=60\nfor=12s times=60\n"; got != want {
		t.Errorf("the log has\n%swant\n%s", got, want)
	}
}

// Answers that waited in the socket meanwhile count, with their own time.
func TestAnswersThatWaitedInAStandstillCount(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
	r.run(second)
	q := r.one()
	came := r.clock.now + int64(30*time.Millisecond)
	r.clock.advance(5 * second)
	r.engine.beat()
	a := r.reply(q)
	a.arrived = came
	r.engine.answer(a) // read before anything is judged
	r.run(time.Millisecond)
	x := r.record.of("a")[0]
	if x.Outcome != probes.Success || x.Duration != 31*time.Millisecond {
		t.Errorf("%s after %v, want success after 31ms", x.Outcome, x.Duration)
	}
}

func TestSuspensionMakesWhatIsOnItsWayUnknown(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
	r.run(second)
	r.one()
	r.clock.sleep += time.Hour // the monotonic clock stood still
	r.clock.wall = r.clock.wall.Add(time.Hour)
	r.run(2 * second)
	list := r.record.of("a")
	if len(list) == 0 || list[0].Outcome != probes.Unknown || list[0].Reason != probes.ReasonStalled {
		t.Errorf("results %+v", list)
	}
	if got := r.meter.value(metric.PingStalled); got != 3600 {
		t.Errorf("%v seconds counted as standstill, want 3600", got)
	}
}

func TestDroppedAnswersAreNotLost(t *testing.T) {
	r := newRig(t, testJob("four", "198.18.0.1", second, 2*second), testJob("six", "2001:db8::1", second, 2*second))
	r.run(second)
	r.wire.dropped[v4] += 5
	r.run(2 * second)
	if n := r.record.outcomes("four", probes.Unknown); n != 1 {
		t.Errorf("%d unknown, want 1", n)
	}
	if n := r.record.outcomes("six", probes.Failure); n != 1 {
		t.Errorf("the other family: %d failures, want 1", n)
	}
	r.run(5 * second)
	if n := r.record.outcomes("four", probes.Failure); n < 2 {
		t.Errorf("%d failures long after, want some", n)
	}
	if n := r.meter.value(metric.PingSocketDrops, "ip4"); n != 5 {
		t.Errorf("%v drops counted, want 5", n)
	}
}

func TestStamps(t *testing.T) {
	c := newFakeClock()
	var s stamps
	s.sync(c)
	at := func() int64 { return c.wall.UnixNano() }

	stamp := at()
	empty := c.now
	c.advance(800 * time.Microsecond)
	s.sync(c)
	if got := s.arrival(stamp, c.now, empty); got != c.now-800_000 {
		t.Errorf("an answer that waited 800µs arrived %v ago", time.Duration(c.now-got))
	}
	if got := s.arrival(0, c.now, empty); got != c.now {
		t.Error("without a stamp, it arrived when it was read")
	}
	for _, step := range []time.Duration{5 * time.Millisecond, -5 * time.Millisecond, time.Hour, -time.Hour} {
		stamp, empty = at(), c.now
		c.advance(800 * time.Microsecond)
		c.wall = c.wall.Add(step)
		s.sync(c)
		if got := s.arrival(stamp, c.now, empty); got != c.now {
			t.Errorf("step %v: arrived %v ago by the stamp; want the stamp unused", step, time.Duration(c.now-got))
		}
		c.advance(time.Second)
		s.sync(c)
		stamp, empty = at(), c.now
		c.advance(300 * time.Microsecond)
		s.sync(c)
		if got := s.arrival(stamp, c.now, empty); got != c.now-300_000 {
			t.Errorf("a second after a step of %v: arrived %v ago, want 300µs", step, time.Duration(c.now-got))
		}
	}
}

// A reading of the clocks that is interrupted between the two looks like a step
// back.
func TestInterruptedReadingIsNoStep(t *testing.T) {
	c := newFakeClock()
	var s stamps
	s.sync(c)
	stamp, empty := c.wall.UnixNano(), c.now
	c.advance(time.Millisecond)
	n := 0
	c.jitter = func() time.Duration {
		if n++; n == 1 {
			return -3 * time.Millisecond
		}
		return 0
	}
	s.sync(c)
	if got := s.arrival(stamp, c.now, empty); got != c.now-1_000_000 {
		t.Errorf("arrived %v ago, want 1ms", time.Duration(c.now-got))
	}
}
