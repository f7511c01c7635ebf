package reports

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// mostMeetings bounds the occasions of a report.
const mostMeetings = 1000

// Meetings makes the report on how meetings went: those of the period, or those of
// o.Meeting in it. One alone is a record on one page.
func Meetings(ctx context.Context, o Options) (*document.Document, error) {
	var records []meetings.Record
	held := o.held()
	for i, m := range held {
		r, err := o.record(ctx, m)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
		if o.Progress != nil {
			o.Progress(i+1, len(held))
		}
	}
	if len(records) == 1 {
		return o.oneMeeting(&records[0]), nil
	}
	d := o.document(texts.MeetingsTitle)
	d.Sections = []document.Section{
		{Title: o.say(texts.MeetingsHeld), Texts: []string{o.say(texts.MeetingsSummary, len(records))}, Table: o.meetingTable(records)},
		{Title: o.say(texts.MeetingsRooms), Table: o.roomTable(records)},
		{Title: o.say(texts.MeetingsWorst), Table: o.worstTable(records)},
		{Title: o.say(texts.CapacityTerms), Texts: []string{o.say(texts.MeetingsNote)}},
	}
	d.Sources = o.sources(query.EndpointState, query.PoorVideo)
	return d, nil
}

// Rows of a meeting's record on paper, so that it fits one page.
const (
	roomsOnPaper = 8
	worstOnPaper = 4
)

// oneMeeting is the record of a meeting. Its tables need not say of which it is.
func (o *Options) oneMeeting(r *meetings.Record) *document.Document {
	d := o.document(texts.MeetingTitle)
	d.Upright = true
	only := []meetings.Record{*r}
	rooms, worst := o.roomTable(only), o.worstTable(only)
	rooms.Drop(2)
	worst.Drop(1)
	slices.SortStableFunc(worst.Rows, func(a, b []document.Cell) int { // lost before degraded, the longest first
		return cmp.Or(cmp.Compare(b[4].Level, a[4].Level), cmp.Compare(b[3].Number, a[3].Number))
	})
	rooms.OnPaper, worst.OnPaper = roomsOnPaper, worstOnPaper
	held, share := o.meetingTable(only).Rows[0], func(c document.Cell) string { return d.Write(document.Percent, c) }
	summary := o.say(texts.MeetingSummary, held[1].Text, o.Language.Clock(r.Start.In(o.Inventory.Timezone)), d.Write(document.Length, held[2]),
		len(r.Rooms), int(held[8].Number), share(held[4]), share(held[5]), share(held[6]), share(held[7]))
	d.Sections = []document.Section{
		{Title: o.say(texts.MtMeeting), Texts: []string{summary}},
		{Title: o.say(texts.MeetingsRooms), Table: rooms},
		{Title: o.say(texts.MeetingsWorst), Table: worst},
		{Title: o.say(texts.CapacityTerms), Texts: []string{o.say(texts.MeetingsNote)}},
	}
	d.Sources = o.sources(query.EndpointState, query.PoorVideo)
	return d
}

// held are the occasions that ended in the period, in the order of time.
func (o *Options) held() []meetings.Occasion {
	var list []meetings.Occasion
	for id, m := range o.Inventory.Meetings {
		if o.Meeting != "" && id != o.Meeting {
			continue
		}
		for _, at := range occasions(m, o.From, o.To) {
			if end := at.Add(m.Duration); !end.After(o.To) {
				list = append(list, meetings.Occasion{Meeting: m, Start: at, End: end})
			}
		}
	}
	slices.SortFunc(list, func(a, b meetings.Occasion) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Meeting.ID, b.Meeting.ID))
	})
	return list[max(0, len(list)-mostMeetings):]
}

// record reads what history knows of an occasion, minute by minute. A minute is judged at
// its end.
func (o *Options) record(ctx context.Context, m meetings.Occasion) (meetings.Record, error) {
	rooms := len(m.Meeting.Endpoints)
	from, to := m.Start, m.End
	states, err := o.Source.Range(ctx, query.EndpointState, from, to, time.Minute, 10*rooms)
	if err != nil {
		return meetings.Record{}, err
	}
	poor, err := o.Source.Range(ctx, query.PoorVideo, from, to, time.Minute, 10*rooms)
	if err != nil {
		return meetings.Record{}, err
	}
	bad := byKey(poor)
	known := map[string][]meetings.Moment{}
	for _, s := range states {
		id := s.Labels["target"]
		for i, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			p := bad[key{id, ""}]
			known[id] = append(known[id], meetings.Moment{
				Time: from.Add(time.Minute * time.Duration(i+1)), State: int(v), Poor: i < len(p) && p[i] == 1,
			})
		}
	}
	return meetings.RecordOf(o.Inventory, m, known), nil
}

// title is what a meeting may be called in a report: its id, unless titles are asked for.
func (o *Options) title(m *inventory.Meeting) document.Cell {
	if o.Titles {
		return document.Text(m.Name)
	}
	return document.Text(m.ID)
}

func (o *Options) start(r *meetings.Record) document.Cell {
	return document.On(r.Start.In(o.Inventory.Timezone))
}

// meetingTable is a row for each occasion.
func (o *Options) meetingTable(records []meetings.Record) *document.Table {
	t := &document.Table{Name: o.say(texts.MeetingsHeld), Columns: []document.Column{
		{Title: o.say(texts.MtStart), Kind: document.Moment, Width: 18}, {Title: o.say(texts.MtMeeting), Width: 26},
		{Title: o.say(texts.AvLength), Kind: document.Length, Width: 10}, {Title: o.say(texts.MtRooms), Kind: document.Count, Width: 9},
		{Title: o.say(texts.MtGood), Kind: document.Percent, Width: 10}, {Title: o.say(texts.MtDegraded), Kind: document.Percent, Width: 10},
		{Title: o.say(texts.MtLost), Kind: document.Percent, Width: 10}, {Title: o.say(texts.MtUnknown), Kind: document.Percent, Width: 10},
		{Title: o.say(texts.MtAffected), Kind: document.Count, Width: 12},
	}}
	for i := range records {
		r := &records[i]
		var good, degraded, lost, unknown time.Duration
		affected := 0
		for _, room := range r.Rooms {
			good, degraded, lost, unknown = good+room.Good, degraded+room.Degraded, lost+room.Lost, unknown+room.Unknown
			if room.Lost+room.Degraded > 0 {
				affected++
			}
		}
		all := float64(good + degraded + lost + unknown)
		share := func(d time.Duration) document.Cell { return document.Number(float64(d) / all) }
		t.Rows = append(t.Rows, []document.Cell{
			o.start(r), o.title(r.Meeting), document.Lasting(r.End.Sub(r.Start)), document.Number(float64(len(r.Rooms))),
			share(good), share(degraded), share(lost).At(levelIf(lost > 0, document.Bad)), share(unknown), document.Number(float64(affected)),
		})
	}
	return t
}

func levelIf(is bool, l document.Level) document.Level {
	if is {
		return l
	}
	return document.Plain
}

// roomTable is a row for each room of each occasion, those that were lost longest first.
func (o *Options) roomTable(records []meetings.Record) *document.Table {
	t := &document.Table{Name: o.say(texts.MeetingsRooms), Columns: []document.Column{
		{Title: o.say(texts.MtStart), Kind: document.Moment, Width: 18}, {Title: o.say(texts.MtMeeting), Width: 24},
		{Title: o.say(texts.MtRoom), Width: 28}, {Title: o.say(texts.CapSite), Width: 24},
		{Title: o.say(texts.MtGood), Kind: document.Length, Width: 11}, {Title: o.say(texts.MtDegraded), Kind: document.Length, Width: 11},
		{Title: o.say(texts.MtLost), Kind: document.Length, Width: 11}, {Title: o.say(texts.MtUnknown), Kind: document.Length, Width: 11},
	}}
	for i := range records {
		r := &records[i]
		rooms := slices.SortedStableFunc(slices.Values(r.Rooms), func(a, b meetings.RoomRecord) int {
			return cmp.Or(cmp.Compare(b.Lost, a.Lost), cmp.Compare(b.Degraded, a.Degraded), cmp.Compare(a.Target.Name, b.Target.Name))
		})
		for _, room := range rooms {
			t.Rows = append(t.Rows, []document.Cell{
				o.start(r), o.title(r.Meeting), document.Text(room.Target.Name), document.Text(o.site(room.Target.Site)),
				document.Lasting(room.Good), document.Lasting(room.Degraded).At(levelIf(room.Degraded > 0, document.Fair)),
				document.Lasting(room.Lost).At(levelIf(room.Lost > 0, document.Bad)), document.Lasting(room.Unknown),
			})
		}
	}
	return t
}

// worstTable is a row for each of the worst moments of rooms.
func (o *Options) worstTable(records []meetings.Record) *document.Table {
	t := &document.Table{Name: o.say(texts.MeetingsWorst), Columns: []document.Column{
		{Title: o.say(texts.MtMeeting), Width: 24}, {Title: o.say(texts.MtRoom), Width: 30},
		{Title: o.say(texts.AvFrom), Kind: document.Moment, Width: 18}, {Title: o.say(texts.AvTo), Kind: document.Moment, Width: 18},
		{Title: o.say(texts.AvLength), Kind: document.Length, Width: 11}, {Title: o.say(texts.MtWhat), Width: 20},
	}}
	zone := o.Inventory.Timezone
	for i := range records {
		r := &records[i]
		for _, room := range r.Rooms {
			for _, s := range room.Worst {
				what := document.Text(o.say(texts.MtDegraded)).At(document.Fair)
				if s.Lost {
					what = document.Text(o.say(texts.MtLost)).At(document.Bad)
				}
				t.Rows = append(t.Rows, []document.Cell{
					o.title(r.Meeting), document.Text(room.Target.Name), document.On(s.From.In(zone)), document.On(s.To.In(zone)),
					document.Lasting(s.To.Sub(s.From)), what,
				})
			}
		}
	}
	return t
}
