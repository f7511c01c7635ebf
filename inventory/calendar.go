package inventory

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// isCalendar reports whether a file is an iCalendar (RFC 5545).
func isCalendar(name string) bool { return strings.EqualFold(filepath.Ext(name), ".ics") }

// event is what a calendar says of one meeting, or of one of its repetitions.
type event struct {
	*ical.Event
	uid   string
	start time.Time
	zone  *time.Location
	// instead is the start that this event stands in for; zero: it is the meeting.
	instead time.Time
}

// calendars adds the meetings of the calendars' events in which endpoints take part.
func (l *loader) calendars(files []File) {
	rooms := l.rooms()
	for _, f := range files {
		if problem := l.calendar(f, rooms); problem != "" {
			l.problems = append(l.problems, Problem{Pos: Pos{f.Name, 1, 1}, Message: problem})
		}
	}
}

func (l *loader) calendar(f File, rooms map[string]string) (problem string) {
	if len(f.Data) > MaxFileSize {
		return fmt.Sprintf("it is larger than %d MiB", MaxFileSize>>20)
	}
	components, err := readCalendars(f.Data)
	if err != nil {
		return fmt.Sprintf("it cannot be read as iCalendar (RFC 5545): %v", err)
	}
	ours, strangers := ourEvents(components, rooms)
	zones := zonesOf(components)
	var events []event
	for _, c := range ours {
		e, err := l.event(c, zones)
		if err != nil {
			return fmt.Sprintf("event %s: %v", uidOf(c), err)
		}
		if e != nil { // else a day, and no meeting
			events = append(events, *e)
		}
	}
	if strangers > 0 {
		l.warnings = append(l.warnings, Problem{Pos: Pos{f.Name, 1, 1}, Message: fmt.Sprintf(
			"%d events name no endpoint of the inventory in LOCATION, RESOURCES or ATTENDEE, and are left out: write an endpoint's id or name there, or what the calendar calls it into the endpoint's calendar_names", strangers)})
	}
	for _, e := range events {
		add := l.meeting
		if !e.instead.IsZero() {
			add = l.moved
		}
		if err := add(f.Name, e, events, rooms, zones); err != nil {
			return fmt.Sprintf("event %s: %v", e.uid, err)
		}
	}
	return ""
}

// ourEvents are the events that name an endpoint, and what stands in for one of their
// repetitions. What is wrong with the others is nobody's concern here.
func ourEvents(components []*ical.Component, rooms map[string]string) (ours []*ical.Component, strangers int) {
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

// readCalendars returns the components of all calendars in a file.
func readCalendars(data []byte) (list []*ical.Component, err error) {
	defer func() {
		if x := recover(); x != nil { // the library slices what it has not measured
			list, err = nil, fmt.Errorf("%v", x)
		}
	}()
	d := ical.NewDecoder(bytes.NewReader(data))
	for {
		c, err := d.Decode()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		list = append(list, c.Children...)
	}
}

func uidOf(c *ical.Component) string {
	if p := c.Props.Get(ical.PropUID); p != nil {
		return quote(p.Value)
	}
	return "without a UID"
}

// event reads what matters of a component; nil if it is of whole days, or has no start.
func (l *loader) event(c *ical.Component, zones map[string]*time.Location) (*event, error) {
	start := c.Props.Get(ical.PropDateTimeStart)
	if start == nil || start.ValueType() == ical.ValueDate {
		return nil, nil
	}
	e := &event{Event: &ical.Event{Component: c}, uid: uidOf(c)}
	var err error
	if e.start, e.zone, err = l.moment(start, zones); err != nil {
		return nil, err
	}
	if p := c.Props.Get(ical.PropRecurrenceID); p != nil {
		if e.instead, _, err = l.moment(p, zones); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// moment reads a date with a time, in its own zone or in the inventory's.
func (l *loader) moment(p *ical.Prop, zones map[string]*time.Location) (time.Time, *time.Location, error) {
	zone := l.inv.Timezone
	if strings.HasSuffix(p.Value, "Z") {
		zone = time.UTC
	} else if id := p.Params.Get(ical.ParamTimezoneID); id != "" {
		var ok bool
		if zone, ok = zoneOf(id, zones); !ok {
			return time.Time{}, nil, fmt.Errorf("the time zone %s is not known: write an IANA name such as Asia/Ho_Chi_Minh", quote(id))
		}
	}
	t, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(p.Value, "Z"), zone)
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("%s: %s is no moment such as 20261201T080000", p.Name, quote(p.Value))
	}
	if t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, nil, fmt.Errorf("%s: %s is out of range: the year is from %d to %d", p.Name, quote(p.Value), firstYear, lastYear)
	}
	return t, zone, nil
}

// length is how long an event takes, which its end or its duration says.
func (l *loader) length(e event, zones map[string]*time.Location) (time.Duration, error) {
	if p := e.Props.Get(ical.PropDateTimeEnd); p != nil {
		end, _, err := l.moment(p, zones)
		if err != nil {
			return 0, err
		}
		return end.Sub(e.start), nil
	}
	if p := e.Props.Get(ical.PropDuration); p != nil {
		d, err := p.Duration()
		if err != nil {
			return 0, fmt.Errorf("DURATION: %s is no duration such as PT2H", quote(p.Value))
		}
		return d, nil
	}
	return time.Hour, nil
}

func cancelled(e event) bool {
	p := e.Props.Get(ical.PropStatus)
	return p != nil && strings.EqualFold(p.Value, "CANCELLED")
}

// meeting adds a meeting without those of its repetitions that are left out or moved.
func (l *loader) meeting(file string, e event, all []event, rooms map[string]string, zones map[string]*time.Location) error {
	m, err := l.newMeeting(file, e, zones, participants(e.Component, rooms))
	if err != nil || m == nil {
		return err
	}
	except, err := l.exceptions(e, all, zones)
	if err != nil {
		return err
	}
	if rule := e.Props.Get(ical.PropRecurrenceRule); rule != nil {
		if m.Repeat, err = NewRecurrence(rule.Value, e.start, e.zone); err != nil {
			return err
		}
		m.Repeat.except = except
	}
	l.add(meetingID(file, e.uid), m)
	return l.further(*m, e, except, zones)
}

// further adds the starts beside the rule (RDATE) as meetings of their own.
func (l *loader) further(m Meeting, e event, except []time.Time, zones map[string]*time.Location) error {
	for _, p := range e.Props.Values(ical.PropRecurrenceDates) {
		for text := range strings.SplitSeq(p.Value, ",") {
			if p.ValueType() == ical.ValueDate {
				continue
			}
			one := p
			one.Value, _, _ = strings.Cut(text, "/") // of a period its start
			at, _, err := l.moment(&one, zones)
			if err != nil {
				return err
			}
			if at.Equal(m.Start) || slices.ContainsFunc(except, at.Equal) {
				continue
			}
			again := m
			again.Start, again.Repeat = at, nil
			l.add(m.ID+at.UTC().Format(repetitionID), &again)
		}
	}
	return nil
}

// repetitionID is how the id of a meeting goes on that is one repetition of another.
const repetitionID = "-20060102t1504"

// exceptions are the starts of a meeting at which something else, or nothing, happens.
func (l *loader) exceptions(e event, all []event, zones map[string]*time.Location) (except []time.Time, err error) {
	for _, p := range e.Props.Values(ical.PropExceptionDates) {
		for text := range strings.SplitSeq(p.Value, ",") {
			one := p
			one.Value = text
			at, _, err := l.moment(&one, zones)
			if err != nil {
				return nil, err
			}
			except = append(except, at)
		}
	}
	for _, other := range all {
		if other.uid == e.uid && !other.instead.IsZero() {
			except = append(except, other.instead)
		}
	}
	return except, nil
}

// moved adds what stands in for one repetition as a meeting of its own. It is in the
// rooms of the others if it names none; and it may be the only one that is in a room
// of the inventory, or all of the meeting that the calendar was told of.
func (l *loader) moved(file string, e event, all []event, rooms map[string]string, zones map[string]*time.Location) error {
	taking := participants(e.Component, rooms)
	for _, other := range all {
		if other.uid != e.uid || !other.instead.IsZero() {
			continue
		}
		if cancelled(other) {
			return nil
		}
		if len(taking) == 0 {
			taking = participants(other.Component, rooms)
		}
	}
	m, err := l.newMeeting(file, e, zones, taking)
	if err != nil || m == nil {
		return err
	}
	l.add(meetingID(file, e.uid)+e.instead.UTC().Format(repetitionID), m)
	return nil
}

// newMeeting makes a meeting of an event; nil if it was cancelled, or is in no room.
func (l *loader) newMeeting(file string, e event, zones map[string]*time.Location, endpoints []string) (*Meeting, error) {
	if cancelled(e) || len(endpoints) == 0 {
		return nil, nil
	}
	length, err := l.length(e, zones)
	if err != nil {
		return nil, err
	}
	if length < time.Minute {
		return nil, fmt.Errorf("it takes %s: a meeting takes a minute at least", length)
	}
	m := &Meeting{Start: e.start, Duration: length, Endpoints: endpoints, Pos: Pos{file, 1, 1}}
	if p := e.Props.Get(ical.PropSummary); p != nil {
		m.Name = p.Value
	}
	return m, nil
}

func (l *loader) add(id string, m *Meeting) {
	if l.inv.Meetings == nil {
		l.inv.Meetings = map[string]*Meeting{}
	}
	m.ID = id
	if m.Name == "" {
		m.Name = id
	}
	l.inv.Meetings[id] = m
}

// meetingID names a meeting after its file and its UID, since its title is secret.
func meetingID(file, uid string) string {
	stem := slug(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	stem = cmp.Or(strings.Trim(stem[:min(len(stem), 30)], "-"), "calendar")
	sum := sha256.Sum256([]byte(uid))
	return stem + "-" + hex.EncodeToString(sum[:4])
}

// rooms are the endpoints by what a calendar may call them, in lower case.
func (l *loader) rooms() map[string]string {
	names := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(l.inv.Endpoints)) {
		e := l.inv.Endpoints[id]
		for _, name := range append([]string{id, e.Name}, e.CalendarNames...) {
			names[strings.ToLower(strings.TrimSpace(name))] = id
		}
	}
	return names
}

// participants are the endpoints that an event names as its place, as a resource or
// as an attendee: by name or by address.
func participants(c *ical.Component, rooms map[string]string) (ids []string) {
	add := func(name string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if id, ok := rooms[name]; ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, name := range []string{ical.PropLocation, ical.PropResources} {
		for _, p := range c.Props.Values(name) {
			text := strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, ";", `\N`, ";").Replace(p.Value)
			add(text)
			for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
				add(part)
			}
		}
	}
	for _, p := range c.Props.Values(ical.PropAttendee) {
		add(p.Params.Get(ical.ParamCommonName))
		address := strings.TrimPrefix(strings.ToLower(p.Value), "mailto:")
		add(address)
		if user, _, ok := strings.Cut(address, "@"); ok {
			add(user)
		}
	}
	slices.Sort(ids)
	return ids
}
