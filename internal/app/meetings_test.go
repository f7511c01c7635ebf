package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/internal/peertest"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
)

// Before a meeting its parts are checked without being asked, and what was found is a
// metric and a page; the title is told nowhere.
func TestMeetingsAreCheckedBefore(t *testing.T) {
	text := fmt.Sprintf(`
sites: {a: {}}
endpoints:
  good: {site: a, address: 127.0.0.1, probes: {tcp: {address: %q}}}
  bad: {site: a, address: 127.0.0.1, probes: {tcp: {address: %q}}}
meetings:
  soon: {name: Secret, start: %q, duration: 1h, endpoints: [good, bad]}
  later: {name: Secret, start: %q, duration: 1h, endpoints: [good]}
`, listener(t), peertest.FreeTCP(t), time.Now().UTC().Add(10*time.Minute).Format("2006-01-02T15:04"), time.Now().UTC().Add(48*time.Hour).Format("2006-01-02T15:04"))
	a := start(t, Options{Inventory: write(t, text)})
	var body string
	for begin := time.Now(); !strings.Contains(body, `wanwatch_meeting_readiness{kind="endpoint",meeting="soon",site="a",target="bad"} 2`); {
		if time.Since(begin) > patience {
			t.Fatal("the meeting was not checked")
		}
		_, body = get(t, a, "/metrics")
	}
	if !strings.Contains(body, `wanwatch_meeting_readiness{kind="endpoint",meeting="soon",site="a",target="good"} 0`) {
		t.Error("the room that is ready is missing")
	}
	if strings.Contains(body, `meeting="later"`) || strings.Contains(body, "Secret") {
		t.Error("it tells too much")
	}
	_, page := get(t, a, "/meetings/soon?lang=en")
	if !strings.Contains(page, "not ready") || !strings.Contains(page, "refused") || strings.Contains(page, "Secret") {
		t.Errorf("the page says\n%s", page)
	}
	// When it begins, the readiness has had its time.
	c := a.meetings.all()["soon"]
	if c.Level != texts.NotReady {
		t.Errorf("%+v", c)
	}
	a.lookAtMeetings(t.Context(), c.Start)
	if _, body := get(t, a, "/metrics"); strings.Contains(body, "wanwatch_meeting_readiness{") {
		t.Error("the readiness is told after the start")
	}
	a.lookAtMeetings(t.Context(), c.End)
	if len(a.meetings.all()) != 0 {
		t.Error("a meeting that is over is not forgotten")
	}
}

// While a meeting is on, its targets are asked more often, but never over a hundredth
// of a site's slowest line.
func TestWhatALineBears(t *testing.T) {
	text := `
sites: {a: {}, b: {}, c: {}}
providers: {vnpt: {}}
links:
  to-a: {from: c, to: a, provider: vnpt, bandwidth: {down: 50Mbps, up: 50Mbps}}
  to-b: {from: c, to: b, provider: vnpt, bandwidth: {down: 512kbps, up: 512kbps}}
endpoints:
  rich: {site: a, address: 127.0.0.1, probes: {tcp: {port: 1}, sip: {}, ping: {}}}
  poor: {site: b, address: 127.0.0.1, probes: {tcp: {port: 1}, sip: {}}}
  bystander: {site: a, address: 127.0.0.1, probes: {tcp: {port: 1}}}
meetings:
  m: {start: 2026-12-01T08:00, duration: 1h, endpoints: [rich, poor]}
`
	all, err := load(fromPath(write(t, text)), "", kinds.All())
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[*inventory.Target]bool{}
	for _, x := range meetings.ScopeOf(all.inv, all.inv.Meetings["m"]).Targets() {
		wanted[x] = true
	}
	got := map[string]int{}
	for key := range bearable(all, wanted, kinds.All()) {
		got[key.Target]++
	}
	if got["rich"] != 3 || got["poor"] != 0 || got["bystander"] != 0 {
		t.Errorf("quickened: %v", got)
	}
	if keys := bearable(all, nil, kinds.All()); len(keys) != 0 {
		t.Errorf("without a meeting: %v", keys)
	}
}

// moody is a prober that fails as often as it is told, and then is well.
type moody struct {
	job   probes.Job
	fails *atomic.Int32
}

func (p moody) Probe(_ context.Context, emit probes.Emit, _ *probes.Trace) {
	r := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now(), Duration: 1}
	if p.fails.Add(-1) >= 0 {
		r.Outcome, r.Reason, r.Detail = probes.Failure, probes.ReasonTimeout, "no answer"
	}
	emit(&r)
}

func (moody) Close() error { return nil }

// One answer that is lost condemns no room; three in a row do.
func TestACheckAsksAgain(t *testing.T) {
	for fails, want := range map[int32]probes.Outcome{0: probes.Success, 2: probes.Success, 3: probes.Failure} {
		left := new(atomic.Int32)
		left.Store(fails)
		kind := probes.Kind{
			ProbeKind: inventory.ProbeKind{Name: "moody", Doc: "Moody.", Interval: time.Minute, Timeout: time.Second, Confirm: 1},
			NewProber: func(_ probes.Env, j probes.Job) (probes.Prober, error) { return moody{j, left}, nil },
		}
		all, err := load(fromPath(write(t, `
sites: {a: {}}
endpoints: {room: {site: a, address: 127.0.0.1, probes: {moody: {}}}}
meetings: {m: {start: 2026-12-01T08:00, duration: 1h, endpoints: [room]}}
`)), "", []probes.Kind{kind})
		if err != nil {
			t.Fatal(err)
		}
		o, _ := meetings.Next(all.inv.Meetings["m"], time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))
		reports, err := runScope(t.Context(), probes.Env{}.WithDefaults(), []probes.Kind{kind}, all, o)
		if err != nil || len(reports) != 1 || reports[0].Results[0].Outcome != want {
			t.Errorf("after %d failures: %+v %v", fails, reports, err)
		}
	}
}

// A part that a reload took out of a meeting tells nothing more, before the meeting has
// ended and after.
func TestReadinessOfPartsTakenOut(t *testing.T) {
	a := &App{exporter: exporter.New(exporter.Options{})} // not started: nobody else looks at meetings
	web := exporter.NewWeb(exporter.WebOptions{Exporter: a.exporter})
	part := func(id string) meetings.Part {
		return meetings.Part{Target: &inventory.Target{ID: id, Kind: inventory.EndpointTarget, Site: "here"}}
	}
	one := meetings.Check{Parts: []meetings.Part{part("x"), part("y")}}
	one.Meeting, one.Start = &inventory.Meeting{ID: "m"}, time.Now().Add(time.Hour)
	two := one
	two.Parts = one.Parts[:1]
	told := func() []string {
		w := httptest.NewRecorder()
		web.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		return regexp.MustCompile(`(?m)^wanwatch_meeting_readiness\{.*`).FindAllString(w.Body.String(), -1)
	}
	a.take(one)
	if list := told(); len(list) != 2 {
		t.Errorf("of two parts: %q", list)
	}
	a.take(two)
	if list := told(); len(list) != 1 || !strings.Contains(list[0], `target="x"`) {
		t.Errorf("of the part that is left: %q", list)
	}
	a.forget(two)
	if list := told(); len(list) != 0 {
		t.Errorf("after the meeting: %q", list)
	}
}
