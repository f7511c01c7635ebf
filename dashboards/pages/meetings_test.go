package pages

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
)

// hall has one meeting, that was checked and took place before.
type hall struct {
	occasion meetings.Occasion
	check    *meetings.Check
	record   *meetings.Record
	failure  error
}

func (h hall) Upcoming() []meetings.Occasion { return []meetings.Occasion{h.occasion} }

func (h hall) Check(string) (c meetings.Check, ok bool) {
	if h.check == nil {
		return c, false
	}
	return *h.check, true
}

func (h hall) Record(context.Context, string) (r meetings.Record, ok bool, err error) {
	if h.record == nil {
		return r, false, h.failure
	}
	return *h.record, true, nil
}

// withMeeting adds a meeting to what the pages draw from.
func withMeeting(o Options) (Options, *hall) {
	inv := o.Inventory()
	m := &inventory.Meeting{ID: "giao-ban", Name: "Bí mật", Start: now.Add(time.Hour), Duration: time.Hour, Endpoints: []string{"room"}}
	inv.Meetings = map[string]*inventory.Meeting{"giao-ban": m}
	room := &inventory.Target{ID: "room", Kind: inventory.EndpointTarget, Site: "s", Name: "Phòng họp " + evil}
	at := meetings.Occasion{Meeting: m, Start: m.Start, End: m.Start.Add(m.Duration)}
	h := &hall{occasion: at}
	h.check = &meetings.Check{Occasion: at, At: now, Level: texts.NotReady, Parts: []meetings.Part{
		{Target: room, Level: texts.NotReady, Findings: []meetings.Finding{{Level: texts.NotReady, Reason: texts.MeetingDown, Detail: "timeout: " + evil}}},
		{Target: &inventory.Target{ID: "line", Kind: inventory.LinkTarget, Site: "s", Name: "Line"}},
	}}
	h.record = &meetings.Record{Occasion: at, Rooms: []meetings.RoomRecord{{
		Target: room, Good: 50 * time.Minute, Degraded: 4 * time.Minute, Lost: 6 * time.Minute,
		Worst: []meetings.Spell{{From: at.Start, To: at.Start.Add(6 * time.Minute), Lost: true}},
	}}}
	o.Conferences = h
	return o, h
}

func TestMeetings(t *testing.T) {
	o, h := withMeeting(options(nil))
	_, w := fetch(t, o, "/?lang=en")
	if !strings.Contains(w.Body.String(), `<a href="/meetings">Meetings</a>`) {
		t.Error("no link to the meetings")
	}
	for path, want := range map[string][]string{
		"/meetings?lang=vi":          {"giao-ban", "chưa sẵn sàng", "1 điểm cầu"},
		"/meetings/giao-ban?lang=vi": {"chưa sẵn sàng", "không trả lời", "Kiểm tra nguồn điện", "mất kết nối", "<td>50</td><td>4</td><td>6</td><td>0</td>", "11:04–11:10"},
		"/meetings/giao-ban?lang=en": {"not ready", "it does not answer", "Check its power", "Worst moments", "checked "},
	} {
		node, w := fetch(t, o, path)
		body := w.Body.String()
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s: %q is missing", path, text)
			}
		}
		if strings.Contains(body, "Bí mật") {
			t.Errorf("%s tells the title", path)
		}
		if n := len(elements(node, "script")); n != 1 {
			t.Errorf("%s: %d scripts", path, n)
		}
	}
	if _, w := fetch(t, o, "/meetings/other"); w.Code != http.StatusNotFound {
		t.Errorf("a meeting that does not exist: %d", w.Code)
	}
	h.check, h.record, h.failure = nil, nil, errors.New("broken")
	if _, w := fetch(t, o, "/meetings/giao-ban?lang=en"); !strings.Contains(w.Body.String(), "Not checked yet") || !strings.Contains(w.Body.String(), "There is no record") {
		t.Error("nothing is known, and the page does not say so")
	}
}
