package plan

import (
	"math"
	"slices"
	"time"

	"wanwatch/inventory"
)

// State is the conditions of one direction of a path at one moment.
type State struct {
	Delay     time.Duration
	Jitter    Jitter
	Loss      float64
	Burst     Burst
	Reorder   Reorder
	Duplicate float64
	Corrupt   Corrupt
	Limit     Limit // Rate 0: none
	DSCP      *DSCP // nil: not rewritten
	Cut       bool
	Refuse    *Refuse // nil: not refused
	MTU       MTU     // Bytes 0: none
}

// Forever is the time of a change that never comes.
const Forever = time.Duration(math.MaxInt64)

// rampStep is how often a gradual change moves on.
const rampStep = 10 * time.Millisecond

// Timeline gives the state of one direction of one path over time.
type Timeline struct {
	base   State
	events []moment
}

type moment struct {
	*Event
	parts []*Conditions
}

// Timeline returns the timeline of a path, which must exist.
func (p *Plan) Timeline(path string, dir Direction) *Timeline {
	way := p.Paths[path]
	t := &Timeline{}
	for _, c := range parts(&way.Both, &way.Out, &way.Back, dir) {
		t.base = t.base.with(c, 1)
	}
	for _, e := range p.Events {
		if e.touches(path, way.Groups) {
			t.events = append(t.events, moment{e, parts(&e.Both, &e.Out, &e.Back, dir)})
		}
	}
	return t
}

func parts(both, out, back *Conditions, dir Direction) []*Conditions {
	if dir == Back {
		return []*Conditions{both, back}
	}
	return []*Conditions{both, out}
}

func (e *Event) touches(path string, groups []string) bool {
	if len(e.Paths) == 0 && len(e.Groups) == 0 {
		return true
	}
	return slices.Contains(e.Paths, path) ||
		slices.ContainsFunc(e.Groups, func(g string) bool { return slices.Contains(groups, g) })
}

// At returns the state at time t after the start, and until when it holds. A
// gradual change holds for steps of 10 ms.
func (l *Timeline) At(t time.Duration) (State, time.Duration) {
	s, until := l.base, Forever
	for _, m := range l.events {
		share, next := m.progress(t)
		until = min(until, next)
		if share > 0 {
			for _, c := range m.parts {
				s = s.with(c, share)
			}
		}
	}
	return s, until
}

// progress returns how far the event has come at time t, from 0 (not there) to
// 1 (in full), and until when that holds.
func (e *Event) progress(t time.Duration) (share float64, until time.Duration) {
	if t < e.At {
		return 0, e.At
	}
	since, begun := t-e.At, e.At
	if e.Every > 0 {
		begun += since - since%e.Every
		since %= e.Every
	}
	if e.For > 0 && since >= e.For {
		if e.Every == 0 {
			return 0, Forever
		}
		return 0, begun + e.Every
	}
	end := Forever
	if e.For > 0 {
		end = begun + e.For
	}
	if e.Every > 0 {
		end = min(end, begun+e.Every)
	}
	if since >= e.Over {
		return 1, end
	}
	// Never 0 while it goes on: what does not change gradually changes at once.
	next := since - since%rampStep + rampStep
	return min(float64(next)/float64(e.Over), 1), min(end, begun+next)
}

// with returns s with the given conditions laid over it, gradual ones by share.
func (s State) with(c *Conditions, share float64) State {
	if c.Delay != nil {
		s.Delay = between(s.Delay, *c.Delay, share)
	}
	if c.Jitter != nil {
		from := s.Jitter.Scale
		s.Jitter = *c.Jitter
		s.Jitter.Scale = between(from, c.Jitter.Scale, share)
	}
	if c.Loss != nil {
		s.Loss = between(s.Loss, float64(*c.Loss), share)
	}
	if c.Burst != nil {
		s.Burst = *c.Burst
	}
	if c.Reorder != nil {
		s.Reorder = *c.Reorder
	}
	if c.Duplicate != nil {
		s.Duplicate = float64(*c.Duplicate)
	}
	if c.Corrupt != nil {
		s.Corrupt = *c.Corrupt
	}
	if c.Limit != nil {
		s.Limit = s.Limit.towards(*c.Limit, share)
	}
	return s.withRefusals(c)
}

func (s State) withRefusals(c *Conditions) State {
	if c.DSCP != nil {
		s.DSCP = c.DSCP
	}
	if c.Cut != nil {
		s.Cut = *c.Cut
	}
	if c.Refuse != nil {
		s.Refuse = c.Refuse
	}
	if c.MTU != nil {
		s.MTU = *c.MTU
	}
	return s
}

// towards changes the rate gradually only where there was one before.
func (l Limit) towards(to Limit, share float64) Limit {
	if l.Rate > 0 && to.Rate > 0 {
		to.Rate = inventory.BitRate(between(float64(l.Rate), float64(to.Rate), share))
	}
	return to
}

// QueueBytesMax returns the longest queue in bytes.
func (l Limit) QueueBytesMax() int {
	wait := l.QueueTime
	if wait == 0 {
		if l.QueueBytes > 0 {
			return l.QueueBytes
		}
		wait = defaultQueueTime
	}
	byTime := int(wait.Seconds() * float64(l.Rate) / 8)
	if l.QueueBytes > 0 {
		return min(l.QueueBytes, byTime)
	}
	return byTime
}

func between[T ~int64 | ~float64](from, to T, share float64) T {
	return from + T(share*float64(to-from))
}
