package plan

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wanwatch/inventory"
)

const sample = `
seed: 7
prober: {v4: 198.19.255.254}
paths:
  hai-chau-vnpt:
    prefixes: [198.18.1.0/24, 2001:db8:1::/48]
    groups: [vnpt]
    hops: [{v4: 198.19.0.1, v6: 2001:db8:f::1}, {}]
    both: {delay: 5ms, jitter: {distribution: normal, scale: 500us}, limit: {rate: 50Mbps, queue_time: 40ms}}
    back: {loss: 0.5%}
events:
  - note: a link degrades
    at: 1m
    for: 30s
    every: 5m
    over: 10s
    groups: [vnpt]
    both: {burst: {p: 1%, r: 25%}, dscp: {to: 0}, refuse: {code: host, hop: 1}}
`

func TestDecode(t *testing.T) {
	got, err := Decode("sample.yaml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := &Plan{
		Seed: 7, Prober: Router{V4: netip.MustParseAddr("198.19.255.254")},
		Paths: map[string]*Path{"hai-chau-vnpt": {
			Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24"), netip.MustParsePrefix("2001:db8:1::/48")},
			Groups:   []string{"vnpt"},
			Hops:     []Router{{netip.MustParseAddr("198.19.0.1"), netip.MustParseAddr("2001:db8:f::1")}, {}},
			Both: Conditions{
				Delay: new(5 * ms), Jitter: &Jitter{Distribution: Normal, Scale: ms / 2},
				Limit: &Limit{Rate: 50_000_000, QueueTime: 40 * ms},
			},
			Back: Conditions{Loss: new(inventory.Ratio(0.005))},
		}},
		Events: []*Event{{
			Note: "a link degrades", At: time.Minute, For: 30 * time.Second, Every: 5 * time.Minute, Over: 10 * time.Second,
			Groups: []string{"vnpt"},
			Both:   Conditions{Burst: &Burst{P: 0.01, R: 0.25}, DSCP: &DSCP{To: 0}, Refuse: &Refuse{Code: Host, Hop: 1}},
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
	path := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(path, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	tests := []struct{ name, input, want string }{
		{"empty", "", `p.yaml: the file is empty; a plan needs paths`},
		{"only a comment", "# nothing\n", `p.yaml: the file is empty; a plan needs paths`},
		{"unknown key", "paths:\n  a: {prefixes: [198.18.1.0/24], boht: {}}\n", `p.yaml:2: unknown key "boht"`},
		{"duplicate key", "seed: 1\nseed: 2\n", `p.yaml:2: mapping key "seed" already defined at line 1`},
		{"wrong type", "seed: many\n", "p.yaml:1: cannot unmarshal !!str `many` into uint64"},
		{"second document", sample + "---\nseed: 1\n", `p.yaml: a second document after ---; a plan is one document`},
		{"no paths", "seed: 1\n", `p.yaml: paths: there is none; name at least one with its prefixes`},
		{"not YAML", "paths: [\n", `p.yaml:1: did not find expected node content`},
		{"not from 0 to 1", "paths:\n  a: {prefixes: [198.18.1.0/24], both: {loss: 120%}}\n", `"120%" is out of range`},
	}
	for _, tt := range tests {
		_, err := Decode("p.yaml", []byte(tt.input))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Whatever the file holds, decoding ends with a plan that an engine takes or
// with an error.
func FuzzDecode(f *testing.F) {
	f.Add(sample)
	f.Add("paths: {a: {prefixes: [::/0]}}")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Decode("p.yaml", []byte(text))
		if err != nil {
			return
		}
		for id := range p.Paths {
			p.Timeline(id, Out).At(time.Second)
		}
	})
}
