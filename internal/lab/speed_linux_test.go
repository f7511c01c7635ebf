package lab

import (
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
)

// BenchmarkForward sends UDP packets of 84 bytes, one after the other, to a
// socket behind a path with jitter. cpu-ns/packet is the forwarder's thread,
// the kernels of both sides included.
func BenchmarkForward(b *testing.B) {
	testenv.NeedRoot(b)
	path := plan.Path{Both: plan.Conditions{
		Delay:  new(5 * time.Millisecond),
		Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: time.Millisecond},
	}}
	l, err := Start(onePath(path), Options{Entries: 100_000})
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
	payload := make([]byte, 56)
	before, err := l.Stats()
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	for b.Loop() {
		if _, err := conn.Write(payload); err != nil {
			b.Fatal(err)
		}
	}
	took := time.Since(begun)
	if err := l.Settle(b.Context(), 20*time.Millisecond); err != nil {
		b.Fatal(err)
	}
	after, err := l.Stats()
	if err != nil {
		b.Fatal(err)
	}
	packets, _ := l.Log().Len()
	late := l.Log().LateBy()
	b.ReportMetric(float64(packets)/took.Seconds(), "packets/s")
	b.ReportMetric(float64((after.CPU-before.CPU).Nanoseconds())/float64(packets), "cpu-ns/packet")
	b.ReportMetric(float64(after.DroppedOut), "dropped")
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "late-p50-µs")
}
