package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"wanwatch/dashboards/notices"
	"wanwatch/inventory"
)

// syncBuffer is a buffer that a logger and a test may use at a time.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// attempts returns the samples of the probes counted so far, by target.
func attempts(metrics string) map[string]string {
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^wanwatch_probe_attempts_total\{.*?target="([^"]*)".*\} (\S+)$`).FindAllStringSubmatch(metrics, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func TestReload(t *testing.T) {
	target := listener(t)
	path := write(t, uplinks(target, "a", "b"))
	a := start(t, Options{Inventory: path})
	eventually(t, "both are probed", func() bool {
		_, body := get(t, a, "/metrics")
		n := attempts(body)
		return n["a"] != "0" && n["b"] != "0"
	})
	rewrite(t, path, uplinks(target, "b", "c"))
	if err := a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, body := get(t, a, "/metrics")
	n := attempts(body)
	if _, ok := n["a"]; ok {
		t.Error("the target taken away is still there")
	}
	if n["b"] == "0" || n["b"] == "" {
		t.Errorf("the target kept has counted %q probes, want those from before the reload", n["b"])
	}
	if _, ok := n["c"]; !ok {
		t.Error("the new target is not there at once")
	}
}

// TestFailedReloadChangesNothing checks that a bad inventory leaves what runs
// as it was: not a copy of it, the very same.
func TestFailedReloadChangesNothing(t *testing.T) {
	target := listener(t)
	path := write(t, uplinks(target, "a"))
	var log syncBuffer
	a := start(t, Options{Inventory: path, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	eventually(t, "it is probed", func() bool {
		_, body := get(t, a, "/metrics")
		return successful(body, "a")
	})
	before := a.running.Load()

	for _, bad := range []string{"stes: {}\n", uplinks("not an address", "a"), ""} {
		rewrite(t, path, bad)
		if err := a.Reload(t.Context()); !isProblems(err) {
			t.Errorf("reload of %q: %v, want problems", bad, err)
		}
	}
	if a.running.Load() != before {
		t.Error("a failed reload replaced what runs")
	}
	_, body := get(t, a, "/metrics")
	if !strings.Contains(body, "\nwanwatch_config_last_reload_successful 0\n") {
		t.Error("the metric does not say that the reload failed")
	}
	if !successful(body, "a") {
		t.Error("the target lost its state")
	}
	if got := log.String(); !strings.Contains(got, path+":1:1: ") {
		t.Errorf("the log does not say the line of the problem:\n%s", got)
	}

	rewrite(t, path, uplinks(target, "a"))
	if err := a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, a, "/metrics"); !strings.Contains(body, "\nwanwatch_config_last_reload_successful 1\n") {
		t.Error("the metric does not say that the reload succeeded")
	}
}

// A reload with a bad configuration of alerts takes over nothing, the good inventory
// neither.
func TestReloadWithBadAlarm(t *testing.T) {
	target := listener(t)
	path := write(t, uplinks(target, "a"))
	alarm := filepath.Join(t.TempDir(), "alertmanager.yml")
	rewrite(t, alarm, string(notices.Config()))
	var log syncBuffer
	a := start(t, Options{
		Inventory: path, Storage: Storage{Path: t.TempDir()}, Alerting: Alerting{ConfigFile: alarm},
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	before := a.running.Load()
	rewrite(t, alarm, "nonsense: [")
	rewrite(t, path, uplinks(target, "a", "b"))
	if err := a.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), alarm) {
		t.Errorf("reload: %v, want one that names %s", err, alarm)
	}
	if code, body, err := request(t.Context(), http.MethodPost, "http://"+a.Addr().String()+"/-/reload"); err != nil || code != http.StatusUnprocessableEntity || !strings.Contains(body, "\n"+alarm+": ") {
		t.Errorf("POST /-/reload: %v, status %d, want 422 and a line that begins with %s:\n%s", err, code, alarm, body)
	}
	if a.running.Load() != before {
		t.Error("the inventory was taken over")
	}
	if _, body := get(t, a, "/metrics"); !strings.Contains(body, "\nwanwatch_config_last_reload_successful 0\n") {
		t.Error("the metric does not say that the reload failed")
	}
	if !strings.Contains(log.String(), "not reloaded") {
		t.Errorf("the log does not say it:\n%s", log.String())
	}
	rewrite(t, alarm, string(notices.Config()))
	if err := a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.running.Load() == before {
		t.Error("a good reload was not taken over")
	}
}

func isProblems(err error) bool {
	_, ok := errors.AsType[inventory.Problems](err)
	return ok
}

func TestConcurrentReloads(t *testing.T) {
	target := listener(t)
	path := write(t, uplinks(target, "a"))
	a := start(t, Options{Inventory: path})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := a.Reload(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestReloadWaitsItsTurn checks that a reload that cannot have its turn gives
// up with its context, and with the program's end.
func TestReloadWaitsItsTurn(t *testing.T) {
	a := start(t, Options{Inventory: write(t, uplinks("127.0.0.1:1", "a"))})
	a.reloading <- struct{}{} // another reload that never ends
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Reload(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("reload: %v, want context.Canceled", err)
	}
	waited := make(chan error)
	go func() { waited <- a.Reload(t.Context()) }()
	stop(t, a)
	if err := <-waited; err == nil {
		t.Error("a reload succeeded after the end")
	}
}

// A reload that the end of the program overtakes is no failure of the inventory.
func TestReloadAtTheEnd(t *testing.T) {
	var log syncBuffer
	var a *App
	o := Options{Inventory: write(t, uplinks("127.0.0.1:1", "a")), Logger: slog.New(slog.NewTextHandler(&log, nil))}
	o.Loading = func() func() {
		if a != nil { // the reload, not the start
			stop(t, a)
		}
		return func() {}
	}
	a = start(t, o)
	if err := a.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "ending") {
		t.Errorf("reload: %v", err)
	}
	if strings.Contains(log.String(), "not reloaded") {
		t.Errorf("the log has a failure:\n%s", log.String())
	}
}

func TestReloadOverHTTP(t *testing.T) {
	path := write(t, uplinks("127.0.0.1:1", "a"))
	a := start(t, Options{Inventory: path})
	post := func() int {
		code, _, err := request(t.Context(), http.MethodPost, "http://"+a.Addr().String()+"/-/reload")
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	if got := post(); got != http.StatusOK {
		t.Errorf("status %d, want 200", got)
	}
	rewrite(t, path, "stes: {}\n")
	if got := post(); got != http.StatusUnprocessableEntity {
		t.Errorf("status %d for a bad inventory, want 422", got)
	}
}
