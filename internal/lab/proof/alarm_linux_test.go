package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/plan"
)

// told is one alert in a notification, and when it arrived on the plan's clock.
type told struct {
	at      time.Duration
	status  string
	labels  map[string]string
	summary string
}

// office takes what the program tells, on the prober's side: a webhook and a mail
// server.
type office struct {
	c     *trial
	calls chan []told
	mails chan mail
}

type mail struct {
	at   time.Duration
	text string
}

// openOffice starts both servers and returns the alertmanager.yml that names them.
func openOffice(c *trial) (*office, string) {
	c.t.Helper()
	o := &office{c: c, calls: make(chan []told, 1000), mails: make(chan mail, 1000)}
	web := &http.Server{Handler: o, ReadHeaderTimeout: patience}
	post := smtp.NewServer(o)
	post.AllowInsecureAuth = true
	address := func(serve func(net.Listener) error) string {
		var l net.Listener
		if err := c.lab.Prober(func() (err error) {
			l, err = new(net.ListenConfig).Listen(c.t.Context(), "tcp", "127.0.0.1:0")
			return err
		}); err != nil {
			c.t.Fatal(err)
		}
		go func() { _ = serve(l) }()
		return l.Addr().String()
	}
	hook, smarthost := address(web.Serve), address(post.Serve)
	c.t.Cleanup(func() { _, _ = web.Close(), post.Close() })
	out, err := runProgram(c.t, "alert", "config")
	if err != nil {
		c.t.Fatal(err)
	}
	text := strings.Replace(string(out), "- name: nobody\n", fmt.Sprintf(`- name: nobody
  webhook_configs: [{url: "http://%s/", send_resolved: false}]
  email_configs:
  - {to: it@example.org, from: wanwatch@example.org, smarthost: "%s", require_tls: false, hello: localhost,
     headers: {Subject: '{{ template "wanwatch.title" . }}'}, text: '{{ template "wanwatch.text" . }}', html: ''}
`, hook, smarthost), 1)
	path := filepath.Join(c.t.TempDir(), "alertmanager.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return o, path
}

// ServeHTTP is the webhook.
func (o *office) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	at := time.Since(o.c.lab.Epoch())
	var n struct {
		Alerts []struct {
			Status      string
			Labels      map[string]string
			Annotations map[string]string
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil {
		o.c.t.Error(err)
	}
	var list []told
	for _, a := range n.Alerts {
		if a.Labels["heartbeat"] == "" {
			list = append(list, told{at: at, status: a.Status, labels: a.Labels, summary: a.Annotations["summary"]})
		}
	}
	if len(list) > 0 {
		o.calls <- list
	}
}

// NewSession, Mail, Rcpt, Data, Reset and Logout are the mail server.
func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (*office) Mail(string, *smtp.MailOptions) error          { return nil }
func (*office) Rcpt(string, *smtp.RcptOptions) error          { return nil }
func (*office) Reset()                                        {}
func (*office) Logout() error                                 { return nil }

// Data takes a mail.
func (o *office) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if !strings.Contains(string(text), "Heartbeat") {
		o.mails <- mail{time.Since(o.c.lab.Epoch()), string(text)}
	}
	return err
}

// rooms is how many rooms drop, one after the other.
const rooms = 50

// meets reports whether a room takes part in the meeting.
func meets(n int) bool { return n%2 == 1 }

// A room, with pings and a port each 15 s, whose address stops answering is told by
// webhook and by mail, each once; half of them in a meeting, as that. How long it took is
// in the log of the test: how soon a busy machine does it is no matter of right or wrong.
func TestDroppedRoomsAreTold(t *testing.T) {
	const first, apart = 14 * time.Second, 600 * ms
	p := &plan.Plan{Seed: 7, Paths: map[string]*plan.Path{}}
	var b strings.Builder
	b.WriteString("organization: Proof\nsites:\n")
	for n := range rooms {
		fmt.Fprintf(&b, "  site-%02d: {}\n", n)
	}
	b.WriteString("endpoints:\n")
	for n := range rooms {
		name := fmt.Sprintf("room-%02d", n)
		address := netip.AddrFrom4([4]byte{198, 18, 0, byte(n + 1)})
		p.Paths[name] = &plan.Path{Prefixes: []netip.Prefix{netip.PrefixFrom(address, 32)}, Both: plan.Conditions{Delay: new(5 * ms)}}
		p.Events = append(p.Events, &plan.Event{
			Note: name + " drops", At: first + time.Duration(n)*apart, For: time.Hour, Paths: []string{name},
			Both: plan.Conditions{Cut: new(true)},
		})
		ping := ""
		if meets(n) {
			ping = "timeout: 1s"
		}
		fmt.Fprintf(&b, "  %s: {site: site-%02d, address: %q, probes: {ping: {%s}, tcp: {port: 1720}}}\n", name, n, address, ping)
	}
	fmt.Fprintf(&b, "meetings:\n  giao-ban:\n    start: %s\n    duration: 3h\n    endpoints: [", time.Now().Add(-time.Hour).Format("2006-01-02 15:04"))
	for n := range rooms {
		if meets(n) {
			fmt.Fprintf(&b, "room-%02d, ", n)
		}
	}
	b.WriteString("]\n")
	c := prepare(t, p)
	port := &inhabit.TCP{Address: ":1720"}
	if err := port.Start(t.Context(), c.lab); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	o, config := openOffice(c)
	c.start(b.String(), "--storage.path="+t.TempDir(), "--alertmanager.config.file="+config)

	called, mailed := map[string]time.Duration{}, map[string]time.Duration{}
	deadline := time.After(first + rooms*apart + patience)
	for len(called) < rooms || len(mailed) < rooms {
		select {
		case list := <-o.calls:
			for _, a := range list {
				name := a.labels["target"]
				var n int
				if _, err := fmt.Sscanf(name, "room-%d", &n); err != nil {
					t.Errorf("told too: %v", a.labels)
				}
				want := "EndpointDown"
				if meets(n) {
					want = "EndpointInMeetingDown"
				}
				if a.labels["alertname"] != want || called[name] != 0 {
					t.Errorf("told too: %v", a.labels)
				}
				called[name] = a.at
			}
		case m := <-o.mails:
			for n := range rooms {
				if name := fmt.Sprintf("room-%02d", n); strings.Contains(m.text, name) && mailed[name] == 0 {
					mailed[name] = m.at
				}
			}
		case <-deadline:
			t.Fatalf("%d rooms told by webhook and %d by mail, of %d", len(called), len(mailed), rooms)
		case <-c.ended:
			t.Fatalf("the program ended: %s", c.log)
		}
	}
	var calls, mails, meeting []time.Duration
	for n := range rooms {
		name, dropped := fmt.Sprintf("room-%02d", n), first+time.Duration(n)*apart
		if called[name] < dropped {
			t.Errorf("%s was told before it dropped", name)
		}
		if meets(n) {
			meeting = append(meeting, called[name]-dropped)
			continue
		}
		calls, mails = append(calls, called[name]-dropped), append(mails, mailed[name]-dropped)
	}
	slices.Sort(calls)
	slices.Sort(mails)
	slices.Sort(meeting)
	t.Logf("from the drop to the webhook: %s, slowest %v", spread(calls), calls[len(calls)-1])
	t.Logf("from the drop to the mail: %s, slowest %v", spread(mails), mails[len(mails)-1])
	t.Logf("from the drop in a meeting to the webhook: %s, slowest %v", spread(meeting), meeting[len(meeting)-1])
}

// A provider that fails at twenty sites, whose backup links keep them connected, is
// one notification that names them. A prober that was stopped blames nobody.
func TestProviderFailsAtTwentySites(t *testing.T) {
	t.Parallel()
	const sites, fails = 20, 85 * time.Second
	p := &plan.Plan{Seed: 8, Paths: map[string]*plan.Path{
		"one": {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24")}, Both: plan.Conditions{Delay: new(5 * ms)}},
		"two": {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.2.0/24")}, Both: plan.Conditions{Delay: new(5 * ms)}},
	}, Events: []*plan.Event{{
		Note: "the provider fails", At: fails, For: time.Hour, Paths: []string{"one"}, Both: plan.Conditions{Cut: new(true)},
	}}}
	var b strings.Builder
	b.WriteString("organization: Proof\nproviders: {one: {name: One}, two: {name: Two}}\nsites:\n  hub: {name: Hub}\n")
	for n := range sites {
		fmt.Fprintf(&b, "  site-%02d: {name: Site %02d}\n", n, n)
	}
	b.WriteString("links:\n")
	for n := range sites {
		fmt.Fprintf(&b, "  main-%02d: {from: hub, to: site-%02d, provider: one, ping: 198.18.1.%d}\n", n, n, n+1)
		fmt.Fprintf(&b, "  backup-%02d: {from: hub, to: site-%02d, provider: two, role: backup, ping: 198.18.2.%d}\n", n, n, n+1)
	}
	c := prepare(t, p)
	o, config := openOffice(c)
	c.start(b.String(), "--storage.path="+t.TempDir(), "--alertmanager.config.file="+config)

	// Stopped for a minute while nothing is wrong.
	c.reach(12 * time.Second)
	c.signal(syscall.SIGSTOP)
	c.reach(72 * time.Second)
	c.signal(syscall.SIGCONT)
	c.reach(fails)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		select {
		case list := <-o.calls:
			if blamesNobody(list) {
				continue
			}
			if len(list) != 1 || list[0].labels["alertname"] != "ProviderDown" || list[0].at < fails {
				t.Fatalf("told: %+v", list)
			}
			for n := range sites {
				name := fmt.Sprintf("Site %02d", n)
				switch named := strings.Contains(list[0].summary, name); {
				case named:
				case list[0].at-fails > 10*time.Second: // on a busy machine the lines are seen to fail one after the other
					t.Logf("%s was not known to be down yet", name)
				default:
					t.Errorf("%s is not named: %s", name, list[0].summary)
				}
			}
			t.Logf("%v after the provider failed: %s", list[0].at-fails, list[0].summary)
			c.reach(fails + 45*time.Second) // the links' own alerts would have come by now
			for len(o.calls) > 0 {
				if list := <-o.calls; !blamesNobody(list) {
					t.Errorf("told too: %+v", list)
				}
			}
			return
		case <-ctx.Done():
			t.Fatal("nothing was told")
		}
	}
}

// blamesNobody reports whether all alerts are about the monitor itself.
func blamesNobody(list []told) bool {
	return !slices.ContainsFunc(list, func(a told) bool { return a.labels["about"] != "monitor" })
}
