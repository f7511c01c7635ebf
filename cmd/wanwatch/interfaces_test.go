package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
	"wanwatch/probes/snmp"
)

// odd is a device whose texts are of the kind that break naive output.
var odd = &snmp.Discovery{
	Address: "10.20.1.1", SysName: "RT-Hải_Châu.example", SysDescr: "Router OS\r\n\x1b[31mversion 1",
	Model: "X: 100 #2", Serial: `A"B`,
	Interfaces: []snmp.Interface{
		{Index: 1, Name: new("GigabitEthernet0/0"), Alias: new("đường VNPT\n- evil"), Type: new(int64(6)), Oper: new(int64(1)), SpeedBPS: new(uint64(1_000_000_000))},
		{Index: 2, Name: new("eth1"), Descr: new("first"), Type: new(int64(6)), Oper: new(int64(1))},
		{Index: 3, Name: new("eth1"), Descr: new("second # of them"), Type: new(int64(6)), Oper: new(int64(2))},
		{Index: 4, Name: new("no"), Type: new(int64(6)), Oper: new(int64(1))},
		{Index: 5, Name: new("lo"), Type: new(int64(24)), Oper: new(int64(1))},
		{Index: 6, Type: new(int64(6)), Oper: new(int64(1))},
	},
}

// TestSnippetIsAnInventory pastes a snippet into an inventory and loads that.
func TestSnippetIsAnInventory(t *testing.T) {
	var b strings.Builder
	if err := writeSnippet(&b, odd); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(": SITE ", ": here ", ": CREDENTIAL ", ": c ").Replace(b.String()) +
		"sites: {here: {}}\ncredentials: {c: {snmp: {version: 2c, community: {env: X}}}}\n"
	inv, err := inventory.Parse([]inventory.File{{Name: "i.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	d := inv.Devices["rt-hai-chau-example"]
	if d == nil {
		t.Fatalf("no such device in:\n%s", text)
	}
	want := []string{"GigabitEthernet0/0", "first", "no", "6"}
	if diff := cmp.Diff(want, d.Interfaces); diff != "" {
		t.Errorf("interfaces (-want +got):\n%s\nof:\n%s", diff, text)
	}
	if d.Model != odd.Model || d.Serial != odd.Serial || d.Address != odd.Address {
		t.Errorf("model %q, serial %q, address %q", d.Model, d.Serial, d.Address)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := writeTable(&b, odd); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines != 1+len(odd.Interfaces) {
		t.Errorf("%d lines for %d interfaces", lines, len(odd.Interfaces))
	}
	if strings.ContainsAny(b.String(), "\x1b\r") {
		t.Errorf("a device's text steers the terminal:\n%q", b.String())
	}
}
