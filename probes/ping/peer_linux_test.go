package ping

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testnet"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestPeerThatGoesAwayAndComesBack(t *testing.T) {
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			a, b := testnet.Pair(t)
			r := newRecord()
			inHost(t, a, probes.Env{}, m, r,
				testJob("four", "198.18.0.2", shortInterval, shortTimeout), testJob("six", "2001:db8::2", shortInterval, shortTimeout))
			for _, id := range []string{"four", "six"} {
				r.until(t, id+" answers", func() bool { return r.sum(id, metric.PingReceived) >= 5 })
			}
			b.Sysctl("net.ipv4.icmp_echo_ignore_all", "1")
			b.Sysctl("net.ipv6.icmp.echo_ignore_all", "1")
			for _, id := range []string{"four", "six"} {
				before := r.sum(id, metric.PingLost)
				r.until(t, id+" is silent", func() bool { return r.sum(id, metric.PingLost) >= before+5 })
				if x := r.first(id, probes.Failure); x.Reason != probes.ReasonTimeout || !strings.HasPrefix(x.Detail, "no answer from ") {
					t.Errorf("%s: %s %q", id, x.Reason, x.Detail)
				}
			}
			b.Sysctl("net.ipv4.icmp_echo_ignore_all", "0")
			b.Sysctl("net.ipv6.icmp.echo_ignore_all", "0")
			for _, id := range []string{"four", "six"} {
				before := r.sum(id, metric.PingReceived)
				r.until(t, id+" answers again", func() bool { return r.sum(id, metric.PingReceived) >= before+5 })
				if list := r.values(id, metric.PingLossBurst); len(list) == 0 || list[0] < 4 {
					t.Errorf("%s: loss bursts %v", id, list)
				}
			}
			before := r.sum("four", metric.PingReceived)
			b.Down("eth0")
			r.until(t, "the cable is cut", func() bool {
				list := r.of("four")
				return list[len(list)-1].Outcome != probes.Success
			})
			b.Up("eth0")
			r.until(t, "the cable is whole", func() bool { return r.sum("four", metric.PingReceived) >= before+10 })
		})
	}
}

func TestUnreachableNetworks(t *testing.T) {
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			a, b := testnet.Pair(t)
			for _, n := range []string{"198.18.7.0/24", "198.18.8.0/24"} {
				a.Route(n, "198.18.0.2")
			}
			a.Route("2001:db8:7::/64", "2001:db8::2")
			b.Sysctl("net.ipv4.ip_forward", "1")
			b.Sysctl("net.ipv6.conf.all.forwarding", "1")
			b.Sysctl("net.ipv4.icmp_ratelimit", "0")
			b.Sysctl("net.ipv6.icmp.ratelimit", "0")
			b.RouteKind("198.18.7.0/24", unix.RTN_UNREACHABLE)
			b.RouteKind("198.18.8.0/24", unix.RTN_PROHIBIT)
			b.RouteKind("2001:db8:7::/64", unix.RTN_UNREACHABLE)
			a.RouteKind("198.18.9.0/24", unix.RTN_PROHIBIT)
			a.RouteKind("198.18.10.0/24", unix.RTN_BLACKHOLE)

			targets := []struct {
				id, address string
				outcome     probes.Outcome
				reason      probes.Reason
				detail      string
				code        string
			}{
				{"refused", "198.18.7.1", probes.Failure, probes.ReasonUnreachable, "198.18.0.2 says: host unreachable (type 3 code 1)", "host"},
				{"prohibited", "198.18.8.1", probes.Failure, probes.ReasonUnreachable, "198.18.0.2 says: communication prohibited (type 3 code 13)", "prohibited"},
				{"six", "2001:db8:7::1", probes.Failure, probes.ReasonUnreachable, "2001:db8::2 says: no route to destination (type 1 code 0)", "net"},
				{"no route", "198.19.0.1", probes.Unknown, probes.ReasonNoRoute, "sending to 198.19.0.1: network is unreachable", ""},
				{"no route six", "2001:db8:ffff::1", probes.Unknown, probes.ReasonNoRoute, "sending to 2001:db8:ffff::1: network is unreachable", ""},
				{"forbidden", "198.18.9.1", probes.Unknown, probes.ReasonNotPermitted, "sending to 198.18.9.1: permission denied", ""},
				{"black hole", "198.18.10.1", probes.Unknown, probes.ReasonNoRoute, "sending to 198.18.10.1: invalid argument", ""},
			}
			jobs := []probes.Job{testJob("live", "198.18.0.2", shortInterval, time.Second)}
			for _, x := range targets {
				jobs = append(jobs, testJob(x.id, x.address, shortInterval, time.Second))
			}
			r := newRecord()
			inHost(t, a, probes.Env{}, m, r, jobs...)
			for _, x := range targets {
				r.until(t, "results of "+x.id, func() bool { return r.outcomes(x.id, x.outcome) >= 5 })
				for i, got := range r.of(x.id) {
					if got.Reason == probes.ReasonStalled || got.Reason == probes.ReasonTimeout && i > 0 {
						continue // the kernel limits how often it says so: net.ipv4.route.error_burst
					}
					if got.Outcome != x.outcome || got.Reason != x.reason || got.Detail != x.detail {
						t.Fatalf("%s: %s %s %q, want %s %s %q", x.id, got.Outcome, got.Reason, got.Detail, x.outcome, x.reason, x.detail)
					}
				}
				if x.code != "" && r.sum(x.id, metric.PingUnreachable, x.code) < 1 {
					t.Errorf("%s: not counted under %s", x.id, x.code)
				}
			}
			if n := r.outcomes("live", probes.Failure); n != 0 {
				t.Errorf("the live target: %d failures %+v", n, r.first("live", probes.Failure))
			}
		})
	}
}

func TestLinkLocalAddress(t *testing.T) {
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			a, b := testnet.Pair(t)
			a.Address("eth0", "fe80::1/64")
			b.Address("eth0", "fe80::2/64")
			r := newRecord()
			wired := func(c *Config) { c.Interface = "eth0" }
			f := inHost(t, a, probes.Env{}, m, r,
				testJob("index", fmt.Sprintf("fe80::2%%%d", a.Index("eth0")), shortInterval, time.Second),
				testJob("zone", "fe80::2%eth0", shortInterval, time.Second),
				with(testJob("interface", "fe80::2", shortInterval, time.Second), wired))
			for _, id := range []string{"index", "zone", "interface"} {
				r.until(t, "answers of "+id, func() bool { return r.sum(id, metric.PingReceived) >= 5 })
				if n := r.outcomes(id, probes.Failure); n != 0 {
					t.Errorf("%s: %d failures", id, n)
				}
			}
			a.Do(func() error {
				once := ask(t, f, with(testJob("once", "fe80::2", second, 2*second), wired), nil).of("once")
				if len(once) != 1 || once[0].Outcome != probes.Success {
					t.Errorf("a single probe through the interface: %+v", once)
				}
				return nil
			})
		})
	}
}

// The kernel says so itself for a neighbour that does not answer ARP.
func TestSilentNeighbour(t *testing.T) {
	a, _ := testnet.Pair(t)
	a.Sysctl("net.ipv4.neigh.eth0.retrans_time_ms", "20")
	r := newRecord()
	inHost(t, a, probes.Env{}, raw, r, testJob("a", "198.18.0.77", shortInterval, time.Second))
	r.until(t, "errors", func() bool { return r.sum("a", metric.PingUnreachable, "host") >= 3 })
	if x := r.first("a", probes.Failure); x.Detail != "198.18.0.1 says: host unreachable (type 3 code 1)" {
		t.Errorf("detail %q", x.Detail)
	}
}

func TestAddressThatMoves(t *testing.T) {
	h, u := newTunnel(t)
	old, moved := netip.MustParseAddr("198.18.3.9"), netip.MustParseAddr("198.18.3.10")
	live := old
	u.behave(func(p packet) {
		if p.dst == live {
			p.reply()
		}
	})
	n := newNames()
	n.set("hop.example", old.String())
	r := newRecord()
	f := openIn(t, h, probes.Env{Resolver: n}, raw)
	f.resolver.soon = 50 * time.Millisecond
	f.Set([]probes.Job{testJob("a", "hop.example", shortInterval, shortTimeout), testJob("literal", old.String(), shortInterval, shortTimeout), testJob("bad", "bad.example", shortInterval, shortTimeout)})
	run(t, f, r.emit)
	for _, id := range []string{"a", "literal"} {
		r.until(t, "answers for "+id, func() bool { return r.sum(id, metric.PingReceived) >= 5 })
	}
	r.until(t, "the name without address fails", func() bool { return r.outcomes("bad", probes.Failure) >= 5 })
	if x := r.first("bad", probes.Failure); x.Reason != probes.ReasonResolve || !strings.Contains(x.Detail, "bad.example") {
		t.Errorf("%s %q", x.Reason, x.Detail)
	}

	n.fail("hop.example", errors.New("the resolver is down"))
	before := r.sum("a", metric.PingReceived)
	r.until(t, "answers while the resolver is down", func() bool { return r.sum("a", metric.PingReceived) >= before+10 })

	u.behave(func(p packet) {
		if p.dst == moved {
			p.reply()
		}
	})
	before = r.sum("a", metric.PingReceived)
	n.set("hop.example", moved.String())
	r.until(t, "answers from the new address", func() bool { return r.sum("a", metric.PingReceived) >= before+5 })
}

func TestForbiddenSocketsAreExplained(t *testing.T) {
	h := testnet.NewHost(t)
	h.Sysctl("net.ipv4.ping_group_range", "1 0")
	h.Do(func() error {
		_, err := newFleet(probes.Env{}, datagram)
		if err == nil {
			return errors.New("a datagram socket was permitted")
		}
		for _, want := range []string{`sysctl -w net.ipv4.ping_group_range="0 2147483647"`, "setcap cap_net_raw+ep", "CAP_NET_RAW", "permission denied"} {
			if !strings.Contains(err.Error(), want) {
				return fmt.Errorf("the error does not say %q: %w", want, err)
			}
		}
		return nil
	})
}

func TestDatagramSocketsComeFirst(t *testing.T) {
	h := testnet.NewHost(t)
	for group, want := range map[string]medium{"1 0": raw, "0 2147483647": datagram} {
		h.Sysctl("net.ipv4.ping_group_range", group)
		h.Do(func() error {
			f, err := NewFleet(probes.Env{})
			if err != nil {
				return err
			}
			defer f.Close()
			for fm, p := range f.(*fleet).sockets.families {
				if got := p.current().medium; got != want {
					t.Errorf("%s with groups %q: %s, want %s", family(fm), group, got, want)
				}
			}
			return nil
		})
	}
}

func TestIDChanges(t *testing.T) {
	eachWay(t, func(t *testing.T, m medium, address, _ netip.Addr) {
		h, u := newTunnel(t)
		hold := make(chan packet, 1)
		u.behave(func(p packet) {
			select {
			case hold <- p: // the first answer comes after the change
			default:
				p.reply()
			}
		})
		r := newRecord()
		f := openIn(t, h, probes.Env{}, m)
		f.Set([]probes.Job{testJob("a", address.String(), shortInterval, 2*time.Second)})
		f.sockets.renewed -= renewEvery - int64(10*shortInterval) // soon
		run(t, f, r.emit)
		ids := func() map[uint16]bool {
			got := map[uint16]bool{}
			for _, p := range u.packets() {
				got[uint16(p.icmp[4])<<8|uint16(p.icmp[5])] = true
			}
			return got
		}
		r.until(t, "another id", func() bool { return len(ids()) >= 2 })
		(<-hold).reply()
		u.behave(func(p packet) { p.reply() })
		r.until(t, "answers", func() bool { return r.sum("a", metric.PingReceived) >= 20 })
		if n := r.outcomes("a", probes.Failure); n != 0 {
			t.Errorf("%d failures", n)
		}
		if n := len(ids()); n != 2 {
			t.Errorf("%d ids, want 2", n)
		}
	})
}

func TestDropsAreSeen(t *testing.T) {
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			h := testnet.NewHost(t)
			f := openIn(t, h, probes.Env{}, m)
			defer f.Close()
			k := f.sockets.families[v4].current()
			if err := unix.SetsockoptInt(k.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096); err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				q := request{to: peer{addr: netip.MustParseAddr("127.0.0.1")}, seq: uint16(i), size: defaultSize, patternSum: f.patternSum(defaultSize)}
				if _, err := f.sockets.send(&q); err != nil {
					t.Fatal(err)
				}
			}
			// A full raw socket also counts what its filter would not have let in.
			if n := f.sockets.drops(v4); n < 50 {
				t.Errorf("%d of 100 answers dropped, want most", n)
			}
			if n := f.sockets.drops(v6); n != 0 {
				t.Errorf("%d drops of the other family", n)
			}
		})
	}
}
