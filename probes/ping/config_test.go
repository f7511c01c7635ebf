package ping

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

func TestConfigCheck(t *testing.T) {
	for _, tt := range []struct {
		config Config
		want   string // part of the one message; empty: none
	}{
		{Config{}, ""},
		{Config{Source: "198.18.0.1", Family: "ip4", Interface: "eth0.100"}, ""},
		{Config{Source: "2001:db8::1", Family: "any"}, ""},
		{Config{Source: "here"}, `"here" is no IP address`},
		{Config{Source: "fe80::1%eth0"}, "is no IP address"},
		{Config{Source: "198.18.0.1", Family: "ip6"}, "does not fit family: ip6"},
		{Config{Source: "2001:db8::1", Family: "ip4"}, "does not fit family: ip4"},
		{Config{Interface: "a name that is too long"}, "is no name of an interface"},
		{Config{Interface: "a/b"}, "is no name of an interface"},
	} {
		got := strings.Join(tt.config.Check(), "; ")
		if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: %q, want %q", tt.config, got, tt.want)
		}
	}
}

func TestConfigCheckAddress(t *testing.T) {
	for _, tt := range []struct {
		source, address string
		good            bool
	}{
		{"", "198.18.0.1", true},
		{"198.18.0.9", "198.18.0.1", true},
		{"198.18.0.9", "hop.example", true},
		{"198.18.0.9", "2001:db8::1", false},
		{"198.18.0.9", "fe80::1%eth0", false},
		{"::ffff:198.18.0.9", "198.18.0.1", true},
		{"2001:db8::9", "2001:db8::1", true},
		{"2001:db8::9", "198.18.0.1", false},
		{"2001:db8::9", "::ffff:198.18.0.1", false},
		{"nonsense", "198.18.0.1", true}, // Check tells of that
	} {
		c := &Config{Source: tt.source}
		got := strings.Join(c.CheckAddress(tt.address), "; ")
		if (got == "") != tt.good || !tt.good && !strings.Contains(got, "of the other IP version") {
			t.Errorf("from %q to %s: %q", tt.source, tt.address, got)
		}
	}
}

// The inventory tells of a default source where the address is written.
func TestInventoryRefusesASourceOfTheOtherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	text := "sites: {here: {}}\ndefaults: {ping: {source: \"2001:db8::9\"}}\nuplinks:\n  six: {site: here, ping: \"2001:db8::1\"}\n  four: {site: here, ping: 198.18.0.1}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := inventory.Load(path, []inventory.ProbeKind{Kind().ProbeKind})
	if err == nil || !strings.Contains(err.Error(), "inventory.yaml:5") || !strings.Contains(err.Error(), "2001:db8::9 cannot send to 198.18.0.1") || strings.Contains(err.Error(), "yaml:4") {
		t.Errorf("got %v", err)
	}
}

func TestSettingsFillInWhatIsMissing(t *testing.T) {
	j := testJob("a", "198.18.0.1", 0, time.Hour)
	j.Probe.Config = nil
	s := settingsOf(j)
	if s.interval != time.Second || s.timeout != maxTimeout || s.size != defaultSize || s.want != anyFamily {
		t.Errorf("settings %+v", s)
	}
	s = settingsOf(with(testJob("a", "hop.example", time.Second, time.Second), func(c *Config) { c.Source = "2001:db8::1" }))
	if s.want != onlyV6 {
		t.Errorf("a source address of IPv6 wants addresses of %q", s.want)
	}
}

func TestSeriesExistFromTheStart(t *testing.T) {
	rating := map[string]bool{}
	quality.Standard().Series(func(d *metric.Desc, labels []string) { rating[seriesName(d, labels...)] = true })
	got := map[string]bool{}
	for _, s := range Kind().Series(testJob("a", "198.18.0.1", time.Second, time.Second)) {
		name := seriesName(s.Metric, s.Labels...)
		got[name] = true
		if s.Metric.Type == metric.Gauge && !rating[name] {
			t.Errorf("%s is a gauge: unknown until the first answer", s.Metric.Name)
		}
	}
	for name := range rating {
		if !got[name] {
			t.Errorf("%s has no place from the start", name)
		}
	}
	for _, d := range metric.All() {
		if strings.HasPrefix(d.Name, "wanwatch_ping_") && d.Scope == metric.Probe && d.Type != metric.Gauge && len(d.Labels) == 0 && !got[d.Name] {
			t.Errorf("%s does not exist from the start", d.Name)
		}
	}
	for _, code := range []string{"net", "host", "prohibited", "ttl", "too_big", "other"} {
		if !got[seriesName(metric.PingUnreachable, code)] {
			t.Errorf("%s with code %s does not exist from the start", metric.PingUnreachable.Name, code)
		}
	}
}

// TestUnratedSeries looks at a device, over which no call goes.
func TestUnratedSeries(t *testing.T) {
	j := testJob("a", "198.18.0.1", time.Second, time.Second)
	j.Target.Kind = inventory.DeviceTarget
	for _, s := range Kind().Series(j) {
		if s.Metric.Type == metric.Gauge {
			t.Errorf("%s: a device is not rated", seriesName(s.Metric, s.Labels...))
		}
	}
}

func TestReasonsAreKnown(t *testing.T) {
	for _, r := range Kind().Reasons {
		if _, ok := r.Advice(); !ok {
			t.Errorf("%s has no advice", r)
		}
	}
}
