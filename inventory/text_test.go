package inventory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
)

// A file that is cut in the wrong place is read as a whole.
func TestCutThroughATextIsMended(t *testing.T) {
	var text strings.Builder
	text.WriteString("timezone: Asia/Ho_Chi_Minh\nsites:\n")
	const sites, lines = 600, 30
	for i := range sites {
		// All lines but the first look like entries, and are none.
		fmt.Fprintf(&text, "  s-%d: {name: \"one%s\"}\n", i, strings.Repeat("\n  two-a: three", lines-1))
	}
	inv, err := inventory.Parse([]inventory.File{{Name: "a.yaml", Data: []byte("organization: An\n")}, {Name: "big.yaml", Data: []byte(text.String())}}, allKinds())
	if err != nil {
		t.Fatal(err)
	}
	want := "one" + strings.Repeat(" two-a: three", lines-1)
	if last := inv.Sites["s-599"]; len(inv.Sites) != sites || last.Name != want || last.Pos.Line != 3+lines*(sites-1) {
		t.Errorf("%d sites, the last one %+v", len(inv.Sites), last)
	}
	if inv.Organization != "An" || inv.Timezone.String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("organization %q, time zone %s", inv.Organization, inv.Timezone)
	}
}

// What all is read with may stand anywhere, however it is written.
func TestSettingsAreFoundAnywhere(t *testing.T) {
	var sites strings.Builder
	sites.WriteString("sites: {a: {name: A}}\nendpoints:\n")
	for i := range 4000 {
		fmt.Fprintf(&sites, "  e-%d: {site: a, type: room, address: 192.0.2.1, probes: {ping: {}}}\n", i)
	}
	meeting := "meetings: {m: {name: M, start: 2026-12-01T08:00, duration: 1h, endpoints: [e-7]}}\n"
	for name, settings := range map[string]string{
		"plain":     "timezone: Asia/Ho_Chi_Minh\ndefaults: {ping: {interval: 7s}}\n",
		"quoted":    "\"timezone\": Asia/Ho_Chi_Minh\n'defaults': {ping: {interval: 7s}}\n",
		"escaped":   "\"\\x74imezone\": Asia/Ho_Chi_Minh\n\"def\\u0061ults\": {ping: {interval: 7s}}\n",
		"flow":      "{timezone: Asia/Ho_Chi_Minh, defaults: {ping: {interval: 7s}}}\n",
		"by alias":  "x-a: [&z timezone, &d defaults]\n*z : Asia/Ho_Chi_Minh\n*d : {ping: {interval: 7s}}\n",
		"by merge":  "x-a: &a {timezone: Asia/Ho_Chi_Minh, defaults: {ping: {interval: 7s}}}\n<<: *a\n",
		"in pieces": sites.String() + "timezone: Asia/Ho_Chi_Minh\ndefaults:\n  ping: {interval: 7s}\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := []inventory.File{{Name: "1.yaml", Data: []byte(meeting)}, {Name: "2.yaml", Data: []byte(sites.String())}, {Name: "3.yaml", Data: []byte(settings)}}
			if name == "in pieces" {
				files = []inventory.File{files[0], files[2]}
			}
			inv, err := inventory.Parse(files, allKinds())
			if err != nil {
				t.Fatal(err)
			}
			if start := inv.Meetings["m"].Start; !start.Equal(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC)) {
				t.Errorf("the meeting starts at %s", start)
			}
			for _, p := range inv.Targets()[7].Probes {
				if p.Interval != 7*time.Second {
					t.Errorf("%s is probed each %s", inv.Targets()[7].ID, p.Interval)
				}
			}
		})
	}
}
