package ping

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"wanwatch/exporter"
	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/proof"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/schedule"
)

// steppingClock is the host's clock, but for a wall clock that is stepped by
// whole seconds. A test must not step the wall clock of the machine, and a time
// namespace has none of its own (time_namespaces(7)).
type steppingClock struct {
	*hostClock
	ahead atomic.Int64 // seconds
	steps atomic.Pointer[[]step]
}

// step is one step: from then on the wall clock is ahead.
type step struct {
	wall  int64 // of the host's wall clock
	ahead int64
}

func newSteppingClock() *steppingClock {
	c := &steppingClock{hostClock: newHostClock()}
	c.steps.Store(&[]step{})
	return c
}

// set steps the wall clock.
func (c *steppingClock) set(ahead time.Duration) {
	seconds := int64(ahead / time.Second)
	list := append(slices.Clone(*c.steps.Load()), step{time.Now().UnixNano(), seconds})
	c.steps.Store(&list)
	c.ahead.Store(seconds)
}

// now is time.Now on a host whose wall clock was stepped. Nothing but the layout
// of time.Time lets a wall clock be set against the monotonic one: its first
// word holds the seconds from bit 30 on.
func (c *steppingClock) now() time.Time {
	t := time.Now()
	*(*uint64)(unsafe.Pointer(&t)) += uint64(c.ahead.Load()) << 30
	return t
}

func (c *steppingClock) moment() moment {
	m := c.hostClock.moment()
	m.time = c.now()
	m.mono = int64(m.time.Sub(c.base))
	return m
}

// stamped finds out how far ahead the clock was when the kernel stamped.
func (c *steppingClock) stamped(stamp int64) int64 {
	if stamp == 0 {
		return 0
	}
	ahead := int64(0)
	for _, s := range *c.steps.Load() {
		if stamp >= s.wall {
			ahead = s.ahead
		}
	}
	return stamp + ahead*int64(time.Second)
}

func TestSteppingClockSteps(t *testing.T) {
	c := newSteppingClock()
	before := c.now()
	c.set(time.Hour)
	after := c.now()
	if d := after.Sub(before); d > time.Minute {
		t.Errorf("the monotonic clock was stepped too, by %v", d)
	}
	if d := after.Round(0).Sub(before.Round(0)); d < time.Hour || d > time.Hour+time.Minute {
		t.Errorf("the wall clock was stepped by %v, want an hour", d)
	}
}

// Steps of the wall clock, forward and back, change nothing about what the
// metrics say: every packet is accounted for as the network's log has it, round
// trips and the seconds of states are those of the monotonic clock.
func TestClockSteps(t *testing.T) {
	testenv.NeedRoot(t)
	const targets, interval, timeout = 100, 200 * time.Millisecond, 150 * time.Millisecond
	delay, loss := 20*time.Millisecond, inventory.Ratio(0.05)
	l, err := lab.Start(&plan.Plan{Seed: 3, Paths: map[string]*plan.Path{"wan": {
		Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.9.0/24")},
		Both:     plan.Conditions{Delay: &delay}, Back: plan.Conditions{Loss: &loss},
	}}}, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	clock := newSteppingClock()
	begun := time.Now()
	e := exporter.New(exporter.Options{Now: clock.now})
	var f *fleet
	if err := l.Prober(func() (err error) {
		f, err = newFleet(probes.Env{Meter: e.Meter()}, datagram)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	f.loop.engine.clock, f.loop.receiver.clock, f.sockets.clock = clock, clock, clock

	var text strings.Builder
	fmt.Fprintf(&text, "sites: {here: {}}\ndefaults: {ping: {interval: %v, timeout: %v}}\nuplinks:\n", interval, timeout)
	for i := range targets {
		fmt.Fprintf(&text, "  t%03d: {site: here, ping: 198.18.9.%d}\n", i, i+1)
	}
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load(path, []inventory.ProbeKind{Kind().ProbeKind})
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	e.Apply(inv, "", []probes.Kind{Kind()}, jobs)
	f.Set(jobs)
	stop := run(t, f, e.Record)
	var scrapes []*proof.Metrics
	var stepped moments
	for _, ahead := range []time.Duration{0, time.Hour, 0, time.Second, -time.Second, -24 * time.Hour, -24*time.Hour + time.Second, 0} {
		clock.set(ahead)
		stepped = append(stepped, time.Since(l.Epoch()))
		scrapes = append(scrapes, scrapeEvery(t, e, 97*time.Millisecond, 10)...)
	}
	elapsed := time.Since(begun)
	stop()
	if err := l.Settle(t.Context(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	by := map[string][]truth.Exchange{}
	for _, x := range l.Log().Exchanges("wan") {
		by[x.Address.String()] = append(by[x.Address.String()], x)
	}
	compareStepped(t, scrapes, jobs, by, elapsed, stepped)
}

// threeLost reports whether three packets in a row were not answered in time, which
// the rule of confirmation takes for down. At a loss of 5 % chance makes that of one
// packet in 8,000.
func threeLost(judged []truth.Exchange, timeout time.Duration) bool {
	streak := 0
	for i := range judged {
		streak++
		if judged[i].Answered() && judged[i].Real <= timeout {
			streak = 0
		}
		if streak == 3 {
			return true
		}
	}
	return false
}

// moments are times on the lab's clock.
type moments []time.Duration

// around reports whether one of them is close. Stamps near a step are not used,
// so that what came there may have waited for the loop as well.
func (m moments) around(at time.Duration) bool {
	return slices.ContainsFunc(m, func(x time.Duration) bool { return (at - x).Abs() < 100*time.Millisecond })
}

// scrapeEvery reads the metrics several times.
func scrapeEvery(t *testing.T, e *exporter.Exporter, every time.Duration, times int) []*proof.Metrics {
	t.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	var list []*proof.Metrics
	for range times {
		<-tick.C
		request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/metrics", http.NoBody)
		request.Header.Set("Accept", proof.Accept)
		answer := httptest.NewRecorder()
		e.Metrics().ServeHTTP(answer, request)
		m, err := proof.Read(answer.Body, answer.Header())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

func compareStepped(t *testing.T, scrapes []*proof.Metrics, jobs []probes.Job, exchanges map[string][]truth.Exchange, elapsed time.Duration, stepped moments) {
	t.Helper()
	var said, did []time.Duration
	for _, j := range jobs {
		judged := proof.Judged(exchanges[j.Probe.Address], j.Probe.Timeout)
		decided, blind := 0, false
		for _, m := range scrapes {
			s := m.Target(j.Target.ID)
			v := proof.Compare(s, judged, j.Probe.Timeout)
			if len(v.Problems) > 0 {
				t.Fatalf("%s: %s", j.Target.ID, strings.Join(v.Problems, "\n"))
			}
			blind = blind || s.Failures[string(probes.ReasonStalled)] > 0
			if v.Decided && v.Blind == 0 && s.Success {
				decided++
				planned := v.Last.Planned + v.Last.Late
				if stepped.around(v.Last.Came) {
					if off := s.Trip - planned; off < -100*time.Microsecond || off > 200*time.Millisecond {
						t.Errorf("%s: a round trip at a step: %v, planned, and late, %v", j.Target.ID, s.Trip, planned)
					}
					continue
				}
				said, did = append(said, s.Trip), append(did, planned)
			}
		}
		if decided == 0 && !blind {
			t.Errorf("%s: no scrape tells", j.Target.ID)
		}
		s := scrapes[len(scrapes)-1].Target(j.Target.ID)
		sum := time.Duration(0)
		for _, spent := range s.States {
			sum += spent
		}
		if sum > elapsed || sum < elapsed/2 || s.States["down"] > 0 && !threeLost(judged, j.Probe.Timeout) {
			t.Errorf("%s: %v passed, the states are %v", j.Target.ID, elapsed, s.States)
		}
	}
	if len(said) == 0 {
		t.Fatal("this host was too busy to ping: no round trip can be compared")
	}
	slices.Sort(said)
	slices.Sort(did)
	for _, q := range []float64{0.5, 0.99} {
		i := int(q * float64(len(said)))
		t.Logf("p%.0f of %d packets: the program says %v; planned, and late, %v", 100*q, len(said), said[i], did[i])
		if off := said[i] - did[i]; off.Abs() > 100*time.Microsecond {
			t.Errorf("p%.0f is off by %v", 100*q, off)
		}
	}
}
