package proof

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/inventory"
)

// town makes targets of one path, 198.18.net.0/24, with a pace.
func town(path string, network byte, count int, interval, timeout time.Duration) (netip.Prefix, []aim) {
	var list []aim
	for n := range count {
		list = append(list, aim{
			id: fmt.Sprintf("%s-%03d", path, n), path: path, interval: interval, timeout: timeout,
			address: netip.AddrFrom4([4]byte{198, 18, network + byte(n/250), byte(1 + n%250)}),
		})
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, network, 0}), 22), list
}

// confirm is how many equal results in a row change the verdict on a ping.
const confirm = 3

// downByTheRule is how long a target was down until a moment, by the rule of
// docs/metrics.md: from the third loss in a row on, each told when its time was
// up, to the third answer in a row.
func downByTheRule(exchanges []truth.Exchange, timeout, until time.Duration) (down time.Duration, times int) {
	streak, isDown, since := 0, false, time.Duration(0)
	for i := range exchanges {
		x := &exchanges[i]
		good := x.Answered() && x.Real <= timeout
		at := x.Sent + timeout
		if good {
			at = x.Came
		}
		if at > until {
			break
		}
		if good != isDown {
			streak = 0
			continue
		}
		if streak++; streak == confirm {
			isDown, streak = !isDown, 0
			if isDown {
				since, times = at, times+1
			} else {
				down += at - since
			}
		}
	}
	if isDown {
		down += until - since
	}
	return down, times
}

// pace is slow enough for a busy machine not to make anything late.
const (
	pace     = 500 * ms
	paceTime = 450 * ms
)

// A link that flaps is down for as long as it is cut, give or take the rule of
// confirmation, and another link is not.
func TestFlappingLink(t *testing.T) {
	t.Parallel()
	const attempts = 3
	for range attempts {
		if flap(t) {
			return
		}
		t.Log("the machine was too busy for the program to see anything: once more")
	}
	t.Errorf("no target could be judged in %d attempts: this machine is too busy", attempts)
}

// flap reports whether the program had the processor time to judge anything.
func flap(t *testing.T) (judged bool) {
	t.Helper()
	const from, length, every, flaps = 6 * time.Second, 5 * time.Second, 10 * time.Second, 2
	cutNet, cut := town("cut", 16, 20, pace, paceTime)
	slowNet, slow := town("slow", 32, 20, time.Second, 2*time.Second) // the defaults
	wellNet, well := town("well", 48, 20, pace, paceTime)
	path := func(network netip.Prefix) *plan.Path {
		return &plan.Path{Prefixes: []netip.Prefix{network}, Both: plan.Conditions{Delay: new(10 * ms)}}
	}
	c := begin(t, &plan.Plan{
		Paths: map[string]*plan.Path{"cut": path(cutNet), "slow": path(slowNet), "well": path(wellNet)},
		Events: []*plan.Event{{
			At: from, For: length, Every: every, Paths: []string{"cut", "slow"}, Both: plan.Conditions{Cut: new(true)},
		}},
	}, slices.Concat(cut, slow, well))
	c.reach(from + flaps*every)
	m, at := c.scrape(), time.Since(c.lab.Epoch())
	exchanges := c.exchanges()

	furthest, compared := time.Duration(0), 0
	for _, a := range slices.Concat(cut, slow) {
		s := m.Target(a.id)
		if s.Failures[stalled] > 0 {
			continue // some of the time is unknown
		}
		compared++
		want, times := downByTheRule(Judged(exchanges[a.address], a.timeout), a.timeout, at)
		furthest = max(furthest, (s.States["down"] - want).Abs())
		if off := s.States["down"] - want; off.Abs() > time.Second || times != flaps {
			t.Errorf("%s: %d times down for %v, by the network's log and the rule; the program says %v", a.id, times, want, s.States["down"])
		}
		// Anywhere between two packets the cut begins and ends. A loss is told
		// when its time is up, an answer at once: by so much the cut may look
		// shorter.
		shorter, longer := flaps*(a.timeout+a.interval), flaps*a.interval
		if off := s.States["down"] - flaps*length; off < -shorter || off > longer {
			t.Errorf("%s: cut for %v; the program says down for %v", a.id, flaps*length, s.States["down"])
		}
	}
	for _, a := range well {
		if s := m.Target(a.id); s.States["down"] > 0 || !s.Up {
			t.Errorf("%s was never cut; the program says %v", a.id, s.States)
		}
	}
	t.Logf("%d targets: cut for %v; the program says down for %v with a ping each %v, %v each %v; at most %v from the log and the rule", compared, flaps*length,
		m.Target(cut[0].id).States["down"], cut[0].interval, m.Target(slow[0].id).States["down"], slow[0].interval, furthest)
	return compared > 0
}

// A program that is stopped for 30 s says that it does not know, whatever
// happens to the network meanwhile, and goes on.
func TestStoppedProgram(t *testing.T) {
	t.Parallel()
	const stop, stopped = 8 * time.Second, 30 * time.Second
	wellNet, well := town("well", 16, 50, pace, paceTime)
	slowNet, slow := town("slow", 32, 50, time.Second, 2*time.Second)
	lossyNet, lossy := town("lossy", 48, 50, pace, paceTime)
	conditions := plan.Conditions{Delay: new(20 * ms)}
	c := begin(t, &plan.Plan{
		Paths: map[string]*plan.Path{
			"well":  {Prefixes: []netip.Prefix{wellNet}, Both: conditions},
			"slow":  {Prefixes: []netip.Prefix{slowNet}, Both: conditions},
			"lossy": {Prefixes: []netip.Prefix{lossyNet}, Both: conditions, Back: plan.Conditions{Loss: new(inventory.Ratio(0.05))}},
		},
		Events: []*plan.Event{{
			Note: "nobody is there to see it", At: stop + 10*time.Second, For: 10 * time.Second, Both: plan.Conditions{Cut: new(true)},
		}},
	}, slices.Concat(well, slow, lossy))
	c.reach(stop)
	before := c.scrape()
	gone := time.Now()
	c.signal(syscall.SIGSTOP)
	c.reach(stop + stopped)
	c.signal(syscall.SIGCONT)
	stood := time.Since(gone) // less than planned where the program was slow to start
	c.reach(stop + stopped + 5*time.Second)
	scrapes := c.scrapes(10)
	exchanges := c.exchanges()

	for _, list := range [][]aim{well, slow, lossy} {
		compareAll(t, scrapes, list, exchanges)
	}
	m := scrapes[0]
	if got := seconds(m.Process("wanwatch_ping_stalled_seconds_total")); got < stood-time.Second {
		t.Errorf("stopped for %v; the program says that it stood still for %v", stood, got)
	}
	for _, a := range slices.Concat(well, slow) {
		s := m.Target(a.id)
		if s.States["down"] > 0 || s.States["degraded"] > 0 || !s.Up {
			t.Errorf("%s: lost %d, late %d, states %v; the network lost nothing that was sent", a.id, s.Lost, s.Late, s.States)
		}
		// Silence is unknown after an interval, a time-out and 2 s.
		blind := s.States["unknown"] - before.Target(a.id).States["unknown"]
		if least := stood - a.interval - a.timeout - 3*time.Second; blind < least {
			t.Errorf("%s: unknown for %v in a standstill of %v, want at least %v", a.id, blind, stood, least)
		}
	}
}
