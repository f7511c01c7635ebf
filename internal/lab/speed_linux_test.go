package lab

import (
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
)

func BenchmarkForward(b *testing.B) {
	testenv.NeedRoot(b)
	l, err := Start(&plan.Plan{Paths: map[string]*plan.Path{
		"a": {Prefixes: prefixes("198.18.1.0/24"), Both: plan.Conditions{
			Delay:  new(5 * time.Millisecond),
			Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: time.Millisecond},
		}},
	}}, Options{Entries: 100_000})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	sink, err := l.ListenPacket(b.Context(), "udp4", "198.18.1.1:9")
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	conn, err := l.Dial(b.Context(), "udp4", "198.18.1.1:9")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	payload := make([]byte, 56)
	before, _ := l.Stats()
	begun := time.Now()
	for b.Loop() {
		if _, err := conn.Write(payload); err != nil {
			b.Fatal(err)
		}
	}
	_ = l.Settle(b.Context(), 20*time.Millisecond)
	took := time.Since(begun) - 25*time.Millisecond
	s, _ := l.Stats()
	n, _ := l.Log().Len()
	b.ReportMetric(float64(n)/took.Seconds(), "packets/s")
	b.ReportMetric(float64((s.CPU-before.CPU).Nanoseconds())/float64(n), "cpu-ns/packet")
	b.ReportMetric(float64(s.DroppedOut)/float64(b.N), "dropped/op")
}
