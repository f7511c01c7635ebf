package inventory

import (
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// further adds the starts beside the rule (RDATE) as meetings of their own.
func (c *calendar) further(m Meeting, e event, except exceptions) error {
	seen := map[int64]bool{m.Start.Unix(): true}
	for _, p := range e.Props.Values(ical.PropRecurrenceDates) {
		for text := range strings.SplitSeq(p.Value, ",") {
			if isDay(&p) {
				continue
			}
			one := p
			one.Value, _, _ = strings.Cut(text, "/") // of a period its start
			at, _, err := c.moment(&one)
			if err != nil {
				return err
			}
			if seen[at.Unix()] || except.has(at) {
				continue
			}
			seen[at.Unix()] = true
			again := m
			again.Start, again.Repeat = at, nil
			c.add(m.ID+at.UTC().Format(repetitionID), &again)
		}
	}
	return nil
}

// exceptions are the starts of a meeting at which something else, or nothing, happens.
type exceptions struct {
	moments []time.Time
	days    map[string]bool // as 20261201, by the clock of the meeting
	zone    *time.Location  // of the meeting
}

// exceptions reads those of a meeting (EXDATE), and what other events stand in for.
func (c *calendar) exceptions(e event) (exceptions, error) {
	x := exceptions{days: map[string]bool{}, zone: e.zone}
	for _, p := range e.Props.Values(ical.PropExceptionDates) {
		for text := range strings.SplitSeq(p.Value, ",") {
			one := p
			one.Value = text
			if err := c.except(&x, &one); err != nil {
				return x, err
			}
		}
	}
	x.moments = append(x.moments, c.moves[e.uid]...)
	return x, nil
}

// except adds one exception. A day is one of all starts on it: RFC 5545 wants the type
// of DTSTART there, but programs write days.
func (c *calendar) except(x *exceptions, p *ical.Prop) error {
	if !isDay(p) {
		at, _, err := c.moment(p)
		x.moments = append(x.moments, at)
		return err
	}
	if _, err := time.Parse(calendarDay, p.Value); err != nil {
		return wrong(p, "%s is no day such as 20261201", quote(p.Value))
	}
	x.days[p.Value] = true
	return nil
}

const calendarDay = "20060102"

func (x exceptions) has(at time.Time) bool {
	return x.days[at.In(x.zone).Format(calendarDay)] || slices.ContainsFunc(x.moments, at.Equal)
}

// starts are the moments that are left out of a rule.
func (x exceptions) starts(r *Recurrence) []time.Time {
	if len(x.days) == 0 {
		return x.moments
	}
	last := ""
	for d := range x.days {
		last = max(last, d)
	}
	list := x.moments
	for at := range r.all() {
		d := at.In(x.zone).Format(calendarDay)
		if d > last {
			break
		}
		if x.days[d] {
			list = append(list, at)
		}
	}
	return list
}
