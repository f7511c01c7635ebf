package proof

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/plan"
	"wanwatch/inventory"
)

// A program that gets far too little of a processor sends less, and says that it
// does not know. What the network loses meanwhile, and no more, is lost.
func TestOverloadedProgram(t *testing.T) {
	const overloaded = 8 * time.Second
	wellNet, well := town("well", 16, 500, pace, paceTime)
	lossyNet, lossy := town("lossy", 32, 500, pace, paceTime)
	conditions := plan.Conditions{Delay: new(20 * ms)}
	c := begin(t, &plan.Plan{Paths: map[string]*plan.Path{
		"well":  {Prefixes: []netip.Prefix{wellNet}, Both: conditions},
		"lossy": {Prefixes: []netip.Prefix{lossyNet}, Both: conditions, Back: plan.Conditions{Loss: new(inventory.Ratio(0.05))}},
	}}, slices.Concat(well, lossy))
	c.reach(3 * time.Second)
	before := c.scrape()
	begun := time.Since(c.lab.Epoch())
	relieve := c.overload()
	c.reach(begun + overloaded)
	relieve()
	c.reach(begun + overloaded + 3*time.Second)
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

// overload leaves the program what a busy process on the same processor leaves:
// in the class SCHED_IDLE that is less than one part in three hundred. The
// function that it returns ends it.
func (c *trial) overload() (relieve func()) {
	c.t.Helper()
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		c.t.Fatal(err)
	}
	for cpu := range 1024 {
		if all.IsSet(cpu) {
			one.Set(cpu)
			break
		}
	}
	hog := exec.CommandContext(c.t.Context(), "sh", "-c", "while :; do :; done")
	if err := hog.Start(); err != nil {
		c.t.Fatal(err)
	}
	end := func() {
		_ = hog.Process.Kill()
		_ = hog.Wait()
	}
	c.t.Cleanup(end)
	if err := unix.SchedSetaffinity(hog.Process.Pid, &one); err != nil {
		c.t.Fatal(err)
	}
	c.schedule(unix.SCHED_IDLE, &one)
	return func() {
		end()
		c.schedule(unix.SCHED_NORMAL, &all)
	}
}

// schedule gives all threads of the program a scheduling class and processors.
// Threads that they start inherit both.
func (c *trial) schedule(policy uint32, cpus *unix.CPUSet) {
	c.t.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", c.command.Process.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, entry := range threads {
		thread, err := strconv.Atoi(entry.Name())
		if err == nil {
			err = unix.SchedSetAttr(thread, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: policy}, 0)
		}
		if err == nil {
			err = unix.SchedSetaffinity(thread, cpus)
		}
		if err != nil && err != unix.ESRCH { //nolint:errorlint // an errno
			c.t.Fatal(err)
		}
	}
}
