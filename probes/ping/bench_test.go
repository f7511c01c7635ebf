package ping

import (
	"fmt"
	"testing"
	"time"

	"wanwatch/probes"
)

// BenchmarkPacket is what the engine itself costs, without a kernel: a packet is
// sent, answered and told of.
func BenchmarkPacket(b *testing.B) {
	for _, n := range []int{1, 1000, 50_000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) {
			jobs := make([]probes.Job, n)
			for i := range jobs {
				jobs[i] = testJob(fmt.Sprint(i), fmt.Sprintf("198.18.%d.%d", i>>8, i&255), time.Second, 2*time.Second)
				jobs[i].Phase = time.Duration(i) * time.Second / time.Duration(n)
			}
			clock := newFakeClock()
			wire := &fakeWire{clock: clock}
			pattern := newPattern()
			answered := 0
			e := newEngine(clock, wire, probes.Env{}.WithDefaults(), func(*probes.Result) { answered++ }, [32]byte{1}, pattern)
			e.swap(newPlanner().plan(jobs, func(int) uint32 { return 0 }))
			payload := make([]byte, defaultSize)
			copy(payload, pattern)
			a := &answer{}
			next := func() {
				clock.advance(max(time.Duration(e.planned-clock.now), 1))
				e.beat()
				e.advance()
				for i := range wire.sent {
					q := &wire.sent[i]
					putCookie(payload, q.cookie)
					*a = answer{echo: echo{seq: q.seq, payload: payload, ttl: 64}, from: q.to, arrived: clock.now}
					e.answer(a)
				}
				wire.sent, wire.times = wire.sent[:0], wire.times[:0]
			}
			for clock.now < int64(2*time.Second) {
				next()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for answered = 0; answered < b.N; {
				next()
			}
		})
	}
}
