//go:build unix

package snmp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes"
)

const agentVariable = "WANWATCH_SNMPTEST_AGENTS"

// TestAgentProcess is no test: benchmarks run it as a process of its own, so
// that the agents' CPU time is not counted as the prober's.
func TestAgentProcess(t *testing.T) {
	count := os.Getenv(agentVariable)
	if count == "" {
		return
	}
	var n, interfaces int
	if _, err := fmt.Sscanf(count, "%d,%d", &n, &interfaces); err != nil {
		t.Fatal(err)
	}
	mib := snmptest.Device("bench", interfaces)
	for range n {
		a, err := snmptest.Start("127.0.0.1:0", "public", mib)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		fmt.Fprintln(os.Stdout, "agent", a.Addr())
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark ends
}

// agents starts devices in another process and returns their addresses.
func agents(b *testing.B, count, interfaces int) []string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestAgentProcess$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d", agentVariable, count, interfaces))
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	var list []string
	for lines := bufio.NewScanner(out); len(list) < count && lines.Scan(); {
		if address, ok := strings.CutPrefix(lines.Text(), "agent "); ok {
			list = append(list, address)
		}
	}
	if len(list) < count {
		b.Fatalf("only %d agents started", len(list))
	}
	return list
}

// cpu returns the CPU time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rss returns the resident memory of this process in MiB, 0 where there is no
// /proc.
func rss() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	var size, resident float64
	if err == nil {
		_, err = fmt.Sscan(string(text), &size, &resident)
	}
	if err != nil {
		return 0
	}
	return resident * float64(os.Getpagesize()) / (1 << 20)
}

// BenchmarkPoll polls devices of 300 interfaces of which 10 matter, one poll an
// iteration, and counts packets and CPU time. The figure to reach is 2 packets
// and 2 ms; 1,000 devices each 30 s on a tenth of a core are 3 ms.
func BenchmarkPoll(b *testing.B) {
	for _, devices := range []int{1, 1000} {
		b.Run(fmt.Sprintf("devices=%d", devices), func(b *testing.B) { benchmarkPoll(b, devices) })
	}
}

func benchmarkPoll(b *testing.B, devices int) {
	b.Helper()
	shared, credential := new(engines), community(b, "public")
	var probers []*prober
	requests, failed := 0.0, 0
	emit := func(r *probes.Result) {
		if r.Outcome != probes.Success && r.Outcome != probes.Note {
			failed++
		}
		for _, s := range r.Samples {
			if s.Metric.Name == "wanwatch_snmp_requests_total" {
				requests += s.Value
			}
		}
	}
	poll := func(p *prober) {
		ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
		defer cancel()
		p.Probe(ctx, emit, nil)
	}
	before := rss()
	for _, address := range agents(b, devices, 300) {
		job := deviceJob(address, credential, &Config{}, names(10)...)
		job.Probe.Timeout = 10 * time.Second
		p, err := newProber(probes.Env{}, job, shared)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { p.Close() })
		poll(p)
		poll(p)
		probers = append(probers, p)
	}
	requests, failed = 0, 0
	b.ReportAllocs()
	b.ResetTimer()
	start, n := cpu(b), 0
	for b.Loop() {
		poll(probers[n%len(probers)])
		n++
	}
	used := cpu(b) - start
	b.StopTimer()
	if failed > 0 {
		b.Fatalf("%d results were no success", failed)
	}
	b.ReportMetric(requests/float64(n), "packets/poll")
	b.ReportMetric(used.Seconds()*1000/float64(n), "cpu-ms/poll")
	runtime.GC()
	b.ReportMetric((rss()-before)/float64(devices)*1024, "KiB-RSS/device")
}
