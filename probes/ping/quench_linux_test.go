package ping

import (
	"net/netip"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// A source quench asks for fewer packets (RFC 792); the one that it quotes is on
// its way and is answered.
func TestSourceQuenchLosesNothing(t *testing.T) {
	const quench = 4
	router := netip.MustParseAddr("198.18.3.254")
	for _, m := range []medium{datagram, raw} {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			h, u := newTunnel(t)
			u.behave(func(p packet) {
				p.fail(router, quench, 0, 0, 100)
				time.AfterFunc(5*time.Millisecond, p.reply) // so that the quench is read before
			})
			r := newRecord()
			inHost(t, h, probes.Env{}, m, r, testJob("a", "198.18.3.9", shortInterval, 2*time.Second))
			r.until(t, "answers", func() bool { return r.sum("a", metric.PingReceived) >= 10 })
			if n := r.outcomes("a", probes.Failure); n != 0 {
				t.Errorf("%d failures: %+v", n, r.first("a", probes.Failure))
			}
		})
	}
}
