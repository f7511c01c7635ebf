package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// readyTimeout bounds the start of a program under measurement.
const readyTimeout = time.Minute

// server is a program under measurement that serves metrics.
type server struct {
	*process
	url     string // of its root
	metrics string // of its metrics
}

// startWanwatch runs wanwatch on an inventory and waits until it is ready. It
// reloads when it is asked to, not when the file changes.
func (b *bench) startWanwatch(ctx context.Context, inventory string) (*server, error) {
	return b.startWanwatchWith(ctx, inventory, "")
}

// startWanwatchWith runs it with a store in a folder, or without one.
func (b *bench) startWanwatchWith(ctx context.Context, inventory, folder string) (*server, error) {
	address, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.start(ctx, "", b.wanwatch, "run", "--config.watch=false", "--storage.path="+folder, "--web.listen-address", address, inventory)
	if err != nil {
		return nil, err
	}
	s := &server{process: p, url: "http://" + address, metrics: "http://" + address + "/metrics"}
	if err := s.ready(ctx, s.url+"/-/ready"); err != nil {
		p.stop()
		return nil, err
	}
	return s, nil
}

// ready waits until the page answers 200.
func (s *server) ready(ctx context.Context, page string) error {
	deadline := time.Now().Add(readyTimeout)
	for time.Now().Before(deadline) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, http.NoBody)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := s.wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s was not ready within %s: %s", s.name, readyTimeout, s.lastWords())
}

// pingInventory writes an inventory of n conference rooms on the loopback, each
// pinged once in interval.
func (b *bench) pingInventory(n int, interval time.Duration) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "organization: Benchmark\ndefaults: {ping: {interval: %s}}\nsites:\n  loopback: {name: Loopback}\nendpoints:\n", interval)
	for i, address := range loopbackAddresses(n) {
		fmt.Fprintf(&text, "  room-%05d: {site: loopback, address: %s, probes: {ping: {}}}\n", i, address)
	}
	return b.file(fmt.Sprintf("ping-%d-%s.yaml", n, interval), text.String())
}

// file writes a file into the temporary folder.
func (b *bench) file(name, content string) (string, error) {
	path := filepath.Join(b.dir, name)
	return path, os.WriteFile(path, []byte(content), 0o600)
}

// readWanwatch sums the ping metrics of all targets.
func readWanwatch(ctx context.Context, metrics string) (pingState, error) {
	var state pingState
	err := families(ctx, metrics, readers{
		"wanwatch_ping_sent_total":  func(family *dto.MetricFamily) { state.sent = sum(family) },
		"wanwatch_ping_lost_total":  func(family *dto.MetricFamily) { state.lost = sum(family) },
		"wanwatch_ping_rtt_seconds": state.rtt.add,
	})
	if err == nil && state.rtt.count == 0 && state.sent == 0 {
		err = fmt.Errorf("%s has no ping metrics yet", metrics)
	}
	return state, err
}
