package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
)

// snmpPort is where SNMP agents listen (RFC 3417, section 3.2).
const snmpPort = "161"

// agents are simulated devices with the same objects, each on an address of its
// own.
type agents struct {
	addresses []string
	list      []*snmptest.Agent
}

// startAgents makes n devices answer until close.
func startAgents(n int, mib *snmptest.MIB) (*agents, error) {
	a := &agents{addresses: loopbackAddresses(n)}
	for _, address := range a.addresses {
		agent, err := snmptest.Start(net.JoinHostPort(address, snmpPort), community, mib)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("simulating a device: %w", err), a.close())
		}
		a.list = append(a.list, agent)
	}
	return a, nil
}

// requests returns how many packets came in since the last call.
func (a *agents) requests() int {
	var n int
	for _, agent := range a.list {
		n += len(agent.Requests())
	}
	return n
}

// close ends the devices.
func (a *agents) close() error {
	var failed []error
	for _, agent := range a.list {
		failed = append(failed, agent.Close())
	}
	return errors.Join(failed...)
}

// columns of ifTable (RFC 2863, section 6: 1.3.6.1.2.1.2.2.1) and of ifXTable
// (1.3.6.1.2.1.31.1.1.1): all that a switch of today answers.
type column struct {
	table  string // ifTable or ifXTable
	number int
	name   string
	kind   gosnmp.Asn1BER
	value  func(index int) any
}

func (c column) oid() string {
	return map[string]string{"ifTable": ".1.3.6.1.2.1.2.2.1.", "ifXTable": ".1.3.6.1.2.1.31.1.1.1."}[c.table] + strconv.Itoa(c.number)
}

func columns() []column {
	number := func(n int) func(int) any { return func(int) any { return n } }
	gauge := func(n uint32) func(int) any { return func(int) any { return n } }
	count32 := func(i int) any { return uint32(1000 * i) }
	count64 := func(i int) any { return uint64(1_000_000_000_000 + 1000*i) }
	text := func(format string) func(int) any {
		return func(i int) any { return fmt.Appendf(nil, format, i) }
	}
	list := []column{
		{"ifTable", 1, "ifIndex", gosnmp.Integer, func(i int) any { return i }},
		{"ifTable", 2, "ifDescr", gosnmp.OctetString, text("GigabitEthernet0/%d")},
		{"ifTable", 3, "ifType", gosnmp.Integer, number(6)},
		{"ifTable", 4, "ifMtu", gosnmp.Integer, number(1500)},
		{"ifTable", 5, "ifSpeed", gosnmp.Gauge32, gauge(1_000_000_000)},
		{"ifTable", 6, "ifPhysAddress", gosnmp.OctetString, func(i int) any { return []byte{0, 0x1b, 0x0c, 0, byte(i >> 8), byte(i)} }},
		{"ifTable", 7, "ifAdminStatus", gosnmp.Integer, number(1)},
		{"ifTable", 8, "ifOperStatus", gosnmp.Integer, number(1)},
		{"ifTable", 9, "ifLastChange", gosnmp.TimeTicks, gauge(4200)},
		{"ifXTable", 1, "ifName", gosnmp.OctetString, text("Gi0/%d")},
		{"ifXTable", 14, "ifLinkUpDownTrapEnable", gosnmp.Integer, number(1)},
		{"ifXTable", 15, "ifHighSpeed", gosnmp.Gauge32, gauge(1000)},
		{"ifXTable", 16, "ifPromiscuousMode", gosnmp.Integer, number(2)},
		{"ifXTable", 17, "ifConnectorPresent", gosnmp.Integer, number(1)},
		{"ifXTable", 18, "ifAlias", gosnmp.OctetString, text("to office %d")},
		{"ifXTable", 19, "ifCounterDiscontinuityTime", gosnmp.TimeTicks, gauge(0)},
	}
	for i, name := range []string{
		"ifInOctets", "ifInUcastPkts", "ifInNUcastPkts", "ifInDiscards", "ifInErrors", "ifInUnknownProtos",
		"ifOutOctets", "ifOutUcastPkts", "ifOutNUcastPkts", "ifOutDiscards", "ifOutErrors",
	} {
		list = append(list, column{"ifTable", 10 + i, name, gosnmp.Counter32, count32})
	}
	list = append(list, column{"ifTable", 21, "ifOutQLen", gosnmp.Gauge32, gauge(0)})
	for i, name := range []string{"ifInMulticastPkts", "ifInBroadcastPkts", "ifOutMulticastPkts", "ifOutBroadcastPkts"} {
		list = append(list, column{"ifXTable", 2 + i, name, gosnmp.Counter32, count32})
	}
	for i, name := range []string{
		"ifHCInOctets", "ifHCInUcastPkts", "ifHCInMulticastPkts", "ifHCInBroadcastPkts",
		"ifHCOutOctets", "ifHCOutUcastPkts", "ifHCOutMulticastPkts", "ifHCOutBroadcastPkts",
	} {
		list = append(list, column{"ifXTable", 6 + i, name, gosnmp.Counter64, count64})
	}
	slices.SortFunc(list, func(a, b column) int { return cmp.Or(cmp.Compare(a.table, b.table), a.number-b.number) })
	return list
}

// deviceObjects are the objects of a switch with n interfaces.
func deviceObjects(n int) *snmptest.MIB {
	mib := snmptest.NewMIB()
	mib.SetSystem("switch", 3, 86_400)
	mib.Set(".1.3.6.1.2.1.2.1.0", snmptest.Integer(n))
	for _, c := range columns() {
		for i := 1; i <= n; i++ {
			mib.Set(c.oid()+"."+strconv.Itoa(i), snmptest.Value{Type: c.kind, Value: c.value(i)})
		}
	}
	return mib
}
