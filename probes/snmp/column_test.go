package snmp

import (
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
)

// tripOver makes a device say that no object follows where one of some would.
func tripOver(names ...string) snmptest.Faults {
	return snmptest.Faults{Change: func(r, a *gosnmp.SnmpPacket) {
		if r.PDUType == gosnmp.GetRequest {
			return
		}
		for i, v := range a.Variables {
			if slices.Contains(names, v.Name) {
				for ; i < len(a.Variables); i++ {
					a.Variables[i] = gosnmp.SnmpPDU{Name: r.Variables[0].Name, Type: gosnmp.EndOfMibView}
				}
				return
			}
		}
	}}
}

// TestDiscoverSilentEnd is a device that cannot send the object behind the
// interfaces' last column.
func TestDiscoverSilentEnd(t *testing.T) {
	const ifSpecific = ".1.3.6.1.2.1.2.2.1.22.101"
	mib := snmptest.Device("rt", 3)
	mib.Delete(".1.3.6.1.2.1.31")
	mib.Set(ifSpecific, snmptest.OID(".1.3"))
	var silences atomic.Int32
	d, _, err := discoverFrom(t, mib, silentAbout(func(oid string) bool {
		if oid == ifSpecific {
			silences.Add(1)
		}
		return oid == ifSpecific
	}))
	if err != nil {
		t.Fatal(err)
	}
	if n := silences.Load(); n > 10 {
		t.Errorf("%d time-outs", n)
	}
	for _, i := range d.Interfaces {
		if i.OutErrors == nil || i.OutDiscards == nil || i.InOctets == nil {
			t.Errorf("interface %d is not complete: %+v", i.Index, i)
		}
	}
	if got := indexes(d); !slices.Equal(got, []uint32{101, 102, 103}) {
		t.Errorf("the interfaces are %v", got)
	}

	// A value of the column itself that it cannot send is missing.
	_, _, err = discoverFrom(t, mib, silentAbout(func(oid string) bool { return oid == instance(ifOutErrors, 102) }))
	if err == nil || !strings.Contains(err.Error(), "ifOutErrors") {
		t.Errorf("the error is %v", err)
	}
}

// TestDiscoverSilentBeforeTheRowsAreKnown is a device that cannot send the first
// object of its ifTable, which is none of the columns that are read.
func TestDiscoverSilentBeforeTheRowsAreKnown(t *testing.T) {
	const ifSpecific = ".1.3.6.1.2.1.2.2.1.22.101"
	mib := snmptest.Device("rt", 3)
	mib.Delete(".1.3.6.1.2.1.2")
	mib.Set(ifSpecific, snmptest.OID(".1.3"))
	silent := silentAbout(func(oid string) bool { return oid == ifSpecific })
	d, _, err := discoverFrom(t, mib, silent)
	if err != nil {
		t.Fatal(err)
	}
	if got := indexes(d); !slices.Equal(got, []uint32{101, 102, 103}) {
		t.Errorf("the interfaces are %v", got)
	}

	// Where no other column tells the rows there may be some.
	mib.Delete(".1.3.6.1.2.1.31")
	_, _, err = discoverFrom(t, mib, silent)
	if err == nil || !strings.Contains(err.Error(), "answers other questions, but not what follows "+ifIndex) {
		t.Errorf("the error is %v", err)
	}
}

// TestDiscoverTripsBeforeTheRowsAreKnown is a device without ifIndex that trips
// in the first column that it has.
func TestDiscoverTripsBeforeTheRowsAreKnown(t *testing.T) {
	mib := snmptest.Device("rt", 7)
	mib.Delete(ifIndex)
	d, _, err := discoverFrom(t, mib, tripOver(instance(ifDescr, 101), instance(ifDescr, 104), instance(ifInOctets, 102)))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Interfaces) != 7 {
		t.Errorf("the interfaces are %v", indexes(d))
	}
	for n, i := range d.Interfaces {
		if want := uint64(n+1) * 1_000_000; i.Descr == nil || *i.InOctets != want {
			t.Errorf("interface %d is %+v", i.Index, i)
		}
	}
}

// TestDiscoverTripsInTheOnlyColumn is a device with one column, in which it trips
// over a row and, further on, over another behind a gap.
func TestDiscoverTripsInTheOnlyColumn(t *testing.T) {
	mib := snmptest.NewMIB()
	mib.Set(sysDescr, snmptest.Text("bare"))
	for _, index := range []uint32{101, 102, 103, 104, 5000, 5001, 5003} {
		mib.Set(instance(ifOperStatus, index), snmptest.Integer(1))
	}
	mib.Set(".1.3.6.1.4.1.1.1.0", snmptest.Integer(1))
	d, agent, err := discoverPatiently(t, mib, tripOver(instance(ifOperStatus, 102), instance(ifOperStatus, 5000)))
	if err != nil {
		t.Fatal(err)
	}
	// A GET finds what the device trips over only in rows known by other columns.
	if got := indexes(d); !slices.Equal(got, []uint32{101, 103, 104, 5001, 5003}) {
		t.Errorf("the interfaces are %v", got)
	}
	if n := len(agent.Requests()); n > 90 {
		t.Errorf("%d requests", n)
	}
}

// TestPollTripsOverNames polls an interface whose name comes after one that the
// device trips over.
func TestPollTripsOverNames(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 9), "Gi0/8")
	r.agent.Misbehave(tripOver(instance(ifName, 103), instance(ifName, 104)))
	r.poll()
	r.wantOutcome("link-Gi0/8", "success")
}

// TestDiscoverPassesOverAbsentRows is a device that says of a row in the middle
// of a column that there is no such instance.
func TestDiscoverPassesOverAbsentRows(t *testing.T) {
	d, _, err := discoverFrom(t, snmptest.Device("rt", 7), snmptest.Faults{Change: func(_, a *gosnmp.SnmpPacket) {
		for i, v := range a.Variables {
			if v.Name == instance(ifAlias, 103) {
				a.Variables[i].Type, a.Variables[i].Value = gosnmp.NoSuchInstance, nil
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range d.Interfaces {
		if (i.Alias == nil) != (i.Index == 103) {
			t.Errorf("interface %d has the alias %v", i.Index, i.Alias)
		}
	}
}

// TestDiscoverFindsWhatWalksPassBy is a device with cells that only a GET finds.
func TestDiscoverFindsWhatWalksPassBy(t *testing.T) {
	d, agent, err := discoverPatiently(t, snmptest.Device("rt", 7), snmptest.Faults{Change: func(r, a *gosnmp.SnmpPacket) {
		if r.PDUType != gosnmp.GetRequest {
			a.Variables = slices.DeleteFunc(a.Variables, func(v gosnmp.SnmpPDU) bool {
				return v.Name == instance(ifOperStatus, 102) || strings.HasPrefix(v.Name, ifAlias+".")
			})
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range d.Interfaces {
		if i.Oper == nil || i.Alias == nil {
			t.Errorf("interface %d is %+v", i.Index, i)
		}
	}
	if n := len(agent.Requests()); n > 40 {
		t.Errorf("%d requests", n)
	}
}

// TestDiscoverAsksLittle counts the requests to an ordinary device, and to one
// without ifXTable.
func TestDiscoverAsksLittle(t *testing.T) {
	mib := snmptest.Device("rt", 7)
	for _, limit := range []int{21, 26} {
		_, agent, err := discoverPatiently(t, mib, snmptest.Faults{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(agent.Requests()); n > limit {
			t.Errorf("%d requests, want at most %d", n, limit)
		}
		mib.Delete(".1.3.6.1.2.1.31")
	}
}

func TestSpeedTooHigh(t *testing.T) {
	high, low := uint64(math.MaxUint64), uint64(1000)
	if got := (&row{highSpeed: &high, lowSpeed: &low}).speed(); got != &low {
		t.Errorf("the speed is %v", got)
	}
	if got := (&row{highSpeed: &high}).speed(); got != nil {
		t.Errorf("the speed is %d", *got)
	}
	high = maxHighSpeed
	if got := (&row{highSpeed: &high, lowSpeed: &low}).speed(); *got != maxHighSpeed*1_000_000 {
		t.Errorf("the speed is %d", *got)
	}
}
