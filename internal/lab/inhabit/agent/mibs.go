package agent

import (
	"math"
	"time"
)

// systemGroup is that of SNMPv2-MIB (RFC 3418) with ifNumber (RFC 2863).
func systemGroup() []column {
	const system = ".1.3.6.1.2.1.1."
	one := func(oid string, get func(s *snapshot) Value) column {
		return column{oid: oid, rows: scalar, get: func(s *snapshot, _ *port) Value { return get(s) }}
	}
	return []column{
		one(system+"1", func(s *snapshot) Value { return Text(s.spec.Descr) }),
		one(system+"2", func(s *snapshot) Value { return OID(s.spec.ObjectID) }),
		one(system+"3", func(s *snapshot) Value { return Ticks(s.ticks(s.at)) }),
		one(system+"4", func(s *snapshot) Value { return Text(s.spec.Contact) }),
		one(system+"5", func(s *snapshot) Value { return Text(s.spec.Name) }),
		one(system+"6", func(s *snapshot) Value { return Text(s.spec.Location) }),
		one(system+"7", func(*snapshot) Value { return Integer(78) }), // layers 2, 3, 4 and 7
		one(".1.3.6.1.2.1.2.1", func(s *snapshot) Value { return Integer(len(s.ports)) }),
	}
}

// engineGroup is that of SNMP-FRAMEWORK-MIB (RFC 3411).
func engineGroup() []column {
	const engine = ".1.3.6.1.6.3.10.2.1."
	return []column{
		{oid: engine + "1", get: func(s *snapshot, _ *port) Value { return Text(string(s.spec.EngineID)) }},
		{oid: engine + "2", get: func(s *snapshot, _ *port) Value { return Integer(s.boots) }},
		{oid: engine + "3", get: func(s *snapshot, _ *port) Value { return Integer(int(max(s.at.Sub(s.boot), 0) / time.Second)) }},
		{oid: engine + "4", get: func(*snapshot, *port) Value { return Integer(65507) }},
	}
}

// ifTable is that of IF-MIB (RFC 2863).
func ifTable() []column {
	const entry = ".1.3.6.1.2.1.2.2.1."
	counter := func(oid string, get func(p *port, t time.Time) uint64) column {
		return column{entry + oid, nil, allPorts, func(s *snapshot, p *port) Value { return Counter32(uint32(get(p, s.at))) }}
	}
	fact := func(oid string, get func(p *port) Value) column {
		return column{entry + oid, nil, allPorts, func(_ *snapshot, p *port) Value { return get(p) }}
	}
	none := func(*port, time.Time) uint64 { return 0 }
	return []column{
		fact("1", func(p *port) Value { return Integer(int(p.Index)) }),
		fact("2", func(p *port) Value { return Text(p.Descr) }),
		fact("3", func(p *port) Value { return Integer(p.Type) }),
		fact("4", func(p *port) Value { return Integer(p.MTU) }),
		fact("5", func(p *port) Value { return Gauge32(uint32(min(uint64(p.Speed), math.MaxUint32))) }),
		fact("6", func(p *port) Value { return Text(string(p.hardware())) }),
		fact("7", func(p *port) Value { return Integer(int(p.Admin)) }),
		fact("8", func(p *port) Value { return Integer(int(p.Oper)) }),
		{entry + "9", nil, allPorts, func(s *snapshot, p *port) Value { return Ticks(s.ticks(p.changed)) }},
		counter("10", func(p *port, t time.Time) uint64 { return p.in.value(t) }),
		counter("11", func(p *port, t time.Time) uint64 { return p.in.packets(t) }),
		counter("13", func(p *port, t time.Time) uint64 { return p.in.discards(t) }),
		counter("14", func(p *port, t time.Time) uint64 { return p.in.errors(t) }),
		counter("15", none),
		counter("16", func(p *port, t time.Time) uint64 { return p.out.value(t) }),
		counter("17", func(p *port, t time.Time) uint64 { return p.out.packets(t) }),
		counter("19", func(p *port, t time.Time) uint64 { return p.out.discards(t) }),
		counter("20", func(p *port, t time.Time) uint64 { return p.out.errors(t) }),
	}
}

// hardware returns a locally administered address that keeps to the interface.
func (p *port) hardware() []byte {
	h := uint32(2166136261) // FNV-1a over the name
	for _, b := range []byte(p.Name) {
		h = (h ^ uint32(b)) * 16777619
	}
	return []byte{2, 0, byte(h >> 24), byte(h >> 16), byte(h >> 8), byte(h)}
}

// ifXTable is that of IF-MIB, with 64-bit counters.
func ifXTable() []column {
	const entry = ".1.3.6.1.2.1.31.1.1.1."
	counter := func(oid string, get func(p *port, t time.Time) uint64) column {
		return column{entry + oid, nil, hcPorts, func(s *snapshot, p *port) Value { return Counter64(get(p, s.at)) }}
	}
	return []column{
		{entry + "1", nil, allPorts, func(_ *snapshot, p *port) Value { return Text(p.Name) }},
		counter("6", func(p *port, t time.Time) uint64 { return p.in.value(t) }),
		counter("7", func(p *port, t time.Time) uint64 { return p.in.packets(t) }),
		counter("10", func(p *port, t time.Time) uint64 { return p.out.value(t) }),
		counter("11", func(p *port, t time.Time) uint64 { return p.out.packets(t) }),
		{entry + "15", nil, hcPorts, func(_ *snapshot, p *port) Value { return Gauge32(uint32(p.Speed / 1e6)) }},
		{entry + "18", nil, allPorts, func(_ *snapshot, p *port) Value { return Text(p.Alias) }},
		{entry + "19", nil, hcPorts, func(s *snapshot, p *port) Value {
			if p.reset.IsZero() {
				return Ticks(0)
			}
			return Ticks(s.ticks(p.reset))
		}},
	}
}

// entityTable is the chassis' row of ENTITY-MIB (RFC 6933).
func entityTable() []column {
	const entry = ".1.3.6.1.2.1.47.1.1.1.1."
	text := func(oid string, get func(s *Spec) string) column {
		return column{entry + oid, nil, chassis, func(s *snapshot, _ *port) Value { return Text(get(&s.spec)) }}
	}
	return []column{
		text("2", func(s *Spec) string { return s.Model + " chassis" }),
		{entry + "5", nil, chassis, func(*snapshot, *port) Value { return Integer(3) }},
		text("7", func(*Spec) string { return "chassis" }),
		text("10", func(s *Spec) string { return s.Software }),
		text("11", func(s *Spec) string { return s.Serial }),
		text("13", func(s *Spec) string { return s.Model }),
	}
}
