package inventory

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

func TestParseBitRate(t *testing.T) {
	for text, want := range map[string]BitRate{
		"50Mbps": 50e6, "1.5 Gbps": 1.5e9, "512kbps": 512e3, "512Kbps": 512e3, "1bps": 1, "0.3Mbps": 300e3, "1000Tbps": 1e15,
	} {
		if got, err := ParseBitRate(text); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "50", "Mbps", "50Mb", "-1Mbps", "1e3bps", "0bps", "0.1bps", "1001Tbps", ".Mbps", "50/s", "5 B/s", "50Mbps "} {
		if got, err := ParseBitRate(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestParseRatio(t *testing.T) {
	for text, want := range map[string]Ratio{"99.9%": 0.999, "0.5%": 0.005, "100%": 1, "0%": 0, "33.3 %": 0.333, "99.99%": 0.9999} {
		got, err := ParseRatio(text)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
		if text := strings.ReplaceAll(text, " ", ""); got.String() != text {
			t.Errorf("%s is written %s", text, got)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1s": time.Second, "500ms": 500 * time.Millisecond, "1h30m": 90 * time.Minute, "1d": 24 * time.Hour, "1d12h": 36 * time.Hour,
		"1.5d": 36 * time.Hour, "2w": 14 * 24 * time.Hour, "0": 0, "20us": 20 * time.Microsecond, "20µs": 20 * time.Microsecond,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1", "-1s", "+1s", "1 s", "s", ".5s", "1y", "1d ", "1e3s", "101000w", "99999999999999999999d"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	for d, want := range map[time.Duration]string{2 * time.Hour: "2h", 90 * time.Second: "1m30s", time.Minute: "1m", 0: "0s", 45 * day: "45d", 36 * time.Hour: "36h", time.Hour + time.Second: "1h0m1s"} {
		if got := FormatDuration(d); got != want {
			t.Errorf("%v is written %s, want %s", d, got, want)
		}
	}
}

func TestDSCPNamesReadBack(t *testing.T) {
	for d := range DSCP(64) {
		if got, err := ParseDSCP(d.String()); err != nil || got != d {
			t.Errorf("%d is written %s, which is read as %d, %v", d, d, got, err)
		}
	}
	for name, want := range map[string]DSCP{"EF": 46, "af41": 34, "CS5": 40, "VA": 44, "DF": 0, "LE": 1, "AF11": 10, "AF43": 38} {
		if got, err := ParseDSCP(name); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", name, got, err, want)
		}
	}
}

func TestDateEnd(t *testing.T) {
	for text, want := range map[string]string{"2027-03-31": "2027-04-01", "2027-02": "2027-03-01", "2027-12": "2028-01-01", "2028-02-28": "2028-02-29"} {
		d, err := ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.End().Format(time.DateOnly); got != want || d.String() != text {
			t.Errorf("%s ends before %s, want %s; written %s", text, got, want, d)
		}
	}
}

func TestParseHost(t *testing.T) {
	for text, want := range map[string]string{"10.0.0.1": "10.0.0.1", "[2001:db8::1]": "2001:db8::1", "2001:DB8:0::1": "2001:db8::1", "hop.example": "hop.example", "fe80::1%eth0": "fe80::1%eth0", "a_b": "a_b"} {
		if got, err := ParseHost(text); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"10.0.0.1:80": "10.0.0.1:80", "[2001:db8::1]:443": "[2001:db8::1]:443", "2001:db8::1": "2001:db8::1", "hop.example:443": "hop.example:443", "hop.example": "hop.example"} {
		if got, err := parseHostPort(text); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{":80", "a:0", "a:65536", "a:b", "[::1", "a:80:80"} {
		if got, err := parseHostPort(text); err == nil {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

// TestSecretsAreHidden prints a secret in every way that Go has.
func TestSecretsAreHidden(t *testing.T) {
	s := Secret{File: "/etc/marker", Env: "MARKER"}
	c := &SNMPCredential{Community: s}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "credential", c)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "credential", c)
	text := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		text += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, &s) + fmt.Sprintf(verb, *c) + fmt.Sprintf(verb, c) + fmt.Sprintf(verb, []Secret{s})
	}
	encodings := []func() ([]byte, error){
		func() ([]byte, error) { return json.Marshal([]any{s, &s, c}) },
		func() ([]byte, error) { return yaml.Marshal([]any{s, &s, map[string]any{"x": s}}) },
	}
	for _, encode := range encodings {
		data, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		text += string(data)
	}
	if strings.Contains(strings.ToLower(text), "marker") {
		t.Errorf("the reference shows: %s", text)
	}
	if !strings.Contains(text, hidden) {
		t.Error("nothing was printed")
	}
}

func TestSecretRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) Secret {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return Secret{File: path}
	}
	t.Setenv("WANWATCH_TEST_SECRET", "abc\n")
	t.Setenv("WANWATCH_TEST_EMPTY", "")
	for want, s := range map[string]Secret{
		"one":     write("a", "one"),
		"two\n":   write("b", "two\n\n"),
		" three ": write("c", " three \r\n"),
		"abc":     {Env: "WANWATCH_TEST_SECRET"},
	} {
		if got, err := s.Read(); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	for name, s := range map[string]Secret{
		"WANWATCH_TEST_EMPTY": {Env: "WANWATCH_TEST_EMPTY"},
		"WANWATCH_TEST_UNSET": {Env: "WANWATCH_TEST_UNSET"},
		"missing":             {File: filepath.Join(dir, "missing")},
		"empty":               write("empty", "\n"),
		"large":               write("large", strings.Repeat("x", maxSecret+1)),
		dir:                   {File: dir},
		"no file":             {},
	} {
		if got, err := s.Read(); err == nil || got != "" || !strings.Contains(err.Error(), name) {
			t.Errorf("%q, %v; want an error that names %s", got, err, name)
		}
	}
}
