package rules

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wanwatch/dashboards/texts"
	"wanwatch/internal/testenv"
	"wanwatch/probes/metric"
)

var update = flag.Bool("update", false, "write the rule file anew")

const committed = "wanwatch.rules.yml"

func TestRuleFileIsFresh(t *testing.T) {
	want := File(texts.VI)
	if *update {
		if err := os.WriteFile(committed, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run make generate", committed)
	}
}

func TestEveryAlertHasTextsAndARunbook(t *testing.T) {
	known := texts.Alerts()
	for _, g := range Groups() {
		for _, a := range g.Alerts {
			if known[a.Name].Title.VI == "" || known[a.Name].Summary.VI == "" {
				t.Errorf("%s has no texts", a.Name)
			}
			delete(known, a.Name)
			if _, err := os.Stat(filepath.Join(testenv.Root(t), Runbooks, a.Name+".md")); err != nil {
				t.Errorf("%s has no runbook: %v", a.Name, err)
			}
		}
	}
	for name := range known {
		t.Errorf("%s has texts but no rule", name)
	}
}

// Every metric that a rule names is in the catalog, or recorded by a rule.
func TestRulesNameWhatExists(t *testing.T) {
	known := map[string]bool{"ALERTS": true}
	for _, d := range metric.All() {
		known[d.Name] = true
		if d.Type == metric.Histogram {
			known[d.Name+"_bucket"], known[d.Name+"_sum"], known[d.Name+"_count"] = true, true, true
		}
	}
	names := regexp.MustCompile(`[a-z_]*:?wanwatch_[a-zA-Z0-9_:]+`)
	for _, g := range Groups() {
		for _, r := range g.Records {
			known[r.Name] = true
		}
	}
	check := func(rule, expr string) {
		for _, name := range names.FindAllString(expr, -1) {
			if !known[name] {
				t.Errorf("%s names %s, which nothing exposes", rule, name)
			}
		}
	}
	for _, g := range Groups() {
		for _, r := range g.Records {
			check(r.Name, r.Expr)
		}
		for _, a := range g.Alerts {
			check(a.Name, a.Expr)
		}
	}
}

// Prometheus 2.42 accepts the file, and the rules do what testdata says.
func TestPromtool(t *testing.T) {
	promtool := testenv.NeedProgram(t, "promtool", "prometheus")
	tests, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(tests) == 0 {
		t.Fatal("no rule tests", err)
	}
	for _, args := range [][]string{{"check", "rules", committed}, append([]string{"test", "rules"}, tests...)} {
		out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput()
		if err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// The configuration to start from is one that Prometheus takes, with the rules
// beside it.
func TestPromtoolTakesTheConfiguration(t *testing.T) {
	promtool := testenv.NeedProgram(t, "promtool", "prometheus")
	dir := t.TempDir()
	for name, data := range map[string][]byte{"prometheus.yml": Prometheus(), committed: File(texts.EN)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), promtool, "check", "config", filepath.Join(dir, "prometheus.yml")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
