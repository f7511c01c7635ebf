package ping

import (
	"strings"
	"testing"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// A link-local address is reached through an interface, whose index changes when
// it is made anew. Answers come from the address and that index.
func TestLinkLocalAddressFollowsItsInterface(t *testing.T) {
	for name, job := range map[string]probes.Job{
		"zone":      testJob("a", "fe80::2%ppp0", second, 2*second),
		"interface": with(testJob("a", "fe80::2", second, 2*second), func(c *Config) { c.Interface = "ppp0" }),
		"name":      with(testJob("a", "hop.example", second, 2*second), func(c *Config) { c.Interface = "ppp0" }),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, job)
			if got := r.engine.table.wiredNames(); len(got) != 1 || got[0] != "ppp0" {
				t.Fatalf("interfaces %q are watched, want ppp0", got)
			}
			if name == "name" {
				p, _ := parsePeer("fe80::2", hostLink)
				r.engine.resolved(resolution{lookup: lookup{host: "hop.example"}, peer: p})
			}
			lacks := func() {
				t.Helper()
				r.run(second)
				list := r.record.of("a")
				x := list[len(list)-1]
				if x.Outcome != probes.Unknown || x.Reason != probes.ReasonNoRoute || !strings.Contains(x.Detail, "this host has no interface") || len(r.take()) != 0 {
					t.Errorf("without the interface: %s %s %q", x.Outcome, x.Reason, x.Detail)
				}
			}
			lacks()
			answered := 0.0
			for _, index := range []int{7, 9, 0, 11} {
				if index == 0 {
					r.engine.relink(map[string]int{})
					lacks()
					continue
				}
				r.engine.relink(map[string]int{"ppp0": index})
				r.run(second)
				q := r.one()
				if q.to.scope != uint32(index) {
					t.Errorf("sent to %s, want interface %d", q.to, index)
				}
				r.engine.answer(r.reply(q))
				answered++
				if n := r.record.sum("a", metric.PingReceived); n != answered {
					t.Errorf("%v answers counted, want %v", n, answered)
				}
			}
			if n := len(r.engine.hosts); n != 1 {
				t.Errorf("%d addresses are remembered, want 1", n)
			}
		})
	}
}
