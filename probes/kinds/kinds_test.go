package kinds

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
)

// The table is what everything else is made from: a kind must be whole.
func TestKindsAreWhole(t *testing.T) {
	for _, k := range All() {
		if (k.NewProber == nil) == (k.NewFleet == nil) {
			t.Errorf("%s: exactly one of NewProber and NewFleet is wanted", k.Name)
		}
		for _, r := range append([]probes.Reason{probes.ReasonInternal, probes.ReasonStalled}, k.Reasons...) {
			if _, known := r.Advice(); !known || !slices.Contains(k.Reasons, r) {
				t.Errorf("%s: reason %s is not in its list, or not in the closed one", k.Name, r)
			}
		}
	}
	seen := map[string]bool{}
	for _, k := range Inventory() {
		if seen[k.Name] {
			t.Errorf("%s stands there twice", k.Name)
		}
		seen[k.Name] = true
		if k.Doc == "" || !strings.HasSuffix(k.Doc, ".") || k.NewConfig == nil || k.Interval <= 0 || k.Timeout <= 0 || k.Confirm < 1 {
			t.Errorf("%s: something is missing: %+v", k.Name, k)
		}
		if k.Timeout > k.Interval && k.MaxTimeout == 0 {
			t.Errorf("%s: the time-out %s is longer than the interval %s", k.Name, k.Timeout, k.Interval)
		}
	}
}

// sample has the addresses of kinds completed; the first two endpoints and the first
// uplink are written as in the design.
const sample = `
sites: {thanh-uy: {}, hai-chau: {}}
credentials:
  turn: {turn: {user: wanwatch, password: {env: TURN}}}
endpoints:
  mcu-thanh-uy: {site: thanh-uy, type: mcu, address: 10.0.0.5}
  phong-hop-hai-chau:
    site: hai-chau
    address: 10.20.1.50
    probes: {ping: {}, sip: {transport: tcp}, h323: {gatekeeper: mcu-thanh-uy, alias: haichau}}
  server:
    site: thanh-uy
    address: 2001:db8::5
    probes:
      sip: {transport: tls, room: phong-hop, tls_config: {insecure: true}}
      stun: {}
      turn: {transport: tls, credential: turn}
      websocket: {tls: true, path: /xmpp-websocket, subprotocols: [xmpp]}
      stamp: {profile: custom, dscp: AF41, rate: 50, size: 200}
      trace: {protocol: tcp, port: 443}
uplinks:
  thanh-uy-internet:
    site: thanh-uy
    dns: {server: 203.0.113.53, name: example.vn, expect: [192.0.2.1]}
    http: {url: "https://example.vn/health", headers: {Accept: text/html}, expect_headers: {Server: nginx}}
`

func TestSampleLoads(t *testing.T) {
	inv, err := inventory.Parse([]inventory.File{{Name: "sample.yaml", Data: []byte(sample)}}, Inventory())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, target := range inv.Targets() {
		for _, p := range target.Probes {
			got[target.ID+" "+p.Kind] = p.Address
		}
	}
	for key, want := range map[string]string{
		"phong-hop-hai-chau sip":  "10.20.1.50:5060",
		"phong-hop-hai-chau h323": "10.20.1.50:1720",
		"server sip":              "[2001:db8::5]:5061",
		"server stun":             "[2001:db8::5]:3478",
		"server turn":             "[2001:db8::5]:5349",
		"server websocket":        "[2001:db8::5]:443",
		"server stamp":            "[2001:db8::5]:862",
		"server trace":            "[2001:db8::5]:443",
		"thanh-uy-internet dns":   "203.0.113.53:53",
		"thanh-uy-internet http":  "example.vn:443",
	} {
		if got[key] != want {
			t.Errorf("%s: address %q, want %q", key, got[key], want)
		}
	}
}

// Rules across fields, one line each: the settings, and what must be said.
func TestRulesAcrossFields(t *testing.T) {
	for settings, want := range map[string]string{
		`sip: {tls_config: {insecure: true}}`:                             "needs transport: tls",
		`sip: {transport: tls, tls_config: {insecure: true, ca_file: x}}`: "contradict",
		`h323: {alias: x}`:                                       "needs the gatekeeper",
		`h323: {gatekeeper: mcu}`:                                "needs the alias",
		`stun: {tls_config: {}}`:                                 "needs transport: tls",
		`turn: {tls_config: {}}`:                                 "needs transport: tls",
		`http: {url: "https://a.vn/", path: /x}`:                 "stands in place of",
		`http: {url: "ftp://a.vn/"}`:                             "must look like",
		`http: {url: "https://u:p@a.vn/"}`:                       "must not hold a user",
		`http: {path: x}`:                                        "must begin with /",
		`http: {tls_config: {}}`:                                 "needs tls: true",
		`http: {body: "a("}`:                                     "missing closing",
		`http: {headers: {authorization: x}}`:                    "a secret must not stand",
		`websocket: {path: x}`:                                   "must begin with /",
		`websocket: {tls_config: {}}`:                            "needs tls: true",
		`dns: {name: a.vn, nxdomain: true, expect: [192.0.2.1]}`: "cannot both",
		`dns: {name: a.vn, type: AAAA, expect: [192.0.2.1]}`:     "no address of a record",
		`dns: {}`:                                    "name",
		`stamp: {profile: custom}`:                   "needs rate and size",
		`stamp: {rate: 5}`:                           "profile: custom to choose",
		`trace: {protocol: tcp}`:                     "needs a port",
		`trace: {port: 5}`:                           "has no port",
		`tcp: {}`:                                    "has no port",
		`tcp: {port: 1, tls_config: {}}`:             "needs tls: true",
		`tcp: {port: 1, source: here}`:               "no IP address",
		`tcp: {port: 1, source: "::1", family: ip4}`: "no ip4 address",
	} {
		text := fmt.Sprintf("sites: {a: {}}\nendpoints:\n  mcu: {site: a, type: mcu, address: 192.0.2.9}\n  x: {site: a, address: 192.0.2.1, probes: {%s}}\n", settings)
		_, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(text)}}, Inventory())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want something with %q", settings, err, want)
		}
	}
}

// Every kind has its row in docs/probes.md, and its example.
func TestKindsAreDocumented(t *testing.T) {
	root := testenv.Root(t)
	data, err := os.ReadFile(filepath.Join(root, "docs", "probes.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Inventory() {
		row := "\n| `" + k.Name + "` |"
		if !strings.Contains(string(data), row) {
			t.Errorf("docs/probes.md has no row of %s", k.Name)
		}
		if _, err := os.Stat(filepath.Join(root, "examples", k.Name+".yaml")); err != nil {
			t.Errorf("%s has no example: %v", k.Name, err)
		}
	}
	if rows := strings.Count(string(data), "\n| `"); rows > len(Inventory()) {
		t.Errorf("docs/probes.md has %d rows for %d kinds", rows, len(Inventory()))
	}
}
