package ping

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestKeptTargetsMissNothing(t *testing.T) {
	kept := testJob("kept", "198.18.0.1", second, 2*second)
	changed := testJob("changed", "198.18.0.2", second, 2*second)
	r := newRig(t, kept, changed, testJob("gone", "198.18.0.3", second, 2*second))
	r.run(second)
	flying := r.take()
	if len(flying) != 3 {
		t.Fatalf("%d packets", len(flying))
	}
	changed.Fingerprint = "other"
	newer := kept
	target := *kept.Target
	target.Name = "another text"
	newer.Target = &target
	r.set(newer, changed, testJob("fresh", "198.18.0.4", second, 2*second))
	for _, q := range flying {
		r.engine.answer(r.reply(q))
	}
	r.run(10 * second)
	for _, q := range r.take() {
		r.engine.answer(r.reply(q))
	}
	if n := r.record.sum("kept", metric.PingReceived); n < 2 {
		t.Errorf("kept: %v answers; the packet on its way was forgotten", n)
	}
	if x := r.record.of("kept")[0]; x.Target != &target {
		t.Error("results are about the target of the inventory before")
	}
	if n := len(r.record.of("gone")); n != 0 {
		t.Errorf("gone: %d results after it went", n)
	}
	if n := r.meter.value(metric.PingForeign); n != 2 {
		t.Errorf("%v foreign messages, want those of the two targets that went", n)
	}
	sent := map[string]int{}
	for _, x := range r.wire.times {
		sent[x.Format("05.000")]++
	}
	for at, n := range sent {
		if n != 3 {
			t.Errorf("%d packets at %s, want 3", n, at)
		}
	}
}

func TestPlacesAreUsedAgain(t *testing.T) {
	r := newRig(t)
	for round := range 50 {
		var jobs []probes.Job
		for i := range 20 {
			j := testJob(fmt.Sprint(i), fmt.Sprintf("198.18.0.%d", i+1), second, second)
			j.Fingerprint = fmt.Sprint(round)
			jobs = append(jobs, j)
		}
		r.set(jobs...)
		r.run(second)
	}
	if n := len(r.engine.table.targets); n > 40 {
		t.Errorf("the table has %d places for 20 targets", n)
	}
	if n := len(r.engine.hosts); n != 20 {
		t.Errorf("%d addresses are remembered, want 20", n)
	}
	if n := len(r.engine.queue); n > 40 {
		t.Errorf("%d turns are remembered, want about 20", n)
	}
	if n := len(r.take()); n != 1000 {
		t.Errorf("%d packets, want 1000", n)
	}
}

func TestSwapIsShort(t *testing.T) {
	make20k := func(fingerprint string) []probes.Job {
		jobs := make([]probes.Job, 20_000)
		for i := range jobs {
			jobs[i] = testJob(fmt.Sprint(i), netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}).String(), second, 2*second)
			jobs[i].Phase = time.Duration(i) * 50 * time.Microsecond
			jobs[i].Fingerprint = fingerprint
		}
		return jobs
	}
	r := newRig(t, make20k("old")...)
	r.run(100 * time.Millisecond)
	change := r.planner.plan(make20k("new"), func(int) uint32 { return 0 })
	runtime.GC()
	var took []time.Duration
	r.engine.swap(change)
	for range 200 {
		r.clock.advance(time.Millisecond)
		start := time.Now()
		r.engine.beat()
		r.engine.advance()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	// The median step takes in 256 targets; the machine may be busy for others.
	if m := took[len(took)/2]; m > 3*time.Millisecond {
		t.Errorf("a step of the loop took %v while 20,000 targets were swapped", m)
	}
	if len(r.engine.added)+len(r.engine.removed) != 0 {
		t.Errorf("%d targets are still to be taken in after 200 ms", len(r.engine.added))
	}
}

func TestMovedTargetHearsBothAddresses(t *testing.T) {
	r := newRig(t, testJob("a", "hop.example", second, 2*second))
	l := lookup{host: "hop.example"}
	old, moved := peer{addr: netip.MustParseAddr("198.18.0.1")}, peer{addr: netip.MustParseAddr("198.18.0.2")}
	r.run(second)
	if len(r.take()) != 0 || len(r.record.of("a")) != 0 {
		t.Error("something happened before the name had an address")
	}
	r.engine.resolved(resolution{lookup: l, peer: old})
	r.run(second)
	before := r.one()
	r.engine.resolved(resolution{lookup: l, peer: moved})
	r.run(500 * time.Millisecond)
	r.engine.answer(r.reply(before))
	r.run(500 * time.Millisecond)
	q := r.one()
	r.engine.answer(r.reply(q))
	if before.to != old || q.to != moved {
		t.Errorf("sent to %s and %s", before.to, q.to)
	}
	if n := r.record.sum("a", metric.PingReceived); n != 2 {
		t.Errorf("%v answers counted, want 2", n)
	}
	r.engine.resolved(resolution{lookup: l, err: errNoAddress("hop.example")})
	r.run(second)
	if q := r.one(); q.to != moved {
		t.Error("the last good address was given up")
	}
}

func TestControlMessagesOfThePastAreForgotten(t *testing.T) {
	job := func(dscp int) probes.Job {
		return with(testJob("a", "198.18.0.1", second, second), func(c *Config) { c.Interface, c.DSCP = "ppp0", inventory.DSCP(dscp) })
	}
	r := newRig(t)
	for i := range 20 {
		r.set(job(i))
		r.run(second)
		r.engine.relink(map[string]int{"ppp0": 100 + i})
		r.run(second)
	}
	if n := len(r.engine.controls); n != 1 {
		t.Errorf("%d control messages are kept for one target", n)
	}
	if o := r.wire.options[len(r.wire.options)-1]; o.link != 119 || o.dscp != 19 {
		t.Errorf("options %+v", o)
	}
}

func TestInterfaceThatIsMissing(t *testing.T) {
	r := newRig(t, with(testJob("a", "198.18.0.1", second, 2*second), func(c *Config) { c.Interface = "ppp0" }))
	r.run(second)
	list := r.record.of("a")
	if len(list) != 1 || list[0].Outcome != probes.Unknown || list[0].Reason != probes.ReasonNoRoute || len(r.take()) != 0 {
		t.Fatalf("results %+v", list)
	}
	r.engine.relink(map[string]int{"ppp0": 7})
	r.run(second)
	if q := r.one(); q.to.scope != 0 {
		t.Errorf("sent to %s: only a link-local address has a zone", q.to)
	}
	if o := r.wire.options[len(r.wire.options)-1]; o.link != 7 {
		t.Errorf("options %+v, want interface 7", o)
	}
}
