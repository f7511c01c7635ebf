package inventory

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// isCalendar reports whether a file is an iCalendar (RFC 5545).
func isCalendar(name string) bool { return strings.EqualFold(filepath.Ext(name), ".ics") }

// calendar is a file of meetings while it is read.
type calendar struct {
	*loader
	file   string
	rooms  map[string]string         // endpoints by what calendars call them
	zones  map[string]*time.Location // that the file defines
	events []event
	// zoneLost: one of the zones could not be read, so that nothing can be said of
	// moments in it.
	zoneLost bool
	whole    map[string]event       // of the events those that stand in for no other, by UID
	moves    map[string][]time.Time // what the others stand in for, by UID
}

// calendars adds the meetings of the calendars' events in which endpoints take part.
// Where the YAML is wrong too, it tells what is wrong with the calendars all the same.
func (l *loader) calendars(files []File) {
	doubt, rooms := l.doubtfulZone(), l.rooms()
	for _, f := range files {
		c := &calendar{loader: l, file: f.Name, rooms: rooms}
		components := c.read(f)
		if !doubt && !c.zoneLost {
			c.meetings(components)
		}
	}
}

// doubtfulZone reports whether the inventory's time zone may be another one than was
// read, so that nothing can be said of moments in it.
func (l *loader) doubtfulZone() bool {
	_, given := l.first["timezone"]
	return slices.ContainsFunc(l.problems, func(p Problem) bool {
		return p.Path == "timezone" || p.Path == "" && !given // a whole file was not read
	})
}

// meetings adds the meetings of a file's events.
func (c *calendar) meetings(components []component) {
	c.zones, c.whole, c.moves = zonesOf(components), map[string]event{}, map[string][]time.Time{}
	ours, strangers := ourEvents(components, c.rooms)
	for _, x := range c.newest(ours) {
		e, err := c.event(x)
		switch {
		case err != nil:
			c.refuse(x, err)
		case e != nil: // else a day, and no meeting
			c.keep(*e)
		}
	}
	if strangers > 0 {
		c.warn(1, "%d events name no endpoint of the inventory in LOCATION, RESOURCES or ATTENDEE, and are left out: write an endpoint's id or name there, or what the calendar calls it into the endpoint's calendar_names", strangers)
	}
	for _, e := range c.events {
		add := c.meeting
		if !e.instead.IsZero() {
			add = c.moved
		}
		if err := add(e); err != nil {
			c.refuse(e.component, err)
		}
	}
}

// keep notes an event where those of its UID are looked for.
func (c *calendar) keep(e event) {
	c.events = append(c.events, e)
	if e.instead.IsZero() {
		c.whole[e.uid] = e
	} else {
		c.moves[e.uid] = append(c.moves[e.uid], e.instead)
	}
}

// ourEvents are the events that name an endpoint, and what stands in for one of their
// repetitions. What is wrong with the others is nobody's concern here.
func ourEvents(components []component, rooms map[string]string) (ours []component, strangers int) {
	known := map[string]bool{}
	for _, c := range components {
		if c.Name == ical.CompEvent && len(participants(c, rooms)) > 0 {
			known[uidOf(c)] = true
		}
	}
	for _, c := range components {
		switch {
		case c.Name != ical.CompEvent:
		case known[uidOf(c)]:
			ours = append(ours, c)
		default:
			strangers++
		}
	}
	return ours, strangers
}

// refuse tells what is wrong with an event, at the property that is wrong if it is
// one of them.
func (c *calendar) refuse(e component, err error) {
	row := e.row()
	if bad := (*propertyError)(nil); errors.As(err, &bad) {
		row = e.rowOf(bad.property)
	}
	c.problem(row, "event %s: %v", quote(uidOf(e)), err)
}

func (c *calendar) problem(row int, format string, args ...any) {
	c.problems = append(c.problems, Problem{Pos: Pos{c.file, row, 1}, Message: fmt.Sprintf(format, args...)})
}

func (c *calendar) warn(row int, format string, args ...any) {
	c.warnings = append(c.warnings, Problem{Pos: Pos{c.file, row, 1}, Message: fmt.Sprintf(format, args...)})
}
