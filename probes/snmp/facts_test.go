package snmp

import (
	"slices"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
)

// silentAbout keeps away every answer that would hold an object of which tell
// is true: the client ignores the answer to another request.
func silentAbout(tell func(oid string) bool) snmptest.Faults {
	return snmptest.Faults{Change: func(_, a *gosnmp.SnmpPacket) {
		if slices.ContainsFunc(a.Variables, func(v gosnmp.SnmpPDU) bool { return tell(v.Name) }) {
			a.RequestID += 1000
		}
	}}
}

// TestDiscoverWithoutFacts asks devices that cannot send what they say of
// themselves: their interfaces are listed all the same.
func TestDiscoverWithoutFacts(t *testing.T) {
	for name, secret := range map[string]func(oid string) bool{
		"no word about parts": func(oid string) bool { return strings.HasPrefix(oid, ".1.3.6.1.2.1.47.") },
		"no model":            func(oid string) bool { return strings.HasPrefix(oid, entPhysicalModel+".") },
		"no sysObjectID":      func(oid string) bool { return oid == sysObjectID },
	} {
		t.Run(name, func(t *testing.T) {
			d, agent, err := discoverFrom(t, snmptest.Device("rt", 3), silentAbout(secret))
			if err != nil {
				t.Fatal(err)
			}
			if got := indexes(d); !slices.Equal(got, []uint32{101, 102, 103}) || d.SysName != "rt" {
				t.Errorf("%s has the interfaces %v", d.SysName, got)
			}
			if n := len(agent.Requests()); n > 50 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestFactsWithoutObjectID reads the facts of a polled device that cannot send
// its sysObjectID.
func TestFactsWithoutObjectID(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 1), "Gi0/1")
	r.agent.Misbehave(silentAbout(func(oid string) bool { return oid == sysObjectID }))
	r.poll()
	if f := r.prober.facts; f.sysName != "rt" || f.serial != "FTX1234A5BC" {
		t.Errorf("the facts are %+v", f)
	}
}
