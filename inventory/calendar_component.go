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
// missing is refused as a whole: nobody would miss the meetings that were in it.
func (c *calendar) read(f File) (list []component) {
	text, problem := c.clean(f)
	if problem == nil {
		var blocks [][]contentLine
		if blocks, problem = outline(text); problem == nil {
			return c.decode(blocks)
		}
	}
	problem.Pos.File = f.Name
	c.problems = append(c.problems, *problem)
	return nil
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
			return nil, &Problem{Pos: at, Message: message}
		}
	}
	return lines, nil
}

// maxNested bounds how deep components may stand in each other; alarms in events in
// calendars are three.
const maxNested = 16

// outline returns what stands in the calendars of a file, each from its BEGIN to its END.
func outline(lines []contentLine) (blocks [][]contentLine, problem *Problem) {
	wrong := func(l contentLine, format string, args ...any) ([][]contentLine, *Problem) {
		return nil, &Problem{Pos: Pos{Line: l.row, Col: 1}, Message: fmt.Sprintf(format, args...)}
	}
	var open []int // the lines of BEGIN that have no END yet
	unclosed := func() ([][]contentLine, *Problem) {
		l := lines[open[len(open)-1]]
		return wrong(l, "BEGIN:%s has no END:%[1]s, so that a part of the calendar is missing: export it again", l.component())
	}
	for i, l := range lines {
		switch name := l.name(); {
		case len(open) == 0 && (name != "BEGIN" || l.component() != ical.CompCalendar):
			return wrong(l, "it cannot be read as iCalendar (RFC 5545): BEGIN:VCALENDAR is expected here")
		case name == "BEGIN" && len(open) == maxNested:
			return wrong(l, "it cannot be read as iCalendar (RFC 5545): more than %d components stand in each other", maxNested)
		case name == "BEGIN":
			open = append(open, i)
		case name == "END" && l.component() != lines[open[len(open)-1]].component():
			return unclosed()
		case name == "END":
			if len(open) == 2 {
				blocks = append(blocks, lines[open[1]:i+1])
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return unclosed()
	}
	return blocks, nil
}

// decode reads the events and the time zones among the blocks.
func (c *calendar) decode(blocks [][]contentLine) (list []component) {
	for _, lines := range blocks {
		if name := lines[0].component(); name != ical.CompEvent && name != ical.CompTimezone {
			continue
		}
		x, err := decodeLines(lines)
		if err != nil {
			c.problem(malformed(lines).row, "it cannot be read as iCalendar (RFC 5545): write NAME:VALUE or NAME;PARAMETER=VALUE:VALUE here; where a long line goes on, a space begins the next one")
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
