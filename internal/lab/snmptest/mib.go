package snmptest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"wanwatch/internal/lab/inhabit/agent"
)

// Value is the value of an object.
type Value = agent.Value

// Integer returns an INTEGER.
func Integer(n int) Value { return agent.Integer(n) }

// Text returns an OCTET STRING.
func Text(s string) Value { return agent.Text(s) }

// Counter32 returns a Counter32.
func Counter32(n uint32) Value { return agent.Counter32(n) }

// Counter64 returns a Counter64.
func Counter64(n uint64) Value { return agent.Counter64(n) }

// Gauge32 returns a Gauge32.
func Gauge32(n uint32) Value { return agent.Gauge32(n) }

// Ticks returns TimeTicks, in hundredths of a second.
func Ticks(n uint32) Value { return agent.Ticks(n) }

// OID returns an OBJECT IDENTIFIER, written with a leading dot.
func OID(s string) Value { return agent.OID(s) }

// MIB is the objects of an agent. It is safe for concurrent use, and several
// agents may share one.
type MIB struct {
	mu      sync.RWMutex
	objects map[string]Value
	sorted  []string // nil: to be sorted anew
}

// NewMIB returns a MIB without objects.
func NewMIB() *MIB { return &MIB{objects: map[string]Value{}} }

// Set makes or changes an object. The identifier is written with a leading dot
// and with the instance: ".1.3.6.1.2.1.1.3.0".
func (m *MIB) Set(oid string, v Value) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[oid]; !ok {
		m.sorted = nil
	}
	m.objects[oid] = v
}

// Delete removes all objects whose identifier is prefix or begins with it.
func (m *MIB) Delete(prefix string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for oid := range m.objects {
		if oid == prefix || strings.HasPrefix(oid, prefix+".") {
			delete(m.objects, oid)
		}
	}
	m.sorted = nil
}

// Open implements agent.Source. Each object is as it is when it is asked for.
func (m *MIB) Open() (v agent.View, done func()) { return m, func() {} }

// Get returns an object.
func (m *MIB) Get(oid string) (Value, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.objects[oid]
	return v, ok
}

// Next returns the first object behind an identifier.
func (m *MIB) Next(oid string) (next string, v Value, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sorted == nil {
		for o := range m.objects {
			m.sorted = append(m.sorted, o)
		}
		slices.SortFunc(m.sorted, agent.Compare)
	}
	at, found := slices.BinarySearchFunc(m.sorted, oid, agent.Compare)
	if found {
		at++
	}
	if at >= len(m.sorted) {
		return "", Value{}, false
	}
	return m.sorted[at], m.objects[m.sorted[at]], true
}

// Interface is a row of ifTable and ifXTable, as an ordinary device has it.
type Interface struct {
	Index              int
	Name, Alias, Descr string
	Speed              uint32 // Mbit/s
	Oper, Admin        int    // 1 up, 2 down; 0 stands for 1
	In, Out            uint64 // octets; a packet counts 1,000
	Only32             bool   // no ifXTable but for the names
}

// SetInterface makes or changes the objects of an interface.
func (m *MIB) SetInterface(i Interface) {
	set := func(column string, v Value) { m.Set(fmt.Sprintf(".1.3.6.1.2.1.%s.%d", column, i.Index), v) }
	const table, xtable = "2.2.1.", "31.1.1.1."
	set(table+"1", Integer(i.Index))
	set(table+"2", Text(i.Descr))
	set(table+"3", Integer(6))
	set(table+"4", Integer(1500))
	set(table+"5", Gauge32(uint32(min(uint64(i.Speed)*1_000_000, 1<<32-1))))
	set(table+"7", Integer(max(i.Admin, 1)))
	set(table+"8", Integer(max(i.Oper, 1)))
	set(table+"9", Ticks(1234))
	set(table+"10", Counter32(uint32(i.In)))
	set(table+"11", Counter32(uint32(i.In/1000)))
	set(table+"13", Counter32(0))
	set(table+"14", Counter32(0))
	set(table+"16", Counter32(uint32(i.Out)))
	set(table+"17", Counter32(uint32(i.Out/1000)))
	set(table+"19", Counter32(0))
	set(table+"20", Counter32(0))
	set(xtable+"1", Text(i.Name))
	set(xtable+"18", Text(i.Alias))
	if i.Only32 {
		return
	}
	set(xtable+"6", Counter64(i.In))
	set(xtable+"7", Counter64(i.In/1000))
	set(xtable+"10", Counter64(i.Out))
	set(xtable+"11", Counter64(i.Out/1000))
	set(xtable+"15", Gauge32(i.Speed))
	set(xtable+"19", Ticks(0))
}

// SetSystem sets the system group and the age of the SNMP engine, in seconds.
func (m *MIB) SetSystem(name string, boots int, age uint32) {
	m.Set(".1.3.6.1.2.1.1.1.0", Text("Test device, version 1"))
	m.Set(".1.3.6.1.2.1.1.2.0", OID(".1.3.6.1.4.1.8072.3.2.10"))
	m.Set(".1.3.6.1.2.1.1.5.0", Text(name))
	m.SetAge(boots, age)
}

// SetAge sets sysUpTime, snmpEngineTime and snmpEngineBoots.
func (m *MIB) SetAge(boots int, age uint32) {
	m.Set(".1.3.6.1.2.1.1.3.0", Ticks(age*100)) // wraps, as it does in a device
	m.Set(".1.3.6.1.6.3.10.2.1.2.0", Integer(boots))
	m.Set(".1.3.6.1.6.3.10.2.1.3.0", Integer(int(age)))
}

// Device returns a MIB with a number of interfaces named GigabitEthernet0/1 and
// up, with the ifIndex 101 and up, 1 Gbit/s each, and a chassis in ENTITY-MIB.
func Device(name string, interfaces int) *MIB {
	m := NewMIB()
	m.SetSystem(name, 7, 100_000)
	for i := 1; i <= interfaces; i++ {
		m.SetInterface(Interface{
			Index: 100 + i, Name: fmt.Sprintf("Gi0/%d", i), Alias: fmt.Sprintf("link %d", i),
			Descr: fmt.Sprintf("GigabitEthernet0/%d", i), Speed: 1000, In: uint64(i) * 1_000_000, Out: uint64(i) * 2_000_000,
		})
	}
	const entity = ".1.3.6.1.2.1.47.1.1.1.1."
	for column, v := range map[string]Value{
		"5.1": Integer(3), "10.1": Text("15.2(4)M"), "11.1": Text("FTX1234A5BC"), "13.1": Text("ISR4321/K9"),
	} {
		m.Set(entity+column, v)
	}
	return m
}
