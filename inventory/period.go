package inventory

import (
	"iter"
	"time"
)

// period is a stretch of time that may repeat.
type period struct {
	start  time.Time
	length time.Duration
	repeat *Recurrence
}

// around returns the last start that is not after a moment, and the first one
// after it; zero where there is none.
func (p period) around(at time.Time) (last, next time.Time) {
	switch {
	case p.repeat != nil:
		return p.repeat.Around(at)
	case at.Before(p.start):
		return time.Time{}, p.start
	default:
		return p.start, time.Time{}
	}
}

func (p period) covers(at time.Time) bool {
	if p.repeat == nil {
		return !at.Before(p.start) && at.Before(p.start.Add(p.length))
	}
	last, _ := p.repeat.Around(at)
	return !last.IsZero() && at.Before(last.Add(p.length))
}

// between returns the starts of the periods that have a part in [from, to).
func (p period) between(from, to time.Time) []time.Time {
	var starts []time.Time
	for start := range p.all() {
		if !start.Before(to) {
			break
		}
		if start.Add(p.length).After(from) {
			starts = append(starts, start)
		}
	}
	return starts
}

func (p period) all() iter.Seq[time.Time] {
	if p.repeat != nil {
		return p.repeat.all()
	}
	return func(yield func(time.Time) bool) { yield(p.start) }
}

func (m *Maintenance) period() period {
	return period{m.Start, m.End.Sub(m.Start), m.Repeat}
}

// Covers reports whether a moment lies in the period, or in one of its
// repetitions. It is cheap enough to be asked for every target at every scrape,
// and safe for concurrent use.
func (m *Maintenance) Covers(at time.Time) bool { return m.period().covers(at) }

// Around returns the last start that is not after a moment, and the first one
// after it; zero where there is none.
func (m *Maintenance) Around(at time.Time) (last, next time.Time) { return m.period().around(at) }

// Between returns the starts of all periods that have a part in [from, to). The
// caller bounds the stretch: an hourly rule has 8,760 starts a year.
func (m *Maintenance) Between(from, to time.Time) []time.Time { return m.period().between(from, to) }

func (m *Meeting) period() period { return period{m.Start, m.Duration, m.Repeat} }

// Covers reports whether a meeting is on. It is safe for concurrent use.
func (m *Meeting) Covers(at time.Time) bool { return m.period().covers(at) }

// Around returns the last start that is not after a moment, and the first one
// after it; zero where there is none.
func (m *Meeting) Around(at time.Time) (last, next time.Time) { return m.period().around(at) }

// Between returns the starts of all meetings that have a part in [from, to).
func (m *Meeting) Between(from, to time.Time) []time.Time { return m.period().between(from, to) }
