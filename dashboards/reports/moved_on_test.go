package reports_test

import (
	"strings"
	"testing"

	"wanwatch/dashboards/reports"
)

// The inventory has moved on since the samples were taken: a line has another provider, one
// is gone and one is new. Samples go by the ids of lines; what has none is said so, and
// what the inventory does not know any more is left out.
func TestInventoryMovedOn(t *testing.T) {
	text := strings.NewReplacer(
		"full: {from: hq, to: a, provider: vnpt", "full: {from: hq, to: a, provider: viettel",
		"idle: {from: hq, to: d, provider: vnpt, name: Đường rỗi", "new: {from: hq, to: d, provider: vnpt, name: Đường mới",
	).Replace(network)
	p := &plan{}
	o := options(t, p)
	before, err := reports.Capacity(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.Inventory = parsed(t, text)
	after, err := reports.Capacity(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	use, was := cells(after, after.Sections[1].Table), cells(before, before.Sections[1].Table)
	if !strings.HasPrefix(use[0], "Đường đầy | đến | 100,0 | 8") || use[0] != was[0] || use[1] != was[1] {
		t.Errorf("another provider has changed the use of a line:\n%s\nwas\n%s", strings.Join(use[:2], "\n"), strings.Join(was[:2], "\n"))
	}
	findings := strings.Join(cells(after, after.Sections[0].Table), "\n")
	for _, want := range []string{"Đường đầy | Phường A | Viettel | 100,0", "Đường mới | Phường D | VNPT | 200,0 | – | – | Không đủ số liệu"} {
		if !strings.Contains(findings, want) {
			t.Errorf("%q is missing:\n%s", want, findings)
		}
	}
	if strings.Contains(findings, "Đường rỗi") {
		t.Errorf("a line that is gone is told of:\n%s", findings)
	}

	c := &clock{}
	o.Source = c
	d, err := reports.Availability(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	groups := strings.Join(cells(d, d.Sections[1].Table), "\n")
	if !strings.Contains(groups, "Viettel | 2 | 99,798 % | 1:30:00") {
		t.Errorf("the outage is not that of the provider that the inventory names:\n%s", groups)
	}
	targets := strings.Join(cells(d, d.Sections[0].Table), "\n")
	if !strings.Contains(targets, "Đường mới | Phường D | VNPT | 0:00:00 | 0:00:00 | 0:00:00 | 744:00:00 | 0:00:00 | – | –") {
		t.Errorf("of the new line nothing is known:\n%s", targets)
	}
}
