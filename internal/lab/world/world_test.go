package world

import (
	"bytes"
	"flag"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/plans"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

var update = flag.Bool("update", false, "write what the tests expect from what they get")

var day = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)

// Each file of testdata holds a world and everything that is wrong with it; one
// file a rule.
func TestDecodeIsStrict(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil || len(archive.Files) != 2 {
				t.Fatalf("%d files in it, %v", len(archive.Files), err)
			}
			_, err = Decode(archive.Files[0].Name, archive.Files[0].Data)
			if err == nil {
				t.Fatal("nothing is wrong with it")
			}
			got := []byte(err.Error() + "\n")
			if *update {
				archive.Files[1].Data = got
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if want := archive.Files[1].Data; !bytes.Equal(got, want) {
				t.Errorf("problems:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// shipped builds a network that ships with the program.
func shipped(t testing.TB, name string, o Options) *Network {
	t.Helper()
	data, err := plans.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Decode(name+".yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	n, err := w.Build(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func watched(t testing.TB, n *Network) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "inventory.yaml", Data: n.Inventory}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestShippedPlans(t *testing.T) {
	for _, tt := range []struct {
		name                               string
		provinces, sites, links, endpoints int
	}{
		{"city", 3, 60, 120, 61},
		{"national", 34, 3321, 6642, 3322},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := shipped(t, tt.name, Options{Now: day})
			inv := watched(t, n)
			if len(inv.Sites) != tt.sites+1 || len(inv.Links) != tt.links || len(inv.Endpoints) != tt.endpoints || len(n.World.Areas) != tt.provinces {
				t.Errorf("%d sites, %d links, %d endpoints, %d areas", len(inv.Sites), len(inv.Links), len(inv.Endpoints), len(n.World.Areas))
			}
			if n.Sites != tt.sites || n.Links != tt.links || n.Rooms != tt.endpoints {
				t.Errorf("counted %d sites, %d links, %d endpoints", n.Sites, n.Links, n.Rooms)
			}
			if len(inv.Warnings) > 0 {
				t.Errorf("warnings: %v", inv.Warnings)
			}
			eachProbeHasAPath(t, n, inv)
			if len(n.Plan.Events) != len(n.World.Story) {
				t.Errorf("%d of %d scenes happen to nobody", len(n.World.Story)-len(n.Plan.Events), len(n.World.Story))
			}
			again := shipped(t, tt.name, Options{Now: day})
			if !bytes.Equal(again.Inventory, n.Inventory) {
				t.Error("the same plan gave another inventory")
			}
		})
	}
}

// eachProbeHasAPath wants each address that is probed at the end of the path of
// its own target, and of no two targets that are no interfaces of one device.
func eachProbeHasAPath(t *testing.T, n *Network, inv *inventory.Inventory) {
	t.Helper()
	of := map[netip.Addr]string{}
	for id, p := range n.Plan.Paths {
		for _, prefix := range p.Prefixes {
			of[prefix.Addr()] = id
		}
	}
	for _, target := range inv.Targets() {
		for _, p := range target.Probes {
			host, _, err := net.SplitHostPort(p.Address)
			if err != nil {
				host = p.Address // without a port
			}
			a := netip.MustParseAddr(host)
			if of[a] != target.ID {
				t.Fatalf("%s is probed at %s, which is at the end of path %q", target.ID, a, of[a])
			}
		}
	}
}

func TestAScene(t *testing.T) {
	n := shipped(t, "city", Options{Now: day})
	i := slices.IndexFunc(n.Plan.Events, func(e *plan.Event) bool { return strings.Contains(e.Note, "twenty sites") })
	if i < 0 || len(n.Plan.Events[i].Paths) != 20 {
		t.Fatalf("the provider fails at %d lines, want 20", len(n.Plan.Events[max(i, 0)].Paths))
	}
	inv := watched(t, n)
	sites := map[string]bool{}
	for _, id := range n.Plan.Events[i].Paths {
		l := inv.Links[id]
		if l.Provider != "song-may" || inv.Sites[l.To].Region != "Phía tây" {
			t.Errorf("%s is of %s in %s", id, l.Provider, inv.Sites[l.To].Region)
		}
		sites[l.To] = true
	}
	if len(sites) != 20 {
		t.Errorf("they are at %d sites", len(sites))
	}
}

// On the loopback address everybody is told apart by port.
func TestOnLoopback(t *testing.T) {
	n := shipped(t, "city", Options{Now: day, Loopback: true})
	ports := map[string]string{}
	for _, target := range watched(t, n).Targets() {
		for _, p := range target.Probes {
			switch p.Kind {
			case "ping":
				if p.Address != "127.0.0.1" {
					t.Errorf("%s is pinged at %s", target.ID, p.Address)
				}
			default:
				if other := ports[p.Kind+p.Address]; other != "" && p.Kind == "snmp" {
					t.Errorf("%s and %s are both at %s", target.ID, other, p.Address)
				}
			}
		}
	}
	if n.Plan != nil || n.Story != nil {
		t.Error("there is a plan of a network that is not there")
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Phường Suối Tre": "phuong-suoi-tre", "Đặc khu Đồi Đá": "dac-khu-doi-da", "Xã Một (mới)": "xa-mot-moi",
	} {
		if got := slug(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestSitesOfOneName(t *testing.T) {
	w := &World{Hub: Hub{ID: "xa-mot"}, Areas: map[string]*Area{
		"a": {Sites: []string{"Xã Một", "Xã Một"}}, "b": {Sites: []string{"Xã Hai"}}, "c": {Sites: []string{"Xã Hai"}},
	}}
	var ids []string
	for _, s := range w.sites() {
		ids = append(ids, s.id)
	}
	if want := []string{"xa-mot", "xa-mot-a", "xa-mot-a-2", "xa-hai", "xa-hai-c"}; !slices.Equal(ids, want) {
		t.Errorf("%q, want %q", ids, want)
	}
}
