package inventory_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

const withRooms = `
timezone: Asia/Ho_Chi_Minh
sites: {a: {}}
endpoints:
  room-a: {site: a, name: Phòng họp A, address: 192.0.2.1}
  room-b: {site: a, address: 192.0.2.2, calendar_names: [phonghopb@example.vn, "Tầng 2, phòng B"]}
`

// calendar is a calendar of events, whose lines are given.
func calendar(events ...string) string {
	var text strings.Builder
	text.WriteString("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\nBEGIN:VTIMEZONE\nTZID:Giờ Hà Nội\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nEND:STANDARD\nEND:VTIMEZONE\n")
	for _, e := range events {
		text.WriteString("BEGIN:VEVENT\nDTSTAMP:20261101T000000Z\n" + strings.TrimSpace(e) + "\nEND:VEVENT\n")
	}
	return strings.ReplaceAll(text.String()+"END:VCALENDAR\n", "\n", "\r\n")
}

func parseCalendar(text string) (*inventory.Inventory, error) {
	return inventory.Parse([]inventory.File{{Name: "inventory.yaml", Data: []byte(withRooms)}, {Name: "dir/Lịch họp.ics", Data: []byte(text)}}, kinds.Inventory())
}

// starts are those of all meetings in December 2026, with their endpoints, by the
// clock of Viet Nam, in order.
func starts(t *testing.T, inv *inventory.Inventory) string {
	t.Helper()
	at := map[time.Time]string{}
	var moments []time.Time
	for _, m := range inv.Meetings {
		for _, s := range m.Between(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
			moments = append(moments, s)
			at[s] = s.In(inv.Timezone).Format("02T15:04") + "+" + m.Duration.String() + " " + strings.Join(m.Endpoints, ",")
		}
	}
	var list []string
	for len(moments) > 0 {
		first := 0
		for i := range moments {
			if moments[i].Before(moments[first]) {
				first = i
			}
		}
		list = append(list, at[moments[first]])
		moments = append(moments[:first], moments[first+1:]...)
	}
	return strings.Join(list, "; ")
}

func TestCalendars(t *testing.T) {
	for name, c := range map[string]struct {
		events []string
		want   string
	}{
		"one, in UTC": {[]string{"UID:1\nSUMMARY:Bí mật\nDTSTART:20261201T010000Z\nDTEND:20261201T030000Z\nLOCATION:Phòng họp A"}, "01T08:00+2h0m0s room-a"},
		"the inventory's clock, a duration, both rooms": {[]string{"UID:1\nDTSTART:20261201T080000\nDURATION:PT90M\nLOCATION:room-a\\, ROOM-B"}, "01T08:00+1h30m0s room-a,room-b"},
		"zones of their own, of Windows, of IANA": {[]string{
			"UID:1\nDTSTART;TZID=Giờ Hà Nội:20261201T080000\nLOCATION:room-a", "UID:2\nDTSTART;TZID=SE Asia Standard Time:20261202T080000\nLOCATION:room-a",
			"UID:3\nDTSTART;TZID=Asia/Tokyo:20261203T100000\nLOCATION:room-a", "UID:4\nDTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20261204T100000\nLOCATION:room-a",
		}, "01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-a; 03T08:00+1h0m0s room-a; 04T08:00+1h0m0s room-a"},
		"attendees": {[]string{
			"UID:1\nDTSTART:20261201T080000\nATTENDEE;CUTYPE=ROOM;CN=\"Phòng họp A\":mailto:x@example.vn\nATTENDEE:MAILTO:PhongHopB@example.vn",
			"UID:2\nDTSTART:20261202T080000\nATTENDEE:mailto:room-b@example.vn", "UID:3\nDTSTART:20261203T080000\nLOCATION:Tầng 2\\, phòng B", "UID:4\nDTSTART:20261204T080000\nRESOURCES:Máy chiếu,Phòng họp A",
		}, "01T08:00+1h0m0s room-a,room-b; 02T08:00+1h0m0s room-b; 03T08:00+1h0m0s room-b; 04T08:00+1h0m0s room-a"},
		"each week, but for one, and one that moved, and one that was cancelled": {[]string{
			"UID:1\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261201T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Asia/Ho_Chi_Minh:20261208T080000\nLOCATION:room-a",
			"UID:1\nRECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261215T080000\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261216T140000\nDURATION:PT2H\nLOCATION:room-b",
			"UID:1\nRECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261222T080000\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261222T080000\nSTATUS:CANCELLED",
		}, "01T08:00+1h0m0s room-a; 16T14:00+2h0m0s room-b; 29T08:00+1h0m0s room-a"},
		"moved to a time by another clock of the calendar's own": {[]string{
			"UID:1\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261201T080000\nRRULE:FREQ=WEEKLY;COUNT=2\nLOCATION:room-a",
			"UID:1\nRECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261208T080000\nDTSTART;TZID=Giờ Hà Nội:20261209T080000\nDTEND;TZID=Giờ Hà Nội:20261209T100000",
		}, "01T08:00+1h0m0s room-a; 09T08:00+2h0m0s room-a"},
		"further dates, one of them left out": {[]string{
			"UID:1\nDTSTART:20261201T080000\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:20261210T140000,20261211T140000\nRDATE;VALUE=PERIOD:20261212T010000Z/PT2H\nEXDATE:20261211T140000\nLOCATION:room-a",
		}, "01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-a; 10T14:00+1h0m0s room-a; 12T08:00+1h0m0s room-a"},
		"days left out, as some programs write them": {[]string{
			"UID:1\nDTSTART;TZID=Asia/Tokyo:20261201T003000\nRRULE:FREQ=DAILY;COUNT=5\nRDATE;TZID=Asia/Tokyo:20261210T100000,20261211T100000\nEXDATE;VALUE=DATE:20261202,20261210\nEXDATE;VALUE=date:20261204\nLOCATION:room-a",
		}, "02T22:30+1h0m0s room-a; 04T22:30+1h0m0s room-a; 11T08:00+1h0m0s room-a"},
		"only one repetition is in a room": {[]string{
			"UID:1\nDTSTART:20261201T080000\nRRULE:FREQ=WEEKLY;COUNT=3\nLOCATION:Tầng 2",
			"UID:1\nRECURRENCE-ID:20261208T080000\nDTSTART:20261208T080000\nLOCATION:room-b",
		}, "08T08:00+1h0m0s room-b"},
		"all that the calendar was told of is one repetition": {[]string{
			"UID:1\nRECURRENCE-ID:20261208T080000\nDTSTART:20261209T080000\nLOCATION:room-b",
		}, "09T08:00+1h0m0s room-b"},
		"what is wrong with the events of others": {[]string{
			"UID:1\nDTSTART;TZID=Mars/Olympus:20261201T080000\nLOCATION:Hội trường", "UID:2\nDTSTART:20261203T080000\nLOCATION:room-b",
		}, "03T08:00+1h0m0s room-b"},
		"cancelled, whole days, and those of others": {[]string{
			"UID:1\nDTSTART:20261201T080000\nSTATUS:CANCELLED\nLOCATION:room-a", "UID:2\nDTSTART;VALUE=DATE:20261202\nLOCATION:room-a", "UID:3\nDTSTART:20261203T080000\nLOCATION:Hội trường",
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inv, err := parseCalendar(calendar(c.events...))
			if err != nil {
				t.Fatal(err)
			}
			if got := starts(t, inv); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			for id := range inv.Meetings {
				if !strings.HasPrefix(id, "lich-hop-") {
					t.Errorf("the meeting is called %s", id)
				}
			}
			left := strings.Contains(name, "others")
			if warned := len(inv.Warnings) > 0 && strings.Contains(inv.Warnings[0].Message, "1 events name no endpoint"); warned != left {
				t.Errorf("warnings: %v", inv.Warnings)
			}
		})
	}
}

// What is wrong with a calendar is told with its event, and the line of the property.
func TestBadCalendars(t *testing.T) {
	event := func(lines string) string { return calendar("UID:7\n" + lines + "\nLOCATION:room-a") }
	for text, want := range map[string]string{
		event("DTSTART;TZID=Mars/Olympus:20261201T080000"):           `15:1: event "7": DTSTART: the time zone "Mars/Olympus" is not known`,
		event("DTSTART:morgen"):                                      `15:1: event "7": DTSTART: "morgen" is no moment`,
		event("DTSTART:20261201T080000\nRRULE:FREQ=SOMETIMES"):       "16:1: event \"7\": RRULE: ",
		event("DTSTART:20261201T080000\nDTEND:20261201T075900"):      "12:1: event \"7\": it ends before it starts, at 2026-12-01T08:00",
		event("DTSTART:20261201T080000\nDURATION:soon"):              "16:1: event \"7\": DURATION: \"soon\" is no duration",
		event("DTSTART:20261201T080000\nRRULE:FREQ=DAILY\nEXDATE:x"): "17:1: event \"7\": EXDATE: ",
		event("DTSTART:20261201T080000\nEXDATE;VALUE=DATE:20261301"): "16:1: event \"7\": EXDATE: \"20261301\" is no day such as 20261201",
		event("DTSTART:20261201T080000\nRECURRENCE-ID:x"):            "16:1: event \"7\": RECURRENCE-ID: ",
		event("DTSTART:20261201T080000\nSUMMARY:a\nb"):               "17:1: it cannot be read as iCalendar (RFC 5545): write NAME:VALUE",
		event("DTSTART;TZID=\"x:20261201T080000"):                    "15:1: it cannot be read as iCalendar (RFC 5545): write NAME:VALUE",
		event("DTSTART:20261201T080000\nSUMMARY:Caf\xe9"):            "16:12: ",
		event("DTSTART:20261201T080000\nSUMMARY:C\n a\n f\xe9"):      "18:3: the byte 0xE9 is not UTF-8: save the calendar as UTF-8",
		event("DTSTART:20261201T080000\nSUMMARY:a\x1b[31m"):          "16:10: the control character U+001B cannot stand in a calendar: remove it",
		event("DTSTART:20261201T080000\nSUMMARY:a\x00"):              "16:10: the control character U+0000 cannot",
		event("DTSTART:20261201T080000\nSUMMARY:a\rb"):               "16:10: a carriage return",
		"":              "1:1: the calendar is empty: export it again",
		"\ufeff \r\n":   "1:1: the calendar is empty: export it again",
		"hello":         "1:1: it cannot be read as iCalendar (RFC 5545): BEGIN:VCALENDAR is expected here",
		"\xff\xfeB\x00": "1:1: the calendar is in UTF-16: save it as UTF-8",
		calendar() + "BEGIN:VEVENT\nEND:VEVENT\n":    "13:1: it cannot be read as iCalendar (RFC 5545): BEGIN:VCALENDAR is expected here",
		strings.Repeat("BEGIN:VCALENDAR\r\n", 1<<16): "17:1: it cannot be read as iCalendar (RFC 5545): more than 16 components",
	} {
		_, err := parseCalendar(text)
		if err == nil || !strings.HasPrefix(err.Error(), "dir/Lịch họp.ics:"+want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.500q\ngives %v\nwant %q", text, err, want)
		}
	}
}

// A calendar of which a part is missing is refused, wherever it was cut.
func TestCutCalendars(t *testing.T) {
	whole := calendar("UID:1\nDTSTART:20261201T080000\nLOCATION:room-a", "UID:2\nDTSTART:20261202T080000\nLOCATION:room-a")
	rows := strings.SplitAfter(strings.TrimSuffix(whole, "\r\n"), "\r\n")
	for n := range rows {
		_, err := parseCalendar(strings.Join(rows[:n], ""))
		want := "1:1: BEGIN:VCALENDAR has no END:VCALENDAR, so that a part"
		switch {
		case n == 0:
			want = "1:1: the calendar is empty"
		case n >= 4 && n < 11:
			want = "4:1: BEGIN:VTIMEZONE has no END:VTIMEZONE"
			if n >= 6 && n < 10 {
				want = "6:1: BEGIN:STANDARD has no END:STANDARD"
			}
		case n >= 12 && n < 17:
			want = "12:1: BEGIN:VEVENT has no END:VEVENT, so that a part of the calendar is missing: export it again"
		case n >= 18 && n < 23:
			want = "18:1: BEGIN:VEVENT has no"
		}
		if err == nil || !strings.HasPrefix(err.Error(), "dir/Lịch họp.ics:"+want) {
			t.Errorf("%d rows give %v\nwant %q", n, err, want)
		}
	}
}

// A part that is missing in the middle is told at the event that it belongs to.
func TestCalendarsWithoutAnEnd(t *testing.T) {
	text := calendar("UID:1\nDTSTART:20261201T080000\nLOCATION:room-a", "UID:2\nDTSTART:20261202T080000\nLOCATION:room-a")
	_, err := parseCalendar(strings.Replace(text, "END:VEVENT\r\n", "", 1))
	if want := "dir/Lịch họp.ics:12:1: BEGIN:VEVENT has no END:VEVENT"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// What is wrong with the events that are whole is told beside what is missing, unless
// it may follow from that.
func TestProblemsBesideAMissingPart(t *testing.T) {
	text := calendar("UID:1\nDTSTART:20261201T080000\nLOCATION:room-a", "UID:2\nDTSTART:x\nLOCATION:room-a", "UID:3\nDTSTART;TZID=Giờ Hà Nội:20261201T080000\nDTEND:y\nLOCATION:room-a")
	for cut, want := range map[string][]string{
		"UID:1\r\nDTSTART:20261201T080000\r\nLOCATION:room-a\r\nEND:VEVENT\r\n": {"12:1: BEGIN:VEVENT has no END:VEVENT", "17:1: event \"2\": DTSTART", "24:1: event \"3\": DTEND"},
		"END:VCALENDAR\r\n": {"1:1: BEGIN:VCALENDAR has no END", "21:1: event \"2\": DTSTART", "28:1: event \"3\": DTEND"},
		"END:STANDARD\r\n":  {"6:1: BEGIN:STANDARD has no END:STANDARD"},
		"END:VTIMEZONE\r\n": {"4:1: BEGIN:VTIMEZONE has no END:VTIMEZONE"},
	} {
		_, err := parseCalendar(strings.Replace(text, cut, "", 1))
		if err == nil {
			t.Errorf("without %q it is good", cut)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		if !slices.EqualFunc(got, want, func(g, w string) bool { return strings.HasPrefix(g, "dir/Lịch họp.ics:"+w) }) {
			t.Errorf("without %q: %s\nwant %q", cut, err, want)
		}
	}
}

// Every event that is wrong is told, beside what is wrong with the YAML.
func TestAllProblemsOfCalendars(t *testing.T) {
	bad := calendar("UID:1\nDTSTART:x\nLOCATION:room-a", "UID:2\nDTSTART:y\nLOCATION:room-b", "UID:3\nDTSTART:20261201T080000\nCUT")
	for yaml, want := range map[string][]string{
		withRooms:                  {"a.ics:15:1: ", "a.ics:21:1: ", "a.ics:28:1: ", "b.ics:1:1: "},
		withRooms + "sitess: {}\n": {"inventory.yaml:7:1: ", "a.ics:15:1: ", "a.ics:21:1: ", "a.ics:28:1: ", "b.ics:1:1: "},
		strings.Replace(withRooms, "Asia/Ho_Chi_Minh", "Mars", 1): {"inventory.yaml:2:11: ", "a.ics:28:1: ", "b.ics:1:1: "},
	} {
		_, err := inventory.Parse([]inventory.File{{Name: "inventory.yaml", Data: []byte(yaml)}, {Name: "a.ics", Data: []byte(bad)}, {Name: "b.ics"}}, kinds.Inventory())
		if err == nil {
			t.Errorf("%s\nis good", yaml)
			continue
		}
		got := strings.Split(err.Error(), "\n")
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("%s\nwant %q", err, want)
				break
			}
		}
	}
}

// Programs write marks of byte order, and fold lines in the middle of characters.
func TestCalendarsAsProgramsWriteThem(t *testing.T) {
	text := calendar("UID:1\nDTSTART:20261201T080000\nX-A:" + strings.Repeat("x", 5000) + "\nLOCATION:Ph\xc3\n \xb2ng h\n\tọp A")
	for _, text := range []string{text, "\ufeff" + text, strings.TrimSuffix(text, "\r\n"), strings.ReplaceAll(text, "\r\n", "\n"), text + "\r\n \r\n", strings.ToLower(text[:20]) + text[20:]} {
		inv, err := parseCalendar(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, want := starts(t, inv), "01T08:00+1h0m0s room-a"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Events that take no time are reminders, and no meetings.
func TestCalendarsWithEventsWithoutALength(t *testing.T) {
	inv, err := parseCalendar(calendar("UID:1\nDTSTART:20261201T080000\nDTEND:20261201T080000\nLOCATION:room-a", "UID:2\nDTSTART:20261202T080000\nDURATION:PT59S\nLOCATION:room-a", "UID:3\nDTSTART:20261203T080000\nLOCATION:room-a"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := starts(t, inv), "03T08:00+1h0m0s room-a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	const want = "dir/Lịch họp.ics:12:1: event \"1\" takes 0s and is left out: a meeting takes a minute at least\n" +
		"dir/Lịch họp.ics:19:1: event \"2\" takes 59s and is left out: a meeting takes a minute at least"
	if got := inventory.Problems(inv.Warnings).Error(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A folder may hold calendars beside the YAML; one alone is no inventory.
func TestCalendarsInAFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("network.yaml", withRooms)
	write("a.ics", calendar("UID:1\nDTSTART:20261201T080000\nLOCATION:room-a"))
	write("b.ICS", calendar("UID:1\nDTSTART:20261202T080000\nLOCATION:room-b"))
	inv, err := inventory.Load(dir, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := starts(t, inv), "01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-b"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, target := range inv.Targets() {
		if len(target.Meetings) != 1 {
			t.Errorf("%s takes part in %d meetings", target.ID, len(target.Meetings))
		}
	}
}

// No meeting takes the place of another, whatever they are called.
func TestIDsOfMeetingsInCalendars(t *testing.T) {
	repeated := "UID:1\nDTSTART:20261201T080000\nRDATE:20261203T080000,20261203T080000,20261201T080000\nLOCATION:room-a"
	yaml := withRooms + "meetings: {cal-391552c0: {start: 2026-12-02T08:00, duration: 1h, endpoints: [room-b]}}\n"
	inv, err := inventory.Parse([]inventory.File{
		{Name: "network.yaml", Data: []byte(yaml)}, {Name: "Cal!.ics", Data: []byte(calendar(repeated))}, {Name: "cal.ics", Data: []byte(calendar(repeated))},
	}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := starts(t, inv), "01T08:00+1h0m0s room-a; 01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-b; 03T08:00+1h0m0s room-a; 03T08:00+1h0m0s room-a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	ids := strings.Join(slices.Sorted(maps.Keys(inv.Meetings)), " ")
	if want := "cal-391552c0 cal-391552c0-2 cal-391552c0-2-20261203t0100 cal-391552c0-3 cal-391552c0-3-20261203t0100"; ids != want {
		t.Errorf("they are called %s, want %s", ids, want)
	}
}

// The documentation shows the id that is made of its example.
func TestDocumentedIDOfAMeeting(t *testing.T) {
	inv, err := parseCalendar(calendar("UID:1\nDTSTART:20261201T080000\nLOCATION:room-a"))
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../docs/meetings.md")
	if err != nil {
		t.Fatal(err)
	}
	for id := range inv.Meetings {
		if !strings.Contains(string(docs), "of `Lịch họp.ics` and the UID 1:\n`"+id+"`") {
			t.Errorf("docs/meetings.md does not say that it is %s", id)
		}
	}
}

// BenchmarkCalendar reads calendars of many events of which each second stands in for
// a repetition: the time should grow with their number, and not with its square.
func BenchmarkCalendar(b *testing.B) {
	for _, count := range []int{1_000, 16_000} {
		events := make([]string, count)
		for i := range events {
			events[i] = fmt.Sprintf("UID:040000008200E00074C5B7101A82E008%010d\nDTSTART:20261201T080000\nLOCATION:room-a", i/2)
			if i%2 == 1 {
				events[i] += "\nRECURRENCE-ID:20261201T080000"
			}
		}
		text := calendar(events...)
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				if inv, err := parseCalendar(text); err != nil || len(inv.Meetings) != count {
					b.Fatalf("%d events: %v", count, err)
				}
			}
		})
	}
}

// An empty name would be that of all attendees who have none.
func TestEmptyNamesInCalendars(t *testing.T) {
	yaml := strings.Replace(withRooms, "phonghopb@example.vn", `" "`, 1)
	ics := calendar("UID:1\nDTSTART:20261201T080000\nATTENDEE:mailto:stranger@x.example")
	_, err := inventory.Parse([]inventory.File{{Name: "network.yaml", Data: []byte(yaml)}, {Name: "a.ics", Data: []byte(ics)}}, kinds.Inventory())
	if want := "network.yaml:6:3: endpoints.room-b.calendar_names: a name is empty: write what calendars call the endpoint"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	inv, err := parseCalendar(ics)
	if err != nil || len(inv.Meetings) > 0 {
		t.Errorf("%v, %v", inv, err)
	}
}

// FuzzCalendar: whatever a calendar holds, it is read or refused.
func FuzzCalendar(f *testing.F) {
	f.Add(calendar("UID:1\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261201T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE:20261208T080000\nLOCATION:room-a", "UID:1\nRECURRENCE-ID:20261215T080000\nDTSTART:20261216T140000\nATTENDEE;CN=x:mailto:room-b@x"))
	f.Add(calendar("UID:1\nDTSTART:20261201T080000\nRRULE:FREQ=WEEKLY;COUNT=5", "UID:1\nRECURRENCE-ID:20261215T080000\nDTSTART:20261216T140000\nLOCATION:room-b"))
	f.Fuzz(func(t *testing.T, text string) {
		inv, err := parseCalendar(text)
		if err != nil {
			return
		}
		for _, m := range inv.Meetings {
			m.Around(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
			if m.Duration < time.Minute || len(m.Endpoints) == 0 {
				t.Fatalf("%+v", m)
			}
		}
	})
}
