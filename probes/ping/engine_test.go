package ping

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

const second = time.Second

// A target that never moves hears its answers whatever the number of packets.
func TestSerialNumbersGoRound(t *testing.T) {
	for _, next := range []uint32{1<<31 - 2, 1<<32 - 2} {
		r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
		r.run(second)
		r.engine.answer(r.reply(r.one()))
		a := r.engine.table.targets[0]
		// As if so many packets had been sent since the last move.
		a.flights.next, a.open, a.moved = next, next, next-1<<31+1
		for range 5 {
			r.run(second)
			r.engine.answer(r.reply(r.one()))
		}
		if n := r.record.sum("a", metric.PingReceived); n != 6 {
			t.Errorf("from %d on: %v answers counted, want 6", next, n)
		}
	}
}

func TestPacketsFallOnThePhase(t *testing.T) {
	j := testJob("a", "198.18.0.1", second, second)
	j.Phase = 300 * time.Millisecond
	r := newRig(t, j)
	r.run(4 * second)
	if len(r.wire.times) != 4 {
		t.Fatalf("%d packets in four seconds", len(r.wire.times))
	}
	for _, at := range r.wire.times {
		if at.Nanosecond() != 300_000_000 {
			t.Errorf("a packet at %v, want 300ms into the second", at)
		}
	}
}

func TestWallClockStepMovesNoPacket(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, second))
	r.run(2500 * time.Millisecond)
	before := len(r.take())
	r.clock.wall = r.clock.wall.Add(-90 * time.Minute)
	r.run(3 * second)
	r.clock.wall = r.clock.wall.Add(17 * time.Hour)
	r.run(3 * second)
	if n := len(r.take()); before != 2 || n != 6 {
		t.Errorf("%d packets before and %d after steps of the clock, want 2 and 6", before, n)
	}
	if n := r.meter.value(metric.PingStalled); n != 0 {
		t.Errorf("%v seconds counted as standstill", n)
	}
}

func TestFates(t *testing.T) {
	type step func(r *rig, q request)
	good := func(r *rig, q request) { r.engine.answer(r.reply(q)) }
	after := func(d time.Duration) step { return func(r *rig, _ request) { r.run(d) } }
	complain := func(r *rig, q request) {
		c := complaint{family: v4, kind: 3, code: 1, by: netip.MustParseAddr("198.18.0.254"), to: q.to, seq: q.seq}
		r.engine.complain(&c)
	}
	corrupt := func(change func(*answer)) step {
		return func(r *rig, q request) {
			a := r.reply(q)
			change(a)
			r.engine.answer(a)
		}
	}
	tests := []struct {
		name    string
		steps   []step
		want    map[*metric.Desc]float64
		foreign float64
		reasons string
	}{
		{"answered", []step{after(time.Millisecond), good}, map[*metric.Desc]float64{metric.PingReceived: 1}, 0, ""},
		{"lost", []step{after(2 * second)}, map[*metric.Desc]float64{metric.PingLost: 1}, 0, "timeout"},
		{"late", []step{after(3 * second), good}, map[*metric.Desc]float64{metric.PingLost: 1, metric.PingLate: 1}, 0, "timeout"},
		{"late and again", []step{after(3 * second), good, good}, map[*metric.Desc]float64{metric.PingLost: 1, metric.PingLate: 1, metric.PingDuplicates: 1}, 0, "timeout"},
		{"twice", []step{good, good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingDuplicates: 1}, 0, ""},
		{"unreachable", []step{complain}, map[*metric.Desc]float64{metric.PingLost: 1}, 0, "unreachable"},
		{"unreachable, then answered", []step{complain, good}, map[*metric.Desc]float64{metric.PingLost: 1, metric.PingLate: 1}, 0, "unreachable"},
		{"lost, then unreachable", []step{after(3 * second), complain}, map[*metric.Desc]float64{metric.PingLost: 1}, 0, "timeout"},
		{"wrong pattern", []step{corrupt(func(a *answer) { a.payload[30] ^= 1 }), after(2 * second)}, map[*metric.Desc]float64{metric.PingLost: 1, metric.PingCorrupt: 1}, 0, "protocol"},
		{"too short", []step{corrupt(func(a *answer) { a.payload = a.payload[:40] }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"too long", []step{corrupt(func(a *answer) { a.payload = append(a.payload, 0) }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"no cookie", []step{corrupt(func(a *answer) { a.payload = a.payload[:3] }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"wrong number", []step{corrupt(func(a *answer) { a.payload[0] ^= 1 }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"wrong checksum", []step{corrupt(func(a *answer) { a.damaged = true }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"wrong place", []step{corrupt(func(a *answer) { a.payload[8] = 0xff }), good}, map[*metric.Desc]float64{metric.PingReceived: 1, metric.PingCorrupt: 1}, 0, ""},
		{"forged sequence number", []step{corrupt(func(a *answer) { a.seq += 7 }), good}, map[*metric.Desc]float64{metric.PingReceived: 1}, 1, ""},
		{"forged address", []step{corrupt(func(a *answer) { a.from = peer{addr: netip.MustParseAddr("198.18.0.9")} }), good}, map[*metric.Desc]float64{metric.PingReceived: 1}, 1, ""},
	}
	counters := []*metric.Desc{metric.PingReceived, metric.PingLost, metric.PingLate, metric.PingDuplicates, metric.PingCorrupt}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, testJob("a", "198.18.0.1", 20*second, 2*second))
			r.run(20 * second)
			q := r.one()
			for _, s := range tt.steps {
				s(r, q)
			}
			for _, d := range counters {
				if got := r.record.sum("a", d); got != tt.want[d] {
					t.Errorf("%s is %v, want %v", d.Name, got, tt.want[d])
				}
			}
			if got := r.meter.value(metric.PingForeign); got != tt.foreign {
				t.Errorf("%v foreign messages, want %v", got, tt.foreign)
			}
			var reasons []string
			for _, x := range r.record.of("a") {
				if x.Reason != "" {
					reasons = append(reasons, string(x.Reason))
				}
			}
			if got := strings.Join(reasons, " "); got != tt.reasons {
				t.Errorf("reasons %q, want %q", got, tt.reasons)
			}
		})
	}
}

func TestAnswersAreKnownForSomeSeconds(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
	r.run(second)
	q := r.one()
	r.run(10 * second)
	r.engine.answer(r.reply(q))
	if n := r.record.sum("a", metric.PingLate); n != 1 {
		t.Errorf("ten seconds later: %v late answers, want 1", n)
	}
	r.run(20 * second)
	r.engine.answer(r.reply(q))
	if n := r.meter.value(metric.PingForeign); n != 1 || r.record.sum("a", metric.PingDuplicates) != 0 {
		t.Errorf("thirty seconds later: %v foreign, want 1", n)
	}
}

func TestForgedErrorsAreForeign(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", 20*second, 2*second))
	r.run(20 * second)
	q := r.one()
	payload := r.reply(q).payload
	for name, c := range map[string]complaint{
		"sequence number": {to: q.to, seq: q.seq + 1},
		"address":         {to: peer{addr: netip.MustParseAddr("198.18.0.2")}, seq: q.seq},
		"number":          {to: q.to, seq: q.seq, payload: append([]byte{payload[0] ^ 1}, payload[1:8]...)},
		"cookie":          {to: q.to, seq: q.seq, payload: append([]byte{payload[0] ^ 1}, payload[1:]...)},
	} {
		c.family, c.kind, c.code = v4, 3, 1
		r.engine.complain(&c)
		if n := r.record.sum("a", metric.PingLost); n != 0 {
			t.Fatalf("an error with a wrong %s was believed", name)
		}
	}
	if n := r.meter.value(metric.PingForeign); n != 4 {
		t.Errorf("%v foreign messages, want 4", n)
	}
	c := complaint{family: v4, kind: 3, code: 13, by: netip.MustParseAddr("198.18.0.254"), to: q.to, seq: q.seq, payload: payload}
	r.engine.complain(&c)
	x := r.record.of("a")[0]
	if want := "198.18.0.254 says: communication prohibited (type 3 code 13)"; x.Detail != want {
		t.Errorf("detail %q, want %q", x.Detail, want)
	}
	if n := r.record.sum("a", metric.PingUnreachable, "prohibited"); n != 1 {
		t.Errorf("%v under code prohibited", n)
	}
}

func TestJitter(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, second))
	want, last := 0.0, 0.0
	for i, ms := range []float64{10, 14, 9, 30, 30} {
		r.run(second)
		q := r.one()
		r.clock.advance(time.Duration(ms) * time.Millisecond)
		r.engine.answer(r.reply(q))
		r.clock.advance(time.Duration(-ms) * time.Millisecond)
		if i > 0 {
			want += (math.Abs(ms-last) - want) / 16
		}
		last = ms
	}
	got := r.record.values("a", metric.PingJitter)
	if len(got) != 4 {
		t.Fatalf("jitter was given %d times; it is unknown until the second answer", len(got))
	}
	if math.Abs(got[3]-want/1000) > 1e-9 {
		t.Errorf("jitter %v s, want %v s", got[3], want/1000)
	}
}

// Losses are found out of order: packet 2 is answered before packet 1 times out.
func TestLossBurstsFollowTheOrderOfSending(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
	fates := []bool{true, false, false, true, false, true, true, false, false, false, true}
	for _, ok := range fates {
		r.run(second)
		if q := r.one(); ok {
			r.engine.answer(r.reply(q))
		}
	}
	r.run(4 * second)
	got := fmt.Sprint(r.record.values("a", metric.PingLossBurst))
	if got != "[2 1 3]" {
		t.Errorf("bursts %s, want [2 1 3]", got)
	}
}

func TestUnreachableMakesABurstInOrder(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, 2*second))
	r.run(second)
	first := r.one()
	r.run(second)
	second2 := r.one()
	r.engine.complain(&complaint{family: v4, kind: 3, code: 1, to: second2.to, seq: second2.seq})
	r.engine.answer(r.reply(first))
	r.run(second)
	r.engine.answer(r.reply(r.one()))
	if got := fmt.Sprint(r.record.values("a", metric.PingLossBurst)); got != "[1]" {
		t.Errorf("bursts %s, want [1]", got)
	}
}

func TestSameAddressUnderTwoIDs(t *testing.T) {
	a := testJob("a", "198.18.0.1", second, 2*second)
	b := with(testJob("b", "198.18.0.1", second, 2*second), func(c *Config) { c.DSCP = 46 })
	r := newRig(t, a, b)
	for range 5 {
		r.run(second)
		list := r.take()
		if len(list) != 2 || list[0].seq == list[1].seq {
			t.Fatalf("packets %+v: want two with different sequence numbers", list)
		}
		for _, q := range list {
			if r.engine.table.at(q.cookie.place).settings.dscp == 46 {
				r.engine.complain(&complaint{family: v4, kind: 11, to: q.to, seq: q.seq})
				continue
			}
			r.engine.answer(r.reply(q))
		}
	}
	if n := r.record.sum("a", metric.PingReceived); n != 5 {
		t.Errorf("a received %v of 5", n)
	}
	if n := r.record.sum("b", metric.PingUnreachable, "ttl"); n != 5 || r.record.sum("b", metric.PingReceived) != 0 {
		t.Errorf("b had %v of 5 errors", n)
	}
}

// fping stops with "not enough sequence numbers" at some ten thousand targets.
func TestSequenceNumbersWrapAround(t *testing.T) {
	t.Parallel()
	r := newRig(t, testJob("a", "198.18.0.1", 100*time.Millisecond, 2*second))
	const n = 70_000
	for range n {
		r.run(100 * time.Millisecond)
		for _, q := range r.take() {
			r.engine.answer(r.reply(q))
		}
	}
	if got := r.record.sum("a", metric.PingReceived); got < n-1 {
		t.Errorf("%v received of %d", got, n)
	}
	if r.record.sum("a", metric.PingLost) != 0 {
		t.Error("packets were lost")
	}
}

func TestLocalFailuresAreUnknown(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    sendError
		offers int
	}{
		{"no route", sendError{reason: probes.ReasonNoRoute, cause: errors.New("network is unreachable")}, 1},
		{"forbidden", sendError{reason: probes.ReasonNotPermitted, cause: errors.New("operation not permitted")}, 1},
		{"busy", sendError{reason: probes.ReasonSend, again: true, cause: errors.New("no buffer space available")}, 1 + patience},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, testJob("a", "198.18.0.1", second, second), testJob("b", "198.18.0.2", second, second))
			offers := 0
			r.wire.refuse = func(q *request) *sendError {
				if q.to.addr != netip.MustParseAddr("198.18.0.1") {
					return nil
				}
				offers++
				return &tt.err
			}
			r.run(second + 100*time.Millisecond)
			q := r.one()
			r.engine.answer(r.reply(q))
			if offers != tt.offers {
				t.Errorf("offered %d times, want %d", offers, tt.offers)
			}
			list := r.record.of("a")
			if len(list) != 1 || list[0].Outcome != probes.Unknown || list[0].Reason != tt.err.reason || len(list[0].Samples) != 0 {
				t.Fatalf("results %+v", list)
			}
			if want := "sending to 198.18.0.1: " + tt.err.cause.Error(); list[0].Detail != want {
				t.Errorf("detail %q, want %q", list[0].Detail, want)
			}
			if n := r.meter.value(metric.PingSendErrors); n != 1 {
				t.Errorf("%v send errors", n)
			}
			if r.record.sum("b", metric.PingReceived) != 1 {
				t.Error("the other target suffered")
			}
			r.wire.refuse = nil
			r.run(second)
			if len(r.take()) != 2 {
				t.Error("it did not go on")
			}
		})
	}
}

func TestBusyKernelThatRecoversLosesNothing(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", second, second))
	n := 0
	r.wire.refuse = func(*request) *sendError {
		if n++; n%2 == 1 {
			return &sendError{reason: probes.ReasonSend, again: true, cause: errors.New("try again")}
		}
		return nil
	}
	for range 3 {
		r.run(second)
		r.run(10 * time.Millisecond)
		r.engine.answer(r.reply(r.one()))
	}
	if got := r.record.outcomes("a", probes.Unknown); got != 0 {
		t.Errorf("%d unknown", got)
	}
}

func TestFamilyThatTheHostLacks(t *testing.T) {
	r := newRig(t, testJob("a", "2001:db8::1", second, second), testJob("b", "198.18.0.1", second, second))
	r.wire.broken[v6] = errors.New("this host has no IPv6")
	r.run(second)
	r.engine.answer(r.reply(r.one()))
	list := r.record.of("a")
	if len(list) != 1 || list[0].Outcome != probes.Unknown || list[0].Reason != probes.ReasonNotPermitted {
		t.Errorf("results %+v", list)
	}
}

func TestBunchedTargetsAreSpread(t *testing.T) {
	const n = 5000
	jobs := make([]probes.Job, n)
	for i := range jobs {
		jobs[i] = testJob(fmt.Sprint(i), netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}).String(), second, 2*second)
	}
	r := newRig(t, jobs...)
	r.run(500 * time.Millisecond) // while all are taken in
	r.take()
	most, total := 0, 0
	for range 3000 {
		r.run(time.Millisecond)
		k := 0
		for _, q := range r.take() {
			k++
			r.engine.answer(r.reply(q))
		}
		most, total = max(most, k), total+k
	}
	if total != 3*n {
		t.Errorf("%d packets in three seconds, want %d", total, 3*n)
	}
	if limit := n / 10; most > limit {
		t.Errorf("%d packets in one millisecond, want at most %d", most, limit)
	}
	if got := len(r.record.of("17")); got != 3 {
		t.Errorf("%d results of one target", got)
	}
}

func TestNothingIsAllocatedForAPacket(t *testing.T) {
	r := newRig(t, testJob("a", "198.18.0.1", 10*time.Millisecond, 50*time.Millisecond), testJob("dead", "198.18.0.2", 10*time.Millisecond, 50*time.Millisecond))
	r.engine.emit, r.engine.meter = func(*probes.Result) {}, probes.DiscardMeter{}
	payload := make([]byte, defaultSize)
	a := &answer{}
	step := func() {
		r.clock.advance(10 * time.Millisecond)
		r.engine.beat()
		r.engine.advance()
		for _, q := range r.wire.sent {
			if q.to.addr.As4()[3] != 1 {
				continue
			}
			copy(payload, r.pattern)
			putCookie(payload, q.cookie)
			*a = answer{echo: echo{seq: q.seq, payload: payload, ttl: 64}, from: q.to, arrived: r.clock.now}
			r.engine.answer(a)
		}
		r.wire.sent = r.wire.sent[:0]
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations for a packet sent and answered, and one lost", n)
	}
}
