package pages

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/dashboards/texts"
)

// Conferences are the meetings of the inventory, and what is known of them.
type Conferences interface {
	// Upcoming are the meetings that are on or come, the first to start first.
	Upcoming() []meetings.Occasion
	// Check is the last check before a meeting; ok is false if there is none, or if it
	// is over.
	Check(id string) (c meetings.Check, ok bool)
	// Record is how a meeting went the last time, as far as it has come; ok is false if
	// there was none, or no history is kept.
	Record(ctx context.Context, id string) (r meetings.Record, ok bool, err error)
}

// meetingsPage lists the meetings.
type meetingsPage struct {
	frame
	Texts    map[string]string
	Meetings []meetingRow
}

type meetingRow struct {
	ID, Link, When, Rooms string
	Ready                 *badge // nil: not checked
}

// meetingPage is a meeting: the check before it, and how it went the last time.
type meetingPage struct {
	frame
	Texts   map[string]string
	When    string
	Ready   *badge
	Checked string
	Parts   []partRow
	Record  string // when that was
	Rooms   []recordRow
	Failure string
}

type partRow struct {
	Name, Link, Kind, Site string
	Ready                  badge
	Findings               []findingRow
}

type findingRow struct{ Means, Do, Detail string }

type recordRow struct {
	Name, Link                    string
	Good, Degraded, Lost, Unknown string
	Worst                         []string
}

func readiness(f *frame, r texts.Readiness) badge {
	return badge{r.Sign(), f.say(r.Text()), r.Colour()}
}

func (f *frame) span(from, to time.Time) string {
	return f.Language.Clock(from.In(f.zone)) + " – " + to.In(f.zone).Format("15:04")
}

func (p *pages) meetings(w http.ResponseWriter, r *http.Request) {
	f := p.frame(w, r)
	f.Title = f.say(texts.PageMeetings)
	page := meetingsPage{frame: f, Texts: f.words(map[string]texts.Text{"Skip": texts.PageSkip, "Home": texts.PageHome, "None": texts.PageNoMeetings})}
	for _, o := range p.Conferences.Upcoming() {
		row := meetingRow{ID: o.Meeting.ID, Link: "/meetings/" + o.Meeting.ID, When: f.span(o.Start, o.End), Rooms: f.say(texts.PageRooms, len(o.Meeting.Endpoints))}
		if c, ok := p.Conferences.Check(o.Meeting.ID); ok {
			b := readiness(&f, c.Level)
			row.Ready = &b
		}
		page.Meetings = append(page.Meetings, row)
	}
	p.show(w, "meetings.html", page)
}

func (p *pages) meeting(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	m, ok := p.Inventory().Meetings[id]
	if !ok {
		http.NotFound(w, r)
		return
	}
	f := p.frame(w, r)
	f.Title = id
	page := meetingPage{frame: f, Texts: f.words(map[string]texts.Text{
		"Skip": texts.PageSkip, "Home": texts.PageHome, "Meetings": texts.PageMeetings, "Check": texts.PageCheck, "NotChecked": texts.PageNotChecked,
		"Record": texts.PageRecord, "NoRecord": texts.PageNoRecord, "Room": texts.PageRoom, "Good": texts.PageGood, "Degraded": texts.PagePoor,
		"Lost": texts.PageLost, "Unknown": texts.PageUnknown, "Worst": texts.PageWorst, "Minutes": texts.PageMinutes,
	})}
	if o, ok := meetings.Next(m, p.Now()); ok {
		page.When = f.span(o.Start, o.End)
	}
	if c, ok := p.Conferences.Check(id); ok {
		page.check(&f, c)
	}
	if record, ok, err := p.Conferences.Record(r.Context(), id); err != nil {
		p.Logger.Error("the record of a meeting could not be made", "meeting", id, "error", err)
		page.Failure = f.say(texts.PageNoRecord)
	} else if ok {
		page.record(&f, record)
	}
	p.show(w, "meeting.html", page)
}

func (page *meetingPage) check(f *frame, c meetings.Check) {
	b := readiness(f, c.Level)
	page.Ready, page.Checked = &b, f.say(texts.PageCheckedAt, f.Language.Clock(c.At.In(f.zone)))
	for _, part := range c.Parts {
		row := partRow{
			Name: part.Target.Name, Link: "/targets/" + string(part.Target.Kind) + "/" + part.Target.ID,
			Kind: f.say(texts.Kind(string(part.Target.Kind))), Site: part.Target.Site, Ready: readiness(f, part.Level),
		}
		for _, x := range part.Findings {
			said := texts.MeetingTexts()[x.Reason]
			row.Findings = append(row.Findings, findingRow{f.say(said.Means), f.say(said.Do), x.Detail})
		}
		page.Parts = append(page.Parts, row)
	}
}

func (page *meetingPage) record(f *frame, r meetings.Record) {
	page.Record = f.span(r.Start, r.End)
	minutes := func(d time.Duration) string { return fmt.Sprintf("%.0f", d.Minutes()) }
	for _, room := range r.Rooms {
		row := recordRow{
			Name: room.Target.Name, Link: "/targets/" + string(room.Target.Kind) + "/" + room.Target.ID,
			Good: minutes(room.Good), Degraded: minutes(room.Degraded), Lost: minutes(room.Lost), Unknown: minutes(room.Unknown),
		}
		for _, s := range room.Worst {
			what := texts.PagePoor
			if s.Lost {
				what = texts.PageLost
			}
			row.Worst = append(row.Worst, s.From.In(f.zone).Format("15:04")+"–"+s.To.In(f.zone).Format("15:04")+" "+f.say(what))
		}
		page.Rooms = append(page.Rooms, row)
	}
}

// meetingsWord is the word for the link to the meetings; empty if there are none.
func (p *pages) meetingsWord(f *frame) string {
	if p.Conferences == nil || len(p.Inventory().Meetings) == 0 {
		return ""
	}
	return f.say(texts.PageMeetings)
}
