package inventory_test

import (
	"os"
	"path/filepath"
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
	text := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\nBEGIN:VTIMEZONE\nTZID:Giờ Hà Nội\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nEND:STANDARD\nEND:VTIMEZONE\n"
	for _, e := range events {
		text += "BEGIN:VEVENT\nDTSTAMP:20261101T000000Z\n" + strings.TrimSpace(e) + "\nEND:VEVENT\n"
	}
	return strings.ReplaceAll(text+"END:VCALENDAR\n", "\n", "\r\n")
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

// What is wrong with a calendar is told with its file and its event.
func TestBadCalendars(t *testing.T) {
	for text, want := range map[string]string{
		"hello": "cannot be read as iCalendar",
		calendar("UID:7\nDTSTART;TZID=Mars/Olympus:20261201T080000\nLOCATION:room-a"):                `event "7": the time zone "Mars/Olympus" is not known`,
		calendar("UID:7\nDTSTART:morgen\nLOCATION:room-a"):                                           "is no moment",
		calendar("UID:7\nDTSTART:20261201T080000\nRRULE:FREQ=SOMETIMES\nLOCATION:room-a"):            "SOMETIMES",
		calendar("UID:7\nDTSTART:20261201T080000\nDTEND:20261201T080000\nLOCATION:room-a"):           "a minute at least",
		calendar("UID:7\nDTSTART:20261201T080000\nDURATION:soon\nLOCATION:room-a"):                   "is no duration",
		calendar("UID:7\nDTSTART:20261201T080000\nRRULE:FREQ=DAILY\nEXDATE:x\nLOCATION:room-a"):      "EXDATE",
		calendar("UID:7\nDTSTART:20261201T080000\nRECURRENCE-ID:x\nLOCATION:room-a"):                 "RECURRENCE-ID",
		strings.TrimSuffix(calendar("UID:7\nDTSTART:20261201T080000"), "END:VCALENDAR\r\n") + "END:": "cannot be read as iCalendar",
	} {
		_, err := parseCalendar(text)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Lịch họp.ics:1:1: ") {
			t.Errorf("%q\ngives %v\nwant %q", text, err, want)
		}
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
