package snmp

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes/metric"
)

func names(n int) []string {
	var list []string
	for i := 1; i <= n; i++ {
		list = append(list, fmt.Sprintf("Gi0/%d", i))
	}
	return list
}

func TestPollOfTenInterfacesOfThreeHundred(t *testing.T) {
	r := newRig(t, snmptest.Device("core", 300), names(10)...)
	r.poll()
	r.wantOutcome("rt", "success", "up since")
	r.agent.Requests()
	for i := range 10 {
		r.mib.SetInterface(snmptest.Interface{Index: 101 + i, Name: fmt.Sprintf("Gi0/%d", i+1), Descr: "x", Speed: 1000, In: 10_000_000 + uint64(i)*1000, Out: 40_000_000})
	}
	r.poll()
	r.wantOutcome("rt", "success", "core answered")
	r.wantOutcome("link-Gi0/10", "success")
	if got := r.requests(); got != "GetRequest 72, GetRequest 71" {
		t.Errorf("the second poll sent: %s", got)
	}
	r.want("link-Gi0/3", metric.InterfaceReceiveBytes, 10_002_000-3_000_000)
	r.want("link-Gi0/3", metric.InterfaceTransmitBytes, 40_000_000-6_000_000)
	r.want("link-Gi0/3", metric.InterfaceReceivePackets, 10_002-3_000)
	r.want("link-Gi0/3", metric.InterfaceReceiveErrors, 0)
	r.want("link-Gi0/3", metric.InterfaceResets, 0)
	r.want("link-Gi0/3", metric.InterfaceUp, 1)
	r.want("link-Gi0/3", metric.InterfaceAdminUp, 1)
	r.want("link-Gi0/3", metric.InterfaceSpeed, 1e9/8)
	r.want("rt", metric.SNMPResolves, 1)
	r.want("rt", metric.DeviceReboots, 0)
	if _, ok := r.totals["link-Gi0/3 wanwatch_interface_info{rt,Gi0/3,103,Gi0/3,link 3,GigabitEthernet0/3,64}"]; !ok {
		t.Errorf("no such interface_info in %v", r.totals)
	}
	if _, ok := r.totals["rt wanwatch_device_info{core,Test device, version 1,ISR4321/K9,FTX1234A5BC,15.2(4)M}"]; !ok {
		t.Errorf("no such device_info in %v", r.totals)
	}
}

func TestWrapOf32Bits(t *testing.T) {
	mib := snmptest.Device("old", 0)
	at := func(in uint64) {
		mib.SetInterface(snmptest.Interface{Index: 1, Name: "e0", Descr: "e0", Speed: 100, In: in, Only32: true})
	}
	at(1<<32 - 1000)
	r := newRig(t, mib, "e0")
	r.poll()
	r.agent.Requests()
	at(1<<32 + 500)
	r.poll()
	r.want("link-e0", metric.InterfaceReceiveBytes, 1500)
	r.want("link-e0", metric.InterfaceResets, 0)
	r.want("link-e0", metric.InterfaceSpeed, 1e8/8)
	if got := r.requests(); got != "GetRequest 16" {
		t.Errorf("once it is known which columns there are, a poll sent: %s", got)
	}
	for k := range r.totals {
		if strings.Contains(k, "interface_info") && !strings.HasSuffix(k, ",32}") {
			t.Errorf("%s does not say 32 bits", k)
		}
	}
}

// TestResetsMakeNoSpike lets counters start anew in every way that shows.
func TestResetsMakeNoSpike(t *testing.T) {
	const big = 5_000_000_000
	for name, test := range map[string]struct {
		only32 bool
		before uint64
		reset  func(*snmptest.MIB)
		after  uint64
		reboot float64
		want   float64
	}{
		"64 bits go back":         {before: big, after: 700},
		"32 bits go back":         {only32: true, before: 4_000_000_000, after: 700},
		"reboot, counters higher": {before: 1000, after: big, reset: func(m *snmptest.MIB) { m.SetAge(8, 10) }, reboot: 1},
		"reboot, 32 bits":         {only32: true, before: 4_294_967_000, after: 200, reset: func(m *snmptest.MIB) { m.SetAge(8, 10) }, reboot: 1, want: 200},
		"reboot, 64 bits":         {before: big, after: 200, reset: func(m *snmptest.MIB) { m.SetAge(8, 10) }, reboot: 1, want: 200},
		"reboot, but more than it can have counted since": {before: 1 << 40, after: 1 << 39, reset: func(m *snmptest.MIB) { m.SetAge(8, 10) }, reboot: 1},
		"another device, older than the last answer":      {before: big, after: 900_000, reset: func(m *snmptest.MIB) { m.SetAge(8, 90_000) }, reboot: 1},
		"reboot, no engine": {before: 1000, after: 1 << 30, reboot: 1, reset: func(m *snmptest.MIB) {
			m.Delete(".1.3.6.1.6.3.10.2.1")
			m.Set(sysUpTime, snmptest.Ticks(900))
		}},
		"discontinuity": {before: 1000, after: 1 << 30, reset: func(m *snmptest.MIB) {
			m.Set(instance(ifDiscontinuity, 1), snmptest.Ticks(10_000_100))
		}},
		"a jump that no interface can make": {before: 1000, after: 1 << 60},
	} {
		t.Run(name, func(t *testing.T) {
			mib := snmptest.Device("rt", 0)
			at := func(n uint64) {
				mib.SetInterface(snmptest.Interface{Index: 1, Name: "e0", Descr: "e0", Speed: 100, In: n, Out: n, Only32: test.only32})
			}
			at(test.before)
			r := newRig(t, mib, "e0")
			r.poll()
			at(test.after)
			if test.reset != nil {
				test.reset(mib)
			}
			r.poll()
			r.wantOutcome("link-e0", "success")
			r.want("link-e0", metric.InterfaceReceiveBytes, test.want)
			r.want("link-e0", metric.InterfaceTransmitPackets, 0)
			r.want("link-e0", metric.InterfaceResets, 1)
			r.want("rt", metric.DeviceReboots, test.reboot)
			age := func(n uint64) { // the counters go on from the new base
				for _, c := range []string{ifHCInOctets, ifInOctets} {
					if v, ok := mib.Get(instance(c, 1)); ok && v.Type == gosnmp.Counter64 {
						mib.Set(instance(c, 1), snmptest.Counter64(test.after+n))
					} else if ok {
						mib.Set(instance(c, 1), snmptest.Counter32(uint32(test.after+n)))
					}
				}
			}
			age(900)
			r.poll()
			r.want("link-e0", metric.InterfaceReceiveBytes, test.want+900)
			r.want("link-e0", metric.InterfaceResets, 1)
		})
	}
}

func TestRenumbering(t *testing.T) {
	mib := snmptest.Device("rt", 3)
	r := newRig(t, mib, "Gi0/1", "Gi0/2")
	r.poll()
	// The two change places, and with them the counters behind the indexes.
	mib.SetInterface(snmptest.Interface{Index: 101, Name: "Gi0/2", Descr: "b", Speed: 1000, In: 3_000_000, Out: 4_000_000})
	mib.SetInterface(snmptest.Interface{Index: 102, Name: "Gi0/1", Descr: "a", Speed: 1000, In: 900_000_000})
	r.poll()
	r.wantOutcome("link-Gi0/1", "success")
	r.want("link-Gi0/1", metric.InterfaceReceiveBytes, 0)
	r.want("link-Gi0/2", metric.InterfaceReceiveBytes, 0)
	r.want("link-Gi0/1", metric.InterfaceResets, 1)
	r.want("rt", metric.SNMPResolves, 2)
	mib.SetInterface(snmptest.Interface{Index: 102, Name: "Gi0/1", Descr: "a", Speed: 1000, In: 900_000_050})
	r.poll()
	r.want("link-Gi0/1", metric.InterfaceReceiveBytes, 50)
	r.want("link-Gi0/1", metric.InterfaceResets, 1)
	r.want("rt", metric.SNMPResolves, 2)
	if _, ok := r.totals["link-Gi0/1 wanwatch_interface_info{rt,Gi0/1,102,Gi0/1,,a,64}"]; !ok {
		t.Errorf("the info does not tell the new index: %v", r.totals)
	}
}

// TestRenumberingKeepsCounting moves an interface to another index, where it
// goes on.
func TestRenumberingKeepsCounting(t *testing.T) {
	for name, test := range map[string]struct {
		descr      string
		out        uint64
		in, resets float64
	}{
		"as it is":               {descr: "GigabitEthernet0/1", out: 2_000_000, in: 500},
		"another description":    {descr: "GigabitEthernet9/9", out: 2_000_000, resets: 1},
		"a counter that is less": {descr: "GigabitEthernet0/1", out: 1_999_999, resets: 1},
	} {
		t.Run(name, func(t *testing.T) {
			mib := snmptest.Device("rt", 1)
			r := newRig(t, mib, "Gi0/1")
			r.poll()
			for _, oid := range []string{ifName, ifDescr, ifAlias} {
				mib.Delete(instance(oid, 101))
			}
			at := func(n uint64) {
				mib.SetInterface(snmptest.Interface{
					Index: 9, Name: "Gi0/1", Alias: "link 1", Descr: test.descr, Speed: 1000, In: 1_000_000 + n, Out: test.out,
				})
			}
			at(500)
			r.poll()
			r.wantOutcome("link-Gi0/1", "success")
			r.want("link-Gi0/1", metric.InterfaceReceiveBytes, test.in)
			r.want("link-Gi0/1", metric.InterfaceResets, test.resets)
			at(700)
			r.poll()
			r.want("link-Gi0/1", metric.InterfaceReceiveBytes, test.in+200)
			r.want("link-Gi0/1", metric.InterfaceResets, test.resets)
		})
	}
}

// TestRenumberingByIndex changes what an index means while the inventory names
// the interface by that index.
func TestRenumberingByIndex(t *testing.T) {
	mib := snmptest.Device("rt", 2)
	r := newRig(t, mib, "101")
	r.poll()
	mib.SetInterface(snmptest.Interface{Index: 101, Name: "Te1/0", Descr: "new card", Speed: 1000, In: 500_000_000})
	r.poll()
	r.want("link-101", metric.InterfaceReceiveBytes, 0)
	r.want("link-101", metric.InterfaceResets, 1)
}

func TestInterfaceGoesAndComesBack(t *testing.T) {
	mib := snmptest.Device("rt", 2)
	r := newRig(t, mib, "Gi0/1", "=Gi0/2")
	r.poll()
	for _, c := range columns {
		for _, oid := range []string{c.oid, c.second} {
			mib.Delete(oid + ".101")
		}
	}
	mib.Delete(instance(ifName, 101))
	mib.Delete(instance(ifDescr, 101))
	mib.Delete(instance(ifAlias, 101))
	r.poll()
	r.wantOutcome("rt", "success", "1 of its 2 interfaces not found")
	r.wantOutcome("link-Gi0/1", "failure interface_missing", "wanwatch discover")
	r.want("link-Gi0/1", metric.InterfaceUp, math.NaN())
	r.requests()
	r.poll()
	if got := r.requests(); got != "GetRequest 17" {
		t.Errorf("a missing interface is searched for at each poll: %s", got)
	}
	mib.SetInterface(snmptest.Interface{Index: 7, Name: "Gi0/1", Speed: 1000, In: 1 << 40})
	r.clock = r.clock.Add(missingRetry)
	r.poll()
	r.wantOutcome("link-Gi0/1", "success")
	r.want("link-Gi0/1", metric.InterfaceReceiveBytes, 0)
	r.want("link-Gi0/1", metric.InterfaceUp, 1)
}

func TestStates(t *testing.T) {
	mib := snmptest.Device("rt", 5)
	mib.Set(instance(ifOperStatus, 102), snmptest.Integer(7))
	mib.Set(instance(ifOperStatus, 103), snmptest.Integer(2))
	mib.Set(instance(ifAdminStatus, 103), snmptest.Integer(2))
	mib.Delete(instance(ifOperStatus, 104))
	mib.Set(instance(ifName, 105), snmptest.Text("Gi0/1"))
	r := newRig(t, mib, "Gi0/2", "Gi0/3", "Gi0/4", "Gi0/1", "=102")
	r.poll()
	r.wantOutcome("rt", "success") // a port of its own that is down does not make a device down
	r.wantOutcome("link-Gi0/2", "failure interface_down", "lowerLayerDown")
	r.wantOutcome("link-Gi0/3", "failure interface_down", "switched off")
	r.wantOutcome("link-Gi0/4", "unknown partial", "ifOperStatus")
	r.wantOutcome("link-Gi0/1", "failure interface_missing", "101", "105", "2 interfaces")
	r.want("link-Gi0/2", metric.InterfaceUp, 0)
	r.want("link-Gi0/2", metric.InterfaceAdminUp, 1)
	r.want("link-Gi0/3", metric.InterfaceAdminUp, 0)
	if r.totals["rt wanwatch_interface_up 102"] != 0 || r.totals["rt wanwatch_interface_admin_up 102"] != 1 {
		t.Errorf("the device's own interface has no samples: %v", r.totals)
	}
}

func TestAgeAcrossPolls(t *testing.T) {
	mib := snmptest.Device("rt", 1)
	r := newRig(t, mib, "Gi0/1")
	const days497 = 42_949_672 // seconds to the wrap of sysUpTime
	mib.SetAge(7, days497-20)
	r.poll()
	boot := r.total("rt", metric.DeviceBootTime)
	if want := float64(r.clock.Unix() - days497 + 20); boot != want {
		t.Errorf("boot = %v, want %v", boot, want)
	}
	changed := r.total("link-Gi0/1", metric.InterfaceLastChange)
	mib.SetAge(7, days497+10)
	r.poll()
	mib.SetAge(7, days497+41) // a second of jitter
	r.poll()
	r.want("rt", metric.DeviceReboots, 0)
	r.want("rt", metric.DeviceBootTime, boot)
	r.want("link-Gi0/1", metric.InterfaceLastChange, changed)
	mib.SetAge(8, 5)
	r.poll()
	r.want("rt", metric.DeviceReboots, 1)
	r.want("rt", metric.DeviceBootTime, float64(r.clock.Unix()-5))
}

// TestEngineIsAskedForAgain asks an agent that had no SNMP-FRAMEWORK-MIB at
// first, as one that has just started.
func TestEngineIsAskedForAgain(t *testing.T) {
	m := snmptest.Device("rt", 1)
	m.Delete(".1.3.6.1.6.3.10.2.1")
	r := newRig(t, m, "Gi0/1")
	r.poll()
	m.SetAge(7, 100_030)
	r.clock = r.clock.Add(factsEvery)
	r.poll()
	r.poll()
	if last := r.prober.device.age.last; !last.hasEngine || !last.hasBoots {
		t.Errorf("its engine is not asked for: %+v", last)
	}
}
