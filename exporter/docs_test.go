package exporter

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wanwatch/internal/testenv"
	"wanwatch/probes/metric"
)

//go:embed testdata/metrics.md
var docsIntro string

// section is a part of docs/metrics.md.
type section struct {
	title, text string
	has         func(*metric.Desc) bool
}

// prefix takes the metrics whose names go on with one of the words.
func prefix(words ...string) func(*metric.Desc) bool {
	return func(d *metric.Desc) bool {
		return d.Scope != metric.Process && slices.ContainsFunc(words, func(w string) bool {
			return strings.HasPrefix(d.Name, "wanwatch_"+w+"_")
		})
	}
}

func sections() []section {
	return []section{
		{"Targets", "What is concluded about a target. Labels: `target`, `kind`, `site`.", func(d *metric.Desc) bool {
			return prefix("target")(d) && !strings.Contains(d.Name, "_meeting_")
		}},
		{"Probes", "Every probe of every target. Labels: `target`, `kind`, `site`, `probe`, `address`.", prefix("probe")},
		{"Ping", "Sent = received + lost at every moment: a packet counts once it was answered or timed out.", prefix("ping")},
		{"Interfaces and devices", "What routers and switches tell over SNMP. An interface's series belong to the link or uplink that it carries.", prefix("interface", "device_boot", "device_reboots", "device", "snmp")},
		{"TCP and TLS", "", prefix("tcp", "tls")},
		{"Registration and SIP", "`wanwatch_registered` comes from `h323` with a gatekeeper and from `sip` with a room.", func(d *metric.Desc) bool {
			return d == metric.Registered || prefix("sip")(d)
		}},
		{"HTTP and WebSocket", "", prefix("http")},
		{"DNS", "", prefix("dns")},
		{"STAMP", "Streams of packets like a call's. Direction `forward` is towards the reflector, `backward` from it; `unknown` is where the reflector does not tell.", prefix("stamp")},
		{"Conference equipment", "What equipment tells of itself over SNMP, as its profile says: see [probes.md](probes.md#profiles-of-snmp).", prefix("equipment")},
		{"Trace", "The way to a target.", prefix("trace")},
		{"Quality of calls", "Estimates for the network alone, from the last 60 pings or the last STAMP stream, for links, uplinks and endpoints; see [quality.md](quality.md).", prefix("quality")},
		{"Limits", "What the inventory says, as samples.", func(d *metric.Desc) bool {
			return prefix("link", "contract", "endpoint")(d) || strings.HasPrefix(d.Name, "wanwatch_target_meeting_") ||
				d == metric.DevicePurchased || d == metric.DeviceEndOfSupport
		}},
		{"The program", "wanwatch itself. The metrics of the Go runtime (`go_*`) and of the process (`process_*`) are there too.", func(d *metric.Desc) bool { return d.Scope == metric.Process }},
	}
}

// docs writes docs/metrics.md.
func docs() string {
	var b strings.Builder
	b.WriteString(docsIntro)
	for _, s := range sections() {
		fmt.Fprintf(&b, "\n## %s\n\n", s.title)
		if s.text != "" {
			b.WriteString(s.text + "\n\n")
		}
		b.WriteString("| metric | type | own labels | meaning |\n|---|---|---|---|\n")
		for _, d := range metric.All() {
			if inSection(d, s) {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Name, typeWord(d), ownLabels(d), d.Help)
			}
		}
	}
	return b.String()
}

// inSection is true in the last section that wants the metric, but for the
// limits, which take devices' dates from the devices' section.
func inSection(d *metric.Desc, s section) bool {
	if d == metric.DevicePurchased || d == metric.DeviceEndOfSupport {
		return s.title == "Limits"
	}
	return s.has(d)
}

func typeWord(d *metric.Desc) string {
	word := [...]string{metric.Counter: "counter", metric.Gauge: "gauge", metric.Histogram: "histogram"}[d.Type]
	if d.Native {
		word += ", native too"
	}
	return word
}

func ownLabels(d *metric.Desc) string {
	var labels []string
	for _, l := range d.Labels {
		labels = append(labels, "`"+l+"`")
	}
	return strings.Join(labels, ", ")
}

func TestDocsAreFresh(t *testing.T) {
	golden(t, filepath.Join(testenv.Root(t), "docs", "metrics.md"), docs())
}

// TestDocsAreComplete: every metric stands in exactly one table.
func TestDocsAreComplete(t *testing.T) {
	text := docs()
	for _, d := range metric.All() {
		if n := strings.Count(text, "| `"+d.Name+"` |"); n != 1 {
			t.Errorf("%s stands in %d tables", d.Name, n)
		}
	}
}

// TestDocsExamplesParse has promtool read every expression of the document.
func TestDocsExamplesParse(t *testing.T) {
	promtool := testenv.NeedProgram(t, "promtool", "prometheus")
	rules := "groups:\n- name: docs\n  rules:\n"
	parts := strings.Split(docsIntro, "```promql\n")[1:]
	if len(parts) < 5 {
		t.Fatalf("the document has %d examples", len(parts))
	}
	for i, part := range parts {
		expr, _, _ := strings.Cut(part, "```")
		rules += fmt.Sprintf("  - record: example:%d\n    expr: |\n      %s\n", i, strings.ReplaceAll(strings.TrimSpace(expr), "\n", "\n      "))
	}
	path := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("promtool check rules: %v\n%s", err, out)
	}
}
