package reports_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/calendar"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

const network = `
organization: Thành ủy Thử
timezone: Asia/Ho_Chi_Minh
providers: {vnpt: {name: VNPT}, viettel: {name: Viettel}}
sites: {hq: {name: Thành ủy}, a: {name: Phường A}, b: {name: Phường B}, c: {name: Phường C}, d: {name: Phường D}}
links:
  full: {from: hq, to: a, provider: vnpt, name: Đường đầy, bandwidth: 100Mbps, ping: 192.0.2.1, contract: {lead_time: 45d, ends: 2027-06-30, monthly_cost: {amount: 5500000, currency: VND}}}
  lossy: {from: hq, to: b, provider: vnpt, name: Đường kém, bandwidth: 100Mbps, ping: 192.0.2.2}
  silent: {from: hq, to: c, provider: viettel, name: Đường không số liệu, bandwidth: 100Mbps, ping: 192.0.2.3}
  idle: {from: hq, to: d, provider: vnpt, name: Đường rỗi, bandwidth: 200Mbps, ping: 192.0.2.4}
endpoints:
  room: {site: a, address: 192.0.2.9, call_bandwidth: 4Mbps}
meetings:
  giao-ban: {start: 2026-10-06T14:00, duration: 2h, endpoints: [room]}
`

// plan is a source whose truth is known: rates in Mbit/s, loss, by target.
type plan struct {
	queries int
	fail    error
}

func (p *plan) Queries() int { return p.queries }

const mbit = 125_000.0

func (p *plan) Range(context.Context, string, time.Time, time.Time, time.Duration, int) ([]history.Series, error) {
	p.queries++
	return nil, p.fail
}

func (p *plan) Stored(context.Context, string, []string, time.Time, time.Time, time.Duration) ([]history.Trace, error) {
	p.queries++
	return nil, p.fail
}

func (p *plan) Samples(_ context.Context, name string, _ []string, from, to time.Time, step time.Duration) (all []history.Series, err error) {
	p.queries++
	add := func(target, direction string, value func(i int, at time.Time) float64) {
		s := history.Series{Labels: map[string]string{"target": target, "direction": direction}}
		for i := range int(to.Sub(from) / step) {
			s.Values = append(s.Values, value(i, from.Add(step*time.Duration(i+1))))
		}
		all = append(all, s)
	}
	steady := func(v float64) func(int, time.Time) float64 { return func(int, time.Time) float64 { return v } }
	october := time.Date(2026, 9, 30, 17, 0, 0, 0, time.UTC)
	switch {
	case strings.Contains(name, "seconds"):
	case strings.Contains(name, "ping_loss"):
		add("lossy", "", steady(0.03))
		add("full", "", steady(0.03))
	case strings.Contains(name, "bandwidth"):
		for _, id := range []string{"full", "lossy", "silent"} {
			add(id, "down", steady(100*mbit))
			add(id, "up", steady(100*mbit))
		}
	default:
		add("full", "down", func(_ int, at time.Time) float64 {
			switch {
			case !at.After(october): // half a Mbit/s more each week
				return (87 - 0.5*math.Ceil(october.AddDate(0, 1, 1).Sub(at).Hours()/24/7)) * mbit
			case at.UTC().Day() == 6 && at.UTC().Hour() == 7:
				return 99 * mbit // at two in the afternoon, by the office's clock, of the day of the meeting
			default:
				return 85 * mbit
			}
		})
		add("full", "up", steady(10*mbit))
		add("lossy", "down", steady(20*mbit))
		add("lossy", "up", steady(5*mbit))
		add("silent", "down", func(i int, _ time.Time) float64 {
			if i%5 == 0 {
				return math.NaN()
			}
			return 90 * mbit
		})
		add("silent", "up", steady(mbit))
		add("idle", "down", steady(3*mbit))
		add("idle", "up", steady(mbit))
	}
	return all, p.fail
}

func options(t *testing.T, p *plan) reports.Options {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(network)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	from, to, err := reports.ParsePeriod("2026-10", inv.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	prices := &reports.Prices{Providers: map[string]*reports.Offers{"vnpt": {Currency: "VND", Tiers: []*reports.Tier{
		{Bandwidth: 50e6, Monthly: 3500000}, {Bandwidth: 100e6, Monthly: 5500000}, {Bandwidth: 200e6, Monthly: 9000000},
	}}}}
	return reports.Options{
		Inventory: inv, Source: p, Server: "http://here", From: from, To: to, Language: texts.VI, Calendar: calendar.Vietnam(),
		Prices: prices, Proposal: &reports.Proposal{}, Months: 12, Now: to.AddDate(0, 0, 3),
	}
}

// cells is a table as text, row by row.
func cells(d *document.Document, t *document.Table) []string {
	var rows []string
	for _, r := range t.Rows {
		words := make([]string, len(r))
		for i, c := range r {
			words[i] = d.Write(t.Columns[i].Kind, c)
		}
		rows = append(rows, strings.Join(words, " | "))
	}
	return rows
}

func TestCapacity(t *testing.T) {
	p := &plan{}
	d, err := reports.Capacity(t.Context(), options(t, p))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int][]string{
		0: {
			"Đường đầy | Phường A | VNPT | 100,0 | 85,0 | 85,0 % | Đặt nâng cấp | 200,0 | 5.500.000 | 9.000.000 | 04/11/2026 | 30/06/2027",
			"Đường kém | Phường B | VNPT | 100,0 | 20,0 | 20,0 % | Đường kém: mất gói, không phải do lưu lượng; yêu cầu nhà cung cấp khắc phục | – | – | – | – | –",
			"Đường rỗi | Phường D | VNPT | 200,0 | 3,0 | 1,5 % | Có thể giảm băng thông | 50,0 | – | 3.500.000 | – | –",
			"Đường không số liệu | Phường C | Viettel | 100,0 | – | – | Không đủ số liệu | – | – | – | – | –",
		},
		1: {
			"Đường đầy | đến | 100,0 | 85,0 | 85,0 % | 85,0 | 99,0 | 85,0 | 7–8 h | 99,0 | 100,0 % | 100,0 % | 0,1 % | 100,0 %",
			"Đường đầy | đi | 100,0 | 10,0 | 10,0 % | 85,0 | 10,0 | 10,0 | 7–8 h | 10,0 | 0,0 % | 0,0 % | 0,0 % | 100,0 %",
		},
		2: {"Đường đầy | đến | 0,5 | 0,50 – 0,50 | đã vượt | – | 3 | –"},
	} {
		got := cells(d, d.Sections[i].Table)
		for n, w := range want {
			if n >= len(got) || got[n] != w && i != 2 {
				t.Errorf("section %d, row %d:\n%s\nwant\n%s", i, n, got[n], w)
			}
		}
	}
	if got := cells(d, d.Sections[2].Table)[0]; !strings.HasPrefix(got, "Đường đầy | đến | 0,5 | 0,50 – 0,50 | đã vượt | – | 3 | ") {
		t.Errorf("growth: %s", got)
	}
	if got := cells(d, d.Sections[2].Table)[1]; !strings.Contains(got, "không có xu hướng") {
		t.Errorf("growth: %s", got)
	}
	if !strings.Contains(d.Sections[0].Texts[0], "4 đường truyền: 0 cần nâng cấp ngay, 1 cần đặt nâng cấp") {
		t.Error(d.Sections[0].Texts[0])
	}
	if b := d.Sections[0].Chart.Bars; len(b) != 3 || b[0].Name != "Đường đầy" || b[0].Level != document.Bad {
		t.Errorf("chart: %+v", b)
	}
	if p.queries != 3 {
		t.Errorf("%d queries", p.queries)
	}
	sources := ""
	for _, f := range d.Sources {
		sources += f.Name + "=" + f.Text + "\n"
	}
	for _, want := range []string{"2026-10-01T00:00:00+07:00 – 2026-11-01T00:00:00+07:00", "http://here", "target:wanwatch_throughput_bytes:sample5m"} {
		if !strings.Contains(sources, want) {
			t.Errorf("the sources do not say %s:\n%s", want, sources)
		}
	}
}

func TestCapacityFails(t *testing.T) {
	broken := errors.New("http://here could not be asked")
	if _, err := reports.Capacity(t.Context(), options(t, &plan{fail: broken})); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func TestPeriods(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	for text, want := range map[string]string{
		"2026-10": "2026-10-01T00:00:00+07:00 2026-11-01T00:00:00+07:00", "2028-02": "2028-02-01T00:00:00+07:00 2028-03-01T00:00:00+07:00",
		"2026": "2026-01-01T00:00:00+07:00 2027-01-01T00:00:00+07:00", "2026-10-05/2026-10-05": "2026-10-05T00:00:00+07:00 2026-10-06T00:00:00+07:00",
		"2026-13": "", "2026-10-05": "", "2026-10-05/2026-10-04": "", "last": "",
	} {
		from, to, err := reports.ParsePeriod(text, zone)
		if got := from.Format(time.RFC3339) + " " + to.Format(time.RFC3339); (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%s: %s %v", text, got, err)
		}
	}
	from, to := reports.LastMonth(time.Date(2026, 3, 31, 8, 0, 0, 0, zone))
	if from.Format("2006-01-02") != "2026-02-01" || to.Format("2006-01-02") != "2026-03-01" {
		t.Errorf("the month before March: %s %s", from, to)
	}
}

// clock is a source of states whose truth is known: a line that was down from 10:00:10 to
// 11:30:10 on 6 October, one of another provider that was not, and an hour in which nobody
// measured.
type clock struct{ plan }

// outage is when the line was down.
func outage(zone *time.Location) (begin, end time.Time) {
	begin = time.Date(2026, 10, 6, 10, 0, 10, 0, zone)
	return begin, begin.Add(90 * time.Minute)
}

func (c *clock) Range(_ context.Context, expr string, from, to time.Time, step time.Duration, _ int) (all []history.Series, err error) {
	c.queries++
	series := func(labels map[string]string, value func(at time.Time) float64) {
		s := history.Series{Labels: labels}
		for i := range int(to.Sub(from) / step) {
			s.Values = append(s.Values, value(from.Add(step*time.Duration(i+1))))
		}
		all = append(all, s)
	}
	switch {
	case strings.Contains(expr, "worked6h"):
		series(map[string]string{"target": "full", "month": "202609"}, func(time.Time) float64 { return 990 })
	case strings.Contains(expr, "counted6h"):
		series(map[string]string{"target": "full", "month": "202609"}, func(time.Time) float64 { return 1000 })
	}
	return all, nil
}

func (c *clock) Stored(_ context.Context, _ string, _ []string, from, to time.Time, step time.Duration) ([]history.Trace, error) {
	c.queries++
	begin, end := outage(from.Location())
	s := history.Trace{Labels: map[string]string{"target": "full"}}
	for at := from.Add(step); !at.After(to); at = at.Add(step) {
		v := 1.0
		if !at.Before(begin) && at.Before(end) {
			v = 3
		}
		s.At, s.Values = append(s.At, at), append(s.Values, v)
	}
	return []history.Trace{s}, nil
}

func (c *clock) Samples(_ context.Context, _ string, _ []string, from, to time.Time, step time.Duration) (all []history.Series, err error) {
	c.queries++
	begin, end := outage(from.Location())
	// The seconds of the step that ended at a moment, of which some were down.
	down := func(at time.Time) float64 {
		a, b := at.Add(-step), at
		if a.Before(begin) {
			a = begin
		}
		if b.After(end) {
			b = end
		}
		return max(b.Sub(a).Seconds(), 0)
	}
	blind := func(at time.Time) bool { at = at.Add(-time.Second); return at.Day() == 20 && at.Hour() == 11 }
	for _, id := range []string{"full", "idle"} {
		for _, state := range []string{"up", "down"} {
			s := history.Series{Labels: map[string]string{"target": id, "state": state}}
			for at := from.Add(step); !at.After(to); at = at.Add(step) {
				v := down(at)
				switch {
				case blind(at):
					v = math.NaN()
				case id == "idle" && state == "down":
					v = 0
				case id == "idle":
					v = step.Seconds()
				case state == "up":
					v = step.Seconds() - v
				}
				s.Values = append(s.Values, v)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

func TestAvailability(t *testing.T) {
	c := &clock{}
	o := options(t, &c.plan)
	o.Source = c
	o.Inventory.Links["full"].Contract.SLA = &inventory.SLA{Availability: 0.999}
	d, err := reports.Availability(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// 743 hours are known, of which 1.5 were down: 742.5 h at 99.9 % allow 44 min 35 s.
	targets := cells(d, d.Sections[0].Table)
	if want := "Đường đầy | Phường A | VNPT | 741:30:00 | 0:00:00 | 1:30:00 | 1:00:00 | 0:00:00 | 99,798 % | 99,798 % | 99,900 % | 0:45:25 | 5.703 VND | 1 | 1:30:00 | 741:30:00"; targets[0] != want {
		t.Errorf("%s\nwant\n%s", targets[0], want)
	}
	if n := len(targets); n != 5 {
		t.Errorf("%d targets:\n%s", n, strings.Join(targets, "\n"))
	}
	outages := cells(d, d.Sections[2].Table)
	// Seen each 15 s: from the first moment at which it was down to the first at which it was not.
	if len(outages) != 1 || outages[0] != "Đường đầy | Phường A | 10:00 06/10/2026 | 11:30 06/10/2026 | 1:30:00 | riêng mục tiêu này" {
		t.Errorf("outages: %q", outages)
	}
	groups := strings.Join(cells(d, d.Sections[1].Table), "\n")
	if !strings.Contains(groups, "VNPT | 3 | 99,899 % | 1:30:00 | 0:00:00 | 1:30:00") {
		t.Errorf("groups:\n%s", groups)
	}
	months := cells(d, d.Sections[3].Table)
	if len(months) != 1 || !strings.Contains(months[0], "| 99,0 % | –") {
		t.Errorf("months: %q", months)
	}
	if !strings.Contains(d.Sections[0].Texts[0], "5 mục tiêu, 1 lần mất kết nối, 1 mục tiêu vượt cam kết") {
		t.Error(d.Sections[0].Texts[0])
	}
	if c.queries != 4 {
		t.Errorf("%d queries", c.queries)
	}
}

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
	if len(all) != 4 || all[1] != "Bộ định tuyến cũ | Phường A | ISR4321 | ISR4321/K9 | F1 | f1 | 15.2(4)M | 7 | 30/09/2026 | 0 | 1.234" {
		t.Errorf("all:\n%s", strings.Join(all, "\n"))
	}
	if !strings.Contains(d.Sections[0].Texts[0], "4 thiết bị: 1 đã hết hỗ trợ, 0 sắp hết hỗ trợ, 1 khởi động lại nhiều lần, 1 khác với danh mục") {
		t.Error(d.Sections[0].Texts[0])
	}
}

// assembly is a source in which the room of a meeting was lost for ten minutes of it, and
// poor for five.
type assembly struct{ plan }

func (p *assembly) Range(_ context.Context, expr string, from, to time.Time, step time.Duration, _ int) ([]history.Series, error) {
	p.queries++
	s := history.Series{Labels: map[string]string{"target": "room"}}
	for i := range int(to.Sub(from) / step) {
		v := 1.0
		switch {
		case strings.Contains(expr, "verdict"):
			v = 0
			if i >= 60 && i < 65 {
				v = 1
			}
		case i >= 20 && i < 30:
			v = 3
		case i == 119:
			v = math.NaN()
		}
		s.Values = append(s.Values, v)
	}
	return []history.Series{s}, nil
}

func TestMeetings(t *testing.T) {
	p := &assembly{}
	o := options(t, &p.plan)
	o.Source = p
	d, err := reports.Meetings(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"14:00 06/10/2026 | giao-ban | 2:00:00 | 1 | 86,7 % | 4,2 % | 8,3 % | 0,8 % | 1",
		"14:00 06/10/2026 | giao-ban | room | Phường A | 1:44:00 | 0:05:00 | 0:10:00 | 0:01:00",
		"giao-ban | room | 14:20 06/10/2026 | 14:30 06/10/2026 | 0:10:00 | Mất\ngiao-ban | room | 15:00 06/10/2026 | 15:05 06/10/2026 | 0:05:00 | Suy giảm",
	} {
		if got := strings.Join(cells(d, d.Sections[i].Table), "\n"); got != want {
			t.Errorf("section %d:\n%s\nwant\n%s", i, got, want)
		}
	}
	o.From = o.From.AddDate(0, 0, 10)
	if d, err = reports.Meetings(t.Context(), o); err != nil || len(d.Sections[0].Table.Rows) != 0 {
		t.Errorf("a period without a meeting: %v", err)
	}
}

// What the figures ask for stands in the form's ten columns, with prices where they are
// known and blanks where not.
func TestProposal(t *testing.T) {
	p := &plan{}
	o := options(t, p)
	o.Inventory.Links["idle"].Contract = &inventory.Contract{MonthlyCost: &inventory.Money{Amount: 9000000, Currency: "VND"}}
	o.Proposal = &reports.Proposal{Funding: "Ngân sách", Grounds: []string{"Căn cứ Nghị định số 1;"}, Items: []*reports.ProposedItem{{Name: "Máy phát điện", Unit: "chiếc", Quantity: 2, Why: "Xã miền núi hay mất điện"}}}
	d, err := reports.Propose(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, c := range d.Form.Columns {
		titles = append(titles, c.Title)
	}
	if got := strings.Join(titles, ";"); got != "STT;Tên tài sản/Cơ quan, đơn vị;Đơn vị tính;Số lượng;Dự toán (đồng);Nguồn vốn mua sắm;Phương thức thanh toán;Dự kiến thời gian, địa điểm giao nhận;Các đề xuất khác;Ghi chú" {
		t.Errorf("columns: %s", got)
	}
	want := []string{
		"1 | Nâng cấp đường truyền Đường đầy (VNPT) từ 100 lên 200 Mbit/s | tháng | 12 | 108.000.000 | Ngân sách |  | tại Phường A | thay cho giá hiện tại 5.500.000 VND/tháng | ",
		"2 | Máy phát điện | chiếc | 2 |  | Ngân sách |  |  |  | ",
	}
	if got := cells(d, d.Form); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the form:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if total := d.Form.Total("Cộng"); d.Write(document.Money, total[4]) != "108.000.000" {
		t.Errorf("total: %+v", total)
	}
	all := ""
	for _, s := range d.Sections {
		all += s.Title + "\n" + strings.Join(s.Texts, "\n") + "\n"
		if s.Table != nil {
			all += strings.Join(cells(d, s.Table), "\n") + "\n"
		}
	}
	for _, want := range []string{
		"1. Căn cứ\nCăn cứ Nghị định số 1;", "2. Hiện trạng", "Mạng gồm 5 địa điểm, 4 đường truyền, 1 thiết bị đầu cuối hội nghị",
		"1 | Nâng cấp đường truyền Đường đầy (VNPT) từ 100 lên 200 Mbit/s | P95 85,0 Mbit/s, bằng 85 % băng thông hợp đồng",
		"2 | Máy phát điện | Xã miền núi hay mất điện", "khắc phục (mất gói khi đường truyền chưa đầy): Đường kém (VNPT)",
		"6. Có thể tiết kiệm", "Đường rỗi | 200,0 | 3,0 | 50,0 | 9.000.000 | 3.500.000 | –", "8. Kiến nghị\n……",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
	if d.Letter.Left[0] != "Thành ủy Thử" || d.Letter.Place != "ngày 4 tháng 11 năm 2026" {
		t.Errorf("%+v", d.Letter)
	}
}

// The files that stand beside the code as models are read without a problem.
func TestExamples(t *testing.T) {
	o := options(t, &plan{})
	s := reports.Settings{Prices: "examples/prices.yaml", Proposal: "examples/to-trinh.yaml"}
	read, err := s.Options(o.Inventory)
	if err != nil || len(read.Prices.Providers["vnpt"].Tiers) != 3 || len(read.Proposal.Items) != 1 || read.Months != 12 {
		t.Errorf("%v: %+v", err, read)
	}
}
