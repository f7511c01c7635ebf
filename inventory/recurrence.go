package inventory

import (
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"github.com/teambition/rrule-go"
)

// Recurrence is a rule of RFC 5545, section 3.3.10, that has been checked. It
// repeats the wall clock: a meeting at eight stays at eight when the clocks
// change. It is safe for concurrent use.
type Recurrence struct {
	Rule string // as written

	parts  rule
	option rrule.ROption // readings of the wall clock, written as UTC
	zone   *time.Location
	first  time.Time
	except []time.Time // starts that are left out
	// seen is the stretch of time that was asked for last. It is replaced as a
	// whole, so that readers need no lock.
	seen atomic.Pointer[stretch]
}

// stretch is all starts of a rule in a stretch of time.
type stretch struct {
	from, to time.Time // from is included, to is not; zero: without end
	starts   []time.Time
}

// The size of a stretch.
const (
	stretchStarts = 256
	stretchLength = 5 * 366 * day
)

// NewRecurrence checks a rule and binds it to the start of the first period
// and to the zone whose wall clock repeats.
func NewRecurrence(text string, start time.Time, zone *time.Location) (*Recurrence, error) {
	r := &Recurrence{}
	if err := r.UnmarshalText([]byte(text)); err != nil {
		return nil, err
	}
	return r, r.bind(start, zone)
}

// UnmarshalText reads a rule such as FREQ=MONTHLY;BYDAY=1TU.
func (r *Recurrence) UnmarshalText(text []byte) (err error) {
	r.Rule = string(text)
	r.parts, err = parseRule(r.Rule)
	return err
}

// MarshalText returns the rule as it was written.
func (r *Recurrence) MarshalText() ([]byte, error) { return []byte(r.Rule), nil }

// String returns the rule as it was written.
func (r *Recurrence) String() string { return r.Rule }

// Equal reports whether two rules repeat the same.
func (r *Recurrence) Equal(other *Recurrence) bool {
	if r == nil || other == nil {
		return r == other
	}
	return r.Rule == other.Rule && r.first.Equal(other.first) && r.zone.String() == other.zone.String() &&
		slices.EqualFunc(r.except, other.except, time.Time.Equal)
}

// bind sets where the rule starts. It fails if it never comes.
func (r *Recurrence) bind(start time.Time, zone *time.Location) error {
	option, err := r.parts.option(start, zone)
	if err != nil {
		return fmt.Errorf("%s is no rule of repetition: %w", quote(r.Rule), err)
	}
	r.option, r.zone = option, zone
	first, ok := firstStart(option)
	if !ok {
		return fmt.Errorf("%s never comes: no day fits all its parts", quote(r.Rule))
	}
	r.first = localTime(first, zone).time
	return nil
}

// gregorian is the length of a cycle of the calendar: 146,097 days, which is a
// whole number of weeks, so that a rule repeats as if it began that much later.
const gregorian = 400

// firstStart returns the first reading of the clock that the rule gives. The
// library looks for it up to the year 9999, so the rule is moved to the last
// cycle of the calendar before that: one that never comes is found out in
// milliseconds.
func firstStart(option rrule.ROption) (time.Time, bool) {
	const cycles = (9999 - gregorian) / gregorian
	years := (cycles - option.Dtstart.Year()/gregorian) * gregorian
	option.Dtstart = option.Dtstart.AddDate(years, 0, 0)
	if !option.Until.IsZero() {
		option.Until = option.Until.AddDate(years, 0, 0)
	}
	r, err := rrule.NewRRule(option)
	if err != nil {
		return time.Time{}, false
	}
	t, ok := r.Iterator()()
	return t.AddDate(-years, 0, 0), ok
}

// Around returns the last start that is not after a moment, and the first one
// after it; zero where there is none.
func (r *Recurrence) Around(at time.Time) (last, next time.Time) {
	s := r.seen.Load()
	if s == nil || !s.covers(at) {
		s = r.look(at)
		r.seen.Store(s)
	}
	i, exact := slices.BinarySearchFunc(s.starts, at, time.Time.Compare)
	if exact {
		i++
	}
	if i > 0 {
		last = s.starts[i-1]
	}
	if i < len(s.starts) {
		next = s.starts[i]
	} else {
		next = s.to
	}
	return last, next
}

func (s *stretch) covers(at time.Time) bool {
	return !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to))
}

// look finds the starts around a moment: from the last one that is not after
// it, until there are many or they are far away.
func (r *Recurrence) look(at time.Time) *stretch {
	s := &stretch{}
	for start := range r.all() {
		switch {
		case !start.After(at):
			s.from, s.starts = start, append(s.starts[:0], start)
		case len(s.starts) >= stretchStarts || start.Sub(at) > stretchLength:
			// The first start beyond is known, so that next is known for every
			// moment of the stretch.
			s.to = start
			return s
		default:
			s.starts = append(s.starts, start)
		}
	}
	return s
}

// all yields every start in order, each once.
func (r *Recurrence) all() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		// The library's rule is changed by iterating, so each look has its own.
		rule, err := rrule.NewRRule(r.option)
		if err != nil {
			return
		}
		next := rule.Iterator()
		var last time.Time
		for wall, ok := next(); ok && wall.Year() <= lastYear; wall, ok = next() {
			// Clocks that are put forward may make two readings one moment.
			start := localTime(wall, r.zone).time
			if !start.After(last) {
				continue
			}
			last = start
			if slices.ContainsFunc(r.except, start.Equal) {
				continue
			}
			if !yield(start) {
				return
			}
		}
	}
}

// Format describes how a Recurrence is written.
func (*Recurrence) Format() Format {
	return Format{
		Name:     "a rule of repetition",
		Pattern:  `^([Rr][Rr][Uu][Ll][Ee]:)?[A-Za-z]+=[^;]+(;[A-Za-z]+=[^;]+)*;?$`,
		Doc:      "An RRULE of RFC 5545, section 3.3.10, as calendars write it, with HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY. The clock on the wall repeats. A day in UNTIL is included.",
		Examples: []string{"FREQ=MONTHLY;BYDAY=1TU", "FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20271231"},
	}
}
