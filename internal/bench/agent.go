package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosnmp/gosnmp"
)

// snmpPort is where SNMP agents listen (RFC 3417, section 3.2).
const snmpPort = "161"

// agents are simulated devices that answer SNMPv2c: all with the same objects,
// each on an address of its own.
type agents struct {
	addresses []string
	requests  atomic.Int64 // packets that came in

	objects []object // in the order of their OIDs
	booted  time.Time
	done    sync.WaitGroup
	conns   []net.PacketConn
}

// object is one variable of a device.
type object struct {
	oid   oid
	kind  gosnmp.Asn1BER
	value any // nil: the time since the start (sysUpTime)
}

type oid []uint32

// startAgents makes n devices answer until close.
func startAgents(ctx context.Context, n int, objects []object) (*agents, error) {
	slices.SortFunc(objects, func(a, b object) int { return slices.Compare(a.oid, b.oid) })
	a := &agents{addresses: loopbackAddresses(n), objects: objects, booted: time.Now().Add(-time.Hour)}
	for _, address := range a.addresses {
		conn, err := new(net.ListenConfig).ListenPacket(ctx, "udp4", net.JoinHostPort(address, snmpPort))
		if err != nil {
			a.close()
			return nil, fmt.Errorf("simulating a device: %w", err)
		}
		a.conns = append(a.conns, conn)
		a.done.Go(func() { a.serve(conn) })
	}
	return a, nil
}

// close stops the devices and waits until they have stopped.
func (a *agents) close() {
	for _, conn := range a.conns {
		conn.Close()
	}
	a.done.Wait()
}

// serve answers until the connection is closed.
func (a *agents) serve(conn net.PacketConn) {
	decoder := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
	buffer := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		a.requests.Add(1)
		request, err := decoder.SnmpDecodePacket(slices.Clone(buffer[:n]))
		if err != nil {
			continue // not SNMP: a device stays silent
		}
		answer, err := a.answer(request).MarshalMsg()
		if err != nil {
			continue
		}
		// A lost answer is repeated by who asked.
		_, _ = conn.WriteTo(answer, from)
	}
}

// answer does what RFC 3416, sections 4.2.1 to 4.2.3, says of a Get, GetNext
// and GetBulk.
func (a *agents) answer(request *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	response := &gosnmp.SnmpPacket{
		Version: gosnmp.Version2c, Community: request.Community, PDUType: gosnmp.GetResponse, RequestID: request.RequestID,
	}
	asked := make([]oid, len(request.Variables))
	for i, v := range request.Variables {
		asked[i] = parseOID(v.Name)
	}
	switch request.PDUType {
	case gosnmp.GetRequest:
		for _, o := range asked {
			response.Variables = append(response.Variables, a.get(o))
		}
	case gosnmp.GetNextRequest:
		response.Variables = a.bulk(asked, len(asked), 0)
	case gosnmp.GetBulkRequest:
		response.Variables = a.bulk(asked, int(request.NonRepeaters), int(request.MaxRepetitions))
	default:
		response.Error, response.ErrorIndex = gosnmp.GenErr, 1
	}
	return response
}

// bulk goes once past each of the first, and repeatedly past the others.
func (a *agents) bulk(asked []oid, once, repetitions int) []gosnmp.SnmpPDU {
	var variables []gosnmp.SnmpPDU
	once = min(once, len(asked))
	for _, o := range asked[:once] {
		v, _ := a.next(o)
		variables = append(variables, v)
	}
	rest := asked[once:]
	for range min(repetitions, 100) {
		for i := range rest {
			v, found := a.next(rest[i])
			variables = append(variables, v)
			rest[i] = found
		}
	}
	return variables
}

func (a *agents) get(o oid) gosnmp.SnmpPDU {
	i, found := a.search(o)
	if !found {
		return gosnmp.SnmpPDU{Name: o.String(), Type: gosnmp.NoSuchInstance}
	}
	return a.variable(a.objects[i])
}

// next returns the first variable after o, and its OID.
func (a *agents) next(o oid) (gosnmp.SnmpPDU, oid) {
	i, found := a.search(o)
	if found {
		i++
	}
	if i == len(a.objects) {
		return gosnmp.SnmpPDU{Name: o.String(), Type: gosnmp.EndOfMibView}, o
	}
	return a.variable(a.objects[i]), a.objects[i].oid
}

func (a *agents) search(o oid) (int, bool) {
	return slices.BinarySearchFunc(a.objects, o, func(have object, want oid) int { return slices.Compare(have.oid, want) })
}

func (a *agents) variable(o object) gosnmp.SnmpPDU {
	value := o.value
	if value == nil {
		value = uint32(time.Since(a.booted) / (10 * time.Millisecond))
	}
	return gosnmp.SnmpPDU{Name: o.oid.String(), Type: o.kind, Value: value}
}

func (o oid) String() string {
	var text strings.Builder
	for _, number := range o {
		text.WriteByte('.')
		text.WriteString(strconv.FormatUint(uint64(number), 10))
	}
	return text.String()
}

// parseOID reads a dotted OID; what is no number counts as 0, before all else.
func parseOID(text string) oid {
	var o oid
	for part := range strings.SplitSeq(strings.TrimPrefix(text, "."), ".") {
		number, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil
		}
		o = append(o, uint32(number))
	}
	return o
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
	return map[string]string{"ifTable": "1.3.6.1.2.1.2.2.1.", "ifXTable": "1.3.6.1.2.1.31.1.1.1."}[c.table] + strconv.Itoa(c.number)
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
func deviceObjects(n int) []object {
	objects := []object{
		{parseOID("1.3.6.1.2.1.1.1.0"), gosnmp.OctetString, []byte("Simulated switch, version 1.0")},
		{parseOID("1.3.6.1.2.1.1.2.0"), gosnmp.ObjectIdentifier, "1.3.6.1.4.1.8072.3.2.10"},
		{parseOID("1.3.6.1.2.1.1.3.0"), gosnmp.TimeTicks, nil},
		{parseOID("1.3.6.1.2.1.1.5.0"), gosnmp.OctetString, []byte("switch")},
		{parseOID("1.3.6.1.2.1.2.1.0"), gosnmp.Integer, n},
	}
	for _, c := range columns() {
		for i := 1; i <= n; i++ {
			objects = append(objects, object{parseOID(c.oid() + "." + strconv.Itoa(i)), c.kind, c.value(i)})
		}
	}
	return objects
}
