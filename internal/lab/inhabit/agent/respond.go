package agent

import "github.com/gosnmp/gosnmp"

// maxAnswer bounds the varbinds of an answer, so that it fits a UDP packet.
const maxAnswer = 1000

// respond makes the answer to a request (RFC 3416, section 4.2).
func respond(r *gosnmp.SnmpPacket, view View, f Faults) *gosnmp.SnmpPacket {
	p := &gosnmp.SnmpPacket{PDUType: gosnmp.GetResponse}
	switch r.PDUType {
	case gosnmp.GetRequest:
		if f.TooBigOver > 0 && len(r.Variables) > f.TooBigOver {
			p.Error = gosnmp.TooBig
			return p
		}
		p.Variables = get(r.Variables, view)
	case gosnmp.GetNextRequest:
		p.Variables = bulk(r.Variables, len(r.Variables), 0, view)
	case gosnmp.GetBulkRequest:
		p.Variables = bulk(r.Variables, int(r.NonRepeaters), int(r.MaxRepetitions), view)
		if f.TooBigOver > 0 && len(p.Variables) > f.TooBigOver {
			p.Variables = p.Variables[:f.TooBigOver]
		}
	default:
		p.Error, p.ErrorIndex, p.Variables = gosnmp.NotWritable, 1, r.Variables
	}
	p.Variables = p.Variables[:max(0, len(p.Variables)-f.Truncate)]
	return p
}

func get(asked []gosnmp.SnmpPDU, view View) []gosnmp.SnmpPDU {
	list := make([]gosnmp.SnmpPDU, 0, len(asked))
	for _, v := range asked {
		got := gosnmp.SnmpPDU{Name: v.Name, Type: gosnmp.NoSuchInstance}
		if value, ok := view.Get(v.Name); ok {
			got.Type, got.Value = value.Type, value.Value
		}
		list = append(list, got)
	}
	return list
}

// bulk returns what follows each of the first identifiers once, and what follows
// the others again and again.
func bulk(asked []gosnmp.SnmpPDU, once, repetitions int, view View) []gosnmp.SnmpPDU {
	once = min(once, len(asked))
	var list []gosnmp.SnmpPDU
	follow := func(oid string) string {
		next, value, ok := view.Next(oid)
		if !ok {
			list = append(list, gosnmp.SnmpPDU{Name: oid, Type: gosnmp.EndOfMibView})
			return oid
		}
		list = append(list, gosnmp.SnmpPDU{Name: next, Type: value.Type, Value: value.Value})
		return next
	}
	for _, v := range asked[:once] {
		follow(v.Name)
	}
	at := make([]string, len(asked)-once)
	for i, v := range asked[once:] {
		at[i] = v.Name
	}
	for range repetitions {
		for i := range at {
			at[i] = follow(at[i])
		}
		if len(at) == 0 || len(list) >= maxAnswer {
			break
		}
	}
	return list
}

// decode decodes a message. gosnmp guards its own requests against panics, but
// not this function.
func decode(g *gosnmp.GoSNMP, message []byte) (p *gosnmp.SnmpPacket, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, errBroken
		}
	}()
	return g.SnmpDecodePacket(message)
}
