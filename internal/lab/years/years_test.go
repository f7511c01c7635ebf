package years_test

import (
	"context"
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/remoteread"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/lab/years"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

// thirteenMonths up to the first of November by the clock of Viet Nam.
func thirteenMonths(sites int) *years.Plan {
	to := time.Date(2026, 11, 1, 0, 0, 0, 0, time.FixedZone("", 7*60*60)).UTC()
	return &years.Plan{Seed: 7, Sites: sites, From: to.AddDate(-1, -1, 0), To: to}
}

// written writes a plan's history, and returns the folder.
func written(t *testing.T, p *years.Plan) string {
	t.Helper()
	path := t.TempDir()
	if err := p.Write(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve opens a store on a folder, and returns the URL of its API.
func serve(t *testing.T, path string) string {
	t.Helper()
	s, err := store.Open(store.Options{Path: path, Source: exporter.New(exporter.Options{}), Retention: 100 * 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// maker makes reports on a plan out of the history behind a URL.
type maker struct {
	t       *testing.T
	options reports.Options
}

func newMaker(t *testing.T, p *years.Plan, url string) *maker {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "years.yaml", Data: p.Inventory()}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	o := history.Options{URL: url}
	if o.Raw, err = remoteread.Open(o); err != nil {
		t.Fatal(err)
	}
	source, err := history.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	options, err := (&reports.Settings{Language: "en"}).Options(inv)
	if err != nil {
		t.Fatal(err)
	}
	options.Source, options.Server = source, url
	return &maker{t, options}
}

// tables makes a report on a period, and returns its tables.
func (m *maker) tables(compose func(context.Context, reports.Options) (*document.Document, error), from, to time.Time) []*document.Table {
	m.t.Helper()
	o := m.options
	if err := o.Between(from, to, to); err != nil {
		m.t.Fatal(err)
	}
	d, err := compose(m.t.Context(), o)
	if err != nil {
		m.t.Fatal(err)
	}
	var all []*document.Table
	for _, s := range d.Sections {
		if s.Table != nil {
			all = append(all, s.Table)
		}
	}
	return all
}

// row finds the cells of a line, and of one of its directions if that is not empty.
func row(t *testing.T, table *document.Table, line, direction string) []document.Cell {
	t.Helper()
	i := slices.IndexFunc(table.Rows, func(r []document.Cell) bool {
		return r[0].Text == line && (direction == "" || r[1].Text == direction)
	})
	if i < 0 {
		t.Fatalf("%s: %s %s: no such row", table.Name, line, direction)
	}
	return table.Rows[i]
}

// cell finds the value of a row under a title.
func cell(t *testing.T, table *document.Table, r []document.Cell, title string) document.Cell {
	t.Helper()
	i := slices.IndexFunc(table.Columns, func(c document.Column) bool { return c.Title == title })
	if i < 0 {
		t.Fatalf("%s: no column %q", table.Name, title)
	}
	return r[i]
}

// p95 by sorting: the smallest value that 95 of 100 do not exceed.
func p95(values []float64) float64 {
	slices.Sort(values)
	return values[int(math.Ceil(0.95*float64(len(values))))-1]
}

var directions = []string{"to the site", "from the site"}

// each collects what a direction was at each step of a period.
func each(from, to time.Time, value func(at time.Time) float64) (all []float64) {
	for at := from.Add(years.Step); !at.After(to); at = at.Add(years.Step) {
		all = append(all, value(at))
	}
	return all
}

const week = 7 * 24 * time.Hour

// peak is what the P95 of a week is on average of what is in use in a busy hour by the
// plan: the mean of some weeks of all lines. The chance of weeks, which do not begin when
// the report's do, lifts it a little.
func peak(p *years.Plan) float64 {
	sum, n := 0.0, 0
	for _, l := range p.Lines() {
		for back := 1; back < 50; back += 7 {
			to := p.To.Add(-time.Duration(back) * week)
			sum += p95(each(to.Add(-week), to, func(at time.Time) float64 { return l.Rate(0, at) })) / l.Busy(0, to.Add(-week/2))
			n++
		}
	}
	return sum / float64(n)
}

// full is when the P95 of a week reaches 80 % of the contract by the plan.
func full(p *years.Plan, l *years.Line, direction int, peak float64) time.Time {
	start := l.Busy(direction, p.From)
	gain := l.Busy(direction, p.From.Add(week)) - start
	return p.From.Add(time.Duration((0.8*l.Contract/peak - start) / gain * float64(week)))
}

// TestCapacity holds the report's P95 against the plan's, and its forecasts against the
// dates on which the plan's lines reach 80 %.
func TestCapacity(t *testing.T) {
	p := thirteenMonths(testenv.Amount(35, 6))
	m := newMaker(t, p, serve(t, written(t, p)))
	from := p.To.AddDate(-1, 0, 0)
	tables := m.tables(reports.Capacity, from, p.To)
	use, growth := tables[1], tables[2]
	worst, told, right, peak := 0.0, 0, 0, peak(p)
	var widths []float64
	for _, l := range p.Lines() {
		for n, direction := range directions {
			got := cell(t, use, row(t, use, l.ID, direction), "P95 (Mbit/s)").Number / 8
			want := p95(each(from, p.To, func(at time.Time) float64 { return l.Rate(n, at) }))
			if off := math.Abs(got/want - 1); off > worst {
				worst = off
			}
			span := cell(t, growth, row(t, growth, l.ID, direction), "Range").Text
			if span == "" {
				continue
			}
			told++
			early, late := ends(t, span)
			if at := full(p, &l, n, peak); !at.Before(early) && (late.IsZero() || !at.After(late)) {
				right++
			}
			if !late.IsZero() {
				widths = append(widths, late.Sub(early).Hours()/2/at(t, growth, l.ID, direction).Sub(p.To).Hours())
			}
		}
	}
	slices.Sort(widths)
	t.Logf("P95 within %.4f %% of the plan's; %d forecasts, of which %d have the planned date in their range; half a range is %.0f %% of the time ahead in the middle",
		100*worst, told, right, 100*widths[len(widths)/2])
	if worst > 0.01 {
		t.Errorf("a P95 is %.2f %% off", 100*worst)
	}
	if told < 3*p.Sites || right*100 < told*90 {
		t.Errorf("%d of %d forecasts have the planned date in their range, want 90 of 100, of at least %d", right, told, 3*p.Sites)
	}
}

// at is the date at which a line is to reach 80 %.
func at(t *testing.T, growth *document.Table, line, direction string) time.Time {
	t.Helper()
	return cell(t, growth, row(t, growth, line, direction), "At 80 %").Time
}

// ends are the first and the last day of a range; the last is zero where the range is
// open.
func ends(t *testing.T, span string) (early, late time.Time) {
	t.Helper()
	a, b, _ := strings.Cut(span, " – ")
	early, err := time.Parse("2 Jan 2006", a)
	if err != nil {
		t.Fatal(err)
	}
	if late, err = time.Parse("2 Jan 2006", b); err != nil {
		return early, time.Time{}
	}
	return early, late.AddDate(0, 0, 1)
}

// TestAvailability holds the report's times against the plan's outages: of the whole
// time, and of each hour of some days with an outage.
func TestAvailability(t *testing.T) {
	p := thirteenMonths(3)
	p.States = true
	m := newMaker(t, p, serve(t, written(t, p)))
	lines := p.Lines()
	hours := 0
	check := func(from, to time.Time) *document.Table {
		tables := m.tables(reports.Availability, from, to)
		for i := range lines {
			l := &lines[i]
			want := l.Down(from, to).Seconds()
			r := row(t, tables[0], l.ID, "")
			down, up := cell(t, tables[0], r, "down").Number, cell(t, tables[0], r, "up").Number
			if down != want || up != to.Sub(from).Seconds()-want {
				t.Errorf("%s from %s to %s: down for %v s, up for %v s, want %v down", l.ID, from, to, down, up, want)
			}
		}
		return tables[2]
	}
	// The samples end before p.To: those of the last hour are not all there.
	first, last := p.From, p.To.Add(-time.Hour)
	outages := check(first, last)
	for i := range lines {
		l := &lines[i]
		for _, o := range l.Outages {
			if !slices.ContainsFunc(outages.Rows, func(r []document.Cell) bool {
				return r[0].Text == l.ID && r[2].Time.Equal(o.From) && r[3].Time.Equal(o.To)
			}) {
				t.Errorf("%s: the outage from %s to %s is not told so", l.ID, o.From, o.To)
			}
		}
	}
	for _, o := range lines[0].Outages[:8] {
		day := o.From.Truncate(24 * time.Hour)
		for h := range 24 {
			if from := day.Add(time.Duration(h) * time.Hour); !from.Before(first) && from.Before(last) {
				check(from, from.Add(time.Hour))
				hours++
			}
		}
	}
	months := m.tables(reports.Availability, first, last)[3]
	for i := range lines {
		from := time.Date(2026, 10, 1, 0, 0, 0, 0, m.options.Inventory.Timezone) // all but its last hour
		want := 1 - lines[i].Down(from, last).Seconds()/last.Sub(from).Seconds()
		if got := cell(t, months, row(t, months, lines[i].ID, ""), "10/2026").Number; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: availability of October is %v, want %v", lines[i].ID, got, want)
		}
	}
	t.Logf("%d lines, %d outages in the report, %d hours looked at one by one", len(lines), len(outages.Rows), hours)
	planned := 0
	for i := range lines {
		planned += len(lines[i].Outages)
	}
	if len(outages.Rows) != planned {
		t.Errorf("%d outages, want %d", len(outages.Rows), planned)
	}
}
