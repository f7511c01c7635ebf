package ping

import (
	"strings"
	"testing"
	"time"

	"wanwatch/internal/testnet"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// A default source does not suit every target. The inventory refuses that, and
// if it did not, only the target itself would suffer.
func TestSourceOfTheOtherIPVersion(t *testing.T) {
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			a, _ := testnet.Pair(t)
			from := func(id, source, address string) probes.Job {
				return with(testJob(id, address, shortInterval, time.Second), func(c *Config) { c.Source = source })
			}
			r := newRecord()
			f := inHost(t, a, probes.Env{}, m, r, from("four", "2001:db8::1", "198.18.0.2"), from("six", "198.18.0.1", "2001:db8::2"),
				from("good", "198.18.0.1", "198.18.0.2"))
			r.until(t, "answers of the good target", func() bool { return r.sum("good", metric.PingReceived) >= 5 })
			for _, id := range []string{"four", "six"} {
				r.until(t, "results of "+id, func() bool { return len(r.of(id)) >= 2 })
				x := r.of(id)[0]
				if x.Outcome != probes.Unknown || x.Reason != probes.ReasonNoRoute || !strings.Contains(x.Detail, "of the other IP version") {
					t.Errorf("%s: %s %s %q", id, x.Outcome, x.Reason, x.Detail)
				}
			}
			list := ask(t, f, from("once", "2001:db8::1", "198.18.0.2"), probes.NewTrace()).of("once")
			if len(list) != 1 || list[0].Outcome != probes.Unknown || list[0].Reason != probes.ReasonNoRoute {
				t.Errorf("a single probe: %+v", list)
			}
		})
	}
}
