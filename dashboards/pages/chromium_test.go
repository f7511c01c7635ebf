package pages

import (
	"context"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
)

// office is a network with something of everything.
func office() Options {
	o := options(waves{})
	inv := o.Inventory()
	inv.Organization = "Thành ủy Sông Mây"
	var list []exporter.TargetState
	states := []exporter.State{exporter.Up, exporter.Up, exporter.Degraded, exporter.Down, exporter.Unknown, exporter.Maintenance}
	for n := range 12 {
		site := fmt.Sprintf("site-%d", n)
		inv.Sites[site] = &inventory.Site{Name: fmt.Sprintf("Đảng ủy phường Suối Tre %d", n)}
		for i, kind := range []inventory.TargetKind{inventory.LinkTarget, inventory.UplinkTarget, inventory.EndpointTarget, inventory.DeviceTarget} {
			t := &inventory.Target{ID: fmt.Sprintf("%s-%s", site, kind), Kind: kind, Site: site, Name: fmt.Sprintf("Kênh chính của phường %d", n)}
			list = append(list, exporter.TargetState{Target: t, State: states[(n+i)%len(states)], For: time.Duration(n+1) * time.Hour})
		}
	}
	o.States = func() []exporter.TargetState { return list }
	o.Alerts = func(context.Context) []Alert {
		var all []Alert
		for i, severity := range []string{"critical", "warning", "info"} {
			all = append(all, Alert{
				Name: "LinkDown", Severity: severity, Target: "site-1-link", Kind: "link", Site: "site-1", Since: now.Add(-time.Hour), Silenced: i == 2,
				Title:   map[texts.Language]string{texts.VI: "Đường truyền mất kết nối", texts.EN: "Link down"},
				Summary: map[texts.Language]string{texts.VI: "Kênh chính của phường 1 mất kết nối.", texts.EN: "The main line is down."},
			})
		}
		return all
	}
	o.Silencer = &desk{list: []Silence{{ID: "1", Matchers: map[string]string{"alertname": "LinkDown", "target": "site-1-link"}, Until: now.Add(time.Hour), By: "An", Comment: "thay cáp"}}}
	return o
}

// waves answers every question with a line that goes up and down.
type waves struct{}

func (waves) Range(_ context.Context, _ string, from, to time.Time, step time.Duration) ([]Series, error) {
	s := Series{Labels: map[string]string{"kind": "link", "target": "site-1-link", "direction": "down"}}
	for t, i := from, 0; !t.After(to); t, i = t.Add(step), i+1 {
		s.Points = append(s.Points, Point{t, 1 + math.Round(1+math.Sin(float64(i)/8))})
	}
	return []Series{s}, nil
}

// The pages can be read on a phone and on a wall, in light and in dark, by those who use
// the keyboard, and by machines that read aloud: axe finds nothing against WCAG 2.1 AA.
// WANWATCH_PICTURES names a folder to keep the pictures in.
func TestPagesInChromium(t *testing.T) {
	chromium := testenv.NeedProgram(t, "chromium", "chromium")
	node := testenv.NeedProgram(t, "node", "nodejs")
	modules := testenv.Modules(t, "testdata/npm")
	o, _ := withMeeting(office())
	s := httptest.NewServer(New(o))
	t.Cleanup(s.Close)
	cmd := exec.CommandContext(t.Context(), node, "testdata/look.js", chromium, os.Getenv("WANWATCH_PICTURES"),
		s.URL+"/?lang=vi", s.URL+"/alerts?lang=en", s.URL+"/meetings?lang=vi", s.URL+"/meetings/giao-ban?lang=vi", s.URL+"/targets/link/site-1-link?period=day")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
