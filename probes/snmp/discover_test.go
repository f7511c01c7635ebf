package snmp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/inventory"
)

// discoverFrom lists the interfaces of an agent that misbehaves.
func discoverFrom(t *testing.T, mib *snmptest.MIB, faults snmptest.Faults) (*Discovery, *snmptest.Agent, error) {
	t.Helper()
	return discoverWithin(t, 50*time.Millisecond, mib, faults)
}

// discoverPatiently is for devices that answer everything: on a busy machine too, no
// request is repeated.
func discoverPatiently(t *testing.T, mib *snmptest.MIB, faults snmptest.Faults) (*Discovery, *snmptest.Agent, error) {
	t.Helper()
	return discoverWithin(t, 10*time.Second, mib, faults)
}

func discoverWithin(t *testing.T, timeout time.Duration, mib *snmptest.MIB, faults snmptest.Faults) (*Discovery, *snmptest.Agent, error) {
	t.Helper()
	agent, err := snmptest.Start("127.0.0.1:0", "public", mib)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	agent.Misbehave(faults)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	d, err := Discover(ctx, DiscoverOptions{Address: agent.Addr(), Credential: community(t, "public"), Timeout: timeout})
	return d, agent, err
}

func indexes(d *Discovery) []uint32 {
	var list []uint32
	for _, i := range d.Interfaces {
		list = append(list, i.Index)
	}
	return list
}

// TestDiscoverCopes lists all interfaces of devices that make it hard.
func TestDiscoverCopes(t *testing.T) {
	for name, faults := range map[string]snmptest.Faults{
		"nothing wrong":        {},
		"short answers":        {TooBigOver: 3},
		"lost packets":         {Drop: 2},
		"large answers tooBig": {Change: failBulk(gosnmp.TooBig, 5)},
		"GETBULK fails":        {Change: failBulk(gosnmp.GenErr, 0)},
		"GETBULK is empty":     {Change: failBulk(gosnmp.NoError, 1)},
		"no end of the MIB":    {Change: beginAnew},
		"version 1's end":      {Change: noSuchNameAtEnd},
		"one row an answer": {Change: func(r, a *gosnmp.SnmpPacket) {
			if r.PDUType == gosnmp.GetBulkRequest {
				a.Variables = a.Variables[:1]
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d, _, err := discoverFrom(t, snmptest.Device("rt", 7), faults)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]uint32{101, 102, 103, 104, 105, 106, 107}, indexes(d)); diff != "" {
				t.Error(diff)
			}
			last := d.Interfaces[6]
			if *last.Name != "Gi0/7" || *last.Alias != "link 7" || *last.InOctets != 7_000_000 || *last.SpeedBPS != 1e9 || *last.OutDiscards != 0 {
				text, _ := json.Marshal(last)
				t.Errorf("the last one is %s", text)
			}
		})
	}
}

// failBulk answers a GETBULK for more rows than some with an error, or with
// nothing if the error is none.
func failBulk(e gosnmp.SNMPError, over uint32) func(r, a *gosnmp.SnmpPacket) {
	return func(r, a *gosnmp.SnmpPacket) {
		if r.PDUType != gosnmp.GetBulkRequest || r.MaxRepetitions <= over {
			return
		}
		a.Error, a.Variables = e, nil
	}
}

// beginAnew answers with the first object where there is none any more.
func beginAnew(_, a *gosnmp.SnmpPacket) {
	for i, v := range a.Variables {
		if v.Type == gosnmp.EndOfMibView {
			a.Variables[i] = gosnmp.SnmpPDU{Name: sysDescr, Type: gosnmp.OctetString, Value: []byte("x")}
		}
	}
}

func noSuchNameAtEnd(r, a *gosnmp.SnmpPacket) {
	if len(a.Variables) > 0 && a.Variables[0].Type == gosnmp.EndOfMibView {
		a.Error, a.ErrorIndex, a.Variables = gosnmp.NoSuchName, 1, r.Variables
	}
}

// TestDiscoverFails lists devices of which not everything can be had: that is
// an error, never a short list.
func TestDiscoverFails(t *testing.T) {
	for name, test := range map[string]struct {
		change func(r, a *gosnmp.SnmpPacket)
		want   string
	}{
		"a circle": {func(_, a *gosnmp.SnmpPacket) {
			for i, v := range a.Variables {
				if strings.HasPrefix(v.Name, ifDescr+".") {
					a.Variables[i].Name = ifDescr + ".101"
				}
			}
		}, "circle"},
		"a long circle": {func(r, a *gosnmp.SnmpPacket) {
			if r.Variables[0].Name == instance(ifDescr, 106) {
				a.Variables = []gosnmp.SnmpPDU{{Name: instance(ifDescr, 103), Type: gosnmp.OctetString, Value: []byte("x")}}
			}
		}, "circle"},
		"an error in the middle": {func(r, a *gosnmp.SnmpPacket) {
			if strings.HasPrefix(r.Variables[0].Name, ifDescr+".10") {
				a.Error, a.Variables = gosnmp.GenErr, nil
			}
		}, "genErr after " + ifDescr},
		"nothing in the middle": {func(r, a *gosnmp.SnmpPacket) {
			if strings.HasPrefix(r.Variables[0].Name, ifDescr+".10") {
				a.Variables = nil
			}
		}, "nothing after"},
		"no access": {func(_, a *gosnmp.SnmpPacket) { a.Error = gosnmp.AuthorizationError }, "authorizationError"},
	} {
		t.Run(name, func(t *testing.T) {
			mib := snmptest.Device("rt", 7)
			agentFaults := snmptest.Faults{Change: test.change, TooBigOver: 3}
			_, agent, err := discoverPatiently(t, mib, agentFaults)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			if n := len(agent.Requests()); n > 100 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestDiscoverLooksBehindAFalseEnd is a device that says in the middle of its
// objects that there are no more, as snmpsim does where a recording holds a
// value that its type does not allow.
func TestDiscoverLooksBehindAFalseEnd(t *testing.T) {
	mib := snmptest.Device("rt", 7)
	d, _, err := discoverFrom(t, mib, snmptest.Faults{Change: func(r, a *gosnmp.SnmpPacket) {
		if r.PDUType == gosnmp.GetRequest {
			return
		}
		for i, v := range a.Variables {
			if v.Name == instance(ifHCInOctets, 103) {
				for ; i < len(a.Variables); i++ {
					a.Variables[i] = gosnmp.SnmpPDU{Name: r.Variables[0].Name, Type: gosnmp.EndOfMibView}
				}
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for n, i := range d.Interfaces {
		if want := uint64(n+1) * 1_000_000; i.InOctets == nil || *i.InOctets != want {
			t.Errorf("interface %d has %v, want %d", i.Index, i.InOctets, want)
		}
	}
}

// oddRecording holds what real files hold here and there. It is served by
// snmpsim, so that the types are those of the wire.
const oddRecording = `1.3.6.1.2.1.1.1.0|4|odd device
1.3.6.1.2.1.2.1.0|2|99
1.3.6.1.2.1.2.2.1.1.1|2|1
1.3.6.1.2.1.2.2.1.2.1|4|Đường truyền
1.3.6.1.2.1.2.2.1.2.2|4x|ffe161
1.3.6.1.2.1.2.2.1.2.3|4|
1.3.6.1.2.1.2.2.1.2.4294967295|4|big
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.5.1|66|4294967295
1.3.6.1.2.1.2.2.1.5.2|66|10000000000
1.3.6.1.2.1.2.2.1.5.3|65|1000
1.3.6.1.2.1.2.2.1.10.1|65|4294967295
1.3.6.1.2.1.2.2.1.10.3|4|123
1.3.6.1.2.1.2.2.1.10.4|66|77
1.3.6.1.2.1.2.2.1.14.5|68|9f7804414570a4
1.3.6.1.2.1.31.1.1.1.1.1|4x|6500
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.31.1.1.1.6.3|65|12
1.3.6.1.2.1.31.1.1.1.10.1|2|9
1.3.6.1.2.1.31.1.1.1.15.1|66|0
1.3.6.1.2.1.31.1.1.1.18.1|4|a|b|c
1.3.6.1.4.1.1.1.0|2|1
`

const oddExpected = `[
 {"index":1,"name":"e\u0000","alias":"a|b|c","descr":"Đường truyền","type":6,"oper":null,"admin":null,"speed_bps":4294967295,"in_octets":18446744073709551615,"out_octets":9,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null},
 {"index":2,"name":null,"alias":null,"descr":"\ufffd\ufffda","type":null,"oper":null,"admin":null,"speed_bps":null,"in_octets":null,"out_octets":null,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null},
 {"index":3,"name":null,"alias":null,"descr":"","type":null,"oper":null,"admin":null,"speed_bps":1000,"in_octets":12,"out_octets":null,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null},
 {"index":4,"name":null,"alias":null,"descr":null,"type":null,"oper":null,"admin":null,"speed_bps":null,"in_octets":77,"out_octets":null,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null},
 {"index":5,"name":null,"alias":null,"descr":null,"type":null,"oper":null,"admin":null,"speed_bps":null,"in_octets":null,"out_octets":null,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null},
 {"index":4294967295,"name":null,"alias":null,"descr":"big","type":null,"oper":null,"admin":null,"speed_bps":null,"in_octets":null,"out_octets":null,"in_errors":null,"out_errors":null,"in_discards":null,"out_discards":null}
]`

// discoverRecording lists the interfaces of a recording served by snmpsim.
func discoverRecording(t *testing.T, recording string) (*Discovery, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "odd") //nolint:usetesting // another user must get at it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "odd.snmprec"), []byte(recording), 0o644); err != nil {
		t.Fatal(err)
	}
	return Discover(t.Context(), DiscoverOptions{Address: simulator(t, dir), Credential: community(t, "odd")})
}

func TestOddRecording(t *testing.T) {
	d, err := discoverRecording(t, oddRecording)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got, want any
	for text, to := range map[string]*any{out.String(): &got, oddExpected: &want} {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(to); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSnippetLoads writes the inventory entry of a device with awkward names
// and loads it once the reader's part is filled in.
func TestSnippetLoads(t *testing.T) {
	mib := snmptest.Device("Rt \"Hải Châu\"\n#1", 2)
	mib.Set(instance(ifAlias, 101), snmptest.Text("to: the\r\n\"city\" # 1"))
	mib.Set(instance(ifName, 102), snmptest.Text("Gi0/1"))
	mib.Set(instance(ifDescr, 102), snmptest.Text("Port \\ \"2\""))
	mib.SetInterface(snmptest.Interface{Index: 103, Name: "same", Descr: "same"})
	mib.SetInterface(snmptest.Interface{Index: 104, Name: "same", Descr: "same"})
	d, _, err := discoverFrom(t, mib, snmptest.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.WriteInventory(&out, "", "", ""); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		`"rt-h-i-ch-u-1/GigabitEthernet0/1"`, `"rt-h-i-ch-u-1/Port \\ \"2\""`, `"rt-h-i-ch-u-1/103"`, `"rt-h-i-ch-u-1/104"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	// What the reader does: ids of his own, and a line carried over to a link.
	text = strings.NewReplacer("SITE", "here", "CREDENTIAL", "core").Replace(text)
	var line string
	for l := range strings.SplitSeq(text, "\n") {
		if strings.Contains(l, `Port \\`) {
			line = strings.TrimPrefix(l, "#")
		}
	}
	text += "sites: {here: {}, there: {}}\ncredentials: {core: {snmp: {version: 2c, community: {env: X}}}}\nlinks:\n  a:\n     from: here\n     to: there\n" + line + "\n"
	inv, err := inventory.Parse([]inventory.File{{Name: "snippet.yaml", Data: []byte(text)}}, []inventory.ProbeKind{
		Kind().ProbeKind, {Name: "ping", NewConfig: func() any { return new(struct{}) }, Interval: time.Second, Timeout: time.Second, Confirm: 2},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, target := range inv.Targets() {
		for _, p := range target.Probes {
			if p.Kind == "snmp" && p.Address != d.Address {
				t.Errorf("the probe's address is %s, want %s", p.Address, d.Address)
			}
		}
	}
	if got := inv.Links["a"].Interface.Selector; got != `Port \ "2"` {
		t.Errorf("the selector is %q", got)
	}
}

func TestTable(t *testing.T) {
	mib := snmptest.Device("core", 2)
	mib.Set(instance(ifOperStatus, 101), snmptest.Integer(5))
	mib.Set(instance(ifOperStatus, 102), snmptest.Integer(7))
	mib.Delete(instance(ifInErrors, 102))
	d, _, err := discoverFrom(t, mib, snmptest.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	d.Address = "ADDRESS"
	var out bytes.Buffer
	if err := d.WriteTable(&out); err != nil {
		t.Fatal(err)
	}
	want := `ADDRESS: core, ISR4321/K9, FTX1234A5BC, 15.2(4)M, Test device, version 1
INDEX  NAME   ALIAS   DESCRIPTION         ADMIN  OPER            SPEED  IN BYTES  OUT BYTES  ERRORS  DISCARDS
101    Gi0/1  link 1  GigabitEthernet0/1  up     dormant         1Gbps  1000000   2000000    0/0     0/0
102    Gi0/2  link 2  GigabitEthernet0/2  up     lowerLayerDown  1Gbps  2000000   4000000    -/0     0/0
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestNoInterfaces(t *testing.T) {
	mib := snmptest.NewMIB()
	mib.Set(sysDescr, snmptest.Text("bare"))
	d, _, err := discoverFrom(t, mib, snmptest.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := d.WriteJSON(&out); err != nil || out.String() != "[]\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
	if _, err := fmt.Fprint(&out, d.WriteTable(&out), d.WriteInventory(&out, "", "", "")); err != nil {
		t.Fatal(err)
	}
}
