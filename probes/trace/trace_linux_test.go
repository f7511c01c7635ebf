package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/schedule"
	"wanwatch/probes/trace"
)

// room is an inventory with one trace.
func room(address, settings string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  room: {site: a, address: 127.0.0.1, probes: {trace: {address: %q, timeout: 5s%s}}}\n", address, settings)
}

type nobody struct{}

func (nobody) LookupHost(context.Context, string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func TestSuite(t *testing.T) {
	probetest.Run(t, probetest.Subject{
		Kind: trace.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: room("127.0.0.1", ", protocol: udp")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"no such name": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: room("nowhere.example", ", protocol: udp"), Resolver: nobody{}, Reason: probes.ReasonResolve}
			},
			"no such source": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: room("192.0.2.1", ", protocol: udp, source: 192.0.2.77"), Reason: probes.ReasonSend}
			},
		},
	})
}

// asked is what came of traces.
type asked struct {
	*probes.Result
	values map[string]float64 // that are there, by metric and labels
}

// here is where a thread is already.
type here struct{}

func (here) Prober(f func() error) error { return f() }

// prober makes one, which asks inside a network.
func prober(t *testing.T, env probes.Env, text string) func(in interface{ Prober(func() error) error }) asked {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "lab.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := trace.Kind().NewProber(env, jobs[0])
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	return func(in interface{ Prober(func() error) error }) (a asked) {
		t.Helper()
		a.values = values
		err := in.Prober(func() error {
			ctx, cancel := context.WithTimeout(t.Context(), jobs[0].Probe.Timeout)
			defer cancel()
			said := probes.NewTrace()
			p.Probe(ctx, func(r *probes.Result) {
				a.Result = r
				for _, x := range r.Samples {
					key := strings.Join(append([]string{x.Metric.Name}, x.Labels...), " ")
					if math.IsNaN(x.Value) {
						delete(values, key)
					} else {
						values[key] = x.Value
					}
				}
			}, said)
			for _, s := range said.Steps() {
				t.Log(s.Text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// start starts a network of one path: an address, and the routers before it.
func start(t *testing.T, address string, p plan.Path, routers ...string) *lab.Lab {
	t.Helper()
	testenv.NeedRoot(t)
	a := netip.MustParseAddr(address)
	p.Prefixes = []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	for _, r := range routers {
		hop := plan.Router{V4: netip.MustParseAddr("198.18.99.99"), V6: netip.MustParseAddr("2001:db8:99::99")}
		if a.Is4() {
			hop.V4 = netip.MustParseAddr(r)
		} else {
			hop.V6 = netip.MustParseAddr(r)
		}
		p.Hops = append(p.Hops, hop)
	}
	l, err := lab.Start(&plan.Plan{Seed: 5, Paths: map[string]*plan.Path{"way": &p}}, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

const ms = time.Millisecond

// The way through the simulated network is found as it was planned, by each protocol
// and family, with its round trips and its path MTU.
func TestWaysAreFound(t *testing.T) {
	for _, c := range []struct {
		name, address, settings string
		routers                 []string
		mtu                     bool
	}{
		{"icmp", "198.18.1.1", "", []string{"198.18.0.1", "198.18.0.2", "198.18.0.3"}, true},
		{"udp", "198.18.1.1", ", protocol: udp", []string{"198.18.0.1", "198.18.0.2", "198.18.0.3"}, true},
		{"tcp, nobody listens", "198.18.1.1", ", protocol: tcp, port: 9", []string{"198.18.0.1", "198.18.0.2", "198.18.0.3"}, false},
		{"tcp, somebody listens", "198.18.1.1", ", protocol: tcp, port: 443", []string{"198.18.0.1", "198.18.0.2", "198.18.0.3"}, false},
		{"icmp over IPv6", "2001:db8:1::1", ", dscp: EF", []string{"2001:db8::1", "2001:db8::2"}, true},
		{"tcp over IPv6", "2001:db8:1::1", ", protocol: tcp, port: 9", []string{"2001:db8::1", "2001:db8::2"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := start(t, c.address, plan.Path{Both: plan.Conditions{Delay: new(10 * ms), MTU: &plan.MTU{Bytes: 1400, Hop: 2}}}, c.routers...)
			if strings.Contains(c.name, "somebody") {
				listener, err := l.Listen(t.Context(), "tcp", net.JoinHostPort(c.address, "443"))
				if err != nil {
					t.Fatal(err)
				}
				defer listener.Close()
			}
			env := probes.Env{Network: func(a netip.Addr) string {
				if a == netip.MustParseAddr(c.routers[0]) {
					return "AS64512"
				}
				return ""
			}}
			a := prober(t, env, room(c.address, c.settings))(l)
			if a.Outcome != probes.Success || !strings.HasSuffix(a.Detail, strings.Join(append(c.routers, c.address), " ")) {
				t.Fatalf("%v %s: %s", a.Outcome, a.Reason, a.Detail)
			}
			want := map[string]float64{"wanwatch_trace_hops": float64(len(c.routers) + 1)}
			if c.mtu {
				want["wanwatch_trace_path_mtu_bytes"] = 1400
			}
			for name, value := range want {
				if got := a.values[name]; got != value {
					t.Errorf("%s is %g, want %g", name, got, value)
				}
			}
			for i, r := range append(slices.Clone(c.routers), c.address) {
				network := ""
				if i == 0 {
					network = "AS64512"
				}
				key := fmt.Sprintf("wanwatch_trace_hop_rtt_seconds %d %s %s", i+1, r, network)
				if got, ok := a.values[key]; !ok || got < 0.0005 || got > 0.1 {
					t.Errorf("%s is %g (%v) in %v", key, got, ok, a.values)
				}
			}
			if last := a.Duration; last < 20*ms || last > 60*ms {
				t.Errorf("RTT to the target %s, planned 20ms", last)
			}
		})
	}
}

// A way that changes is counted, logged, and its old hops go away.
func TestChangesAreCounted(t *testing.T) {
	var log bytes.Buffer
	env := probes.Env{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	ask := prober(t, env, room("198.18.1.1", ", queries: 1"))
	before := start(t, "198.18.1.1", plan.Path{}, "198.18.0.1", "198.18.0.2")
	after := start(t, "198.18.1.1", plan.Path{}, "198.18.0.1", "198.18.0.7", "198.18.0.2")
	for i, step := range []struct {
		l       *lab.Lab
		hops    float64
		changes float64 // of this step
	}{{before, 3, 0}, {before, 3, 0}, {after, 4, 1}, {after, 4, 0}, {before, 3, 1}} {
		a := ask(step.l)
		if a.Outcome != probes.Success || a.values["wanwatch_trace_hops"] != step.hops || a.values["wanwatch_trace_path_changes_total"] != step.changes {
			t.Fatalf("step %d: %v %s %v", i, a.Outcome, a.Detail, a.values)
		}
		delete(a.values, "wanwatch_trace_path_changes_total")
		shown := 0
		for key := range a.values {
			if strings.HasPrefix(key, "wanwatch_trace_hop_rtt") {
				shown++
			}
		}
		if shown != int(step.hops) {
			t.Errorf("step %d: %d hops are shown: %v", i, shown, a.values)
		}
	}
	if want := `msg="the path has changed" target=room probe=trace before="198.18.0.1 198.18.0.2 198.18.1.1" now="198.18.0.1 198.18.0.7 198.18.0.2 198.18.1.1"`; strings.Count(log.String(), "has changed") != 2 || !strings.Contains(log.String(), want) {
		t.Errorf("the log says\n%s", log.String())
	}
}

// What lies behind a way that ends is told with the last that answered.
func TestWaysThatEnd(t *testing.T) {
	for _, c := range []struct {
		name   string
		path   plan.Path
		reason probes.Reason
		detail string
	}{
		{"cut", plan.Path{Out: plan.Conditions{Cut: new(true)}}, probes.ReasonTimeout, "198.18.1.1 did not answer; nobody on the way answered"},
		{"refused", plan.Path{Out: plan.Conditions{Refuse: &plan.Refuse{Code: plan.Prohibited, Hop: 2}}}, probes.ReasonUnreachable, "198.18.0.2 says: no route to host on the way to 198.18.1.1; the last that answered is 198.18.0.2, hop 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := start(t, "198.18.1.1", c.path, "198.18.0.1", "198.18.0.2", "198.18.0.3")
			a := prober(t, probes.Env{}, room("198.18.1.1", ", max_hops: 8"))(l)
			if a.Outcome != probes.Failure || a.Reason != c.reason || a.Detail != c.detail {
				t.Errorf("%v %s: %s\nwant %s: %s", a.Outcome, a.Reason, a.Detail, c.reason, c.detail)
			}
		})
	}
}

// Where the kernel allows no ICMP datagram sockets, raw ones do as well.
func TestRawSockets(t *testing.T) {
	testenv.NeedRoot(t)
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	ns, err := netns.New() // in a new namespace nobody may open them
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"127.0.0.1", "::1"} {
		for _, protocol := range []string{"icmp", "udp"} {
			a := prober(t, probes.Env{}, room(address, ", protocol: "+protocol))(here{})
			if a.Outcome != probes.Success || a.values["wanwatch_trace_path_mtu_bytes"] != 1500 || a.values["wanwatch_trace_hops"] != 1 {
				t.Errorf("%s by %s: %v %s %v", address, protocol, a.Outcome, a.Detail, a.values)
			}
		}
	}
	if o := prober(t, probes.Env{}, room("198.18.0.1", ""))(here{}); o.Outcome != probes.Unknown || o.Reason != probes.ReasonNoRoute {
		t.Errorf("no way: %v %s %s", o.Outcome, o.Reason, o.Detail)
	}
}
