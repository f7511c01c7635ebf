package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// exporter serves a histogram and a counter as Prometheus' own client does.
func exporter(t *testing.T) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	rtt := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "rtt_seconds", Help: "x", Buckets: []float64{1, 2}, NativeHistogramBucketFactor: 1.1})
	sent := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sent_total", Help: "x"}, []string{"target"})
	registry.MustRegister(rtt, sent)
	rtt.Observe(0.5)
	sent.WithLabelValues("a").Add(3)
	sent.WithLabelValues("b").Add(4)
	server := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestFamilies(t *testing.T) {
	var sent float64
	var rtt histogram
	err := families(t.Context(), exporter(t), readers{
		"sent_total":  func(family *dto.MetricFamily) { sent = sum(family) },
		"rtt_seconds": rtt.add,
		"absent":      func(*dto.MetricFamily) { t.Error("a family that is not there was read") },
	})
	if err != nil || sent != 7 || rtt.count != 1 || len(rtt.native) != 1 {
		t.Errorf("read %v pings and %+v, %v", sent, rtt, err)
	}
}

func TestFamiliesOfABrokenExporter(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"text":     func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", text) },
		"a torso": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", protobuf)
			_, _ = w.Write([]byte{100, 10, 1, 'a'})
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			if err := families(t.Context(), server.URL, readers{}); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestScrapeCountsSamples(t *testing.T) {
	got, err := scrape(t.Context(), exporter(t))
	// Three buckets, a sum and a count; two counters.
	if err != nil || got.series != 7 {
		t.Errorf("%d series, %v, want 7", got.series, err)
	}
	if got.bytes < int64(len(strings.Repeat("sent_total", 2))) || got.took <= 0 {
		t.Errorf("%d bytes in %v", got.bytes, got.took)
	}
}

func TestScrapeCostIsBeyondTheIdle(t *testing.T) {
	idle := usage{cpu: time.Second, elapsed: 10 * time.Second}
	more := usage{cpu: 1200 * time.Millisecond, elapsed: 10 * time.Second}
	asked := usage{cpu: 4200 * time.Millisecond, elapsed: 20 * time.Second}
	c := scrapeCost{scrapes: 10, last: scraped{series: 1000}}
	// 2 s of pings before, 2.4 s after: 2.2 s, give or take 0.2 s.
	c.account(idle, asked, more)
	if c.cpu != 200*time.Millisecond || c.perSeries != 200*time.Microsecond || c.doubt.Round(time.Microsecond) != 20*time.Millisecond || !c.told() {
		t.Errorf("%+v", c)
	}
	c.account(idle, usage{cpu: 2500 * time.Millisecond, elapsed: 20 * time.Second}, more)
	if c.told() {
		t.Errorf("less than the pings vary by was told: %+v", c)
	}
}
