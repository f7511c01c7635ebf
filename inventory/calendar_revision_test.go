package inventory_test

import (
	"strings"
	"testing"

	"wanwatch/inventory"
)

// Of events with one UID the newest holds, and a warning names the others.
func TestRevisionsInCalendars(t *testing.T) {
	event := func(day, more string) string {
		return "UID:1\nDTSTART:202612" + day + "T080000\nLOCATION:room-a" + more
	}
	const (
		first  = "12:1: event \"1\" is left out, since the one at line 1"
		second = `: event "1" is left out, since the one at line 12 has the same UID`
	)
	long := strings.Repeat("0", 100)
	for name, c := range map[string]struct {
		events        []string
		want, warning string
	}{
		"a higher SEQUENCE, later":   {[]string{event("01", ""), event("02", "\nSEQUENCE:1")}, "02T08:00+1h0m0s room-a", first},
		"a higher SEQUENCE, earlier": {[]string{event("01", "\nSEQUENCE:10"), event("02", "\nSEQUENCE:9\nDTSTAMP:20261105T000000Z")}, "01T08:00+1h0m0s room-a", second},
		"a later DTSTAMP":            {[]string{"DTSTAMP:20261101T000001Z\n" + event("01", ""), "DTSTAMP:20261101T000002Z\n" + event("02", "")}, "02T08:00+1h0m0s room-a", first},
		"it moved to others":         {[]string{event("01", ""), "UID:1\nSEQUENCE:2\nDTSTART:20261202T080000\nLOCATION:Hội trường"}, "", first},
		"exported twice":             {[]string{event("01", ""), event("01", "")}, "01T08:00+1h0m0s room-a", ""},
		"a repetition moved twice": {[]string{event("01", "\nRRULE:FREQ=DAILY;COUNT=2"), event("03", "\nRECURRENCE-ID:20261202T080000"), event("04", "\nRECURRENCE-ID:20261202T080000\nSEQUENCE:1")},
			"01T08:00+1h0m0s room-a; 04T08:00+1h0m0s room-a", `is left out, since the one at line 26 has the same UID`},
		"UIDs that begin alike": {[]string{"UID:" + long + "1\nDTSTART:20261201T080000\nLOCATION:room-a", "UID:" + long + "2\nDTSTART:20261202T080000\nLOCATION:room-a"}, "01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-a", ""},
		"no UIDs":               {[]string{"DTSTART:20261201T080000\nLOCATION:room-a", "DTSTART:20261202T080000\nLOCATION:room-a"}, "01T08:00+1h0m0s room-a; 02T08:00+1h0m0s room-a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inv, err := parseCalendar(strings.ReplaceAll(calendar(c.events...), "DTSTAMP:20261101T000000Z\r\nDTSTAMP", "DTSTAMP"))
			if err != nil {
				t.Fatal(err)
			}
			if got := starts(t, inv); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if got := inventory.Problems(inv.Warnings).Error(); !strings.Contains(got, c.warning) || (c.warning == "") != (got == "") {
				t.Errorf("warnings: %s\nwant %s", got, c.warning)
			}
		})
	}
	_, err := parseCalendar(calendar(event("01", ""), event("02", "")))
	if want := "18:1: event \"1\" stands at line 12 too, and neither SEQUENCE nor DTSTAMP tells"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
