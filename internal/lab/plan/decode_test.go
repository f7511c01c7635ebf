package plan

import (
	"bytes"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

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

var update = flag.Bool("update", false, "write what the tests expect from what they get")

// Each file of testdata holds a plan and everything that is wrong with it; one
// file a rule.
func TestDecodeIsStrict(t *testing.T) {
	for path, archive := range testCases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			got := ""
			p, err := Decode("plan.yaml", planOf(archive))
			if err != nil {
				got = err.Error() + "\n"
			}
			if (p == nil) == (err == nil) {
				t.Errorf("plan %v and error %v", p, err)
			}
			if *update {
				archive.Files = []txtar.File{archive.Files[0], {Name: "want problems", Data: []byte(got)}}
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func testCases(t testing.TB) map[string]*txtar.Archive {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d test cases: %v", len(paths), err)
	}
	cases := map[string]*txtar.Archive{}
	for _, p := range paths {
		if cases[p], err = txtar.ParseFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return cases
}

// planOf returns the plan of a test case, with the byte that no editor writes.
func planOf(a *txtar.Archive) []byte {
	return bytes.ReplaceAll(a.Files[0].Data, []byte("{{xFF}}"), []byte{0xff})
}

// Whatever the file holds, decoding ends with a plan that an engine takes, or
// with problems that each have a place.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("paths: {a: {prefixes: [::/0]}}"))
	for _, a := range testCases(f) {
		f.Add(planOf(a))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Decode("p.yaml", text)
		if err != nil {
			var problems inventory.Problems
			if !errors.As(err, &problems) {
				t.Fatal(err)
			}
			for _, p := range problems {
				if p.Pos.File != "p.yaml" || p.Pos.Line < 1 || p.Pos.Col < 1 || p.Message == "" || strings.ContainsAny(p.String(), "\n\r\x00") {
					t.Fatalf("the problem has no place, or is not one line: %q", p)
				}
			}
			return
		}
		if err := p.Check(); err != nil {
			t.Fatalf("a plan that was taken is wrong: %v", err)
		}
		for id := range p.Paths {
			p.Timeline(id, Out).At(time.Second)
		}
	})
}
