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
