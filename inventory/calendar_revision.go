package inventory

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/emersion/go-ical"
)

// newest leaves out the events that a newer one of the same UID replaces: one with a
// higher SEQUENCE, or with a later DTSTAMP if that is the same (RFC 5545, sections
// 3.8.7.2 and 3.8.7.4). A warning names them, since a program may have given one UID to
// different meetings. Where neither tells which one holds, it is a problem, unless
// they are the same text, exported twice.
func (c *calendar) newest(events []component) (list []component) {
	type key struct{ uid, repetition string }
	at := map[key]int{}
	for _, e := range events {
		k := key{uidOf(e), repetitionOf(e)}
		i, again := at[k]
		if !again {
			at[k] = len(list)
			list = append(list, e)
			continue
		}
		old := list[i]
		switch order := compareRevisions(old, e); {
		case order < 0:
			list[i] = e
			c.replaced(old, e)
		case order > 0:
			c.replaced(e, old)
		case !sameText(old, e):
			c.problem(e.row(), "event %s stands at line %d too, and neither SEQUENCE nor DTSTAMP tells which one is newer: give one of them a UID of its own, or remove it", quote(k.uid), old.row())
		}
	}
	return list
}

func (c *calendar) replaced(old, by component) {
	c.warn(old.row(), "event %s is left out, since the one at line %d has the same UID and is newer by SEQUENCE or DTSTAMP: give one of them a UID of its own if both take place", quote(uidOf(old)), by.row())
}

// repetitionOf is which repetition of a meeting an event stands in for, as written.
func repetitionOf(c component) string {
	p := c.Props.Get(ical.PropRecurrenceID)
	if p == nil {
		return ""
	}
	return p.Params.Get(ical.ParamTimezoneID) + ":" + p.Value
}

func compareRevisions(a, b component) int {
	sequence := func(c component) int {
		n, _ := strconv.Atoi(valueOf(c, ical.PropSequence))
		return n
	}
	return cmp.Or(cmp.Compare(sequence(a), sequence(b)), cmp.Compare(valueOf(a, ical.PropDateTimeStamp), valueOf(b, ical.PropDateTimeStamp)))
}

func sameText(a, b component) bool {
	return slices.EqualFunc(a.lines, b.lines, func(x, y contentLine) bool { return x.text == y.text })
}

// valueOf is the value of a property as written, or nothing.
func valueOf(c component, name string) string {
	if p := c.Props.Get(name); p != nil {
		return p.Value
	}
	return ""
}
