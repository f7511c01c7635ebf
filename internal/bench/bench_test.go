package main

import (
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/prometheus/client_golang/prometheus"
)

// observed makes a family of histograms as client_golang exports them.
func observed(t *testing.T, native bool, values ...[]float64) *dto.MetricFamily {
	t.Helper()
	options := prometheus.HistogramOpts{Name: "rtt_seconds", Help: "x", Buckets: []float64{0.001, 0.002, 0.005, 0.01}}
	if native {
		options.NativeHistogramBucketFactor = 1.1 // schema 3
	}
	vector := prometheus.NewHistogramVec(options, []string{"target"})
	for i, list := range values {
		for _, v := range list {
			vector.WithLabelValues(string(rune('a' + i))).Observe(v)
		}
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(vector)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families[0]
}

// ramp is n values spread evenly over (0, top].
func ramp(n int, top float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = top * float64(i+1) / float64(n)
	}
	return values
}

func TestQuantileOfNativeHistograms(t *testing.T) {
	var h histogram
	h.add(observed(t, true, ramp(1000, 0.004), ramp(1000, 0.004)))
	for _, tt := range []struct{ q, want float64 }{{0.5, 0.002}, {0.9, 0.0036}, {0.99, 0.00396}} {
		got, ok := h.quantile(tt.q)
		// A bucket of schema 3 spans a factor of 2^(1/8).
		if !ok || math.Abs(got.Seconds()/tt.want-1) > 0.09 {
			t.Errorf("quantile %v is %v, want %v s within 9 %%", tt.q, got, tt.want)
		}
	}
	if h.count != 2000 {
		t.Errorf("count is %v, want 2000", h.count)
	}
}

func TestQuantileOfClassicHistograms(t *testing.T) {
	var h histogram
	h.add(observed(t, false, ramp(1000, 0.004)))
	got, ok := h.quantile(0.5) // an edge: exact
	if !ok || got != 2*time.Millisecond {
		t.Errorf("median is %v, want 2ms", got)
	}
	if _, ok := (&histogram{}).quantile(0.5); ok {
		t.Error("an empty histogram has a median")
	}
}

func TestMinusSeesOnlyTheWindow(t *testing.T) {
	for _, native := range []bool{true, false} {
		var first, last histogram
		first.add(observed(t, native, ramp(1000, 0.0004)))
		last.add(observed(t, native, append(ramp(1000, 0.0004), ramp(10, 0.009)[9], 0.009, 0.009)))
		window := last.minus(&first)
		if window.count != 3 {
			t.Errorf("native %v: the window holds %v observations, want 3", native, window.count)
		}
		if p, ok := window.quantile(0.01); !ok || p < 5*time.Millisecond {
			t.Errorf("native %v: the window's lowest is %v, want more than 5ms", native, p)
		}
	}
}

func TestHistogramsOfDifferentResolution(t *testing.T) {
	one := func(schema, index int32) *dto.Histogram {
		return &dto.Histogram{
			SampleCount: new(uint64(1)), Schema: new(schema),
			PositiveSpan: []*dto.BucketSpan{{Offset: new(index), Length: new(uint32(1))}}, PositiveDelta: []int64{1},
		}
	}
	var h histogram
	h.addOne(one(3, 8))  // ends at 2
	h.addOne(one(0, 1))  // (1, 2]
	h.addOne(one(3, 9))  // (2, 2.18], so (2, 4] in the coarser
	h.addOne(one(3, -7)) // (0.5, 0.545], so (0.5, 1]
	want := map[int32]float64{0: 1, 1: 2, 2: 1}
	if h.schema != 0 || len(h.native) != len(want) {
		t.Fatalf("schema %d with %v, want schema 0 with %v", h.schema, h.native, want)
	}
	for index, count := range want {
		if h.native[index] != count {
			t.Errorf("bucket %d holds %v, want %v", index, h.native[index], count)
		}
	}
}

func TestParseCPU(t *testing.T) {
	got, err := parseCPU("42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 8 0 1 2 3")
	if err != nil || got != 2*time.Second {
		t.Errorf("parseCPU is %v, %v, want 2s", got, err)
	}
	for _, bad := range []string{"", "42 (a", "42 (a) S 1 2"} {
		if _, err := parseCPU(bad); err == nil {
			t.Errorf("parseCPU(%q) fails not", bad)
		}
	}
}

func TestParseMemory(t *testing.T) {
	now, peak, err := parseMemory("Name:\tx\nVmHWM:\t    2000 kB\nVmRSS:\t    1000 kB\n")
	if err != nil || now != 1_024_000 || peak != 2_048_000 {
		t.Errorf("parseMemory is %d, %d, %v", now, peak, err)
	}
	if _, _, err := parseMemory("Name:\tzombie\n"); err == nil {
		t.Error("parseMemory of a zombie fails not")
	}
}

func TestParseFping(t *testing.T) {
	trips, lost, err := parseFping("127.1.0.1 : 0.020 - 0.010\nICMP Host Unreachable from 1.2.3.4\n127.1.0.2 : 1.5 0.03 0.04\n")
	if err != nil || lost != 1 || len(trips) != 5 || trips[0] != 10*time.Microsecond || trips[4] != 1500*time.Microsecond {
		t.Errorf("parseFping is %v, %d, %v", trips, lost, err)
	}
	if _, _, err := parseFping("127.1.0.1 : 0.1 nonsense\n"); err == nil {
		t.Error("parseFping takes nonsense")
	}
}

func TestLoopbackAddresses(t *testing.T) {
	seen := map[string]bool{}
	for _, text := range loopbackAddresses(100_000) {
		address, err := netip.ParseAddr(text)
		if err != nil || !address.IsLoopback() || text == "127.0.0.1" || strings.HasSuffix(text, ".0") || strings.HasSuffix(text, ".255") {
			t.Fatalf("%q is no host address of the loopback", text)
		}
		if seen[text] {
			t.Fatalf("%s comes twice", text)
		}
		seen[text] = true
	}
}

func TestReportIsMarkdown(t *testing.T) {
	var r report
	tab := table{title: "T", head: []string{"a", "b"}}
	tab.add("1", thousands(1234567))
	r.tables = append(r.tables, tab)
	r.goal("speed", "%.1f s", 2, 1)
	var out strings.Builder
	if err := r.write(&out, header{machine: "m", version: "v"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| a | b |\n| --- | --- |\n| 1 | 1,234,567 |\n", "| speed | at most 1.0 s | 2.0 s | **no** |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := r.write(&out, header{quick: true}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "figures mean nothing") || strings.Contains(got, "reached") {
		t.Errorf("a quick run is judged:\n%s", got)
	}
}
