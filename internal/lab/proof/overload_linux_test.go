package proof

import (
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/inventory"
)

// A program that gets far too little of a processor sends less, and says that it
// does not know. What the network loses meanwhile, and no more, is lost.
func TestOverloadedProgram(t *testing.T) {
	const overloaded = 8 * time.Second
	wellNet, well := town("well", 16, 150, pace, paceTime)
	lossyNet, lossy := town("lossy", 32, 150, pace, paceTime)
	conditions := plan.Conditions{Delay: new(20 * ms)}
	c := begin(t, &plan.Plan{Paths: map[string]*plan.Path{
		"well":  {Prefixes: []netip.Prefix{wellNet}, Both: conditions},
		"lossy": {Prefixes: []netip.Prefix{lossyNet}, Both: conditions, Back: plan.Conditions{Loss: new(inventory.Ratio(0.05))}},
	}}, slices.Concat(well, lossy))
	c.reach(3 * time.Second)
	before := c.scrape()
	c.overload(overloaded)
	c.reach(time.Since(c.lab.Epoch()) + 3*time.Second)
	scrapes := c.scrapes(10)
	exchanges := c.exchanges()

	for _, list := range [][]aim{well, lossy} {
		compareAll(t, scrapes, list, exchanges)
	}
	m := scrapes[0]
	still := m.Process("wanwatch_ping_stalled_seconds_total")
	t.Logf("overloaded for %v; the program says that it stood still for %.1f s; the kernel dropped %.0f answers", overloaded, still, m.Process("wanwatch_ping_socket_drops_total"))
	if still < 1 {
		t.Errorf("the program stood still for %.2f s only: it was not overloaded", still)
	}
	blind := time.Duration(0)
	for _, a := range well {
		s := m.Target(a.id)
		if s.States["down"] > 0 || s.States["degraded"] > 0 || !s.Up {
			t.Errorf("%s: lost %d, late %d, states %v; the network lost nothing", a.id, s.Lost, s.Late, s.States)
		}
		blind += s.States["unknown"] - before.Target(a.id).States["unknown"]
	}
	if blind < time.Second {
		t.Errorf("unknown for %v, the sum of all targets", blind)
	}
}

// overload lets the program run for a short time and then not for a long one,
// again and again, as a container does whose quota of the processor is far too
// small (cpu.max of cgroups(7)).
func (c *trial) overload(length time.Duration) {
	c.t.Helper()
	const run, rest = 20 * ms, 250 * ms
	timer := time.NewTimer(0)
	defer timer.Stop()
	for end := time.Now().Add(length); time.Now().Before(end); {
		for _, phase := range []struct {
			signal syscall.Signal
			length time.Duration
		}{{syscall.SIGSTOP, rest}, {syscall.SIGCONT, run}} {
			c.signal(phase.signal)
			timer.Reset(phase.length)
			<-timer.C
		}
	}
}
