package years_test

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"os"
	"testing"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/document"
	"wanwatch/internal/lab/years"
	"wanwatch/internal/peertest"
)

// TestPeersTellTheSame makes the same reports out of the same history in this program's
// store, in Debian's Prometheus, which opens the same blocks, and in VictoriaMetrics,
// which has no remote read that streams chunks and is asked in its query language.
func TestPeersTellTheSame(t *testing.T) {
	p := thirteenMonths(2)
	p.From, p.States = p.To.AddDate(0, -5, 0), true
	path := written(t, p)
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(path)); err != nil {
		t.Fatal(err)
	}
	own := newMaker(t, p, serve(t, path))
	from, to := p.To.AddDate(0, -3, 0), p.To.Add(-time.Hour)
	capacity, availability := own.tables(reports.Capacity, from, to), own.tables(reports.Availability, from, to)

	t.Run("Prometheus", func(t *testing.T) {
		m := newMaker(t, p, peertest.Prometheus(t, peertest.Place{}, copied, "").URL)
		compare(t, capacity, m.tables(reports.Capacity, from, to), 0)
		compare(t, availability, m.tables(reports.Availability, from, to), 0)
	})
	t.Run("VictoriaMetrics", func(t *testing.T) {
		url := peertest.VictoriaMetrics(t, peertest.Place{}).URL
		load(t, own, p, url)
		m := newMaker(t, p, url)
		compare(t, capacity, m.tables(reports.Capacity, from, to), 0)
		// It is asked for the state at each 15 s, so that outages begin and end with one.
		compare(t, availability, m.tables(reports.Availability, from, to), 15*time.Second)
	})
}

// load reads all of a plan's history out of a store and has VictoriaMetrics import it.
func load(t *testing.T, from *maker, p *years.Plan, url string) {
	t.Helper()
	var targets []string
	for _, l := range p.Lines() {
		targets = append(targets, l.ID)
	}
	var body bytes.Buffer
	lines := json.NewEncoder(&body)
	for _, name := range []string{query.ThroughputKept5m, query.BandwidthKept1h, query.LossKept5m, query.Seconds5m, query.TargetState, query.Seconds1h} {
		all, err := from.options.Source.Stored(t.Context(), name, targets, p.From.Add(-time.Hour), p.To, years.Step)
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %d series: %v", name, len(all), err)
		}
		for _, s := range all {
			s.Labels["__name__"] = name
			at := make([]int64, len(s.At))
			for i := range at {
				at[i] = s.At[i].UnixMilli()
			}
			if err := lines.Encode(map[string]any{"metric": s.Labels, "values": s.Values, "timestamps": at}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, x := range []struct {
		path string
		body *bytes.Buffer
	}{{"/api/v1/import", &body}, {"/internal/force_flush", &bytes.Buffer{}}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+x.path, x.body)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode/100 != 2 {
			t.Fatalf("%s: %s", x.path, answer.Status)
		}
	}
}

// several is how many outages the length of a cell may be made of.
const several = 20

// compare holds tables against others, cell by cell. Moments may differ by some time, and
// lengths by that at each outage.
func compare(t *testing.T, want, got []*document.Table, by time.Duration) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d tables, want %d", len(got), len(want))
	}
	for i, table := range want {
		if len(table.Rows) != len(got[i].Rows) || len(table.Rows) == 0 {
			t.Errorf("%s: %d rows, want %d", table.Name, len(got[i].Rows), len(table.Rows))
			continue
		}
		for r, cells := range table.Rows {
			for c, cell := range cells {
				if other := got[i].Rows[r][c]; !same(cell, other, table.Columns[c].Kind, by) {
					t.Errorf("%s, %s, %s: %+v, want %+v", table.Name, cells[0].Text, table.Columns[c].Title, other, cell)
				}
			}
		}
	}
}

func same(a, b document.Cell, kind document.Kind, by time.Duration) bool {
	off := math.Abs(a.Number - b.Number)
	switch {
	case a.Text != b.Text || a.Known() != b.Known():
		return false
	case math.IsNaN(a.Number) || math.IsNaN(b.Number):
		return math.IsNaN(a.Number) && math.IsNaN(b.Number)
	case kind == document.Length && off <= several*by.Seconds(), off <= 1e-9*math.Abs(a.Number):
		return a.Time.Sub(b.Time).Abs() <= by+time.Second
	default:
		return false
	}
}
