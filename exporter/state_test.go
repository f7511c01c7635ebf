package exporter

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// wall0 is the wall clock's reading at moment 0 of these tests.
var wall0 = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)

func at(d time.Duration) moment { return moment{d, wall0.Add(d)} }

// pings returns a verdict of a ping probe: interval 1 s, time-out 1 s.
func pings(confirm int) *verdict {
	v := newVerdict()
	v.confirm, v.life = confirm, 2*time.Second+staleGrace
	return &v
}

func result(o probes.Outcome, r probes.Reason) *probes.Result {
	return &probes.Result{Outcome: o, Reason: r, Duration: time.Millisecond}
}

// outcomes turns a script into results: + success, - failure, ? unknown, o overloaded.
var outcomes = map[rune]*probes.Result{
	'+': result(probes.Success, ""),
	'-': result(probes.Failure, probes.ReasonTimeout),
	'?': result(probes.Unknown, probes.ReasonSend),
	'o': result(probes.Failure, probes.ReasonUnavailable),
}

// letters turns states into a script's expectation.
var letters = map[State]rune{Up: 'U', Down: 'D', Unknown: '?', Degraded: 'd', Maintenance: 'm'}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name           string
		confirm        int
		isolated       bool
		results, after string
	}{
		{"the first success decides", 3, false, "+", "U"},
		{"failures need confirming from the start", 3, false, "---", "??D"},
		{"one lost packet changes nothing", 3, false, "++-+--+---", "UUUUUUUUUD"},
		{"back up needs confirming too", 3, false, "---++-+++", "??DDDDDDU"},
		{"unknown counts at once", 3, false, "++?+", "UU?U"},
		{"unknown between failures starts anew", 3, false, "+--?--+", "UUU???U"},
		{"after unknown, one success is enough", 3, false, "---?+", "??D?U"},
		{"down is down again after a moment of unknown", 3, false, "---??-+?-", "??D??DD?D"},
		{"up again, and then down anew", 3, false, "---?+?--", "??D?U???"},
		{"long unknown, and down anew", 3, false, "---??????---", "??D????????D"},
		{"confirm 1", 1, false, "+-+-", "UDUD"},
		{"it says itself that it is overloaded", 2, false, "+oo++", "UUddU"},
		{"overloaded, then dead", 2, false, "+oo--", "UUddD"},
		{"isolation: an overloaded server is an answer", 1, true, "o", "D"},
		{"isolation: silence is good", 2, true, "--++-", "UUUDD"},
		{"isolation: an answer is the fault", 1, true, "+-?", "DU?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := pings(c.confirm)
			var got strings.Builder
			for i, letter := range c.results {
				r := *outcomes[letter]
				if c.isolated {
					r.Target = &inventory.Target{Expect: "unreachable"}
				}
				v.take(&r, time.Duration(i)*time.Second)
				got.WriteRune(letters[v.state])
			}
			if got.String() != c.after {
				t.Errorf("%s gives %s, want %s", c.results, got.String(), c.after)
			}
		})
	}
}

func TestConclusion(t *testing.T) {
	poor := &window{maxLost: 1, lost: 1}
	for _, c := range []struct {
		verdicts string // U, D, ?, and p for up but poor; u, d, x of another target's probe
		want     State
	}{
		{"", Unknown}, {"?", Unknown}, {"??", Unknown},
		{"U", Up}, {"U?", Up}, {"UU", Up},
		{"D", Down}, {"D?", Down}, {"DD", Down},
		{"UD", Degraded}, {"UD?", Degraded},
		{"p", Degraded}, {"pU", Degraded}, {"p?", Degraded}, {"pD", Degraded},
		// Alone, another's word counts like one's own.
		{"u", Up}, {"d", Down}, {"x", Unknown}, {"ud", Degraded},
		// An interface that is up does not prove that the line works, and one
		// that is down that it does not.
		{"Du", Down}, {"?u", Unknown}, {"Uu", Up}, {"Ux", Up}, {"Dd", Down}, {"UDu", Degraded},
		{"Ud", Degraded}, {"?d", Down}, {"pd", Degraded},
	} {
		var vs []*verdict
		for _, r := range c.verdicts {
			v := newVerdict()
			v.others = strings.ContainsRune("udx", r)
			switch r {
			case 'U', 'u':
				v.state = Up
			case 'D', 'd':
				v.state = Down
			case 'p':
				v.state, v.recent = Up, poor
			}
			vs = append(vs, &v)
		}
		if got := conclusion(vs); got != c.want {
			t.Errorf("%q: got %s, want %s", c.verdicts, got, c.want)
		}
	}
}

// spans are the seconds of each state, in a form that reads well in a table.
func spent(m *machine) string {
	var parts []string
	for _, s := range []State{Up, Degraded, Down, Unknown, Maintenance} {
		if d := m.spent[s]; d != 0 {
			parts = append(parts, fmt.Sprintf("%s %s", s, d))
		}
	}
	return strings.Join(parts, ", ")
}

func period(from, to time.Duration) events {
	return events{maintenanceEvent(&inventory.Maintenance{Start: wall0.Add(from), End: wall0.Add(to)})}
}

// TestMachine plays results at full seconds, and then looks once, long after.
func TestMachine(t *testing.T) {
	for _, c := range []struct {
		name        string
		results     string // one each second, from 0 on; space: none
		until       time.Duration
		maintenance events
		spent       string
		state       State
		up          bool
	}{
		{"nothing ever comes", "", time.Minute, nil, "unknown 1m0s", Unknown, false},
		{"steady", "++++++++++", 9 * time.Second, nil, "up 9s", Up, true},
		{"confirmed down at the third failure", "+++---+++", 8 * time.Second, nil, "up 5s, down 3s", Up, true},
		{"unknown at once", "+++??+", 5 * time.Second, nil, "up 3s, unknown 2s", Up, true},
		{"silence counts as unknown from the moment it is too long", "+++", time.Minute, nil, "up 6s, unknown 54s", Unknown, true},
		{"down and then silent: the last word stays down", "----", time.Minute, nil, "down 5s, unknown 55s", Unknown, false},
		{"a pause of the process", "+++" + strings.Repeat(" ", 30) + "+++", 35 * time.Second, nil, "up 8s, unknown 27s", Up, true},
		{"maintenance is split at both ends", strings.Repeat("+", 21), 20 * time.Second, period(5*time.Second+500*time.Millisecond, 12*time.Second), "up 13.5s, maintenance 6.5s", Up, true},
		{"in maintenance, up tells what is measured", strings.Repeat("+", 5) + "-----", 9 * time.Second, period(0, time.Hour), "maintenance 9s", Maintenance, false},
		{"maintenance during silence", "+", 20 * time.Second, period(2*time.Second, 10*time.Second), "up 2s, unknown 10s, maintenance 8s", Unknown, true},
		{"maintenance long over", "+", 3 * time.Second, period(-2*time.Hour, -time.Hour), "up 3s", Up, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := pings(3)
			m := newMachine(0)
			m.watch([]*verdict{v}, c.maintenance, at(0))
			for i, r := range c.results {
				if r != ' ' {
					m.result(v, outcomes[r], at(time.Duration(i)*time.Second))
				}
			}
			m.advance(at(c.until))
			if got := spent(&m); got != c.spent {
				t.Errorf("spent %s, want %s", got, c.spent)
			}
			if m.state != c.state || m.up() != c.up {
				t.Errorf("ends as %s, up %t; want %s, up %t", m.state, m.up(), c.state, c.up)
			}
		})
	}
}

// TestChanges plays results at full seconds, each of which counts at once.
func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name, results string
		maintenance   events
		want          int
	}{
		{"the first word is no change", "+", nil, 0},
		{"comes and goes", "+-+-", nil, 3},
		{"unknown in between, the same after it", "+?+??+", nil, 0},
		{"unknown in between, another after it", "+?-?+", nil, 2},
		{"unknown first", "??-", nil, 0},
		{"a long silence", "+" + strings.Repeat(" ", 60) + "+", nil, 0},
		{"during maintenance", "+-+-+-", period(500*time.Millisecond, time.Minute), 0},
		{"as maintenance left it", "++--- ", period(1500*time.Millisecond, 3500*time.Millisecond), 0},
		{"after maintenance", "++---+", period(1500*time.Millisecond, 3500*time.Millisecond), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, m := pings(1), newMachine(0)
			m.watch([]*verdict{v}, c.maintenance, at(0))
			for i, r := range c.results {
				if r != ' ' {
					m.result(v, outcomes[r], at(time.Duration(i)*time.Second))
				}
			}
			if m.changes != c.want {
				t.Errorf("%d changes, want %d", m.changes, c.want)
			}
		})
	}
}

// TestMachineSeveralProbes: the stale one leaves the verdict to the others.
func TestMachineSeveralProbes(t *testing.T) {
	ping, snmp := pings(1), pings(1)
	snmp.life = 40 * time.Second
	m := newMachine(0)
	m.watch([]*verdict{ping, snmp}, nil, at(0))
	m.result(ping, outcomes['+'], at(0))
	m.result(snmp, outcomes['-'], at(time.Second))
	m.advance(at(60 * time.Second))
	// Up for 1 s, degraded while both speak (ping until 4 s), then down as SNMP
	// alone says until 41 s.
	if got, want := spent(&m), "up 1s, degraded 3s, down 37s, unknown 19s"; got != want {
		t.Errorf("spent %s, want %s", got, want)
	}
}

// TestMachineRepeatedMaintenance: looked at once after three days, a nightly
// hour is still excused each night.
func TestMachineRepeatedMaintenance(t *testing.T) {
	zone := time.FixedZone("+07", 7*60*60)
	start := time.Date(2026, 12, 1, 22, 0, 0, 0, zone)
	repeat, err := inventory.NewRecurrence("FREQ=DAILY", start, zone)
	if err != nil {
		t.Fatal(err)
	}
	nightly := events{maintenanceEvent(&inventory.Maintenance{Start: start, End: start.Add(time.Hour), Repeat: repeat})}
	m := newMachine(0)
	m.watch(nil, nightly, at(0))
	m.advance(at(72 * time.Hour))
	if got, want := spent(&m), "unknown 69h0m0s, maintenance 3h0m0s"; got != want {
		t.Errorf("spent %s, want %s", got, want)
	}
}

// TestMachineWallClockSteps: a step of the wall clock moves maintenance but
// invents and loses no second.
func TestMachineWallClockSteps(t *testing.T) {
	v := pings(1)
	v.life = time.Hour
	m := newMachine(0)
	m.watch([]*verdict{v}, period(time.Minute, 2*time.Minute), at(0))
	m.result(v, outcomes['+'], at(0))
	m.advance(at(90 * time.Second)) // 30 s into the maintenance
	back := moment{100 * time.Second, wall0.Add(10 * time.Second)}
	m.advance(back) // the clock was set back before it
	if m.state != Up {
		t.Errorf("after the step back the state is %s", m.state)
	}
	forward := moment{110 * time.Second, wall0.Add(5 * time.Minute)}
	m.advance(forward)
	var sum time.Duration
	for _, d := range m.spent {
		sum += d
	}
	if sum != 110*time.Second {
		t.Errorf("the seconds add up to %s (%s)", sum, spent(&m))
	}
}

// FuzzMachine plays random events and looks at random moments: the seconds
// always add up to the time that passed, and no state's seconds shrink.
func FuzzMachine(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed, uint8(40))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) {
		r := rand.New(rand.NewPCG(seed, 2))
		var vs []*verdict
		for range 1 + r.IntN(3) {
			v := pings(1 + r.IntN(4))
			v.life = time.Duration(r.Int64N(int64(30 * time.Second)))
			vs = append(vs, v)
		}
		var es events
		for range r.IntN(3) {
			from := time.Duration(r.Int64N(int64(5 * time.Minute)))
			es = append(es, period(from, from+time.Duration(1+r.Int64N(int64(time.Minute))))...)
		}
		begin := time.Duration(r.Int64N(int64(time.Hour)))
		m := newMachine(begin)
		m.watch(vs, es, at(begin))
		now := begin
		for range steps {
			before := m.spent
			now += time.Duration(r.Int64N(int64(20 * time.Second)))
			switch v := vs[r.IntN(len(vs))]; r.IntN(6) {
			case 0:
				m.advance(at(now))
			case 1:
				m.watch(vs[:1+r.IntN(len(vs))], es, at(now))
			default:
				m.result(v, outcomes[[]rune("+-?")[r.IntN(3)]], at(now))
			}
			var sum time.Duration
			for s, d := range m.spent {
				if d < before[s] {
					t.Fatalf("%s shrank from %s to %s", State(s), before[s], d)
				}
				sum += d
			}
			if sum != now-begin {
				t.Fatalf("after %s the seconds add up to %s (%s)", now-begin, sum, spent(&m))
			}
		}
	})
}

func TestLossLimit(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  int
	}{
		// By hand from the binomial distribution with n = 60: for 0.5 %,
		// P(X >= 2) = 3.7 % and P(X >= 3) = 0.35 %; for 1 %, P(X >= 3) = 2.2 %
		// and P(X >= 4) = 0.3 %.
		{0, 2}, {0.0001, 2}, {0.005, 3}, {0.01, 4}, {1, windowPackets + 1},
	} {
		if got := lossLimit(c.share); got != c.want {
			t.Errorf("share %g: got %d, want %d", c.share, got, c.want)
		}
	}
	// The limit is the smallest number that chance seldom reaches: tried.
	r := rand.New(rand.NewPCG(1, 1))
	for _, share := range []float64{0.005, 0.01, 0.05, 0.2} {
		limit, reached, below := lossLimit(share), 0, 0
		const tries = 20_000
		for range tries {
			lost := 0
			for range windowPackets {
				if r.Float64() < share {
					lost++
				}
			}
			if lost >= limit {
				reached++
			}
			if lost >= limit-1 {
				below++
			}
		}
		if p := float64(reached) / tries; p > 1.3*chance {
			t.Errorf("share %g: limit %d is reached with probability %g", share, limit, p)
		}
		if p := float64(below) / tries; p < 0.7*chance {
			t.Errorf("share %g: limit %d could be lower: one less has probability %g", share, limit, p)
		}
	}
}

func TestWindow(t *testing.T) {
	v := pings(3)
	v.recent = &window{maxLost: 4, maxRTT: 20 * time.Millisecond, rtts: make([]uint32, windowPackets)}
	play := func(script string, rtt time.Duration) State {
		for _, r := range script {
			res := *outcomes[r]
			res.Duration = rtt
			v.take(&res, 0)
		}
		return conclusion([]*verdict{v})
	}
	for _, c := range []struct {
		name, script string
		rtt          time.Duration
		want         State
	}{
		{"fast", strings.Repeat("+", 60), time.Millisecond, Up},
		{"three of sixty lost", "-+-+-+", time.Millisecond, Up},
		{"the fourth", "-+", time.Millisecond, Degraded},
		{"the losses leave the window", strings.Repeat("+", 60), time.Millisecond, Up},
		{"the mean is not yet too slow", strings.Repeat("+", 30), 30 * time.Millisecond, Up},
		{"the mean is too slow", strings.Repeat("+", 20), 40 * time.Millisecond, Degraded},
		{"down forgets", "---", 0, Down},
		{"back up starts afresh", "+++", 40 * time.Millisecond, Up},
		{"too few answers for a mean", strings.Repeat("+", 28), 40 * time.Millisecond, Up},
		{"enough answers", "+", 40 * time.Millisecond, Degraded},
	} {
		if got := play(c.script, c.rtt); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Failures of two probes that begin together confirm each other; but a quick probe
// that fails once beside a slow one that is down does not, nor one that fails long
// after.
func TestFailuresAgree(t *testing.T) {
	quick := func(turned time.Duration, s State, streak int, doubted time.Duration) *verdict {
		return &verdict{state: s, every: time.Second, turned: turned, streak: streak, doubted: doubted}
	}
	slow := func(turned time.Duration, s State, streak int, doubted time.Duration) *verdict {
		return &verdict{state: s, every: 15 * time.Second, turned: turned, streak: streak, doubted: doubted}
	}
	const at = time.Hour
	for _, c := range []struct {
		name string
		vs   []*verdict
		want State
	}{
		{"both began to fail", []*verdict{quick(at, Down, 0, 0), slow(0, Up, 1, at+2*time.Second)}, Down},
		{"the slow one first", []*verdict{quick(at, Down, 0, 0), slow(0, Up, 1, at-2*time.Second)}, Down},
		{"the slow one answered again", []*verdict{quick(at, Down, 0, 0), slow(0, Up, 0, at)}, Degraded},
		{"the quick one has been down for long", []*verdict{quick(at, Down, 0, 0), slow(0, Up, 1, at+together+1)}, Degraded},
		{"the quick one lost a packet", []*verdict{quick(0, Up, 1, at), slow(at, Down, 0, 0)}, Degraded},
		{"neither is confirmed", []*verdict{quick(0, Up, 2, at), slow(0, Up, 1, at)}, Up},
		{"a third is well", []*verdict{quick(at, Down, 0, 0), slow(0, Up, 1, at), slow(0, Up, 0, 0)}, Degraded},
	} {
		if got := conclusion(c.vs); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
