package grafana

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wanwatch/dashboards/texts"
	"wanwatch/internal/testenv"
)

// The dashboards are what Grafana's own types say, of today and of 9.4: whole, and
// the options and field settings of each panel by its type.
func TestDashboardsFitGrafanasTypes(t *testing.T) {
	node := testenv.NeedProgram(t, "node", "nodejs")
	modules := testenv.Modules(t, "testdata/npm")
	dir := filepath.Dir(modules)
	for _, name := range []string{"plain.d.ts", "types.d.ts"} {
		data, err := os.ReadFile(filepath.Join("testdata/npm", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{filepath.Join(modules, "typescript", "bin", "tsc"), "--noEmit", "--strict", "--skipLibCheck",
		"--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext"}
	for _, l := range texts.Languages() {
		for _, f := range boards(t, l) {
			name := filepath.Join(dir, string(l)+"-"+strings.TrimSuffix(f.Name, ".json")+".ts")
			if err := os.WriteFile(name, typed(t, f.Data), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%.8000s", err, text)
	}
}

// typed writes a dashboard as a program that compiles only if its parts fit.
func typed(t *testing.T, board []byte) []byte {
	t.Helper()
	var d struct {
		Panels []struct {
			ID          int
			Type        string
			Options     json.RawMessage
			FieldConfig struct {
				Defaults struct{ Custom json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(board, &d); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`import type { Dashboard, Fields, NineFields, NineOptions, Options } from "./types";` + "\n")
	fmt.Fprintf(&b, "export const whole: Dashboard = %s;\n", board)
	nine := map[string]bool{"timeseries": true, "stat": true, "bargauge": true, "state-timeline": true}
	for _, p := range d.Panels {
		if p.Options != nil {
			fmt.Fprintf(&b, "export const options%d: Options[%q] = %s;\n", p.ID, p.Type, p.Options)
			if nine[p.Type] {
				fmt.Fprintf(&b, "export const nine%d: NineOptions[%q] = %s;\n", p.ID, p.Type, p.Options)
			}
		}
		if custom := p.FieldConfig.Defaults.Custom; custom != nil {
			fmt.Fprintf(&b, "export const fields%d: Fields[%q] = %s;\n", p.ID, p.Type, custom)
			if p.Type != "heatmap" {
				fmt.Fprintf(&b, "export const nineFields%d: NineFields[%q] = %s;\n", p.ID, p.Type, custom)
			}
		}
	}
	return []byte(b.String())
}
