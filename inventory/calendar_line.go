package inventory

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// contentLine is a line of a calendar (RFC 5545, section 3.1), put together if it is
// folded over several rows of the file.
type contentLine struct {
	row   int // of its start, from 1
	text  string
	folds []int // offsets in the text at which a further row begins
}

// contentLines are the lines of a calendar that are not empty.
func contentLines(data string) (lines []contentLine) {
	row, parts := 1, []string(nil)
	for data != "" {
		l, size := contentLine{row: row}, 0
		parts = parts[:0]
		for more := true; more; row++ {
			var part string
			part, data, _ = strings.Cut(data, "\n")
			part = strings.TrimSuffix(part, "\r")
			parts = append(parts, part)
			size += len(part)
			if more = strings.HasPrefix(data, " ") || strings.HasPrefix(data, "\t"); more {
				data = data[1:]
				l.folds = append(l.folds, size)
			}
		}
		if l.text = strings.Join(parts, ""); l.text != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// name is that of the property in the line, in upper case.
func (l contentLine) name() string {
	return strings.ToUpper(l.text[:max(0, strings.IndexAny(l.text, ";:"))])
}

// component is what BEGIN or END names, in upper case.
func (l contentLine) component() string {
	_, name, _ := strings.Cut(l.text, ":")
	return strings.ToUpper(strings.TrimSpace(name))
}

// bad finds the first thing in a line that is no text. Only whole lines can be looked
// at: programs may fold a line in the middle of a character.
func (l contentLine) bad() (at Pos, message string) {
	offset, message := badText([]byte(l.text), 0)
	if cr := strings.IndexByte(l.text, '\r'); cr >= 0 && (message == "" || cr < offset) {
		offset, message = cr, "a carriage return cannot stand in the middle of a line: remove it"
	}
	if message == "" {
		return Pos{}, ""
	}
	message = strings.Replace(message, "in YAML", "in a calendar", 1)
	if r, size := utf8.DecodeRuneInString(l.text[offset:]); r == utf8.RuneError && size == 1 {
		message = fmt.Sprintf("the byte 0x%02X is not UTF-8: save the calendar as UTF-8", l.text[offset])
	}
	at = Pos{Line: l.row, Col: 1}
	start := 0
	for _, fold := range l.folds {
		if fold <= offset {
			at.Line, at.Col, start = at.Line+1, 2, fold
		}
	}
	at.Col += utf8.RuneCountInString(l.text[start:offset])
	return at, message
}
