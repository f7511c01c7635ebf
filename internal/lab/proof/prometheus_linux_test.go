package proof

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/peertest"
	"wanwatch/inventory"
)

// story is a network on which something of many kinds goes wrong, and the inventory.
func story(wrong time.Duration) (*plan.Plan, string) {
	path := func(net string) *plan.Path {
		return &plan.Path{Prefixes: []netip.Prefix{netip.MustParsePrefix(net)}, Both: plan.Conditions{Delay: new(5 * ms)}}
	}
	event := func(note string, c plan.Conditions, paths ...string) *plan.Event {
		return &plan.Event{Note: note, At: wrong, For: time.Hour, Paths: paths, Both: c}
	}
	p := &plan.Plan{Seed: 9, Paths: map[string]*plan.Path{
		"one": path("198.18.1.0/24"), "two": path("198.18.2.0/24"), "lonely": path("198.18.3.0/24"),
		"room": path("198.18.4.0/24"), "poor": path("198.18.5.0/24"), "world": path("198.18.6.0/24"),
	}, Events: []*plan.Event{
		event("the provider One fails", plan.Conditions{Cut: new(true)}, "one"),
		event("a site loses all its links, and its room", plan.Conditions{Cut: new(true)}, "lonely"),
		event("a room drops", plan.Conditions{Cut: new(true)}, "room"),
		// From the start: what is lost must be counted for a while.
		{Note: "a room loses a tenth, and more", For: time.Hour, Paths: []string{"poor"}, Both: plan.Conditions{Loss: new(inventory.Ratio(0.1))}},
	}}
	var b strings.Builder
	b.WriteString("organization: Proof\nproviders: {one: {name: One}, two: {name: Two}}\nsites: {hub: {}, lonely: {}")
	for n := range 4 {
		fmt.Fprintf(&b, ", site-%d: {}", n)
	}
	b.WriteString("}\nlinks:\n")
	for n := range 4 {
		fmt.Fprintf(&b, "  main-%d: {from: hub, to: site-%d, provider: one, ping: 198.18.1.%d}\n", n, n, n+1)
		fmt.Fprintf(&b, "  backup-%d: {from: hub, to: site-%d, provider: two, role: backup, ping: 198.18.2.%d}\n", n, n, n+1)
	}
	b.WriteString(`  lonely-a: {from: hub, to: lonely, ping: 198.18.3.1}
  lonely-b: {from: hub, to: lonely, role: backup, ping: 198.18.3.2}
uplinks:
  no-way-out: {site: hub, ping: 198.18.6.1, expect: unreachable}
endpoints:
  lonely-room: {site: lonely, address: 198.18.3.3, probes: {ping: {}}}
  room: {site: site-0, address: 198.18.4.1, probes: {ping: {}}}
  poor: {site: site-1, address: 198.18.5.1, probes: {ping: {confirm: 15}}} # chance must not make it down
`)
	return p, b.String()
}

// The rules raise the same alerts on Debian's Prometheus, which scrapes the program,
// as on its own store; and Debian's Alertmanager tells of the same ones as the
// program's own, with the files that the program writes for them.
func TestPrometheusRaisesTheSame(t *testing.T) {
	t.Parallel()
	const wrong, judged = 15 * time.Second, 110 * time.Second
	p, text := story(wrong)
	c := prepare(t, p)
	ours, config := openOffice(c)
	theirs, other := openOffice(c)
	c.start(text, "--storage.path="+t.TempDir(), "--alertmanager.config.file="+config)

	files := t.TempDir()
	if _, err := runProgram(t, "dashboards", "--out", files); err != nil {
		t.Fatal(err)
	}
	at := peertest.Place{Do: c.lab.Prober, Dial: c.lab.Dial}
	router := peertest.Alertmanager(t, at, read(t, other), filepath.Join(files, "alertmanager", "wanwatch.tmpl"))
	prometheus := peertest.Prometheus(t, at, t.TempDir(), strings.NewReplacer(
		"scrape_interval: 15s", "scrape_interval: 2s", "wanwatch:9476", served, "alertmanager:9093", strings.TrimPrefix(router.URL, "http://"),
	).Replace(read(t, filepath.Join(files, "prometheus", "prometheus.yml"))), filepath.Join(files, "prometheus", "wanwatch.rules.yml"))

	c.reach(wrong + judged)
	// Each evaluates and groups at moments of its own: what one says, the other one says
	// a little later.
	var raised, raisedThere, told, toldThere []string
	t.Cleanup(func() {
		t.Logf("raised by the program\n%s\nby Prometheus\n%s\ntold by the program\n%s\nby Alertmanager\n%s",
			strings.Join(raised, "\n"), strings.Join(raisedThere, "\n"), strings.Join(told, "\n"), strings.Join(toldThere, "\n"))
	})
	c.until("both raise and tell the same", func() bool {
		raised, raisedThere = firing(t, c.ask("/api/v1/alerts")), firing(t, prometheus.Query("alerts", url.Values{}))
		told, toldThere = ours.told(told), theirs.told(toldThere)
		return slices.Equal(raised, raisedThere) && slices.Equal(told, toldThere) && names(raised, "EndpointDegraded") && names(told, "EndpointDegraded")
	})
	for _, name := range []string{"ProviderDown", "SiteDown", "LinkDown", "LinkOnBackup", "EndpointDown", "EndpointDegraded", "NetworkOpen", "Heartbeat"} {
		if !names(raised, name) {
			t.Errorf("%s is not raised", name)
		}
	}
	for _, hidden := range []string{"LinkDown", "LinkOnBackup"} {
		if names(told, hidden) {
			t.Errorf("%s is told, but should be hidden", hidden)
		}
	}
}

// names reports whether an alert of a name is among them.
func names(list []string, name string) bool {
	return slices.ContainsFunc(list, func(a string) bool { return strings.HasPrefix(a, name+" ") })
}

// told adds the alerts that have arrived by webhook since, each once.
func (o *office) told(list []string) []string {
	for len(o.calls) > 0 {
		for _, a := range <-o.calls {
			if a.status == "firing" && a.labels["about"] == "" {
				list = append(list, nameOf(a.labels))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// firing reads the answer of /api/v1/alerts: the alerts that fire, but those that
// blame a busy machine.
func firing(t *testing.T, data json.RawMessage) []string {
	t.Helper()
	var answer struct {
		Alerts []struct {
			Labels map[string]string
			State  string
		}
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, a := range answer.Alerts {
		if a.State == "firing" && !strings.HasPrefix(a.Labels["alertname"], "Monitor") {
			list = append(list, nameOf(a.Labels))
		}
	}
	slices.Sort(list)
	return list
}

// nameOf is an alert in a line. Only a scrape adds a job and an instance.
func nameOf(labels map[string]string) string {
	var list []string
	for name, value := range labels {
		if name != "alertname" && name != "job" && name != "instance" {
			list = append(list, name+"="+value)
		}
	}
	slices.Sort(list)
	return labels["alertname"] + " " + strings.Join(list, " ")
}

// ask asks the program's own API.
func (c *trial) ask(path string) json.RawMessage {
	c.t.Helper()
	response, err := c.get(path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Data json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		c.t.Fatal(err)
	}
	return answer.Data
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
