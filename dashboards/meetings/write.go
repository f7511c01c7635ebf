package meetings

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"wanwatch/dashboards/texts"
)

// clock is how a moment is written for people, in the meeting's own zone.
const clock = "2006-01-02 15:04 MST"

// WriteText writes a check for the command line: a line a part, and below what is not
// as it should be, with what to do. The title of the meeting stays out of it.
func (c Check) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s, from %s to %s\n", c.Level.Sign(), strings.ToUpper(c.Level.Text().EN), c.Meeting.ID, c.Start.Format(clock), c.End.Format(clock))
	if !c.History {
		b.WriteString("  bandwidth left and recent quality are not judged: only the running program has a history\n")
	}
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, p := range c.Parts {
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s\n", p.Level.Sign(), p.Level.Text().EN, p.Target.Kind, p.Target.ID, p.Target.Site)
		for _, f := range p.Findings {
			_ = table.Flush() // so that long lines do not widen the columns
			said := texts.MeetingTexts()[f.Reason]
			fmt.Fprintf(&b, "    %s (%s)\n", said.Means.EN, f.Detail)
			fmt.Fprintf(&b, "    to do: %s\n", said.Do.EN)
		}
	}
	_ = table.Flush()
	_, err := io.WriteString(w, b.String())
	return err
}

// Document is a check or a record for other programs: plain values with stable names.
type Document struct {
	Meeting string         `json:"meeting"`
	Start   time.Time      `json:"start"`
	End     time.Time      `json:"end"`
	At      *time.Time     `json:"checked_at,omitempty"`
	Level   string         `json:"readiness,omitempty"`
	History *bool          `json:"history,omitempty"`
	Parts   []PartDocument `json:"parts,omitempty"`
	Rooms   []RoomDocument `json:"rooms,omitempty"`
}

// PartDocument is one part of a check.
type PartDocument struct {
	Target   string            `json:"target"`
	Kind     string            `json:"kind"`
	Site     string            `json:"site"`
	Level    string            `json:"readiness"`
	Findings []FindingDocument `json:"findings"`
}

// FindingDocument is one finding of a check.
type FindingDocument struct {
	Level  string `json:"readiness"`
	Reason string `json:"reason"`
	Means  string `json:"means"`
	Do     string `json:"to_do"`
	Detail string `json:"detail"`
}

// RoomDocument is one room of a record; times are in seconds.
type RoomDocument struct {
	Target   string          `json:"target"`
	Site     string          `json:"site"`
	Good     float64         `json:"good_seconds"`
	Degraded float64         `json:"degraded_seconds"`
	Lost     float64         `json:"lost_seconds"`
	Unknown  float64         `json:"unknown_seconds"`
	Worst    []SpellDocument `json:"worst"`
}

// SpellDocument is one of the worst moments of a room.
type SpellDocument struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	What string    `json:"what"` // lost or degraded
}

// Document returns the check for other programs.
func (c Check) Document() Document {
	d := Document{Meeting: c.Meeting.ID, Start: c.Start, End: c.End, At: &c.At, Level: word(c.Level), History: &c.History}
	for _, p := range c.Parts {
		part := PartDocument{Target: p.Target.ID, Kind: string(p.Target.Kind), Site: p.Target.Site, Level: word(p.Level), Findings: []FindingDocument{}}
		for _, f := range p.Findings {
			said := texts.MeetingTexts()[f.Reason]
			part.Findings = append(part.Findings, FindingDocument{word(f.Level), string(f.Reason), said.Means.EN, said.Do.EN, f.Detail})
		}
		d.Parts = append(d.Parts, part)
	}
	return d
}

// word is a level as programs read it.
func word(r texts.Readiness) string { return strings.ReplaceAll(r.Text().EN, " ", "_") }

// Document returns the record for other programs.
func (r Record) Document() Document {
	d := Document{Meeting: r.Meeting.ID, Start: r.Start, End: r.End}
	for _, room := range r.Rooms {
		x := RoomDocument{
			Target: room.Target.ID, Site: room.Target.Site, Good: room.Good.Seconds(), Degraded: room.Degraded.Seconds(),
			Lost: room.Lost.Seconds(), Unknown: room.Unknown.Seconds(), Worst: []SpellDocument{},
		}
		for _, s := range room.Worst {
			what := "degraded"
			if s.Lost {
				what = "lost"
			}
			x.Worst = append(x.Worst, SpellDocument{s.From, s.To, what})
		}
		d.Rooms = append(d.Rooms, x)
	}
	return d
}
