package pages

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/inventory"
)

const evil = `<script>alert(1)</script>"'&`

var now = time.Date(2026, 12, 1, 3, 4, 5, 0, time.UTC)

// history answers every question with one line.
type history struct{ asked []string }

func (h *history) Range(_ context.Context, expr string, from, to time.Time, step time.Duration) ([]Series, error) {
	h.asked = append(h.asked, expr)
	s := Series{Labels: map[string]string{"kind": "endpoint", "target": "room"}}
	for t := from; !t.After(to); t = t.Add(step) {
		s.Points = append(s.Points, Point{t, 1})
	}
	return []Series{s}, nil
}

func options(h History) Options {
	inv := &inventory.Inventory{
		Organization: evil, Language: "vi", Timezone: time.FixedZone("+07", 7*3600),
		Sites: map[string]*inventory.Site{"s": {Name: evil}},
	}
	room := &inventory.Target{ID: "room", Kind: inventory.EndpointTarget, Site: "s", Name: evil}
	link := &inventory.Target{ID: "line", Kind: inventory.LinkTarget, Site: "s", Name: "Line"}
	o := Options{
		Inventory: func() *inventory.Inventory { return inv }, Now: func() time.Time { return now },
		States: func() []exporter.TargetState {
			return []exporter.TargetState{{Target: room, State: exporter.Down, For: time.Minute}, {Target: link, State: exporter.Up, For: time.Hour}}
		},
	}
	if h != nil {
		o.History = h
		o.Alerts = func(context.Context) []Alert {
			return []Alert{{Name: "EndpointDown", Severity: "critical", Target: "room", Kind: "endpoint",
				Title: map[texts.Language]string{texts.VI: evil}, Summary: map[texts.Language]string{texts.VI: evil}, Since: now}}
		}
	}
	return o
}

// fetch asks for a page and parses it.
func fetch(t *testing.T, o Options, path string, header ...string) (*html.Node, *httptest.ResponseRecorder) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, r)
	node, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return node, w
}

// count counts the elements of a name.
func elements(n *html.Node, name string) (list []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			list = append(list, d)
		}
	}
	return list
}

func TestNothingFromOutsideRuns(t *testing.T) {
	for _, path := range []string{"/", "/?q=" + "%3Cscript%3E", "/?state=%22%3E%3Cscript%3E", "/targets/endpoint/room"} {
		page, w := fetch(t, options(&history{}), path)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		for _, script := range elements(page, "script") {
			if script.FirstChild != nil || script.Attr[0].Val != "/live.js" {
				t.Errorf("%s: a script of its own: %v", path, script)
			}
		}
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy", path)
		}
	}
}

func TestLanguages(t *testing.T) {
	for path, want := range map[string]string{"/": "mất kết nối", "/?lang=en": "down"} {
		page, w := fetch(t, options(nil), path)
		if !strings.Contains(w.Body.String(), "</span> "+want) {
			t.Errorf("%s: %q is missing", path, want)
		}
		if lang := elements(page, "html")[0].Attr[0].Val; path == "/" && lang != "vi" || path != "/" && lang != "en" {
			t.Errorf("%s: says that it is in %q", path, lang)
		}
	}
	_, w := fetch(t, options(nil), "/", "Cookie", "lang=en")
	if !strings.Contains(w.Body.String(), "down") {
		t.Error("the cookie is not heeded")
	}
}

func TestFilters(t *testing.T) {
	for path, want := range map[string]int{"/": 2, "/?state=down": 1, "/?q=LINE": 1, "/?q=nothing": 0, "/?page=x": 2, "/?page=99": 2, "/?wall": 1} {
		page, _ := fetch(t, options(nil), path)
		got := 0
		for _, a := range elements(page, "a") {
			for _, attribute := range a.Attr {
				if attribute.Key == "href" && strings.HasPrefix(attribute.Val, "/targets/") {
					got++
				}
			}
		}
		if got != want {
			t.Errorf("%s: %d targets, want %d", path, got, want)
		}
	}
}

func TestChartsAndStrips(t *testing.T) {
	h := &history{}
	page, w := fetch(t, options(h), "/targets/endpoint/room?period=7d")
	if n := len(elements(page, "figure")); n != 4 {
		t.Errorf("%d charts, want 4\n%s", n, w.Body)
	}
	for _, asked := range h.asked {
		if !strings.Contains(asked, `kind="endpoint",target="room"`) {
			t.Errorf("asked for %s", asked)
		}
	}
	page, _ = fetch(t, options(h), "/")
	if n := len(elements(page, "rect")); n != 1 {
		t.Errorf("%d spans in the strip of an hour in one state, want 1", n)
	}
	if _, w := fetch(t, options(h), "/targets/endpoint/other"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown target: %d", w.Code)
	}
}

func TestNiceStep(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.03: 0.05, 0.7: 1, 1: 1, 1.1: 2, 4: 5, 51: 100} {
		if got := niceStep(v); got != want {
			t.Errorf("niceStep(%v) = %v, want %v", v, got, want)
		}
	}
}
