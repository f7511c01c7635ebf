package asn_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wanwatch/probes/trace/asn"
)

const table = `# what is ours
203.0.113.0/24 64512 VNPT Đà Nẵng
203.0.113.128/25,AS64513,"Viettel"
198.51.100.0	24	64514_64515
2001:db8::/32 64516

`

func TestNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "networks.txt")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	networks, err := asn.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"203.0.113.1": "AS64512 VNPT Đà Nẵng", "203.0.113.200": "AS64513 Viettel", "::ffff:203.0.113.1": "AS64512 VNPT Đà Nẵng",
		"198.51.100.7": "AS64514_64515", "2001:db8::1%eth0": "AS64516", "192.0.2.1": "", "2001:db9::": "",
	} {
		if got := networks.Name(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is in %q, want %q", address, got, want)
		}
	}
	none, err := asn.Read("")
	if err != nil || none.Name(netip.MustParseAddr("203.0.113.1")) != "" {
		t.Errorf("no file: %v", err)
	}
}

func TestBadTables(t *testing.T) {
	for text, want := range map[string]string{
		"\n203.0.113.0/24":       "t.txt:2: it has one word",
		"203.0.113.0/33 64512":   `t.txt:1: "203.0.113.0/33" is no prefix: write a prefix`,
		"203.0.113.0/24 VNPT":    `"VNPT" is no number of an autonomous system`,
		"{\"prefixes\": []} x y": "is no prefix",
	} {
		if _, err := asn.Parse(strings.NewReader(text), "t.txt"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := asn.Read("nowhere.txt"); err == nil || !strings.Contains(err.Error(), "nowhere.txt") {
		t.Errorf("no such file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(table)
	f.Fuzz(func(t *testing.T, text string) {
		networks, err := asn.Parse(strings.NewReader(text), "t.txt")
		if err == nil {
			networks.Name(netip.MustParseAddr("203.0.113.1"))
		}
	})
}
