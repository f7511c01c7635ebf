package grafana

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wanwatch/dashboards/rules"
	"wanwatch/dashboards/texts"
	"wanwatch/probes/metric"
)

var update = flag.Bool("update", false, "write the dashboards anew")

func TestDashboardsAreFresh(t *testing.T) {
	for _, l := range texts.Languages() {
		for _, f := range boards(t, l) {
			name := filepath.Join(string(l), f.Name)
			if *update {
				if err := os.WriteFile(name, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, f.Data) {
				t.Errorf("%s is stale: run make generate", name)
			}
		}
		committed, err := filepath.Glob(filepath.Join(string(l), "*"))
		if err != nil || len(committed) != len(makers()) {
			t.Errorf("%s holds %v, not %d dashboards (%v)", l, committed, len(makers()), err)
		}
	}
}

func boards(t testing.TB, l texts.Language) []File {
	t.Helper()
	list, err := Dashboards(l)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// shape is what the tests read of a dashboard.
type shape struct {
	UID           string `json:"uid"`
	Title         string
	Description   string
	SchemaVersion int `json:"schemaVersion"`
	Time          struct{ From, To string }
	Templating    struct{ List []variable }
	Annotations   struct {
		List []struct{ Expr string }
	}
	Panels []panel
}

type variable struct {
	Name, Type, Regex, AllValue string
	Query                       any
}

type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  struct{ X, Y, W, H int }
	Datasource               struct{ UID string }
	Interval, TimeFrom       string
	MaxDataPoints            int
	FieldConfig              struct {
		Defaults  struct{ Unit string }
		Overrides []struct {
			Matcher struct {
				ID      string
				Options any
			}
			Properties []struct {
				ID    string
				Value any
			}
		}
	}
	Targets []struct {
		RefID, Expr, LegendFormat, Interval string
		Instant                             bool
	}
}

// every returns each dashboard of a language.
func every(t testing.TB, l texts.Language) []shape {
	t.Helper()
	var list []shape
	for _, f := range boards(t, l) {
		var s shape
		if err := json.Unmarshal(f.Data, &s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

func TestEveryPanelIsDescribed(t *testing.T) {
	for _, l := range texts.Languages() {
		for _, d := range every(t, l) {
			if d.Title == "" || d.Description == "" || d.SchemaVersion != schemaVersion {
				t.Errorf("%s: title %q, description %q, schema %d", d.UID, d.Title, d.Description, d.SchemaVersion)
			}
			for _, p := range d.Panels {
				if p.Type == "row" {
					continue
				}
				if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" || p.Datasource.UID != "$datasource" {
					t.Errorf("%s: %+v: wants a title, a description, a unit and the chosen data source", d.UID, p)
				}
			}
		}
	}
}

// Both languages show the same: the same panels at the same places, with the same
// queries.
func TestLanguagesShowTheSame(t *testing.T) {
	vi, en := every(t, texts.VI), every(t, texts.EN)
	for i := range vi {
		for j := range vi[i].Panels {
			a, b := vi[i].Panels[j], en[i].Panels[j]
			if a.ID != b.ID || a.Type != b.Type || a.GridPos != b.GridPos || len(a.Targets) != len(b.Targets) {
				t.Errorf("%s: %q and %q differ", vi[i].UID, a.Title, b.Title)
			}
		}
	}
}

func TestIdentitiesAreUnique(t *testing.T) {
	uids := map[string]bool{}
	for _, l := range texts.Languages() {
		for _, d := range every(t, l) {
			if uids[d.UID] || len(d.UID) > 40 || !strings.HasPrefix(d.UID, "wanwatch-"+string(l)) {
				t.Errorf("uid %q: it is there twice, or not one that Grafana takes", d.UID)
			}
			uids[d.UID] = true
			ids := map[int]bool{}
			for _, p := range d.Panels {
				if ids[p.ID] || p.ID == 0 {
					t.Errorf("%s: panel %q has the id %d of another", d.UID, p.Title, p.ID)
				}
				ids[p.ID] = true
			}
		}
	}
}

func TestPanelsDoNotOverlap(t *testing.T) {
	for _, d := range every(t, texts.VI) {
		taken := map[[2]int]string{}
		for _, p := range d.Panels {
			if p.GridPos.X+p.GridPos.W > columns || p.GridPos.W == 0 || p.GridPos.H == 0 {
				t.Errorf("%s: %q does not fit: %+v", d.UID, p.Title, p.GridPos)
			}
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other, ok := taken[[2]int{x, y}]; ok {
						t.Fatalf("%s: %q lies over %q", d.UID, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}

// Every variable that a query uses is there, and every dashboard that a link leads to.
func TestVariablesAndLinks(t *testing.T) {
	used := regexp.MustCompile(`\$(?:\{)?([a-z_]+)`)
	leads := regexp.MustCompile(`/d/(wanwatch-[a-z-]+)\?`)
	for _, l := range texts.Languages() {
		uids := map[string]bool{}
		for _, d := range every(t, l) {
			uids[d.UID] = true
		}
		for i, f := range boards(t, l) {
			d := every(t, l)[i]
			known := map[string]bool{"__rate_interval": true, "__range": true, "__range_s": true, "__url_time_range": true, "__data": true, "__field": true}
			for _, v := range d.Templating.List {
				known[v.Name] = true
			}
			for _, p := range d.Panels {
				for _, q := range p.Targets {
					for _, m := range used.FindAllStringSubmatch(q.Expr, -1) {
						if !known[m[1]] {
							t.Errorf("%s: %q uses $%s, which is not there", d.UID, p.Title, m[1])
						}
					}
				}
			}
			for _, m := range leads.FindAllStringSubmatch(string(f.Data), -1) {
				if !uids[m[1]] {
					t.Errorf("%s leads to %s, which is not there", d.UID, m[1])
				}
			}
		}
	}
}

// Every metric that a query names is in the catalog, recorded by a rule, or one that
// every Go program or Prometheus itself has.
func TestQueriesNameWhatExists(t *testing.T) {
	known := map[string]bool{
		"ALERTS": true, "process_cpu_seconds_total": true, "process_resident_memory_bytes": true, "go_goroutines": true,
	}
	for _, d := range metric.All() {
		known[d.Name] = true
		if d.Type == metric.Histogram {
			known[d.Name+"_bucket"], known[d.Name+"_sum"], known[d.Name+"_count"] = true, true, true
		}
	}
	for _, g := range rules.Groups() {
		for _, r := range g.Records {
			known[r.Name] = true
		}
	}
	names := regexp.MustCompile(`(?:[a-z_]+:)?wanwatch_[a-zA-Z0-9_:]+|ALERTS|(?:process|go)_[a-z_]+`)
	for _, d := range every(t, texts.VI) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				for _, name := range names.FindAllString(q.Expr, -1) {
					if !known[name] {
						t.Errorf("%s: %q names %s, which nothing exposes", d.UID, p.Title, name)
					}
				}
			}
		}
	}
}

// The regular expressions of variables find the value and the text in what Grafana
// makes of a series.
func TestVariablesReadNames(t *testing.T) {
	for _, c := range []struct{ regex, series, value, text string }{
		{named("site", "site_name"), `{site="hai-chau", site_name="Đảng ủy phường Hải Châu"} 1 1732000000000`, "hai-chau", "Đảng ủy phường Hải Châu"},
		{named("site", "site_name"), `{site="hai-chau",site_name="Hải Châu"} 1 1732000000000`, "hai-chau", "Hải Châu"},
		{named("target", "name"), `{name="Phòng họp", target="phong-hop"} 1 1732000000000`, "phong-hop", "Phòng họp"},
	} {
		re := regexp.MustCompile(strings.Trim(c.regex, "/"))
		m := re.FindStringSubmatch(c.series)
		if m == nil || m[re.SubexpIndex("value")] != c.value || m[re.SubexpIndex("text")] != c.text {
			t.Errorf("%s finds %q in %s", c.regex, m, c.series)
		}
	}
}
