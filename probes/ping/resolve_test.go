package ping

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/probes"
)

func errNoAddress(name string) error {
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// names is a resolver that answers from a map; an error for what is not in it.
type names struct {
	mu    sync.Mutex
	of    map[string][]string
	err   map[string]error
	delay map[string]time.Duration
	asked map[string]int
	now   int // lookups going on
	most  int
}

func newNames() *names {
	return &names{of: map[string][]string{}, err: map[string]error{}, delay: map[string]time.Duration{}, asked: map[string]int{}}
}

func (n *names) set(host string, addresses ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.of[host] = addresses
	delete(n.err, host)
}

func (n *names) fail(host string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err[host] = err
}

// times returns how often a name was looked up.
func (n *names) times(host string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[host]
}

// busiest returns how many lookups there were at a time.
func (n *names) busiest() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.most
}

func (n *names) LookupHost(ctx context.Context, host string) ([]string, error) {
	n.mu.Lock()
	n.asked[host]++
	n.now++
	n.most = max(n.most, n.now)
	delay := n.delay[host]
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.now--
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(delay):
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.err[host]; err != nil {
		return nil, err
	}
	if len(n.of[host]) == 0 {
		return nil, errNoAddress(host)
	}
	return n.of[host], nil
}

// heard collects resolutions.
type heard struct {
	mu   sync.Mutex
	list []string
}

func (h *heard) deliver(r resolution) {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := r.host + " " + r.peer.String()
	if r.err != nil {
		text = r.host + " failed"
	}
	h.list = append(h.list, text)
}

func (h *heard) take() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := strings.Join(h.list, ", ")
	h.list = nil
	return text
}

func runResolver(t *testing.T, source probes.Resolver, h *heard) *resolver {
	t.Helper()
	env := probes.Env{Resolver: source}.WithDefaults()
	r := newResolver(env, anyUsable, h.deliver)
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { r.run(ctx) })
	t.Cleanup(func() { cancel(); done.Wait() })
	return r
}

func TestNamesAreResolvedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, h := newNames(), &heard{}
		n.set("a", "198.18.0.1")
		r := runResolver(t, n, h)
		r.set([]lookup{{host: "a"}, {host: "b"}})
		synctest.Wait()
		if got := h.take(); got != "a 198.18.0.1, b failed" && got != "b failed, a 198.18.0.1" {
			t.Fatalf("at once: %s", got)
		}
		n.set("b", "198.18.0.2")
		time.Sleep(resolveSoon + time.Second)
		if got := h.take(); got != "b 198.18.0.2" {
			t.Errorf("soon after a failure: %q", got)
		}
		n.set("a", "198.18.0.7")
		time.Sleep(resolveEvery)
		if got := h.take(); !strings.Contains(got, "a 198.18.0.7") {
			t.Errorf("a minute later: %q", got)
		}
		n.set("a", "198.18.0.8", "198.18.0.7") // the address in use is still there
		time.Sleep(resolveEvery)
		if got := h.take(); strings.Contains(got, "198.18.0.8") {
			t.Errorf("it jumped between the addresses of one name: %q", got)
		}
		n.set("a", "198.18.0.9")
		time.Sleep(6 * time.Second)
		r.hurry(lookup{host: "a"})
		synctest.Wait()
		time.Sleep(time.Second)
		if got := h.take(); !strings.Contains(got, "a 198.18.0.9") {
			t.Errorf("in a hurry: %q", got)
		}
		r.set([]lookup{{host: "b"}})
		asked := n.times("a")
		time.Sleep(10 * resolveEvery)
		if n.times("a") != asked {
			t.Error("a name that nobody wants is still looked up")
		}
	})
}

// When a whole network is down, its names are not asked for each few seconds.
func TestNamesOfDeadTargetsAreAskedForLessAndLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, h := newNames(), &heard{}
		n.set("dead", "198.18.0.1")
		r := runResolver(t, n, h)
		r.set([]lookup{{host: "dead"}, {host: "gone"}})
		for range 600 {
			time.Sleep(time.Second)
			r.hurry(lookup{host: "dead"})
		}
		for _, host := range []string{"dead", "gone"} {
			if k := n.times(host); k < 20 || k > 25 {
				t.Errorf("%s: %d lookups in ten minutes, want 20 to 25", host, k)
			}
		}
		n.set("dead", "198.18.0.2")
		time.Sleep(30 * time.Second)
		r.hurry(lookup{host: "dead"})
		time.Sleep(time.Second)
		if got := h.take(); !strings.Contains(got, "dead 198.18.0.2") {
			t.Errorf("its new address was not found: %s", got)
		}
	})
}

func TestSlowNamesDelayFewOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, h := newNames(), &heard{}
		var list []lookup
		for i := range 300 {
			host := fmt.Sprintf("name-%d", i)
			n.set(host, "198.18.0.1")
			if i%30 == 0 {
				n.delay[host] = time.Hour
			}
			list = append(list, lookup{host: host})
		}
		r := runResolver(t, n, h)
		r.set(list)
		time.Sleep(resolveTimeout - time.Second)
		if got := strings.Count(h.take(), "198.18"); got != 290 {
			t.Errorf("%d names resolved while ten hang, want 290", got)
		}
		if most := n.busiest(); most > resolveWorkers {
			t.Errorf("%d lookups at a time", most)
		}
		time.Sleep(2 * time.Second)
		if got := strings.Count(h.take(), "failed"); got != 10 {
			t.Errorf("%d names failed, want 10", got)
		}
	})
}

func TestNewTargetOfAKnownNameLearnsItsAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, h := newNames(), &heard{}
		n.set("a", "198.18.0.1")
		r := runResolver(t, n, h)
		r.set([]lookup{{host: "a"}, {host: "bad"}})
		synctest.Wait()
		h.take()
		r.set([]lookup{{host: "a"}, {host: "bad"}})
		synctest.Wait()
		if got := h.take(); got != "a 198.18.0.1, bad failed" {
			t.Errorf("heard %q", got)
		}
	})
}

func TestResolveChooses(t *testing.T) {
	n := newNames()
	n.set("both", "2001:db8::1", "198.18.0.1", "198.18.0.2")
	n.set("six", "2001:db8::1")
	noV6 := func(f family) bool { return f == v4 }
	for _, tt := range []struct {
		host    string
		want    choice
		present string
		usable  func(family) bool
		get     string
	}{
		{"both", anyFamily, "", anyUsable, "2001:db8::1"},
		{"both", onlyV4, "", anyUsable, "198.18.0.1"},
		{"both", onlyV6, "", anyUsable, "2001:db8::1"},
		{"both", anyFamily, "198.18.0.2", anyUsable, "198.18.0.2"},
		{"both", onlyV6, "198.18.0.2", anyUsable, "2001:db8::1"},
		{"both", anyFamily, "", noV6, "198.18.0.1"},
		{"six", anyFamily, "", noV6, "2001:db8::1"},
		{"six", onlyV4, "", anyUsable, "not found"},
		{"none", anyFamily, "", anyUsable, "not found"},
	} {
		var present peer
		if tt.present != "" {
			present, _ = parsePeer(tt.present, hostLink)
		}
		p, err := resolve(t.Context(), n, lookup{tt.host, tt.want}, present, tt.usable)
		got := p.String()
		switch {
		case probes.NoAddress(err):
			got = "not found"
		case err != nil:
			got = err.Error()
		}
		if got != tt.get {
			t.Errorf("%s (%q, now %q): %s, want %s", tt.host, tt.want, tt.present, got, tt.get)
		}
	}
}

func TestUnresolvableNameFailsAlone(t *testing.T) {
	r := newRig(t, testJob("bad", "bad.example", second, second), testJob("good", "198.18.0.1", second, second), testJob("deaf", "deaf.example", second, second))
	r.engine.resolved(resolution{lookup: lookup{host: "bad.example"}, err: errNoAddress("bad.example")})
	r.engine.resolved(resolution{lookup: lookup{host: "deaf.example"}, err: errors.New("resolving deaf.example: i/o timeout")})
	r.run(second)
	r.engine.answer(r.reply(r.one()))
	for id, want := range map[string]probes.Outcome{"bad": probes.Failure, "deaf": probes.Unknown, "good": probes.Success} {
		list := r.record.of(id)
		if len(list) != 1 || list[0].Outcome != want {
			t.Fatalf("%s: %+v", id, list)
		}
		if want != probes.Success && (list[0].Reason != probes.ReasonResolve || len(list[0].Samples) != 0) {
			t.Errorf("%s: %+v", id, list[0])
		}
	}
}
