package grafana

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/demo/past"
	"wanwatch/internal/lab/plans"
	city "wanwatch/internal/lab/world"
)

// BenchmarkPanels asks every query of every panel on made-up histories: that of the
// demo, and one of 500 links. Its figures are those of the slowest panel, all of its
// queries one after the other; -v lists the slowest.
func BenchmarkPanels(b *testing.B) {
	b.Run("demo 90d", func(b *testing.B) { panels(b, 20, 90*24*time.Hour, 0) })
	b.Run("500 links 30d", func(b *testing.B) { panels(b, 250, 30*24*time.Hour, 30*24*time.Hour) })
}

// panels asks on a history of madeUp.
// Dashboards show the links over the time given, or what they show at first.
func panels(b *testing.B, sites int, length, shown time.Duration) {
	b.Helper()
	s, at := madeUp(b, sites, length)
	boards := every(b, texts.VI)
	b.ResetTimer()
	for range b.N {
		var list []timed
		for _, d := range boards {
			if shown > 0 {
				if strings.HasSuffix(d.UID, "-endpoints") {
					continue // it shows no links
				}
				d.Time.From = fmt.Sprintf("now-%dh", int(shown.Hours()))
				d.choose("kind", "link")
			}
			for _, p := range d.Panels {
				one := timed{name: d.UID + ": " + p.Title}
				for i := range p.Targets {
					a := askAt(b, s, &d, &p, i, at)
					one.took += a.took
					one.series += len(a.drawn)
				}
				list = append(list, one)
			}
		}
		slices.SortFunc(list, func(a, b timed) int { return int(b.took - a.took) })
		b.ReportMetric(list[0].took.Seconds(), "s/slowest-panel")
		for _, one := range list[:12] {
			b.Logf("%8s %5d series  %s", one.took.Round(time.Millisecond), one.series, one.name)
		}
	}
}

// choose takes a value for a variable.
func (d *shape) choose(name, value string) {
	for i := range d.Templating.List {
		if v := &d.Templating.List[i]; v.Name == name {
			v.AllValue = value
		}
	}
}

// timed is a panel and how long its queries took.
type timed struct {
	name   string
	took   time.Duration
	series int
}

// madeUp opens a store on a history up to now: that of the demo's city, or with
// another number than its 20 sites an area, that of a city with one area of so many.
func madeUp(t testing.TB, sites int, length time.Duration) (*store.Store, time.Time) {
	t.Helper()
	data, err := plans.Read(plans.Default)
	if err != nil {
		t.Fatal(err)
	}
	w, err := city.Decode("city.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	if sites != 20 {
		w.Areas, w.Story = map[string]*city.Area{"all": {Name: "Thành phố", Count: sites}}, nil
		w.Words = city.Words{Kinds: []string{"Phường", "Xã"}, First: strings.Fields("Mây Suối Núi Đồi Sông Hồ Trúc Sen Nắng Gió"), Second: strings.Fields("Trắng Tre Hồng Biếc Vàng Xanh Đỏ Tím Nâu Lam Ngọc Bạc Son")}
	}
	at := time.Now()
	n, err := w.Build(city.Options{Now: at})
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	if err := past.Write(t.Context(), path, n, length, at, nil); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(store.Options{Path: path, Source: exporter.New(exporter.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, at.Truncate(past.Step).Add(-time.Second)
}
