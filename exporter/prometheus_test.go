package exporter

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wanwatch/internal/testenv"
)

// TestPrometheusReadsNativeHistograms lets Debian's Prometheus scrape protobuf
// and asks it for what it made of the native histogram.
func TestPrometheusReadsNativeHistograms(t *testing.T) {
	program := testenv.NeedProgram(t, "prometheus", "prometheus")
	b := newBench(t, small)
	j := b.job("phong-hop", "ping", "")
	sum := 0.0
	for i := range 1000 {
		rtt := time.Duration(1+i) * 100 * time.Microsecond // evenly from 0.1 to 100 ms
		sum += rtt.Seconds()
		b.answered(j, rtt)
	}
	server := httptest.NewServer(NewWeb(WebOptions{Exporter: b.e}))
	defer server.Close()
	ask := startPrometheus(t, program, strings.TrimPrefix(server.URL, "http://"))

	const rtt = `wanwatch_ping_rtt_seconds{target="phong-hop",probe="ping"}`
	for expr, want := range map[string]string{
		"histogram_count(" + rtt + ")": `"1000"`,
		// A bucket is 9 % wide.
		"abs(histogram_quantile(0.5, " + rtt + ") - 0.05) < bool 0.0045":      `"1"`,
		fmt.Sprintf("abs(histogram_sum(%s) - %g) < bool 1e-9", rtt, sum):      `"1"`,
		`count(wanwatch_ping_rtt_seconds{kind="endpoint"})`:                   `"1"`,
		`wanwatch_ping_sent_total{target="phong-hop"}`:                        `"1000"`,
		`count(wanwatch_target_seconds_total{target="phong-hop"})`:            `"5"`,
		`wanwatch_target_info{name="Kênh \\ VNPT",target="hai-chau-vnpt"}`:    `"1"`,
		`count(wanwatch_ping_loss_burst_packets_bucket{target="phong-hop"})`:  `"9"`,
		`count(count by (target, kind, site) (wanwatch_target_up)) == bool 4`: `"1"`,
	} {
		if got := ask(expr); !strings.Contains(got, want) {
			t.Errorf("%s: want %s, got %s", expr, want, got)
		}
	}
}

// startPrometheus starts a Prometheus that scrapes an address, and returns how
// to ask it once the first scrape is in.
func startPrometheus(t *testing.T, program, target string) func(expr string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String() // free just now
	l.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: 1s}\nscrape_configs: [{job_name: wanwatch, static_configs: [{targets: [%q]}]}]\n", target)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn", "--enable-feature=native-histograms")
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("Prometheus said:\n%s", log.String())
		}
	})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(expr string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/api/v1/query?query="+url.QueryEscape(expr), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return err.Error()
		}
		return string(body)
	}
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for range 300 {
		if strings.Contains(ask("wanwatch_target_up"), "phong-hop") {
			return ask
		}
		<-poll.C
	}
	t.Fatalf("Prometheus has not scraped %s within 30 s:\n%s", target, ask("up"))
	return nil
}
