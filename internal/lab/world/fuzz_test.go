package world

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

// little has something of everything.
const little = `
organization: Thử
seed: 1
providers: {a: {name: A}, b: {name: B}}
hub: {id: h, name: H, uplink: {name: I, providers: [a], bandwidth: [1Gbps]}, mcu: {name: M, ports: [443], tls: true, certificate: 1h}}
words: {kinds: [Xã], first: [Mây], second: [Tre, Đá]}
areas: {dong: {name: Đông, delay: 1ms, sites: [Xã Một], count: 2}}
lines: {chinh: {name: K, providers: [a, b], bandwidth: [9Mbps], delay: 1ms, spread: 2ms, jitter: {distribution: normal, scale: 1ms}, loss: 1%, monthly_cost: 5, load: {night: 1%, peak: 50%, growth: 2%}}}
uplink: {name: I, providers: [b], bandwidth: [9Mbps]}
room: {name: P, call_bandwidth: 4Mbps, ports: [1720]}
story:
  - {note: n, at: 1s, for: 1s, every: 5s, over: 1s, lines: {sites: [xa-mot], areas: [dong], lines: [chinh], providers: [a]}, traffic: 90%, both: {delay: 5ms}}
  - {note: o, rooms: {}, out: {cut: true}, back: {loss: 5%}}
`

// Whatever a plan holds, it ends with problems that have a place, or with a
// network whose plan and inventory are right.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(little))
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := Decode("p.yaml", text)
		if problems := (inventory.Problems)(nil); errors.As(err, &problems) {
			for _, p := range problems {
				if p.Pos.Line < 1 || p.Message == "" {
					t.Errorf("%q has no place", p)
				}
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(w.sites()) > 100 {
			return // right, but slow
		}
		n, err := w.Build(Options{Now: day})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inventory.Parse([]inventory.File{{Name: "i.yaml", Data: n.Inventory}}, kinds.Inventory()); err != nil {
			t.Fatalf("%v\n%s", err, n.Inventory)
		}
	})
}
