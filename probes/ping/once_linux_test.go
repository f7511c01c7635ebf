package ping

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// steps returns the texts of a trace, one a line.
func steps(trace *probes.Trace) string {
	var list []string
	for _, s := range trace.Steps() {
		list = append(list, s.Text)
	}
	return strings.Join(list, "\n")
}

// ask probes once, with the time-out as deadline.
func ask(t *testing.T, f probes.Fleet, j probes.Job, trace *probes.Trace) *record {
	t.Helper()
	r := newRecord()
	ctx, cancel := context.WithTimeout(t.Context(), j.Probe.Timeout)
	defer cancel()
	start := time.Now()
	f.Probe(ctx, j, r.emit, trace)
	if took := time.Since(start); took > j.Probe.Timeout+500*time.Millisecond {
		t.Errorf("it took %v with a time-out of %v", took, j.Probe.Timeout)
	}
	return r
}

func TestProbeExplainsAnAnswer(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, _ := newTunnel(t)
		n := newNames()
		n.set("hop.example", address.String())
		f := openIn(t, h, probes.Env{Resolver: n}, m)
		defer f.Close()
		j := with(testJob("a", "hop.example", time.Second, 2*time.Second), func(c *Config) { c.DSCP, c.TTL = 46, 40 })
		trace := probes.NewTrace()
		var r *record
		h.Do(func() error { r = ask(t, f, j, trace); return nil })
		list := r.of("a")
		if len(list) != 1 || list[0].Outcome != probes.Success || list[0].Job.Probe != j.Probe || list[0].Target != j.Target {
			t.Fatalf("results %+v", list)
		}
		if r.sum("a", metric.PingSent) != 1 || len(r.values("a", metric.PingRTT)) != 1 {
			t.Errorf("samples %+v", list[0].Samples)
		}
		quoted := regexp.QuoteMeta(address.String())
		//nolint:dupword // two lines about one name
		want := regexp.MustCompile(`^resolving hop\.example
hop\.example is ` + quoted + `
sent echo request to ` + quoted + ` \(id [1-9][0-9]*, seq [0-9]+, 56 bytes, DSCP EF, TTL 40\)
answer from ` + quoted + ` after [0-9.]+ ms, TTL 61
path MTU: 1500 bytes or more$`)
		if got := steps(trace); !want.MatchString(got) {
			t.Errorf("steps:\n%s\nwant:\n%s", got, want)
		}
	})
}

func TestProbeExplainsFailures(t *testing.T) {
	h, u := newTunnel(t)
	router := netip.MustParseAddr("198.18.3.254")
	u.behave(func(p packet) {
		if p.dst == netip.MustParseAddr("198.18.3.8") {
			p.fail(router, 3, 1, 0, 100)
		}
	})
	n := newNames()
	f := openIn(t, h, probes.Env{Resolver: n}, raw)
	defer f.Close()
	for _, tt := range []struct {
		address string
		outcome probes.Outcome
		reason  probes.Reason
		detail  string
		step    string
	}{
		{"198.18.3.9", probes.Failure, probes.ReasonTimeout, "no answer from 198.18.3.9", "sent echo request to 198.18.3.9"},
		{"198.18.3.8", probes.Failure, probes.ReasonUnreachable, "198.18.3.254 says: host unreachable (type 3 code 1)", "198.18.3.254 says: host unreachable (type 3 code 1)"},
		{"198.19.0.1", probes.Unknown, probes.ReasonNoRoute, "sending to 198.19.0.1: network is unreachable", "not sent: sending to 198.19.0.1: network is unreachable"},
		{"none.example", probes.Failure, probes.ReasonResolve, "resolving none.example: lookup none.example: no such host", "no address: resolving none.example"},
		{"fe80::1%nowhere", probes.Unknown, probes.ReasonNoRoute, `fe80::1%nowhere: this host has no interface "nowhere"`, ""},
	} {
		t.Run(tt.address, func(t *testing.T) {
			trace := probes.NewTrace()
			var r *record
			h.Do(func() error {
				r = ask(t, f, testJob("a", tt.address, time.Second, 200*time.Millisecond), trace)
				return nil
			})
			list := r.of("a")
			if len(list) != 1 || list[0].Outcome != tt.outcome || list[0].Reason != tt.reason || !strings.HasPrefix(list[0].Detail, tt.detail) {
				t.Errorf("results %+v", list)
			}
			if got := steps(trace); !strings.Contains(got, tt.step) {
				t.Errorf("steps:\n%s\nwant %q among them", got, tt.step)
			}
		})
	}
}

func TestProbeThatIsCutShortSaysNothing(t *testing.T) {
	h, u := newTunnel(t)
	ctx, cancel := context.WithCancel(t.Context())
	u.behave(func(packet) { cancel() })
	f := openIn(t, h, probes.Env{}, raw)
	defer f.Close()
	r := newRecord()
	h.Do(func() error {
		f.Probe(ctx, testJob("a", "198.18.3.9", time.Second, 2*time.Second), r.emit, probes.NewTrace())
		return nil
	})
	if list := r.of("a"); len(list) != 0 {
		t.Errorf("results %+v", list)
	}
}

func TestManyProbesAtOnceBesideTheRegularOnes(t *testing.T) {
	h, _ := newTunnel(t)
	r := newRecord()
	f := inHost(t, h, probes.Env{}, raw, r, testJob("regular", "198.18.3.9", shortInterval, time.Second))
	h.Do(func() error {
		for range 8 { // one after the other within a thread of the host
			x := ask(t, f, testJob("once", "198.18.3.10", time.Second, time.Second), nil)
			if x.outcomes("once", probes.Success) != 1 {
				t.Errorf("results %+v", x.of("once"))
			}
		}
		return nil
	})
	r.until(t, "regular answers", func() bool { return r.sum("regular", metric.PingReceived) >= 5 })
	if n := r.outcomes("regular", probes.Failure); n != 0 {
		t.Errorf("%d failures of the regular pings", n)
	}
}

func TestPathMTU(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, router netip.Addr) {
		for _, tt := range []struct {
			name string
			says bool // routers say that a packet is too big
		}{{"told", true}, {"black hole", false}} {
			t.Run(tt.name, func(t *testing.T) {
				const limit = 1412
				h, u := newTunnel(t)
				u.behave(func(p packet) {
					switch {
					case p.size <= limit:
						p.reply()
					case tt.says && p.family == v4:
						p.fail(router, v4Unreachable, 4, limit, 100)
					case tt.says:
						p.fail(router, v6TooBig, 0, limit, 100)
					}
				})
				f := openIn(t, h, probes.Env{}, m)
				defer f.Close()
				var got string
				for range 20 { // a busy machine does not find it within the time of one probe
					trace := probes.NewTrace()
					h.Do(func() error {
						ask(t, f, testJob("a", address.String(), 2*time.Second, 2*time.Second), trace)
						return nil
					})
					if got = steps(trace); !strings.HasSuffix(got, "the time did not suffice to find it") {
						break
					}
				}
				if want := "path MTU: 1412 bytes"; !strings.HasSuffix(got, want) {
					t.Errorf("steps:\n%s\nwant %q at the end", got, want)
				}
				ordinary := u.packets()[0].size
				for _, p := range u.packets() {
					if p.family == v4 && p.size > ordinary && p.whole[6]&0x40 == 0 {
						t.Errorf("a packet of %d bytes may be cut", p.size)
					}
				}
				if n := len(u.packets()); tt.says && n > 5 {
					t.Errorf("%d packets, though routers said the limit", n)
				}
			})
		}
	})
}
