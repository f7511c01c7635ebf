package inventory_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wanwatch/inventory"
)

// party is a document of its own, with a field of each type.
type party struct {
	Host    string              `yaml:"host,required"`
	Guests  map[string]*guest   `yaml:"guests,required"`
	Starts  time.Time           `yaml:"starts"`
	Lasts   *time.Duration      `yaml:"lasts" min:"1m" max:"12h"`
	Indoors *bool               `yaml:"indoors"`
	Songs   []song              `yaml:"songs"`
	Notes   map[string]string   `yaml:"notes"`
	Volume  float64             `yaml:"volume" min:"0.1" max:"11"`
	Chairs  uint64              `yaml:"chairs" max:"40"`
	Share   *inventory.Ratio    `yaml:"share"`
	Mark    *inventory.DSCP     `yaml:"mark"`
	Rate    inventory.BitRate   `yaml:"rate"`
	Door    netip.Addr          `yaml:"door"`
	Windows []netip.Prefix      `yaml:"windows"`
	Steps   []time.Duration     `yaml:"steps"`
	Rooms   map[string][]string `yaml:"rooms"`
}

type guest struct {
	ID   string        `yaml:"-"`
	With []string      `yaml:"with" ref:"guests"`
	Mood string        `yaml:"mood" enum:"glad|gladder" default:"glad"`
	Pos  inventory.Pos `yaml:"-"`
}

type song struct {
	Title string `yaml:"title,required"`
}

// Verify knows that a host is no guest, and that songs differ.
func (p *party) Verify(wrong func(path, message string)) {
	if p.Guests[p.Host] != nil {
		wrong("guests."+p.Host, "the host is no guest")
	}
	if p.Chairs < 1 {
		wrong("chairs", "nobody can sit")
	}
	for i, s := range p.Songs {
		if i > 0 && s == p.Songs[i-1] {
			wrong("songs[1].title", "the same song again")
		}
	}
}

func TestDecode(t *testing.T) {
	const text = `
x-friends: &friends {with: [binh]}
host: An
guests:
  binh:
  chi: {<<: *friends, mood: gladder}
starts: 2026-12-01T08:00
lasts: 2h
indoors: false
songs: [{title: Quê hương}]
notes: {"Nhà 1": cổng xanh}
volume: 0.5
chairs: 12
share: 5%
mark: EF
rate: 1.5Mbps
door: 2001:db8::1
windows: [198.18.1.0/24]
steps: [1ms, 2ms]
rooms: {lon: [a, b]}
`
	got := party{Volume: 3}
	if err := inventory.Decode("party.yaml", []byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := party{
		Host: "An",
		Guests: map[string]*guest{
			"binh": {ID: "binh", Mood: "glad", Pos: inventory.Pos{File: "party.yaml", Line: 5, Col: 3}},
			"chi":  {ID: "chi", With: []string{"binh"}, Mood: "gladder", Pos: inventory.Pos{File: "party.yaml", Line: 6, Col: 3}},
		},
		Starts: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), Lasts: new(2 * time.Hour), Indoors: new(false),
		Songs: []song{{"Quê hương"}}, Notes: map[string]string{"Nhà 1": "cổng xanh"}, Volume: 0.5, Chairs: 12,
		Share: new(inventory.Ratio(0.05)), Mark: new(inventory.DSCP(46)), Rate: 1_500_000,
		Door: netip.MustParseAddr("2001:db8::1"), Windows: []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24")},
		Steps: []time.Duration{time.Millisecond, 2 * time.Millisecond}, Rooms: map[string][]string{"lon": {"a", "b"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
}

// What is not written keeps what stood there.
func TestDecodeKeepsDefaults(t *testing.T) {
	got := party{Volume: 3, Lasts: new(time.Hour)}
	if err := inventory.Decode("party.yaml", []byte("host: An\nguests: {}\nchairs: 1\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Volume != 3 || *got.Lasts != time.Hour {
		t.Errorf("volume %v and length %v", got.Volume, *got.Lasts)
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "p.yaml:1:1: the file is empty: write host and guests"},
		{"a list", "- 1", "p.yaml:1:1: the file holds a list and not keys with values: write keys such as host or guests at the start of lines, each with a colon"},
		{"second document", "host: a\n---\nhost: b\n", "p.yaml:2:1: a second YAML document begins here, and only the first would be read: remove the line ---"},
		{"not UTF-8", "host: \xff\n", "p.yaml:1:7: byte 7 of the file (0xFF) is not UTF-8: save the file as UTF-8"},
		{"all at once", `
guests:
  An Bình: {with: [cho], moot: glad}
  chi: {with: [chi, ch, chi], mood: sad}
  chi: {}
lasts: "5"
volume: 12
share: 0.5
mark: 64
door: 10.0.0.0/8
windows: [10.0.0.1/8, 10.0.0.1, all]
songs: [{title: a}, {title: a}, {}]
`, `p.yaml:2:1: "host" is missing
p.yaml:2:1: chairs: nobody can sit
p.yaml:3:3: guests."An Bình": "An Bình" is no id: write lower-case letters a to z and digits, with single hyphens between words, such as an-binh
p.yaml:3:20: guests."An Bình".with[0]: unknown guest "cho" (did you mean "chi"?)
p.yaml:3:26: guests."An Bình".moot: unknown key "moot" (did you mean "mood"?)
p.yaml:4:21: guests.chi.with[1]: unknown guest "ch"
p.yaml:4:25: guests.chi.with[2]: "chi" is in the list already, at line 4
p.yaml:4:37: guests.chi.mood: "sad" is none of glad or gladder
p.yaml:5:3: guests.chi: duplicate key "chi", first at line 4
p.yaml:6:8: lasts: "5" is no duration: write it with a unit, such as 5m or 5h
p.yaml:7:9: volume: 12 is out of range: from 0.1 to 11
p.yaml:8:8: share: "0.5" is no percentage: write a number with a percent sign, such as 50%
p.yaml:9:7: mark: "64" is no DSCP: write 0 to 63, CS0 to CS7, AF11 to AF43, EF, VA, LE or DF
p.yaml:10:7: door: "10.0.0.0/8" is a whole network: write one address
p.yaml:11:11: windows[0]: "10.0.0.1/8" has bits beyond its length: write 10.0.0.0/8
p.yaml:11:23: windows[1]: "10.0.0.1" has no length: write 10.0.0.1/32 if this one address is meant
p.yaml:11:33: windows[2]: "all" is no network: write its first address, a slash and the length of its prefix, such as 198.18.1.0/24
p.yaml:12:29: songs[1].title: the same song again
p.yaml:12:33: songs[2]: "title" is missing`},
		{"a rule at an id", "host: an\nchairs: 2\nguests:\n  binh: {}\n  an: {}\n", "p.yaml:5:3: guests.an: the host is no guest"},
		{"no consequences", "host: an\nchairs: none\nguests:\n  an: {moot: glad}\n", `p.yaml:2:9: chairs: "none" is no number: write digits, with a dot before decimals
p.yaml:4:8: guests.an.moot: unknown key "moot" (did you mean "mood"?)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := inventory.Decode("p.yaml", []byte(tt.text), &party{})
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Wrong tags are a mistake in the program.
func TestDecodeTags(t *testing.T) {
	for name, into := range map[string]any{
		"no pointer": party{},
		"no tag":     &struct{ A string }{},
		"a channel": &struct {
			A chan int `yaml:"a"`
		}{},
		"unknown section": &struct {
			A string `yaml:"a" ref:"b"`
		}{},
		"a bad bound": &struct {
			A int `yaml:"a" min:"x"`
		}{},
		"a default": &struct {
			A int `yaml:"a" default:"1"`
		}{},
	} {
		if err := inventory.Decode("p.yaml", []byte("a: 1\n"), into); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestMergesAreBounded merges a long mapping many times: what the keys stand for
// counts, and not the aliases alone.
func TestMergesAreBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString("x-a: &a\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "  k%d: 1\n", i)
	}
	text.WriteString("sites: {s: {}}\nendpoints:\n")
	for i := range 250 {
		fmt.Fprintf(&text, "  e%d: {site: s, address: 10.0.0.1, probes: {http: {headers: {<<: *a}}}}\n", i)
	}
	_, err := inventory.Parse([]inventory.File{{Name: "a.yaml", Data: []byte(text.String())}}, allKinds())
	if err == nil {
		t.Fatal("no error")
	}
	var problems inventory.Problems
	if !errors.As(err, &problems) || !slices.ContainsFunc(problems, func(p inventory.Problem) bool {
		return strings.Contains(p.Message, "stand for more than 1000000 values")
	}) {
		t.Error("the merges are not bounded")
	}
}
