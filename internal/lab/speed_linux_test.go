package lab

import (
	"net"
	"strconv"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
)

// BenchmarkForward sends UDP packets of 84 bytes, as fast as one sender can, to
// a socket behind a path with jitter. cpu-ns/packet is the forwarder's thread,
// the kernels of both sides included.
func BenchmarkForward(b *testing.B) {
	measure(b, func(conn net.Conn) {
		payload := make([]byte, 56)
		for b.Loop() {
			if _, err := conn.Write(payload); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPaced sends them at a steady rate, in bursts of a millisecond's
// packets, as a prober of many targets does: how late are they delivered, and
// what does the forwarder take meanwhile?
func BenchmarkPaced(b *testing.B) {
	for _, rate := range []int{1_000, 10_000, 50_000, 100_000} {
		b.Run(strconv.Itoa(rate), func(b *testing.B) {
			measure(b, func(conn net.Conn) {
				payload := make([]byte, 56)
				tick := time.NewTicker(time.Millisecond)
				defer tick.Stop()
				begun, sent := time.Now(), 0
				for b.Loop() {
					for sent >= int(time.Since(begun).Seconds()*float64(rate)) {
						<-tick.C
					}
					sent++
					if _, err := conn.Write(payload); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// measure reports how the lab fares while send uses it.
func measure(b *testing.B, send func(net.Conn)) {
	b.Helper()
	testenv.NeedRoot(b)
	path := plan.Path{Both: plan.Conditions{
		Delay:  new(5 * time.Millisecond),
		Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: time.Millisecond},
	}}
	l, err := Start(onePath(path), Options{Entries: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	sink, err := l.ListenPacket(b.Context(), "udp4", siteV4+":9")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	conn, err := l.Dial(b.Context(), "udp4", siteV4+":9")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	before := stats(b, l)
	send(conn)
	after := stats(b, l)
	if err := l.Settle(b.Context(), 20*time.Millisecond); err != nil {
		b.Fatal(err)
	}
	packets, _ := l.Log().Len()
	late := l.Log().LateBy()
	took, busy := after.Up-before.Up, after.CPU-before.CPU
	b.ReportMetric(float64(packets)/took.Seconds(), "packets/s")
	b.ReportMetric(100*busy.Seconds()/took.Seconds(), "%cpu")
	b.ReportMetric(float64(after.DroppedOut), "dropped")
	b.ReportMetric(float64(quantile(late, 0.5).Microseconds()), "late-p50-µs")
	b.ReportMetric(float64(quantile(late, 0.99).Microseconds()), "late-p99-µs")
}

func stats(b *testing.B, l *Lab) Stats {
	b.Helper()
	s, err := l.Stats()
	if err != nil {
		b.Fatal(err)
	}
	return s
}
