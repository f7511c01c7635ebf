package snmp

import (
	"bytes"
	"context"
	"encoding/asn1"
	"io"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes"
)

// fuzzWire answers each request with the next piece of the input as the list
// of varbinds, and with the last piece for ever after.
type fuzzWire struct {
	t        *testing.T
	pieces   [][]byte
	requests int
}

// maxFuzzRequests is more than a poll of an honest device ever takes.
const maxFuzzRequests = 5000

func (w *fuzzWire) answer() (*gosnmp.SnmpPacket, error) {
	if w.requests++; w.requests > maxFuzzRequests {
		w.t.Fatal("a poll does not come to an end")
	}
	piece := w.pieces[min(w.requests-1, len(w.pieces)-1)]
	status, index := 0, 0
	if len(piece) > 2 && piece[0] == 0xff { // an error answer
		status, index, piece = int(piece[1])%20, int(piece[2]), piece[3:]
	}
	message := tlv(0x30, integer(1), tlv(0x04), tlv(0xa2, integer(1), integer(status), integer(index), tlv(0x30, piece)))
	p, err := decode(&gosnmp.GoSNMP{Version: gosnmp.Version2c}, message)
	if err != nil {
		return nil, failf(probes.ReasonProtocol, "%v", err)
	}
	return p, nil
}

func tlv(tag byte, content ...[]byte) []byte {
	all := bytes.Join(content, nil)
	length := []byte{byte(len(all))}
	if len(all) > 127 {
		length = []byte{0x83, byte(len(all) >> 16), byte(len(all) >> 8), byte(len(all))}
	}
	return append(append([]byte{tag}, length...), all...)
}

func integer(n int) []byte {
	b, err := asn1.Marshal(n)
	if err != nil {
		panic(err)
	}
	return b
}

func (w *fuzzWire) Get(context.Context, []string, patience) (*gosnmp.SnmpPacket, error) {
	return w.answer()
}

func (w *fuzzWire) GetNext(context.Context, string, patience) (*gosnmp.SnmpPacket, error) {
	return w.answer()
}

func (w *fuzzWire) GetBulk(context.Context, string, uint32, patience) (*gosnmp.SnmpPacket, error) {
	return w.answer()
}

func (w *fuzzWire) Sent() int { return w.requests }

func (w *fuzzWire) Close() error { return nil }

// FuzzPoll feeds answers of any content to polls and to discover: no panic, no
// endless loop, no counter that shrinks, no result left out.
func FuzzPoll(f *testing.F) {
	f.Add([]byte{}, []byte{}, []byte{})
	for _, seed := range honestAnswers(f) {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Add([]byte{0xff, 1, 0}, []byte{0xff, 2, 1}, []byte{0xff, 5, 3})
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		w := &fuzzWire{t: t, pieces: [][]byte{a, b, c}}
		r := &rig{t: t, totals: map[string]float64{}, clock: time.Unix(1_800_000_000, 0)}
		r.job = deviceJob("10.0.0.1", nil, &Config{}, "Gi0/1", "102", "=Gi0/2")
		r.prober = newProberOver(w, r.job, &Config{}, func() time.Time { return r.clock })
		for range 3 {
			w.requests = 0
			r.poll()
			for _, target := range []string{"rt", "link-Gi0/1", "link-102"} {
				if verdict, _ := r.outcome(target); verdict == "none" {
					t.Fatalf("no result about %s", target)
				}
			}
		}
		w.requests = 0
		d := &Discovery{Address: "10.0.0.1"}
		if err := newClient(w, &Config{}, time.Second).discover(t.Context(), d, nil); err == nil {
			if err := d.WriteJSON(io.Discard); err != nil {
				t.Fatal(err)
			}
			if err := d.WriteInventory(io.Discard, "", "", ""); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// honestAnswers returns lists of varbinds that a device sends to the first
// requests of a poll.
func honestAnswers(f *testing.F) [][3][]byte {
	f.Helper()
	mib := snmptest.Device("rt", 3)
	var list []gosnmp.SnmpPDU
	for oid := ifEntry; len(list) < 60; {
		next, v, ok := mib.Next(oid)
		if !ok {
			break
		}
		list = append(list, gosnmp.SnmpPDU{Name: next, Type: v.Type, Value: v.Value})
		oid = next
	}
	names := varbinds(f, list[3:6])
	return [][3][]byte{
		{varbinds(f, list), names, varbinds(f, list[:20])},
		{names, varbinds(f, append(list[:3:3], gosnmp.SnmpPDU{Name: ifName, Type: gosnmp.EndOfMibView})), names},
	}
}

func varbinds(f *testing.F, list []gosnmp.SnmpPDU) []byte {
	f.Helper()
	p := gosnmp.SnmpPacket{Version: gosnmp.Version2c, PDUType: gosnmp.GetResponse, Variables: list}
	message, err := p.MarshalMsg()
	if err != nil {
		f.Fatal(err)
	}
	// The list is the content of the last sequence at the third level.
	var outer, pdu, raw asn1.RawValue
	rest, err := asn1.Unmarshal(message, &outer)
	for inner := outer.Bytes; err == nil && len(rest) == 0 && len(inner) > 0; {
		inner, err = asn1.Unmarshal(inner, &pdu)
	}
	for inner := pdu.Bytes; err == nil && len(inner) > 0; {
		inner, err = asn1.Unmarshal(inner, &raw)
	}
	if err != nil {
		f.Fatal(err)
	}
	return raw.Bytes
}

// FuzzMessage feeds messages of any content to the part that looks at reports
// without authentication.
func FuzzMessage(f *testing.F) {
	f.Add([]byte{0x30, 0x00})
	f.Fuzz(func(_ *testing.T, message []byte) {
		s := newSession(remote{host: "10.0.0.1", port: "161"}, new(engines), time.Now)
		s.security = security{version: gosnmp.Version3, usm: &gosnmp.UsmSecurityParameters{UserName: "u"}}
		s.conn = &conn{last: message}
		if r := s.lastReport(); r != nil {
			_ = s.report(r).Error()
		}
	})
}

// FuzzSelector looks names up: what is found is what was asked for.
func FuzzSelector(f *testing.F) {
	f.Add("Gi0/1", "Gi0/1", "GI0/1 ", "uplink", uint32(1), uint32(2))
	f.Add("1", "1", "1", "1", uint32(1), uint32(1))
	f.Fuzz(func(t *testing.T, selector, a, b, c string, x, y uint32) {
		dir := &directory{fetch: func(n naming) ([]named, error) {
			return [][]named{{{x, a}, {y, b}}, {{y, c}}, nil}[n], nil
		}}
		m, err := dir.find(selector)
		if err == nil && m.by != byIndex && !loosely(m.name, selector) {
			t.Errorf("%q found %+v", selector, m)
		}
		if err != nil && asError(err).Reason != probes.ReasonInterfaceMissing {
			t.Errorf("%q: %v", selector, err)
		}
	})
}
