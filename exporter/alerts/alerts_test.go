package alerts_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/alerts"
	"wanwatch/internal/testenv"
)

// notice is what Alertmanager posts to a webhook.
type notice struct {
	Status string
	Alerts []struct {
		Status string
		Labels map[string]string
	}
	header http.Header
}

func (n *notice) names() string {
	var list []string
	for _, a := range n.Alerts {
		list = append(list, a.Labels["alertname"]+"/"+a.Labels["target"])
	}
	return n.Status + " " + strings.Join(list, " ")
}

// webhook is a real server that takes notifications.
func webhook(t *testing.T) (url string, told <-chan notice) {
	t.Helper()
	ch := make(chan notice, 100)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n := notice{header: r.Header}
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
			t.Error(err)
		}
		ch <- n
	}))
	t.Cleanup(s.Close)
	return s.URL, ch
}

// configured is the built-in configuration with a receiver in the place of nobody.
func configured(t *testing.T, receiver string) string {
	t.Helper()
	text := strings.Replace(string(notices.Config()), "- name: nobody\n", "- name: nobody\n"+receiver, 1)
	text = strings.ReplaceAll(text, "group_wait: 30s", "group_wait: 10ms")
	path := filepath.Join(t.TempDir(), "alertmanager.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func hook(url string) string { return "  webhook_configs: [{url: '" + url + "'}]\n" }

func open(t *testing.T, config, path string) *alerts.Manager {
	t.Helper()
	m, err := alerts.Open(alerts.Options{
		Path: path, ConfigFile: config, Default: notices.Config(), Templates: notices.Templates(texts.VI), ExternalURL: "http://127.0.0.1:9476",
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func fired(name string, labels ...string) alerts.Alert {
	a := alerts.Alert{
		Labels:      map[string]string{"alertname": name, "severity": "critical"},
		Annotations: map[string]string{"title": name, "summary": name + " fires"},
		StartsAt:    time.Now(), EndsAt: time.Now().Add(time.Hour),
	}
	for i := 0; i+1 < len(labels); i += 2 {
		a.Labels[labels[i]] = labels[i+1]
	}
	return a
}

func put(t *testing.T, m *alerts.Manager, list ...alerts.Alert) {
	t.Helper()
	if err := m.Put(t.Context(), list...); err != nil {
		t.Fatal(err)
	}
}

func TestToldAndOver(t *testing.T) {
	url, told := webhook(t)
	m := open(t, configured(t, hook(url)), t.TempDir())
	a := fired("EndpointDown", "target", "room", "site", "s")
	put(t, m, a)
	if n := <-told; n.names() != "firing EndpointDown/room" {
		t.Fatal(n.names())
	}
	a.EndsAt = time.Now()
	put(t, m, a)
	if n := <-told; n.names() != "resolved EndpointDown/room" {
		t.Fatal(n.names())
	}
}

// A site whose links are all down is one notification; what happens there is hidden
// behind it.
func TestSiteHidesItsAlerts(t *testing.T) {
	url, told := webhook(t)
	m := open(t, configured(t, hook(url)), t.TempDir())
	put(t, m, fired("SiteDown", "site", "s"), fired("EndpointDown", "target", "room", "site", "s"),
		fired("LinkDown", "target", "l", "site", "s"), fired("EndpointDown", "target", "other", "site", "t"))
	seen := map[string]bool{}
	for range 2 {
		n := <-told
		seen[n.names()] = true
	}
	if !seen["firing SiteDown/"] || !seen["firing EndpointDown/other"] {
		t.Errorf("told: %v", seen)
	}
	select {
	case n := <-told:
		t.Errorf("told too: %s", n.names())
	default:
	}
}

func TestTwentyAlertsOfOneKindAreOneNotification(t *testing.T) {
	url, told := webhook(t)
	m := open(t, configured(t, hook(url)), t.TempDir())
	var list []alerts.Alert
	for i := range 20 {
		list = append(list, fired("SiteDown", "site", fmt.Sprintf("site-%02d", i)))
	}
	put(t, m, list...)
	if n := <-told; len(n.Alerts) != 20 {
		t.Errorf("%d alerts in one notification, want 20", len(n.Alerts))
	}
}

// What was told before the program ended is not told again after it starts anew.
func TestNotToldTwice(t *testing.T) {
	url, told := webhook(t)
	config, state := configured(t, hook(url)), t.TempDir()
	a := fired("EndpointDown", "target", "room", "site", "s")
	first := open(t, config, state)
	put(t, first, a)
	<-told
	// The log of notifications is written at once, not at the end: a copy of it is
	// what a process that was killed leaves behind.
	killed := t.TempDir()
	for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
		data, err := os.ReadFile(filepath.Join(state, "notifications"))
		if err == nil && len(data) > 0 {
			if err := os.WriteFile(filepath.Join(killed, "notifications"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	second := open(t, config, killed)
	put(t, second, a, fired("EndpointDown", "target", "another", "site", "t"))
	if n := <-told; n.names() != "firing EndpointDown/another" {
		t.Errorf("told again: %s", n.names())
	}
}

func TestBadConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alertmanager.yml")
	if err := os.WriteFile(path, []byte("route: {receiver: missing}\nreceivers: [{name: other}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := alerts.Open(alerts.Options{Path: t.TempDir(), ConfigFile: path})
	if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), "missing") {
		t.Error(err)
	}
	m := open(t, configured(t, ""), t.TempDir())
	next, err := m.Prepare(notices.Templates(texts.VI))
	if err != nil {
		t.Fatal(err)
	}
	m.Apply(next)
}

// A test goes the real way, and says what became of it.
func TestSample(t *testing.T) {
	url, told := webhook(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close() // nobody answers there now
	config := configured(t, hook(url)+"- name: closed\n"+hook("http://"+l.Addr().String()))
	got, err := alerts.Test(t.Context(), alerts.Options{ConfigFile: config}, fired("EndpointDown", "site", "s"))
	if err != nil || len(got) != 1 || got[0].Integration != "webhook" || got[0].Err != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if n := <-told; n.names() != "firing EndpointDown/" {
		t.Error(n.names())
	}
}

func TestForwarded(t *testing.T) {
	url, told := webhook(t)
	theirs := open(t, configured(t, hook(url)), t.TempDir())
	server := httptest.NewServer(theirs.Handler())
	defer server.Close()
	f, err := alerts.NewForwarder(server.URL, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	go f.Run(t.Context())
	if err := f.Put(t.Context(), fired("EndpointDown", "target", "room", "site", "s")); err != nil {
		t.Fatal(err)
	}
	if n := <-told; n.names() != "firing EndpointDown/room" {
		t.Error(n.names())
	}
}

// Debian's amtool lists alerts and makes a silence, which then holds.
func TestAmtool(t *testing.T) {
	amtool := testenv.NeedProgram(t, "amtool", "prometheus-alertmanager")
	url, told := webhook(t)
	m := open(t, configured(t, hook(url)), t.TempDir())
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), amtool, append([]string{"--alertmanager.url", server.URL}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("amtool %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("silence", "add", "--comment=test", "--author=test", "target=quiet")
	put(t, m, fired("EndpointDown", "target", "room", "site", "s"), fired("EndpointDown", "target", "quiet", "site", "t"))
	if n := <-told; n.names() != "firing EndpointDown/room" {
		t.Error(n.names())
	}
	if out := run("alert", "query"); !strings.Contains(out, "EndpointDown") || strings.Contains(out, "quiet") {
		t.Errorf("alert query:\n%s", out)
	}
	if out := run("silence", "query"); !strings.Contains(out, "quiet") {
		t.Errorf("silence query:\n%s", out)
	}
}

// A silence keeps what it matches from being told, outlives the program, and ends when
// it is ended.
func TestSilences(t *testing.T) {
	url, told := webhook(t)
	config, path := configured(t, hook(url)), t.TempDir()
	m := open(t, config, path)
	for name, bad := range map[string]alerts.Silence{
		"nothing to match": {To: time.Now().Add(time.Hour), By: "IT"},
		"nobody":           {To: time.Now().Add(time.Hour), Matchers: map[string]string{"target": "room"}},
		"over":             {To: time.Now().Add(-time.Hour), By: "IT", Matchers: map[string]string{"target": "room"}},
	} {
		if _, err := m.Silence(t.Context(), bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	id, err := m.Silence(t.Context(), alerts.Silence{To: time.Now().Add(time.Hour), By: "IT", Comment: "thay cáp", Matchers: map[string]string{"alertname": "EndpointDown", "target": "room"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m = open(t, config, path)
	list, err := m.Silences(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].By != "IT" || list[0].Comment != "thay cáp" || list[0].Matchers["target"] != "room" {
		t.Fatalf("%+v (%v)", list, err)
	}
	room := fired("EndpointDown", "target", "room", "site", "s")
	if _, silenced := m.Muted(t.Context(), room.Labels); !silenced {
		t.Error("the room is not silenced")
	}
	put(t, m, room, fired("EndpointDown", "target", "other", "site", "t"))
	if n := <-told; n.Alerts[0].Labels["target"] != "other" {
		t.Errorf("told: %+v", n)
	}
	if err := m.Unsilence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if list, err := m.Silences(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%+v (%v) after the end", list, err)
	}
	if err := m.Unsilence(t.Context(), "no-such-id"); err == nil {
		t.Error("no error for an id that is none")
	}
}
