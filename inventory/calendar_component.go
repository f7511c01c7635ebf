package inventory

import (
	"fmt"
	"strings"

	"github.com/emersion/go-ical"
)

// component is an event or a time zone of a calendar.
type component struct {
	*ical.Component
	lines []contentLine // from its BEGIN to its END
}

// row is where a component begins.
func (c component) row() int { return c.lines[0].row }

// rowOf is where a property stands, or the list that its value was taken from.
func (c component) rowOf(p *ical.Prop) int {
	for _, l := range c.lines {
		if l.name() == p.Name && strings.Contains(l.text, p.Value) {
			return l.row
		}
	}
	return c.row()
}

// read returns the events and the time zones of a file. A file of which a part is
// missing is refused as a whole, since nobody would miss the meetings that were in it;
// what is wrong with the events that are left is told all the same.
func (c *calendar) read(f File) []component {
	text, problem := c.clean(f)
	if problem != nil {
		c.problems = append(c.problems, *problem)
		return nil
	}
	o := newOutline(text)
	for _, p := range o.problems {
		p.Pos.File = f.Name
		c.problems = append(c.problems, p)
	}
	c.zoneLost = o.zoneLost
	return c.decode(o.blocks)
}

// clean returns the lines of a file if all of it is text.
func (c *calendar) clean(f File) ([]contentLine, *Problem) {
	at, data := Pos{f.Name, 1, 1}, strings.TrimPrefix(string(f.Data[:min(len(f.Data), MaxFileSize+1)]), "\ufeff")
	switch {
	case len(f.Data) > MaxFileSize:
		return nil, &Problem{Pos: at, Message: fmt.Sprintf("the calendar is larger than %d MiB: split it into several files in one folder", MaxFileSize>>20)}
	case strings.HasPrefix(data, "\xff\xfe"), strings.HasPrefix(data, "\xfe\xff"):
		return nil, &Problem{Pos: at, Message: "the calendar is in UTF-16: save it as UTF-8"}
	case strings.TrimSpace(data) == "":
		return nil, &Problem{Pos: at, Message: "the calendar is empty: export it again, or remove the file"}
	}
	lines := contentLines(data)
	for _, l := range lines {
		if at, message := l.bad(); message != "" {
			at.File = f.Name
			return nil, &Problem{Pos: at, Message: message}
		}
	}
	return lines, nil
}

// maxNested bounds how deep components may stand in each other; alarms in events in
// calendars are three.
const maxNested = 16

// outline finds what stands in the calendars of a file, each from its BEGIN to its END,
// and what has none.
type outline struct {
	lines    []contentLine
	open     []int // the lines of BEGIN that have no END yet
	blocks   [][]contentLine
	problems []Problem
	// zoneLost: a time zone has no END, so that nothing can be said of moments in it.
	zoneLost bool
}

func newOutline(lines []contentLine) *outline {
	o := &outline{lines: lines}
	for i := range lines {
		if !o.add(i) {
			return o
		}
	}
	if len(o.open) > 0 {
		o.unclosed()
	}
	return o
}

// add takes a line, and is false if the file cannot be followed beyond it.
func (o *outline) add(i int) bool {
	l := o.lines[i]
	switch name := l.name(); {
	case len(o.open) == 0 && (name != "BEGIN" || l.component() != ical.CompCalendar):
		o.wrong(l, "it cannot be read as iCalendar (RFC 5545): BEGIN:VCALENDAR is expected here")
		return false
	case name == "BEGIN" && len(o.open) == maxNested:
		o.wrong(l, "it cannot be read as iCalendar (RFC 5545): more than %d components stand in each other", maxNested)
		return false
	case name == "BEGIN":
		if len(o.open) > 1 && isPart(l.component()) {
			o.unclosed()
			o.open = o.open[:1]
		}
		o.open = append(o.open, i)
	case name == "END":
		return o.end(i)
	}
	return true
}

// isPart reports whether a component stands in a calendar and in nothing else.
func isPart(component string) bool {
	return component == ical.CompEvent || component == ical.CompTimezone
}

// end closes what ends on a line, and is false if nothing of that name is open.
func (o *outline) end(i int) bool {
	depth := len(o.open) - 1
	for depth >= 0 && o.lines[o.open[depth]].component() != o.lines[i].component() {
		depth--
	}
	if depth < len(o.open)-1 {
		o.unclosed()
	}
	switch {
	case depth < 0:
		return false
	case depth == 1 && len(o.open) == 2:
		o.blocks = append(o.blocks, o.lines[o.open[1]:i+1])
	}
	o.open = o.open[:depth]
	return true
}

// unclosed tells of the innermost component that is open.
func (o *outline) unclosed() {
	l := o.lines[o.open[len(o.open)-1]]
	o.wrong(l, "BEGIN:%s has no END:%[1]s, so that a part of the calendar is missing: export it again", l.component())
	o.zoneLost = o.zoneLost || len(o.open) > 1 && o.lines[o.open[1]].component() == ical.CompTimezone
}

func (o *outline) wrong(l contentLine, format string, args ...any) {
	o.problems = append(o.problems, Problem{Pos: Pos{Line: l.row, Col: 1}, Message: fmt.Sprintf(format, args...)})
}

// decode reads the events and the time zones among the blocks.
func (c *calendar) decode(blocks [][]contentLine) (list []component) {
	for _, lines := range blocks {
		if !isPart(lines[0].component()) {
			continue
		}
		x, err := decodeLines(lines)
		if err != nil {
			c.problem(malformed(lines).row, "it cannot be read as iCalendar (RFC 5545): write NAME:VALUE or NAME;PARAMETER=VALUE:VALUE here; where a long line goes on, a space begins the next one")
			c.zoneLost = c.zoneLost || lines[0].component() == ical.CompTimezone
			continue
		}
		list = append(list, component{x, lines})
	}
	return list
}

// malformed is the line that keeps a component from being decoded.
func malformed(lines []contentLine) contentLine {
	first, last := lines[0], lines[len(lines)-1]
	for _, l := range lines {
		if name := l.name(); name == "BEGIN" || name == "END" {
			continue
		}
		if _, err := decodeLines([]contentLine{first, l, last}); err != nil {
			return l
		}
	}
	return first
}

func decodeLines(lines []contentLine) (x *ical.Component, err error) {
	defer func() {
		if x := recover(); x != nil { // the library slices what it has not measured
			err = fmt.Errorf("%v", x)
		}
	}()
	var text strings.Builder
	text.WriteString("BEGIN:VCALENDAR\n")
	for _, l := range lines {
		line := l.text
		if name := l.name(); name == "BEGIN" || name == "END" {
			line = name + ":" + l.component()
		}
		text.WriteString(line + "\n")
	}
	text.WriteString("END:VCALENDAR\n")
	whole, err := ical.NewDecoder(strings.NewReader(text.String())).Decode()
	if err != nil {
		return nil, err
	}
	return whole.Children[0], nil
}
