package exporter

import (
	"time"

	"wanwatch/inventory"
)

// occasion says whether something that has a beginning and an end is on, and
// for how long this answer holds.
type occasion struct {
	on bool
	// from and until bound the answer: from is included, until is not. A zero
	// until means for ever; with a zero from too, nothing is known.
	from, until time.Time
	// next is when it starts the next time; zero: never.
	next time.Time
}

// covers reports whether the answer holds at a moment. It does not if the clock
// was set back behind from.
func (o *occasion) covers(at time.Time) bool {
	return !o.from.IsZero() && !at.Before(o.from) && (o.until.IsZero() || at.Before(o.until))
}

// change returns the moment at which the answer stopped to hold, if that was
// not after at: until, or at itself if the clock was set back.
func (o *occasion) change(at time.Time) (time.Time, bool) {
	switch {
	case o.from.IsZero() || o.covers(at):
		return time.Time{}, false
	case at.Before(o.from):
		return at, true
	default:
		return o.until, true
	}
}

// event is a meeting or a maintenance period.
type event struct {
	recurring
	length time.Duration
}

// recurring is implemented by *inventory.Meeting and *inventory.Maintenance.
type recurring interface {
	// Around returns the last start that is not after a moment, and the first
	// one after it; zero where there is none.
	Around(time.Time) (last, next time.Time)
}

func maintenanceEvent(m *inventory.Maintenance) event { return event{m, m.End.Sub(m.Start)} }
func meetingEvent(m *inventory.Meeting) event         { return event{m, m.Duration} }

func (e event) at(at time.Time) occasion {
	last, next := e.Around(at)
	o := occasion{from: at, until: next, next: next}
	if end := last.Add(e.length); !last.IsZero() && at.Before(end) {
		// The next start lies before the end when repetitions overlap.
		o.on, o.until = true, earlier(end, next)
	}
	return o
}

func eventsOf[T any](list []T, of func(T) event) events {
	var es events
	for _, x := range list {
		es = append(es, of(x))
	}
	return es
}

// events are on when one of them is.
type events []event

func (es events) at(at time.Time) occasion {
	all := occasion{from: at}
	for _, e := range es {
		o := e.at(at)
		all.on = all.on || o.on
		all.until = earlier(all.until, o.until)
		all.next = earlier(all.next, o.next)
	}
	return all
}

// earlier returns the earlier of two moments of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
