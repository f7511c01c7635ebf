package reports_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/history"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

const devices = `
organization: Thành ủy Thử
timezone: Asia/Ho_Chi_Minh
sites: {a: {name: Phường A}}
credentials: {ro: {snmp: {version: 2c, community: {env: X}}}}
devices:
  old: {site: a, name: Bộ định tuyến cũ, address: 192.0.2.1, credential: ro, model: ISR4321, serial: F1, purchased: 2019-06, end_of_support: 2026-09-30}
  swapped: {site: a, name: Bộ chuyển mạch, address: 192.0.2.2, credential: ro, model: C9200, serial: F2, end_of_support: 2031-01-31}
  silent: {site: a, name: Tường lửa, address: 192.0.2.3, model: FG-60F}
endpoints:
  poly: {site: a, name: Phòng họp A, address: 192.0.2.9, credential: ro, probes: {snmp: {}}}
  plain: {site: a, name: Phòng họp B, address: 192.0.2.10}
`

// said is a source of what devices told of themselves.
type said struct{ plan }

func (p *said) Range(_ context.Context, expr string, _, _ time.Time, _ time.Duration, _ int) (all []history.Series, err error) {
	p.queries++
	add := func(target string, v float64, labels ...string) {
		s := history.Series{Labels: map[string]string{"target": target}, Values: []float64{v}}
		for i := 0; i < len(labels); i += 2 {
			s.Labels[labels[i]] = labels[i+1]
		}
		all = append(all, s)
	}
	switch {
	case strings.Contains(expr, "device_info"):
		add("old", 1, "model", "ISR4321/K9", "serial", "f1", "software", "15.2(4)M")
		add("swapped", 1, "model", "C9200L-24T", "serial", "F9", "software", "17.6")
		add("poly", 1, "model", "Group 500", "serial", "8G1", "software", "6.2.2")
	case strings.Contains(expr, "reboots"):
		add("old", 0)
		add("poly", 4.02)
	case strings.Contains(expr, "cpu_utilization"):
		add("old", 0.93)
	case strings.Contains(expr, "memory_utilization"):
		add("old", 0.4)
	default:
		add("old", 1234.4)
	}
	return all, nil
}

func TestEquipment(t *testing.T) {
	p := &said{}
	o := options(t, &p.plan)
	inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(devices)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	o.Inventory, o.Source = inv, p
	d, err := reports.Equipment(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Q4/2026 | Bộ định tuyến cũ | Phường A | ISR4321/K9 | 30/09/2026 | Thay thế: hãng đã hết hỗ trợ",
		"Q4/2026 | Phòng họp A | Phường A | Group 500 | – | Kiểm tra: khởi động lại nhiều lần",
		"– | Bộ chuyển mạch | Phường A | C9200L-24T | 31/01/2031 | Khác với danh mục: kiểm tra và sửa danh mục",
	}
	if got := cells(d, d.Sections[0].Table); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("to replace:\n%s", strings.Join(got, "\n"))
	}
	all := cells(d, d.Sections[1].Table)
	if len(all) != 4 || all[1] != "Bộ định tuyến cũ | Phường A | ISR4321 | ISR4321/K9 | F1 | f1 | 15.2(4)M | 7 | 30/09/2026 | 0 | 1.234 | 93,0 % | 40,0 %" {
		t.Errorf("all:\n%s", strings.Join(all, "\n"))
	}
	if !strings.Contains(d.Sections[0].Texts[0], "4 thiết bị: 1 đã hết hỗ trợ, 0 sắp hết hỗ trợ, 1 khởi động lại nhiều lần, 1 khác với danh mục") {
		t.Error(d.Sections[0].Texts[0])
	}
}
