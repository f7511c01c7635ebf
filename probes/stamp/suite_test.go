//go:build linux

package stamp_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/inhabit/mirror"
	"wanwatch/internal/peertest"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/stamp"
	"wanwatch/probes/stamp/reflector"
)

// here is this host as the lab's inhabitants see it.
type here struct{ net.ListenConfig }

// start starts the lab's reflector.
func start(t testing.TB, m *mirror.Mirror) *mirror.Mirror {
	t.Helper()
	if m.Address == "" {
		m.Address = "127.0.0.1:0"
	}
	if err := m.Start(t.Context(), &here{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// own starts wanwatch's reflector.
func own(t testing.TB, address string) string {
	t.Helper()
	r, err := reflector.Open(t.Context(), reflector.Options{
		Listen: []string{address}, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Logger: slog.New(slog.DiscardHandler), Meter: probes.DiscardMeter{},
	})
	if err != nil {
		t.Fatal(err)
	}
	keep(t, r)
	return r.Addr().String()
}

// keep runs a reflector until the test ends.
func keep(t testing.TB, r *reflector.Reflector) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// stream is an inventory with a short stream of 200 packets a second.
func stream(address net.Addr, more string) string { return streamTo(address.String(), more) }

func streamTo(address, more string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  line:\n    site: a\n    address: 127.0.0.1\n    probes: {stamp: {address: %q, timeout: 700ms, profile: custom, dscp: EF, rate: 200, size: 172%s}}\n", address, more)
}

func TestSuite(t *testing.T) {
	bad := func(m func() *mirror.Mirror, reason probes.Reason) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: stream(start(t, m()).Local(), ""), Reason: reason}
		}
	}
	spoiled := func(spoil func([]byte) [][]byte) func() *mirror.Mirror {
		return func() *mirror.Mirror { return &mirror.Mirror{Spoil: spoil} }
	}
	probetest.Run(t, probetest.Subject{
		Kind: stamp.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: streamTo(own(t, "127.0.0.1:0"), "")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent": bad(spoiled(func([]byte) [][]byte { return nil }), probes.ReasonTimeout),
			"cut":    bad(spoiled(func(a []byte) [][]byte { return [][]byte{a[:40], {}} }), probes.ReasonTimeout),
			"another's packet": bad(spoiled(func(a []byte) [][]byte {
				a[35]++ // the last octet of the sender's time stamp
				return [][]byte{a}
			}), probes.ReasonTimeout),
			"another number": bad(spoiled(func(a []byte) [][]byte {
				binary.BigEndian.PutUint32(a[24:], math.MaxUint32)
				return [][]byte{a}
			}), probes.ReasonTimeout),
			"another session": bad(spoiled(func(a []byte) [][]byte {
				a[14] ^= 0x80
				a[15] |= 1
				return [][]byte{a}
			}), probes.ReasonTimeout),
			"nobody there": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: streamTo(peertest.FreeUDP(t), ""), Reason: probes.ReasonRefused}
			},
		},
	})
}

// once runs one stream.
func once(t *testing.T, text string) probetest.Outcome {
	t.Helper()
	return probetest.Once(t, kinds.All(), kinds.Inventory(), text)
}

// expect checks values of a stream.
func expect(t *testing.T, o probetest.Outcome, want map[string]float64) {
	t.Helper()
	if o.Outcome != probes.Success {
		t.Fatalf("%s %s: %s", o.Outcome, o.Reason, o.Detail)
	}
	for name, value := range want {
		if got, ok := o.Values[name]; !ok || got != value {
			t.Errorf("%s is %g (%v), want %g\n%s", name, got, ok, value, o.Said)
		}
	}
}

// Which packets are lost is planned by number, and so is in which direction.
func TestLossHasADirection(t *testing.T) {
	planned := func(number uint32, answer bool) bool {
		if answer {
			return number%10 == 7 // 7, 17, 27, ...
		}
		return number%25 == 4 || number == 30 || number == 31 // 4, 29, 54, ...
	}
	for name, c := range map[string]struct {
		mirror *mirror.Mirror
		want   map[string]float64
	}{
		"both ways":      {&mirror.Mirror{Lose: planned}, map[string]float64{"wanwatch_stamp_reflector_stateful": 1}},
		"stateless":      {&mirror.Mirror{Lose: planned, Stateless: true}, map[string]float64{"wanwatch_stamp_reflector_stateful": 0}},
		"only back":      {&mirror.Mirror{Lose: func(n uint32, answer bool) bool { return answer && n%10 == 7 }}, map[string]float64{"wanwatch_stamp_reflector_stateful": 1}},
		"only there":     {&mirror.Mirror{Lose: func(n uint32, answer bool) bool { return !answer && n%10 == 7 }}, map[string]float64{"wanwatch_stamp_reflector_stateful": 1}},
		"nothing":        {&mirror.Mirror{}, map[string]float64{"wanwatch_stamp_reflector_stateful": 1}},
		"none, no count": {&mirror.Mirror{Stateless: true}, map[string]float64{"wanwatch_stamp_reflector_stateful": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, c.mirror)
			o := once(t, stream(m.Local(), ""))
			sent, there, back := 0, 0, 0
			for _, q := range m.Received() {
				sent++
				switch n := binary.BigEndian.Uint32(q); {
				case m.Lose == nil:
				case m.Lose(n, false):
					there++
				case m.Lose(n, true):
					back++
				}
			}
			if m.Lose != nil && there+back == 0 {
				t.Fatal("nothing was lost")
			}
			want := map[string]float64{
				"wanwatch_stamp_sent_total": float64(sent), "wanwatch_stamp_received_total": float64(sent - there - back),
				"wanwatch_stamp_lost_totalforward": float64(there), "wanwatch_stamp_lost_totalbackward": float64(back), "wanwatch_stamp_lost_totalunknown": 0,
			}
			if m.Stateless {
				want["wanwatch_stamp_lost_totalforward"], want["wanwatch_stamp_lost_totalbackward"] = 0, 0
				want["wanwatch_stamp_lost_totalunknown"] = float64(there + back)
			}
			maps.Copy(want, c.want)
			expect(t, o, want)
		})
	}
}

// Duplicates, and answers out of order, are counted and count as one answer each.
func TestDuplicatesAndOrder(t *testing.T) {
	t.Parallel()
	var held []byte
	m := start(t, &mirror.Mirror{Spoil: func(a []byte) [][]byte {
		switch n := binary.BigEndian.Uint32(a[24:]); {
		case n == 20:
			return [][]byte{a, a, a}
		case n == 30:
			held = a
			return nil
		case n == 32:
			return [][]byte{a, held}
		}
		return [][]byte{a}
	}})
	expect(t, once(t, stream(m.Local(), "")), map[string]float64{
		"wanwatch_stamp_duplicates_total": 2, "wanwatch_stamp_reordered_total": 1,
		"wanwatch_stamp_lost_totalforward": 0, "wanwatch_stamp_lost_totalbackward": 0, "wanwatch_stamp_lost_totalunknown": 0,
	})
}

// Clocks that differ by hours change nothing but the one-way delay, which is told only
// if both are said to be right.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	for _, m := range []*mirror.Mirror{{Skew: 5 * time.Hour}, {Skew: -5 * time.Hour}, {Skew: -5 * time.Hour, Synchronized: true}} {
		o := once(t, stream(start(t, m).Local(), ""))
		if _, told := o.Values["wanwatch_stamp_one_way_delay_secondsforward"]; !told || !math.IsNaN(o.Values["wanwatch_stamp_one_way_delay_secondsforward"]) {
			t.Errorf("a one-way delay between clocks that differ by %s: %v", m.Skew, o.Values)
		}
		for _, name := range []string{"wanwatch_stamp_jitter_secondsforward", "wanwatch_stamp_jitter_secondsbackward", "wanwatch_stamp_delay_variation_secondsforward"} {
			if v, ok := o.Values[name]; !ok || v < 0 || v > 0.1 {
				t.Errorf("%s is %g with clocks that differ by %s", name, v, m.Skew)
			}
		}
		if o.Duration <= 0 || o.Duration > 100*time.Millisecond {
			t.Errorf("RTT %s with clocks that differ by %s", o.Duration, m.Skew)
		}
	}
}

// The DSCP is seen on the way there and back: the lab's reflector answers with 0
// whatever is asked of it, wanwatch's as it is asked.
func TestDSCP(t *testing.T) {
	t.Parallel()
	m := start(t, &mirror.Mirror{})
	o := once(t, stream(m.Local(), ""))
	expect(t, o, map[string]float64{
		"wanwatch_stamp_dscpforward": 46, "wanwatch_stamp_dscpbackward": 0, "wanwatch_stamp_remarked_totalforward": 0,
		"wanwatch_stamp_remarked_totalbackward": float64(len(m.Received())),
	})
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		expect(t, once(t, streamTo(own(t, address), "")), map[string]float64{
			"wanwatch_stamp_dscpforward": 46, "wanwatch_stamp_dscpbackward": 46,
			"wanwatch_stamp_remarked_totalforward": 0, "wanwatch_stamp_remarked_totalbackward": 0,
			"wanwatch_stamp_ttlforward": 64, "wanwatch_stamp_ttlbackward": 64,
		})
	}
}

// A reflector that only knows TWAMP-light is understood, whatever it is sent.
func TestTWAMPLight(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"stamp", "twamp-light"} {
		o := once(t, stream(start(t, &mirror.Mirror{Light: true}).Local(), ", protocol: "+protocol))
		expect(t, o, map[string]float64{"wanwatch_stamp_lost_totalforward": 0, "wanwatch_stamp_remarked_totalbackward": 0, "wanwatch_stamp_reflector_stateful": 1})
		if !math.IsNaN(o.Values["wanwatch_stamp_dscpforward"]) || !math.IsNaN(o.Values["wanwatch_stamp_ttlforward"]) {
			t.Errorf("a DSCP that nobody told: %v", o.Values)
		}
	}
}

// The profiles have the shape of calls.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]struct{ size, least, most int }{
		"voice": {172, 150 / 20, 800 / 20}, "video": {1200, 14 * 4, 14 * 26},
	} {
		m := start(t, &mirror.Mirror{})
		text := fmt.Sprintf("sites: {a: {}}\nendpoints:\n  line:\n    site: a\n    address: 127.0.0.1\n    probes: {stamp: {address: %q, timeout: 700ms, profile: %s}}\n", m.Local(), profile)
		o := once(t, text)
		if o.Outcome != probes.Success {
			t.Fatal(o.Detail)
		}
		got := m.Received()
		if len(got) < want.least || len(got) > want.most {
			t.Errorf("%s: %d packets in 0.5 s", profile, len(got))
		}
		for _, q := range got {
			if len(q) != want.size {
				t.Fatalf("%s: a packet of %d bytes, want %d", profile, len(q), want.size)
			}
		}
	}
}

// What wanwatch check says of a stream.
func TestSaid(t *testing.T) {
	t.Parallel()
	o := once(t, stream(start(t, &mirror.Mirror{Lose: func(n uint32, answer bool) bool { return n == 9 && answer }}).Local(), ""))
	said := o.Said + o.Detail
	for _, want := range []string{"packets of 172 bytes, DSCP 46, 5ms apart", "first answer after", "not synchronized", "0 lost there and 1 back", "re-marked on the way back, to DSCP 0"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in\n%s", want, said)
		}
	}
}
