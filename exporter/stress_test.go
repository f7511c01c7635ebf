package exporter

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wanwatch/probes"
)

func goVersion() string { return runtime.Version() }

// many is an inventory of n links, each with a ping probe.
func many(n int) string {
	var b strings.Builder
	b.WriteString("sites:\n  trung-tam: {}\n")
	for i := range n {
		fmt.Fprintf(&b, "  xa-%05d: {name: Xã %d}\n", i, i)
	}
	b.WriteString("providers: {vnpt: {}}\nlinks:\n")
	for i := range n {
		fmt.Fprintf(&b, "  xa-%05d-vnpt: {from: trung-tam, to: xa-%05d, provider: vnpt, ping: 10.%d.%d.1, bandwidth: 50Mbps}\n", i, i, i>>8, i&255)
	}
	return b.String()
}

// realTime lets the exporter start anew, on the real clock.
func (b *bench) realTime() {
	b.e = New(Options{})
	b.e.Apply(b.inv, "", b.kinds, b.jobs)
}

// TestStress records, reloads and scrapes at once. No result of a target that
// stays is lost, and every scrape is whole.
func TestStress(t *testing.T) {
	const targets, rounds, reloads, scrapes = 200, 300, 40, 20
	b := newBench(t, many(targets))
	b.realTime()
	full, fullJobs := b.load(many(targets))
	half, halfJobs := b.load(many(targets / 2))

	var all, recording sync.WaitGroup
	var stop atomic.Bool
	for worker := range 2 {
		recording.Go(func() {
			for range rounds {
				for i := worker; i < len(fullJobs); i += 2 {
					r := pong(fullJobs[i], time.Millisecond)
					b.e.Record(&r)
				}
			}
		})
	}
	all.Go(func() {
		for i := 0; i < reloads || !stop.Load(); i++ {
			if i%2 == 0 {
				b.e.Apply(half, "", b.kinds, halfJobs)
			} else {
				b.e.Apply(full, "", b.kinds, fullJobs)
			}
		}
	})
	for _, accept := range []string{acceptText, acceptOpenMetrics, acceptProto} {
		handler := b.e.Metrics()
		all.Go(func() {
			for range scrapes {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
				r.Header.Set("Accept", accept)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if _, err := io.Copy(io.Discard, w.Body); err != nil || w.Code != http.StatusOK {
					t.Errorf("scrape: status %d, %v", w.Code, err)
				}
			}
		})
	}
	recording.Wait()
	stop.Store(true)
	all.Wait()
	b.e.Apply(full, "", b.kinds, fullJobs)

	got := b.samples()
	for _, j := range halfJobs {
		labels := fmt.Sprintf(`target="%s",kind="link",site="%s"`, j.Target.ID, j.Target.Site)
		probe := fmt.Sprintf(`{%s,probe="ping",address="%s"}`, labels, j.Probe.Address)
		for _, name := range []string{"wanwatch_probe_attempts_total", "wanwatch_ping_sent_total", "wanwatch_ping_received_total", "wanwatch_ping_rtt_seconds_count"} {
			if v := got[name+probe]; v != fmt.Sprint(rounds) {
				t.Fatalf("%s%s is %s, want %d", name, probe, v, rounds)
			}
		}
	}
}

// TestScrapeTellsOneMoment: sent = received + lost in every scrape, although
// the three stand far apart in it.
func TestScrapeTellsOneMoment(t *testing.T) {
	b := newBench(t, many(50))
	var stop atomic.Bool
	var recording sync.WaitGroup
	recording.Go(func() {
		for i := 0; !stop.Load(); i++ {
			r := pong(b.jobs[i%len(b.jobs)], time.Millisecond)
			if i%3 == 0 {
				r = noPong(b.jobs[i%len(b.jobs)])
			}
			b.e.Record(&r)
		}
	})
	defer recording.Wait()
	defer stop.Store(true)
	for range 20 {
		got := b.samples()
		for series, sent := range got {
			rest, ok := strings.CutPrefix(series, "wanwatch_ping_sent_total")
			if !ok {
				continue
			}
			var s, r, l int
			fmt.Sscan(sent, &s)
			fmt.Sscan(got["wanwatch_ping_received_total"+rest], &r)
			fmt.Sscan(got["wanwatch_ping_lost_total"+rest], &l)
			if s != r+l {
				t.Fatalf("sent %d, received %d, lost %d in one scrape", s, r, l)
			}
		}
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	b := newBench(t, many(10))
	answered, lost := pong(b.jobs[3], time.Millisecond), noPong(b.jobs[3])
	b.e.Record(&answered) // the gauges get their place
	if n := testing.AllocsPerRun(200, func() {
		b.e.Record(&answered)
		b.e.Record(&lost)
	}); n != 0 {
		t.Errorf("a packet recorded takes %g allocations", n)
	}
}

// BenchmarkRecord is one ping answered, in turn for each of 10,000 targets, as
// the ping engine does it.
func BenchmarkRecord(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) {
			bench := newBench(b, many(n))
			bench.realTime()
			r := pong(bench.jobs[0], time.Millisecond)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				r.Job, r.Target = bench.jobs[i], bench.jobs[i].Target
				bench.e.Record(&r)
				if i++; i == len(bench.jobs) {
					i = 0
				}
			}
		})
	}
}

// discard counts what it is given.
type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { d.n += len(p); return len(p), nil }

// BenchmarkScrape10000 is a scrape of 10,000 ping targets.
func BenchmarkScrape10000(b *testing.B) {
	bench := newBench(b, many(10_000))
	for round := range 30 {
		for i, j := range bench.jobs {
			r := pong(j, time.Duration(1+(i*7+round*13)%40)*time.Millisecond)
			bench.e.Record(&r)
		}
	}
	lines := len(bench.samples())
	for _, c := range []struct{ name, accept, encoding string }{
		{"text", acceptText, ""},
		{"openmetrics", acceptOpenMetrics, ""},
		{"protobuf", acceptProto, ""},
		{"text+gzip", acceptText, "gzip"},
		{"text+zstd", acceptText, "zstd"},
		{"openmetrics+gzip", acceptOpenMetrics, "gzip"},
		{"protobuf+gzip", acceptProto, "gzip"},
	} {
		b.Run(c.name, func(b *testing.B) {
			handler := bench.e.Metrics()
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", nil)
			r.Header.Set("Accept", c.accept)
			r.Header.Set("Accept-Encoding", c.encoding)
			w := &discard{}
			for b.Loop() {
				*w = discard{header: http.Header{}}
				handler.ServeHTTP(w, r)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lines), "ns/series")
			b.ReportMetric(float64(w.n)/1e6, "MB")
		})
	}
}

// BenchmarkApply20000 is a reload of 20,000 targets that stay the same.
func BenchmarkApply20000(b *testing.B) {
	bench := newBench(b, many(20_000))
	bench.realTime()
	var sets [2]func()
	for i := range sets {
		inv, jobs := bench.load(many(20_000))
		sets[i] = func() { bench.e.Apply(inv, "", bench.kinds, jobs) }
	}
	i := 0
	for b.Loop() {
		sets[i%2]()
		i++
	}
}

var _ probes.Emit = (*Exporter)(nil).Record
