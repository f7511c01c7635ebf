package inventory

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// meeting adds a meeting without those of its repetitions that are left out or moved.
func (c *calendar) meeting(e event) error {
	m, err := c.newMeeting(e, participants(e.component, c.rooms))
	if err != nil || m == nil {
		return err
	}
	except, err := c.exceptions(e)
	if err != nil {
		return err
	}
	if rule := e.Props.Get(ical.PropRecurrenceRule); rule != nil {
		if m.Repeat, err = NewRecurrence(rule.Value, e.start, e.zone); err != nil {
			return wrong(rule, "%w", err)
		}
		m.Repeat.except = except.starts(m.Repeat)
	}
	c.add(meetingID(c.file, e.uid), m)
	return c.further(*m, e, except)
}

// repetitionID is how the id of a meeting goes on that is one repetition of another.
const repetitionID = "-20060102t1504"

// moved adds what stands in for one repetition as a meeting of its own. It is in the
// rooms of the others if it names none; and it may be the only one that is in a room
// of the inventory, or all of the meeting that the calendar was told of.
func (c *calendar) moved(e event) error {
	taking := participants(e.component, c.rooms)
	if other, ok := c.whole[e.uid]; ok {
		if cancelled(other) {
			return nil
		}
		if len(taking) == 0 {
			taking = participants(other.component, c.rooms)
		}
	}
	m, err := c.newMeeting(e, taking)
	if err != nil || m == nil {
		return err
	}
	c.add(meetingID(c.file, e.uid)+e.instead.UTC().Format(repetitionID), m)
	return nil
}

// newMeeting makes a meeting of an event; nil if it was cancelled, takes no time, or is
// in no room.
func (c *calendar) newMeeting(e event, endpoints []string) (*Meeting, error) {
	if cancelled(e) || len(endpoints) == 0 {
		return nil, nil
	}
	length, err := c.length(e)
	if err != nil {
		return nil, err
	}
	switch {
	case length < 0:
		return nil, fmt.Errorf("it ends before it starts, at %s", e.start.Format(writtenTime))
	case length < time.Minute: // reminders are written so
		c.warn(e.row(), "event %s takes %s and is left out: a meeting takes a minute at least", quote(e.uid), length)
		return nil, nil
	}
	m := &Meeting{Start: e.start, Duration: length, Endpoints: endpoints, Pos: Pos{c.file, e.row(), 1}}
	if p := e.Props.Get(ical.PropSummary); p != nil {
		m.Name = p.Value
	}
	return m, nil
}

// add adds a meeting. Its id goes on with a number if another has it: one of a file of
// nearly the same name, or by chance.
func (c *calendar) add(id string, m *Meeting) {
	if c.inv.Meetings == nil {
		c.inv.Meetings = map[string]*Meeting{}
	}
	stem := id
	for n := 2; c.inv.Meetings[id] != nil; n++ {
		id = stem + "-" + strconv.Itoa(n)
	}
	m.ID = id
	if m.Name == "" {
		m.Name = id
	}
	c.inv.Meetings[id] = m
}

// meetingID names a meeting after its file and its UID, since its title is secret.
func meetingID(file, uid string) string {
	stem := slug(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	stem = cmp.Or(strings.Trim(stem[:min(len(stem), 30)], "-"), "calendar")
	sum := sha256.Sum256([]byte(strconv.Quote(uid)))
	return stem + "-" + hex.EncodeToString(sum[:4])
}
