package app

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// descriptors counts what this process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// A start that fails once the ping engine is open closes it.
func TestFailedStartLeavesNothingOpen(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "alertmanager.yml")
	rewrite(t, bad, "nonsense: [")
	path := write(t, "sites: {here: {}}\nuplinks: {a: {site: here, ping: 127.0.0.1}}\n")
	fail := func(n int) {
		a, err := New(Options{
			Inventory: path, Listen: []string{"127.0.0.1:0"},
			Storage: Storage{Path: filepath.Join(dir, strconv.Itoa(n))}, Alerting: Alerting{ConfigFile: bad},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil {
			t.Fatal("it started")
		}
	}
	fail(0) // what is opened once for good, such as the poller, is open now
	before := descriptors(t)
	for n := range 5 {
		fail(n + 1)
	}
	if after := descriptors(t); after > before {
		t.Errorf("5 starts that failed leave %d descriptors open", after-before)
	}
}
