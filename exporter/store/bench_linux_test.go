package store

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"wanwatch/exporter"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/schedule"
)

// BenchmarkSoak feeds 100,000 series, each 15 s, as fast as it can: an operation is 15 s
// of the store's life, and 1440x is six hours. Between them each target is pinged, as
// often as in that time; what that takes is left out. It tells the share of a core that
// the store would take in real time, compactions included, and what it holds at the end.
func BenchmarkSoak(b *testing.B) {
	const targets, pings = 1470, 15
	e, jobs := pinged(b, targets)
	path := b.TempDir()
	s, err := Open(Options{Path: path, Source: e, Meter: e.Meter()})
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now().Add(-30 * 24 * time.Hour)
	var other time.Duration
	before := cpu(b)
	b.ResetTimer()
	for n := range b.N {
		began := time.Now()
		for i := range pings {
			record(e, jobs, n*pings+i)
		}
		other += time.Since(began)
		at = at.Add(DefaultInterval)
		s.feeder.all(at)
	}
	b.StopTimer()
	used := cpu(b) - before - other
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	series := float64(s.db.Head().NumSeries())
	blocks := len(s.db.Blocks())
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	size, err := onDisk(path)
	if err != nil {
		b.Fatal(err)
	}
	lived := time.Duration(b.N) * DefaultInterval
	b.ReportMetric(series, "series")
	b.ReportMetric(used.Seconds()/lived.Seconds(), "cores")
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-heap")
	b.ReportMetric(float64(size)/1e6, "MB-disk")
	b.ReportMetric(float64(blocks), "blocks")
	b.ReportMetric(float64(size)/(series*float64(b.N)), "bytes/sample")
}

// pinged is an exporter with some ping targets and their jobs.
func pinged(b *testing.B, n int) (*exporter.Exporter, []probes.Job) {
	b.Helper()
	var text strings.Builder
	text.WriteString("sites: {here: {}}\nuplinks:\n")
	for i := range n {
		fmt.Fprintf(&text, "  t%04d: {site: here, ping: 198.18.%d.%d}\n", i, i/250, 1+i%250)
	}
	inv, err := inventory.Parse([]inventory.File{{Name: "soak.yaml", Data: []byte(text.String())}}, kinds.Inventory())
	if err != nil {
		b.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		b.Fatal(err)
	}
	e := exporter.New(exporter.Options{})
	e.Apply(inv, "", kinds.All(), jobs)
	return e, jobs
}

// record records a ping of each target: now and then one is lost, and the round-trip
// times vary.
func record(e *exporter.Exporter, jobs []probes.Job, n int) {
	for i, j := range jobs {
		luck := uint64(n*len(jobs)+i) * 0x9e3779b97f4a7c15 >> 40
		r := probes.Result{Job: j, Target: j.Target, Outcome: probes.Success, Samples: []probes.Sample{
			{Metric: metric.PingSent, Value: 1}, {Metric: metric.PingReceived, Value: 1}, {Metric: metric.PingRTT, Value: 0.01 + float64(luck%5000)*1e-6},
			{Metric: metric.PingJitter, Value: float64(luck%700) * 1e-6}, {Metric: metric.PingReplyTTL, Value: 63},
		}}
		if luck%500 == 0 {
			r = probes.Result{Job: j, Target: j.Target, Outcome: probes.Failure, Reason: probes.ReasonTimeout, Samples: []probes.Sample{
				{Metric: metric.PingSent, Value: 1}, {Metric: metric.PingLost, Value: 1},
			}}
		}
		e.Record(&r)
	}
}

// cpu is what the process has used, in all its threads.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// onDisk is what a folder takes.
func onDisk(path string) (size int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
