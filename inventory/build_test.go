package inventory

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"weak"
)

// TestOneTargetKeepsNoOther holds on to one target, as a prober does that a reload
// keeps.
func TestOneTargetKeepsNoOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	const text = "sites: {a: {}}\nendpoints:\n  one: {site: a, address: 198.18.0.1}\n  two: {site: a, address: 198.18.0.2}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept, other := inv.Targets()[0], weak.Make(inv.Targets()[1])
	runtime.GC() // the inventory is not used any more
	runtime.GC()
	if other.Value() != nil {
		t.Error("a target keeps another one of its inventory in memory")
	}
	runtime.KeepAlive(kept)
}
