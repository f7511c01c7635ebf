package exporter

import (
	"math"
	"slices"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// State is what is concluded about a target.
type State uint8

// The states, in the order of their words.
const (
	Degraded State = iota
	Down
	Maintenance
	Unknown
	Up
	stateCount
)

// String returns the word for the label "state".
func (s State) String() string {
	return [stateCount]string{"degraded", "down", "maintenance", "unknown", "up"}[s]
}

// Number is the value of wanwatch_target_state.
func (s State) Number() float64 {
	return [stateCount]float64{Unknown: 0, Up: 1, Degraded: 2, Down: 3, Maintenance: 4}[s]
}

// Sign returns the sign that stands beside the word, for those who see no colours.
func (s State) Sign() string { return [stateCount]string{"▲", "✕", "■", "?", "●"}[s] }

// staleGrace is how much later than its interval and its time-out a probe may
// report before it counts as silent.
const staleGrace = 2 * time.Second

// never is a moment that does not come.
const never = time.Duration(math.MaxInt64)

// verdict is what one probe says of a target: up, down, unknown, or degraded where
// the target itself said that it cannot serve well.
//
// It changes when Confirm results in a row say the same; but the first success
// after unknown counts at once, and so does unknown itself, because seconds in
// which nothing could be measured are neither up nor down. One that was down
// before is so again with the first failure within life. A probe that is silent
// for longer than life is unknown from that moment on.
type verdict struct {
	state   State
	confirm int
	life    time.Duration
	// others: the probe is that of another target, such as the router whose
	// interface carries this one.
	others bool
	// recent judges the packets of a ping probe while it is up; nil: there is
	// nothing to judge.
	recent *window

	streak   int // results in a row that contradict state
	deadline time.Duration
	every    time.Duration // the interval
	turned   time.Duration // when a result last changed state
	doubted  time.Duration // when streak began
	again    time.Duration // until when one failure makes it down, as it was before unknown
}

// together is how far apart the failures of two probes may begin to be taken for
// one event.
const together = 10 * time.Second

// agrees reports whether a probe that is up, but failed just now, may be believed
// at once because another, which is asked more often and was confirmed down, began
// to fail at the same time.
func (v *verdict) agrees(vs []*verdict) bool {
	if v.state != Up || v.streak == 0 {
		return false
	}
	return slices.ContainsFunc(vs, func(w *verdict) bool {
		return w.state == Down && !w.others && w.every < v.every && (w.turned-v.doubted).Abs() <= together
	})
}

func newVerdict() verdict { return verdict{state: Unknown, confirm: 1, deadline: never} }

// take takes a result that came at now; it is no note.
func (v *verdict) take(r *probes.Result, now time.Duration) {
	outcome := r.Verdict()
	v.deadline = now + v.life
	said := [...]State{probes.Success: Up, probes.Failure: Down, probes.Unknown: Unknown}[outcome]
	if r.Degraded() {
		said = Degraded
	}
	switch {
	case said == v.state:
		v.streak = 0
	case said == Unknown:
		if v.state == Down {
			v.again = now + v.life
		}
		v.become(Unknown)
	default:
		if v.streak++; v.streak == 1 {
			v.doubted = now
		}
		if v.streak >= v.confirm || v.state == Unknown && (said == Up || said == Down && now < v.again) {
			v.become(said)
			v.turned = now
		}
	}
	if v.state == Up && v.recent != nil {
		v.recent.take(outcome == probes.Success, r.Duration)
	}
}

func (v *verdict) become(s State) {
	v.state, v.streak = s, 0
	if s != Unknown {
		v.again = 0
	}
	if v.recent != nil {
		v.recent.clear()
	}
}

// poor reports whether the probe succeeds, but too rarely or too slowly.
func (v *verdict) poor() bool { return v.recent != nil && v.recent.poor() }

// machine is the state of a target over time. It has no timer: it is told the
// time with every result and at every scrape, and then makes up for what
// happened in between, each change at its own moment. So the seconds of all
// states always add up to the time since the target appeared.
//
// Moments are counted from the exporter's start on the monotonic clock; only
// maintenance follows the wall clock.
type machine struct {
	state    State
	measured State // the state without maintenance
	known    State // measured when it was last known; unknown if it never was
	changes  int   // of known, but for those during maintenance
	spent    [stateCount]time.Duration
	at       time.Duration // spent covers the time up to here
	since    time.Duration // when state began

	probes      []*verdict
	maintenance schedule
	inForce     occasion // of maintenance, as last looked up
}

// schedule tells when something is on.
type schedule interface {
	// at returns what holds at a moment.
	at(time.Time) occasion
}

// moment is one reading of both clocks.
type moment struct {
	mono time.Duration
	wall time.Time
}

// before returns the moment that lies d earlier.
func (m moment) before(d time.Duration) moment {
	return moment{m.mono - d, m.wall.Add(-d)}
}

func newMachine(now time.Duration) machine {
	return machine{state: Unknown, measured: Unknown, known: Unknown, at: now, since: now}
}

// maxChanges bounds the changes that one call makes up for; a maintenance rule
// that repeats each second may have more in a long pause.
const maxChanges = 10_000

// advance accounts for the time up to now.
func (m *machine) advance(now moment) {
	if now.mono < m.at {
		return // the clock is not monotonic after all
	}
	for range maxChanges {
		at, ok := m.next(now)
		if !ok {
			break
		}
		m.spend(at.mono)
		for _, v := range m.probes {
			if v.deadline <= at.mono {
				v.deadline = never
				v.become(Unknown)
			}
		}
		m.lookUp(at.wall)
		m.conclude()
	}
	m.spend(now.mono)
}

// next returns the moment of the earliest change that lies before now or is due.
func (m *machine) next(now moment) (moment, bool) {
	first := never
	for _, v := range m.probes {
		first = min(first, v.deadline)
	}
	if change, ok := m.inForce.change(now.wall); ok {
		// How long ago by the wall clock, told in monotonic time.
		first = min(first, now.mono-now.wall.Sub(change))
	}
	if first > now.mono {
		return moment{}, false
	}
	first = max(first, m.at)
	return now.before(now.mono - first), true
}

func (m *machine) spend(until time.Duration) {
	if until > m.at {
		m.spent[m.state] += until - m.at
		m.at = until
	}
}

func (m *machine) lookUp(wall time.Time) {
	if m.maintenance != nil && !m.inForce.covers(wall) {
		m.inForce = m.maintenance.at(wall)
	}
}

// up reports whether the target works, or did when that was last known.
func (m *machine) up() bool { return m.known == Up || m.known == Degraded }

// conclude draws the state from the verdicts and the maintenance.
func (m *machine) conclude() {
	m.measured = conclusion(m.probes)
	if m.measured != Unknown {
		if m.known != Unknown && m.known != m.measured && !m.inForce.on {
			m.changes++
		}
		m.known = m.measured
	}
	state := m.measured
	if m.inForce.on {
		state = Maintenance
	}
	if state != m.state {
		m.state, m.since = state, m.at
	}
}

// conclusion is the state that a target's probes show: down if all that know
// say so; degraded if some say so, or if one that is up is poor. One that fails
// together with a quicker one that is confirmed says so too, before its own turn
// has come often enough.
//
// What another target's probe tells, such as a router of its interface, proves
// that something is broken but not that it works: the port of a line that is
// cut far away stays up. So of a target with probes of its own it can make an
// up one degraded and an unknown one down, and no more.
func conclusion(vs []*verdict) State {
	own, others := tally{}, tally{}
	for _, v := range vs {
		if v.others {
			others.add(v)
		} else if v.agrees(vs) {
			own.all++
			own.down++
		} else {
			own.add(v)
		}
	}
	switch {
	case own.all == 0:
		return others.state()
	case own.known() == 0 && others.down > 0:
		return Down
	case own.state() == Up && others.down > 0:
		return Degraded
	default:
		return own.state()
	}
}

// tally counts verdicts.
type tally struct {
	all, up, down int
	poor          bool
}

func (t *tally) add(v *verdict) {
	t.all++
	switch v.state {
	case Up:
		t.up++
		t.poor = t.poor || v.poor()
	case Degraded:
		t.up++
		t.poor = true
	case Down:
		t.down++
	default: // knows nothing
	}
}

func (t *tally) known() int { return t.up + t.down }

func (t *tally) state() State {
	switch {
	case t.known() == 0:
		return Unknown
	case t.up == 0:
		return Down
	case t.down > 0 || t.poor:
		return Degraded
	default:
		return Up
	}
}

// result takes a result of one of the machine's probes.
func (m *machine) result(v *verdict, r *probes.Result, now moment) {
	m.advance(now)
	v.take(r, now.mono)
	m.conclude()
}

// watch replaces the probes and the maintenance. Verdicts that stay keep what
// they know. The machine keeps the slice.
func (m *machine) watch(vs []*verdict, maintenance schedule, now moment) {
	m.advance(now)
	m.probes = vs
	m.maintenance, m.inForce = maintenance, occasion{}
	m.lookUp(now.wall)
	m.conclude()
}

// rules gives the verdict what the inventory says of its probe.
func (v *verdict) rules(t *inventory.Target, p *inventory.Probe, at time.Time) {
	v.confirm = max(p.Confirm, 1)
	v.others = !slices.Contains(t.Probes, p)
	v.life = p.Interval + p.Timeout + staleGrace
	v.every = p.Interval
	v.recent = v.recent.rules(t, p, at)
}
