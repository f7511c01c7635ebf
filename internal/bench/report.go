package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// report is what was measured, in the order of the tables.
type report struct {
	tables []table
	goals  []goal
}

// table is one Markdown table with its remarks.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string
}

// goal is one of the figures to reach.
type goal struct {
	what, want, got string
	reached         bool
}

// header says what was measured where.
type header struct {
	machine, version string
	start            time.Time
	took             time.Duration
	quick, raw       bool
}

func (t *table) add(cells ...string)     { t.rows = append(t.rows, cells) }
func (t *table) note(f string, a ...any) { t.notes = append(t.notes, fmt.Sprintf(f, a...)) }

// goal compares a figure with its limit; both are in the unit that format shows.
func (r *report) goal(what, format string, got, limit float64) {
	r.goals = append(r.goals, goal{
		what: what, want: "at most " + fmt.Sprintf(format, limit), got: fmt.Sprintf(format, got), reached: got <= limit,
	})
}

// write prints the report as Markdown.
func (r *report) write(w io.Writer, h header) error {
	var out strings.Builder
	fmt.Fprintf(&out, "Measured %s, in %s, on %s.\n", h.start.Format("2006-01-02 15:04 MST"), h.took.Round(time.Second), h.machine)
	fmt.Fprintf(&out, "Under test: %s. Ping sockets: %s.\n", h.version, map[bool]string{false: "ICMP datagram", true: "raw"}[h.raw])
	if h.quick {
		out.WriteString("\n**A quick run: it shows that the harness works. Its figures mean nothing.**\n")
	}
	for _, t := range r.tables {
		t.write(&out)
	}
	if len(r.goals) > 0 && !h.quick {
		r.writeGoals(&out)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (t *table) write(out *strings.Builder) {
	fmt.Fprintf(out, "\n### %s\n\n", t.title)
	writeRow(out, t.head)
	writeRow(out, slices.Repeat([]string{"---"}, len(t.head)))
	for _, row := range t.rows {
		writeRow(out, row)
	}
	for _, n := range t.notes {
		fmt.Fprintf(out, "\n%s\n", n)
	}
}

func (r *report) writeGoals(out *strings.Builder) {
	t := table{title: "Figures to reach", head: []string{"figure", "to reach", "measured", "reached"}}
	for _, g := range r.goals {
		t.add(g.what, g.want, g.got, map[bool]string{true: "yes", false: "**no**"}[g.reached])
	}
	t.write(out)
}

func writeRow(out *strings.Builder, cells []string) {
	fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
}

// The units of the tables.

func micros(d time.Duration) string {
	return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// thousands writes a whole number with a comma between groups of three.
func thousands[N int | int64 | float64](n N) string {
	digits := fmt.Sprintf("%.0f", float64(n))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
