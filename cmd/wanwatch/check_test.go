package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wanwatch/internal/app"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
)

// TestCheckWithoutPermission: that nothing could be asked is trouble of this host. Where
// something could, it is a failure, whatever came of it.
func TestCheckWithoutPermission(t *testing.T) {
	all := slices.Clone(kinds.All())
	for i := range all {
		if all[i].Name == "ping" {
			all[i].NewFleet = func(probes.Env) (probes.Fleet, error) { return nil, errors.New("operation not permitted") }
		}
	}
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	text := `{sites: {a: {}}, uplinks: {pinged: {site: a, ping: 127.0.0.1}, tried: {site: a, tcp: "127.0.0.1:1"}}}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		targets []string
		code    int
	}{{[]string{"pinged"}, exitTrouble}, {[]string{"tried"}, exitFailure}, {nil, exitFailure}} {
		check, err := app.NewCheck(app.CheckOptions{Inventory: path, Targets: c.targets, Kinds: all})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		cmd := newCheck()
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SetContext(t.Context())
		if code := report(&out, cmd, runCheck(cmd, check, false, probes.Report.WriteText)); code != c.code {
			t.Errorf("%v: exit code %d, want %d:\n%s", c.targets, code, c.code, out.String())
		}
	}
}
