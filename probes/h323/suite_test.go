package h323_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/inhabit/gatekeeper"
	"wanwatch/internal/peertest"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/h323"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/probetest"
	"wanwatch/probes/schedule"
)

// here is this host as the lab's inhabitants see it.
type here struct{ net.ListenConfig }

// start starts the lab's gatekeeper; at is where its only room, haichau, is called.
func start(t testing.TB, policy gatekeeper.Policy, at netip.AddrPort) *gatekeeper.Gatekeeper {
	t.Helper()
	g := &gatekeeper.Gatekeeper{Address: "127.0.0.1:0", Policy: policy, Rooms: map[string]netip.AddrPort{"haichau": at, "0236": at}}
	if err := g.Start(t.Context(), &here{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// codec is a room: it takes connections on its signalling port, and fails the test
// if anything is sent on one.
func codec(t testing.TB) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buffer := make([]byte, 100)
			if n, _ := c.Read(buffer); n > 0 {
				t.Errorf("the room was sent % x", buffer[:n])
			}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return netip.MustParseAddrPort(l.Addr().String())
}

// room is an inventory with a room that is asked for at a gatekeeper.
func room(at netip.AddrPort, ras uint16, alias string) string {
	return fmt.Sprintf(`sites: {a: {}}
endpoints:
  room: {site: a, address: 127.0.0.1, probes: {h323: {address: "%s", gatekeeper: z-gk, alias: %q, ras_port: %d, timeout: 900ms}}}
  z-gk: {site: a, type: gatekeeper, address: 127.0.0.1, probes: {ping: {}}}
`, at, alias, ras)
}

// asked is an inventory with a gatekeeper that is asked for itself.
func asked(at netip.AddrPort) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  gk: {site: a, type: gatekeeper, address: 127.0.0.1, probes: {h323: {address: \"%s\", discover: true, timeout: 900ms}}}\n", at)
}

func TestSuite(t *testing.T) {
	bad := func(policy gatekeeper.Policy, alias string, reason probes.Reason) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			at := codec(t)
			return probetest.Case{Inventory: room(at, start(t, policy, at).Local().Port(), alias), Reason: reason}
		}
	}
	probetest.Run(t, probetest.Subject{
		Kind: h323.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			at := codec(t)
			return probetest.Case{Inventory: room(at, start(t, gatekeeper.Slow, at).Local().Port(), "haichau")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"not registered":      bad(gatekeeper.Open, "sontra", probes.ReasonNotRegistered),
			"number not known":    bad(gatekeeper.Open, "0511", probes.ReasonNotRegistered),
			"closed to strangers": bad(gatekeeper.Closed, "haichau", probes.ReasonUndisclosed),
			"old gatekeeper":      bad(gatekeeper.Odd, "haichau", probes.ReasonUndisclosed),
			"silent to strangers": bad(gatekeeper.Silent, "haichau", probes.ReasonUnanswered),
			"no gatekeeper at all": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: room(codec(t), netip.MustParseAddrPort(peertest.FreeUDP(t)).Port(), "haichau"), Reason: probes.ReasonRefused}
			},
			"room off": func(t testing.TB) probetest.Case {
				t.Helper()
				at := netip.MustParseAddrPort(peertest.FreeTCP(t))
				return probetest.Case{Inventory: room(at, start(t, gatekeeper.Open, at).Local().Port(), "haichau"), Reason: probes.ReasonRefused}
			},
			"full gatekeeper": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: asked(start(t, gatekeeper.Full, netip.AddrPort{}).Local()), Reason: probes.ReasonUnavailable}
			},
		},
	})
}

// asker probes the first h323 probe of an inventory, again and again.
func asker(t *testing.T, text string) func() (probes.Result, map[string]float64) {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Probe.Kind != "h323" {
			continue
		}
		p, err := h323.Kind().NewProber(probes.Env{}.WithDefaults(), j)
		if err != nil {
			t.Fatal(err)
		}
		return func() (result probes.Result, values map[string]float64) {
			ctx, cancel := context.WithTimeout(t.Context(), j.Probe.Timeout)
			defer cancel()
			values = map[string]float64{}
			p.Probe(ctx, func(r *probes.Result) {
				result = *r
				for _, s := range r.Samples {
					values[s.Metric.Name] += s.Value
				}
			}, nil)
			return result, values
		}
	}
	t.Fatal("no h323 probe")
	return nil
}

// A room that registers, loses its registration, and whose gatekeeper then dies: what
// was unknown from a stranger is a failure of one that has answered.
func TestRegistration(t *testing.T) {
	at := codec(t)
	g := start(t, gatekeeper.Open, at)
	ask := asker(t, room(at, g.Local().Port(), "haichau"))
	r, values := ask()
	if r.Outcome != probes.Success || values[metric.Registered.Name] != 1 || !strings.Contains(r.Detail, at.String()) {
		t.Errorf("registered: %s %s %v", r.Outcome, r.Detail, values)
	}
	g.Register("haichau", netip.AddrPort{})
	r, values = ask()
	if registered, told := values[metric.Registered.Name]; r.Reason != probes.ReasonNotRegistered || !told || registered != 0 {
		t.Errorf("not registered: %s %s %v", r.Outcome, r.Detail, values)
	}
	// The socket goes on, so that no ICMP error tells of the end.
	mute(t, g)
	r, values = ask()
	if r.Outcome != probes.Failure || r.Reason != probes.ReasonTimeout || values[metric.Registered.Name] == values[metric.Registered.Name] {
		t.Errorf("dead gatekeeper: %s %s %s %v", r.Outcome, r.Reason, r.Detail, values)
	}
}

// mute puts a socket that says nothing in a gatekeeper's place.
func mute(t *testing.T, g *gatekeeper.Gatekeeper) {
	t.Helper()
	at := g.Local().String()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := net.ListenPacket("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
}

// Answers that are none are counted and not believed: another number, another sort,
// cut short, random, and one that is sent twice.
func TestForged(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 2000)
		for {
			n, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			high, low := buffer[2], buffer[3]
			for _, answer := range [][]byte{
				{0x4c, high, low + 1, 0, 127, 0, 0, 1, 6, 0xb8},
				{0x4c, high},
				append([]byte{0x04, 0, high, low, 6}, buffer[:n]...),
				{0xff, 0xff, 0xff}, {}, make([]byte, 1400),
			} {
				_, _ = c.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
	ask := asker(t, room(codec(t), netip.MustParseAddrPort(c.LocalAddr().String()).Port(), "haichau"))
	r, values := ask()
	if r.Reason != probes.ReasonUnanswered || values[metric.Foreign.Name] != 6 {
		t.Errorf("%s %s: %v", r.Reason, r.Detail, values)
	}
	if r.Duration < 800*time.Millisecond {
		t.Errorf("ended after %s", r.Duration)
	}
}

// What the lab's gatekeeper says is what it claims to be, by Wireshark's word.
func TestGatekeeperIsDecoded(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.50:1720")
	question := map[string]string{
		"GRQ": "\x00\x00\x00\x06\x06\x00\x08\x91\x4a\x00\x04\x00\x7f\x00\x00\x01%s\x02\x00",
		"LRQ": "\x48\x00\x00\x06\x01\x40\x06\x00h\x00a\x00i\x00c\x00h\x00a\x00u\x00\x7f\x00\x00\x01%s",
	}
	var packets []peertest.Packet
	var want []string
	for _, c := range []struct {
		policy gatekeeper.Policy
		ask    string
		tags   []string
	}{
		{gatekeeper.Open, "GRQ", []string{"1"}}, {gatekeeper.Open, "LRQ", []string{"19"}}, {gatekeeper.Closed, "GRQ", []string{"2"}},
		{gatekeeper.Closed, "LRQ", []string{"20"}}, {gatekeeper.Full, "GRQ", []string{"2"}}, {gatekeeper.Slow, "LRQ", []string{"25", "19"}},
		{gatekeeper.Odd, "LRQ", []string{"24"}},
	} {
		g := start(t, c.policy, at)
		own, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := own.LocalAddr().(*net.UDPAddr).Port
		if _, err := own.WriteTo(fmt.Appendf(nil, question[c.ask], []byte{byte(port >> 8), byte(port)}), net.UDPAddrFromAddrPort(g.Local())); err != nil {
			t.Fatal(err)
		}
		_ = own.SetReadDeadline(time.Now().Add(5 * time.Second))
		for _, tag := range c.tags {
			buffer := make([]byte, 2000)
			n, _, err := own.ReadFrom(buffer)
			if err != nil {
				t.Fatalf("%s of a gatekeeper of the policy %d: %v", c.ask, c.policy, err)
			}
			packets = append(packets, peertest.Packet{Transport: "udp", From: 1719, To: 40000, Payload: buffer[:n]})
			want = append(want, tag)
		}
		_ = own.Close()
	}
	for i, fields := range peertest.Dissect(t, "", packets...) {
		if fields["h225.RasMessage"] != want[i] || fields["h225.requestSeqNum"] != "7" {
			t.Errorf("packet %d is message %s, number %s, want %s, 7", i, fields["h225.RasMessage"], fields["h225.requestSeqNum"], want[i])
		}
	}
}
