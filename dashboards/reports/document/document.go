// Package document is a report before it is written: tables with real numbers, charts and
// words, in one language. How it looks in a spreadsheet, on paper or on a screen is the
// business of package write.
package document

import (
	"fmt"
	"math"
	"time"

	"wanwatch/dashboards/texts"
)

// Document is a whole report.
type Document struct {
	Language     texts.Language
	Organization string
	Title        string
	Subtitle     string
	// Mark is the classification that stands on each page; empty: none.
	Mark     string
	Created  time.Time // with the zone of all times in the document
	Sections []Section
	// Sources say where the figures come from: the period, the queries, the inventory.
	Sources []Fact
	// Letter is what makes an official letter of it; nil: it is a report.
	Letter *Letter
	// Upright asks for upright pages, which suit tables of few columns.
	Upright bool
	// Form, if set, is the one table that a program reads out of a CSV file, instead of all.
	Form *Table
}

// Letter is what stands above and below the text of an official letter.
type Letter struct {
	Left, Right []string // lines at the head: who writes, and under whom
	Place       string   // place and day
	To          []string // whom it is addressed to
	About       string   // below the title
	Recipients  []string // who else gets it, at the foot
	Sign        []string // lines at the foot: the office, and the name
}

// Section is a heading with what stands under it, in this order.
type Section struct {
	Title string
	Texts []string
	Chart *Chart
	Table *Table
}

// Fact is a name and what is said of it.
type Fact struct{ Name, Text string }

// Kind is how the values of a column are written.
type Kind uint8

// The kinds of columns.
const (
	Words   Kind = iota
	Count        // a whole number
	Rate         // Mbit/s, from bits a second
	Percent      // from a share
	Day          // a day of the calendar
	Money        // an amount of a currency that stands in its title
	Moment       // a day and a time of day
	Length       // a stretch of time, from seconds
)

// Table has rows of as many cells as columns.
type Table struct {
	Name    string // short and unique in the document: a sheet's name
	Columns []Column
	Rows    [][]Cell
	// OnPaper is how many rows stand on paper at most, which tells how many more there
	// are; 0: all.
	OnPaper int
}

// Drop leaves out the first columns.
func (t *Table) Drop(n int) {
	t.Columns = t.Columns[n:]
	for i := range t.Rows {
		t.Rows[i] = t.Rows[i][n:]
	}
}

// Column is a column of a table.
type Column struct {
	Title string
	Kind  Kind
	// Width is in characters.
	Width int
	// Formula, if set, says how each value comes from others of its row: a spreadsheet
	// computes it, so that a reader can check it.
	Formula *Formula
	// Sum asks for the sum of the values at the end of the table.
	Sum bool
}

// Formula is the value of column Of divided by that of column By, or times it.
type Formula struct {
	Of, By int // indices of columns
	Times  bool
}

// Total is the row of sums at the end of a table; nil if no column asks for one. What is
// not known does not count.
func (t *Table) Total(word string) []Cell {
	var total []Cell
	for i, c := range t.Columns {
		if !c.Sum {
			continue
		}
		if total == nil {
			total = make([]Cell, len(t.Columns))
			for i := range total {
				total[i] = Blank()
			}
			total[0] = Text(word)
		}
		sum, known := 0.0, false
		for _, r := range t.Rows {
			if r[i].Known() {
				sum, known = sum+r[i].Number, true
			}
		}
		if known {
			total[i] = Number(sum)
		}
	}
	return total
}

// Level is how good a value is.
type Level uint8

// The levels.
const (
	Plain Level = iota
	Good
	Fair
	Bad
)

// Cell is a value: of Words a text, of Day and Moment a time, else a number.
type Cell struct {
	Text   string
	Number float64
	Time   time.Time
	Level  Level
	absent bool
	blank  bool
}

// Text returns a cell of words.
func Text(s string) Cell { return Cell{Text: s} }

// Number returns a cell with a number; NaN and infinity are not known.
func Number(v float64) Cell {
	return Cell{Number: v, absent: math.IsNaN(v) || math.IsInf(v, 0)}
}

// Lasting returns a cell with a stretch of time.
func Lasting(d time.Duration) Cell { return Cell{Number: d.Seconds()} }

// On returns a cell with a day or a moment; the zero time is not known.
func On(t time.Time) Cell { return Cell{Time: t, absent: t.IsZero()} }

// Nothing is a cell whose value is not known, with a word that says why, or none.
func Nothing(why string) Cell { return Cell{Text: why, absent: true} }

// Blank is a cell that is left for a hand to fill in.
func Blank() Cell { return Cell{absent: true, blank: true} }

// At returns the cell with a level.
func (c Cell) At(l Level) Cell {
	c.Level = l
	return c
}

// Known reports whether there is a value.
func (c Cell) Known() bool { return !c.absent }

// Chart is horizontal bars, the first on top.
type Chart struct {
	Title string
	Bars  []Bar
	Kind  Kind
	// Limits are marked across the bars.
	Limits []float64
}

// Bar is one bar of a chart.
type Bar struct {
	Name  string
	Value float64
	Level Level
}

// Write writes the value of a cell for a person.
func (d *Document) Write(k Kind, c Cell) string {
	switch {
	case c.blank:
		return ""
	case !c.Known() && c.Text == "":
		return "–"
	case !c.Known() || k == Words:
		return c.Text
	case k == Day:
		return d.Language.Date(c.Time)
	case k == Moment:
		return d.Language.Clock(c.Time)
	case k == Length:
		return length(c.Number)
	case k == Percent:
		return d.Language.Number(c.Number*100, d.decimals(c.Number)) + " %"
	case k == Rate:
		return d.Language.Number(c.Number/1e6, 1)
	case k == Money, k == Count:
		return d.Language.Number(c.Number, 0)
	}
	return c.Text
}

// decimals of a share: near to all, where availability is, each nine counts.
func (d *Document) decimals(share float64) int {
	if share > 0.99 && share < 1 {
		return 3
	}
	return 1
}

// length writes seconds as hours, minutes and seconds: 1:02:03.
func length(seconds float64) string {
	n, sign := int64(math.Round(math.Abs(seconds))), ""
	if seconds < 0 && n > 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, n/3600, n/60%60, n%60)
}
