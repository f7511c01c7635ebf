package ping

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
)

// BenchmarkLoopback pings thousands of addresses of the loopback network, each
// once a second, and reports what a ping costs and how true its time is.
func BenchmarkLoopback(b *testing.B) {
	testenv.NeedRoot(b)
	for _, n := range []int{1000, 3000, 10000, 50000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) { benchLoopback(b, n) })
	}
}

func benchLoopback(b *testing.B, targets int) {
	b.Helper()
	const warmUp, measured = 2 * time.Second, 5 * time.Second
	const prime = 7919
	f, err := NewFleet(probes.Env{})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	jobs := make([]probes.Job, targets)
	first := netip.AddrFrom4([4]byte{127, 1, 0, 0})
	for i := range jobs {
		first = first.Next()
		jobs[i] = testJob(fmt.Sprintf("t%d", i), first.String(), time.Second, 2*time.Second)
		// Even, but in another order than that of the jobs, as the scheduler's are.
		jobs[i].Phase = time.Duration(i*prime%targets) * time.Second / time.Duration(targets)
	}
	f.Set(jobs)

	ctx, cancel := context.WithTimeout(b.Context(), warmUp+measured)
	defer cancel()
	from := time.Now().Add(warmUp)
	var start time.Duration
	var rtts []time.Duration
	rtts = make([]time.Duration, 0, targets*6)
	failed, unknown, notes := 0, 0, 0
	emit := func(r *probes.Result) {
		if r.Start.Before(from) {
			return
		}
		if start == 0 {
			start = cpuTime()
		}
		switch r.Outcome {
		case probes.Success:
			rtts = append(rtts, r.Duration)
		case probes.Note:
			notes++
		case probes.Failure:
			failed++
		case probes.Unknown:
			unknown++
			b.Log(r.Detail)
		}
	}
	b.ResetTimer()
	if err := f.Run(ctx, emit); err != nil {
		b.Fatal(err)
	}
	used := cpuTime() - start
	slices.Sort(rtts)
	if len(rtts) == 0 {
		b.Fatal("no answer")
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(used.Microseconds())/float64(len(rtts)), "µs-cpu/ping")
	b.ReportMetric(100*used.Seconds()/measured.Seconds(), "%cpu")
	b.ReportMetric(float64(len(rtts))/measured.Seconds(), "pings/s")
	b.ReportMetric(float64(rtts[len(rtts)/2].Nanoseconds())/1000, "µs-p50")
	b.ReportMetric(float64(rtts[len(rtts)*99/100].Nanoseconds())/1000, "µs-p99")
	b.ReportMetric(float64(failed), "lost")
	b.ReportMetric(float64(unknown), "unknown")
	b.ReportMetric(float64(notes), "notes")
}

func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
