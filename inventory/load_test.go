package inventory_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanwatch/inventory"
)

// parse reads one file that must be good.
func parse(t *testing.T, text string) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "dir/inventory.yaml", Data: []byte(text)}}, allKinds())
	if err != nil {
		t.Fatalf("\n%v", err)
	}
	return inv
}

func target(t *testing.T, inv *inventory.Inventory, id string) *inventory.Target {
	t.Helper()
	i := slices.IndexFunc(inv.Targets(), func(x *inventory.Target) bool { return x.ID == id })
	if i < 0 {
		t.Fatalf("no target %s", id)
	}
	return inv.Targets()[i]
}

func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.YML":          "sites: {b: {}}\n",
		"a.yaml":         "sites: {a: {}}\nlinks: {l: {from: a, to: b, ping: 192.0.2.1}}\n",
		".hidden.yaml":   "not: read",
		"notes.txt":      "not: read",
		"sub.yaml/x.yml": "not: read",
		"c.yaml~":        "not: read",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inv, err := inventory.Load(dir, allKinds())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.YML")}
	if diff := cmp.Diff(want, inv.Files); diff != "" {
		t.Error(diff)
	}
	if len(inv.Sites) != 2 || len(inv.Targets()) != 1 || len(inv.Hash) != 64 {
		t.Errorf("%d sites, %d targets, hash %q", len(inv.Sites), len(inv.Targets()), inv.Hash)
	}
	if err := os.WriteFile(want[1], []byte("sites: {b: {name: B}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed, err := inventory.Load(dir, allKinds())
	if err != nil {
		t.Fatal(err)
	}
	if changed.Hash == inv.Hash {
		t.Error("a changed file leaves the hash as it was")
	}
}

func TestLoadSaysWhatItCannotRead(t *testing.T) {
	empty := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(empty, "missing.yaml"): "does not exist",
		empty:                                "no file that ends in .yaml or .yml",
	} {
		inv, err := inventory.Load(path, allKinds())
		var problems inventory.Problems
		if inv != nil || err == nil || errors.As(err, &problems) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestLoadGoesOnWithoutAFile has files of a folder that cannot be read beside one
// that is wrong.
func TestLoadGoesOnWithoutAFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b.YAML"), []byte("links: {l: {from: a, to: b, pnig: 192.0.2.1}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "a.yaml")); err != nil {
		t.Skipf("skipped: this system makes no symbolic links: %v", err)
	}
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "c.yml")); err != nil {
		t.Fatal(err)
	}
	_, err := inventory.Load(dir, allKinds())
	var problems inventory.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, filepath.Base(p.Pos.File)+": "+p.Message)
	}
	want := []string{
		"a.yaml: the file cannot be read: no such file or directory: mend or remove it",
		`b.YAML: unknown key "pnig" (did you mean "ping"?)`,
		"c.yml: the file cannot be read: it is no file: mend or remove it",
	}
	if diff := cmp.Diff(want, got); diff != "" && runtime.GOOS != "windows" {
		t.Error(diff)
	}
}

func TestTooLargeFile(t *testing.T) {
	data := make([]byte, inventory.MaxFileSize+1)
	_, err := inventory.Parse([]inventory.File{{Name: "a.yaml", Data: data}}, allKinds())
	if want := "a.yaml:1:1: the file is larger than 64 MiB: split it into several files in one folder"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestProblemsArePrintedUpToALimit(t *testing.T) {
	var text strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&text, "key%d: x\n", i)
	}
	_, err := inventory.Parse([]inventory.File{{Name: "a.yaml", Data: []byte(text.String())}}, allKinds())
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 1001 || lines[1000] != "and 500 more" || !strings.HasPrefix(lines[999], "a.yaml:1000:1: ") {
		t.Errorf("%d lines, the last: %q", len(lines), lines[len(lines)-1])
	}
}

const network = `
timezone: Asia/Ho_Chi_Minh
defaults:
  ping: {interval: 5s, timeout: 2s, dscp: EF}
  snmp: {interval: 60s, timeout: 20s}
sites: {centre: {}, a: {}, b: {}}
providers: {vnpt: {}, viettel: {}}
credentials: {core: {snmp: {version: 2c, community: {file: secrets/community}}}}
devices:
  rt-a: {site: a, address: 192.0.2.1, credential: core, interfaces: [eth9, eth0]}
  rt-b: {site: b, address: 192.0.2.2}
links:
  a-vnpt: {from: centre, to: a, provider: vnpt, ping: 192.0.2.1, interface: rt-a/eth0, bandwidth: {down: 50Mbps, up: 20Mbps},
    contracts: [{number: one, ends: 2026-12-31}, {number: two, starts: 2027-01-01}]}
  b-viettel: {from: centre, to: b, provider: viettel, role: backup, ping: {address: 192.0.2.2, interval: 1s}}
uplinks:
  net: {site: centre, provider: vnpt, ping: ["2001:db8::1", 192.0.2.9], interface: rt-a/eth1}
endpoints:
  room: {site: a, address: 192.0.2.50, probes: {ping: , sip: {}, web: {kind: tcp, port: 443}}}
meetings:
  m: {start: 2026-12-01T08:00, duration: 2h, repeat: FREQ=WEEKLY, endpoints: [room]}
maintenance:
  - {sites: [centre], start: 2026-12-01T22:00, end: 2026-12-02T02:00}
  - {providers: [vnpt], start: 2026-12-03T22:00, end: 2026-12-04T02:00}
  - {targets: [room, rt-b], start: 2026-12-05T22:00, end: 2026-12-06T02:00}
`

func TestTargets(t *testing.T) {
	inv := parse(t, network)
	var ids []string
	for _, x := range inv.Targets() {
		ids = append(ids, string(x.Kind)+" "+x.ID)
	}
	want := []string{"device rt-a", "device rt-b", "endpoint room", "link a-vnpt", "link b-viettel", "uplink net"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	link := target(t, inv, "a-vnpt")
	if link.Site != "a" || link.Name != "a-vnpt" || link.Role != "main" || link.Expect != "reachable" || link.Provider != "vnpt" || link.Link == nil {
		t.Errorf("%+v", link)
	}
	if b := link.Bandwidth(); b.Down != 50e6 || b.Up != 20e6 {
		t.Errorf("bandwidth %s", b)
	}
	zone := inv.Timezone
	for at, want := range map[time.Time]string{
		time.Date(2026, 12, 31, 23, 59, 59, 0, zone): "one",
		time.Date(2027, 1, 1, 0, 0, 0, 0, zone):      "two",
	} {
		if c := link.Contract(at); c == nil || c.Number != want {
			t.Errorf("at %s the contract %+v is in force, want %s", at, c, want)
		}
	}
	room := target(t, inv, "room")
	addresses := map[string]string{}
	for _, p := range room.Probes {
		addresses[p.Kind] = p.Address
	}
	if diff := cmp.Diff(map[string]string{"ping": "192.0.2.50", "sip": "192.0.2.50:5060", "tcp": "192.0.2.50:443"}, addresses); diff != "" {
		t.Error(diff)
	}
	if len(room.Meetings) != 1 || !room.Meetings[0].Covers(time.Date(2026, 12, 8, 9, 0, 0, 0, zone)) {
		t.Error("the meeting of the second week is missing")
	}
}

func TestInterfacesAreGatheredOnDevices(t *testing.T) {
	inv := parse(t, network)
	var got []string
	for _, i := range target(t, inv, "rt-a").Interfaces {
		got = append(got, i.Selector+" "+i.Owner.ID)
	}
	// The device lists eth0 too; the link that it carries owns it.
	if diff := cmp.Diff([]string{"eth0 a-vnpt", "eth1 net", "eth9 rt-a"}, got); diff != "" {
		t.Error(diff)
	}
	if c := target(t, inv, "rt-a").Credential; c == nil || c.Community.File != filepath.Join("dir", "secrets", "community") {
		t.Error("the secret's path does not start at the inventory's folder")
	}
}

func TestMaintenanceOfSitesProvidersAndTargets(t *testing.T) {
	inv := parse(t, network)
	for id, want := range map[string]string{
		"rt-a": "", "rt-b": "5", "room": "5", "a-vnpt": "13", "b-viettel": "1", "net": "13",
	} {
		got := ""
		for _, day := range []int{1, 3, 5} {
			if target(t, inv, id).InMaintenance(time.Date(2026, 12, day, 23, 0, 0, 0, inv.Timezone)) {
				got += fmt.Sprint(day)
			}
		}
		if got != want {
			t.Errorf("%s is in maintenance on the days %q, want %q", id, got, want)
		}
	}
}

func TestDefaultsAndTheirOrder(t *testing.T) {
	inv := parse(t, network)
	type pace struct {
		Interval, Timeout time.Duration
		Confirm           int
	}
	of := func(p *inventory.Probe) pace { return pace{p.Interval, p.Timeout, p.Confirm} }
	for _, c := range []struct {
		id   string
		want []pace
	}{
		{"a-vnpt", []pace{{5 * time.Second, 2 * time.Second, inv.Defaults["ping"].Confirm}}},
		{"b-viettel", []pace{{time.Second, 2 * time.Second, inv.Defaults["ping"].Confirm}}},
		{"rt-a", []pace{{5 * time.Second, 2 * time.Second, inv.Defaults["ping"].Confirm}, {time.Minute, 20 * time.Second, inv.Defaults["snmp"].Confirm}}},
	} {
		var got []pace
		for _, p := range target(t, inv, c.id).Probes {
			got = append(got, of(p))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.id, diff)
		}
	}
	// A time-out of the defaults gives way to a shorter interval.
	inv = parse(t, "sites: {a: {}}\ncredentials: {c: {snmp: {version: 2c, community: {env: X}}}}\ndevices: {d: {site: a, address: 192.0.2.1, credential: c, probes: {snmp: {interval: 3s}}}}\n")
	if p := target(t, inv, "d").Probes[0]; p.Timeout != 3*time.Second {
		t.Errorf("the time-out is %s", p.Timeout)
	}
}

// tree is a kind whose settings nest, to see that defaults are not shared.
type tree struct {
	List   []string          `yaml:"list" doc:"A list."`
	Map    map[string]string `yaml:"map" doc:"A mapping."`
	Inner  *inner            `yaml:"inner" doc:"A mapping."`
	Plain  inner             `yaml:"plain" doc:"A mapping."`
	Ratio  inventory.Ratio   `yaml:"ratio" doc:"A share."`
	Wait   time.Duration     `yaml:"wait" min:"1s" max:"1m" doc:"A duration."`
	Need   string            `yaml:"need,required" doc:"Needed."`
	Number uint16            `yaml:"number" doc:"A number."`
	Share  float64           `yaml:"share" doc:"A number."`
}

type inner struct {
	A int `yaml:"a" doc:"A number."`
	B int `yaml:"b" doc:"A number."`
}

func treeKind() []inventory.ProbeKind {
	return []inventory.ProbeKind{{Name: "tree", Interval: time.Minute, Timeout: time.Second,
		NewConfig: func() any { return &tree{List: []string{"default"}, Inner: &inner{A: 1, B: 2}} }}}
}

func TestSettingsOfAKind(t *testing.T) {
	text := `
defaults: {tree: {inner: {a: 10}, plain: {a: 5}, map: {x: "1"}, need: n}}
sites: {s: {}}
endpoints:
  one: {site: s, address: a, probes: {tree: {inner: {b: 20}, plain: {b: 6}, map: {y: "2"}, list: [p, q], ratio: 5%, wait: 30s, number: 65535, share: 1.5}}}
  two: {site: s, address: a, probes: {tree: {need: m}}}
`
	inv, err := inventory.Parse([]inventory.File{{Name: "x", Data: []byte(text)}}, treeKind())
	if err != nil {
		t.Fatal(err)
	}
	want := &tree{List: []string{"p", "q"}, Map: map[string]string{"y": "2"}, Inner: &inner{10, 20}, Plain: inner{5, 6}, Ratio: 0.05, Wait: 30 * time.Second, Need: "n", Number: 65535, Share: 1.5}
	if diff := cmp.Diff(want, target(t, inv, "one").Probes[0].Config); diff != "" {
		t.Error(diff)
	}
	want = &tree{List: []string{"default"}, Map: map[string]string{"x": "1"}, Inner: &inner{10, 2}, Plain: inner{A: 5}, Need: "m"}
	if diff := cmp.Diff(want, target(t, inv, "two").Probes[0].Config); diff != "" {
		t.Error(diff)
	}
	bad := `
sites: {s: {}}
endpoints:
  one: {site: s, address: a, probes: {tree: {inner: {c: 1}, plain: [], map: {y: []}, list: [{}], ratio: 5, wait: 1h, number: 65536, share: x}}}
`
	_, err = inventory.Parse([]inventory.File{{Name: "x", Data: []byte(bad)}}, treeKind())
	const wantErr = `x:4:39: endpoints.one.probes.tree: "need" is missing
x:4:54: endpoints.one.probes.tree.inner.c: unknown key "c": write a or b
x:4:68: endpoints.one.probes.tree.plain: keys with values are expected here, not a list
x:4:81: endpoints.one.probes.tree.map.y: text is expected here, not a list
x:4:93: endpoints.one.probes.tree.list[0]: text is expected here, not a mapping
x:4:105: endpoints.one.probes.tree.ratio: "5" is no percentage: write a number with a percent sign, such as 5%
x:4:114: endpoints.one.probes.tree.wait: 1h is out of range: from 1s to 1m
x:4:126: endpoints.one.probes.tree.number: "65536" is out of range
x:4:140: endpoints.one.probes.tree.share: "x" is no number: write digits, with a dot before decimals`
	if diff := cmp.Diff(wantErr, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

// TestMistakesInKinds are for whoever adds a kind of probe.
func TestMistakesInKinds(t *testing.T) {
	for want, config := range map[string]func() any{
		"no pointer to a struct": func() any { return tree{} },
		"cannot stand in an inventory": func() any {
			return &struct {
				X chan int `yaml:"x"`
			}{}
		},
		"has no yaml tag": func() any { return &struct{ X int }{} },
		"has the name of a common one": func() any {
			return &struct {
				X int `yaml:"interval"`
			}{}
		},
		`no section "offices" to refer`: func() any {
			return &struct {
				X string `yaml:"x" ref:"offices"`
			}{}
		},
		`the key "x" is taken`: func() any {
			return &struct {
				X int `yaml:"x"`
				Y int `yaml:"x"`
			}{}
		},
	} {
		_, err := inventory.Parse(nil, []inventory.ProbeKind{{Name: "k", NewConfig: config}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := inventory.Parse(nil, []inventory.ProbeKind{{Name: "k"}, {Name: "k"}}); err == nil {
		t.Error("two kinds of one name are taken")
	}
}
