package snmp

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"wanwatch/probes"
)

// maxSwept bounds the objects that a sweep goes through.
const maxSwept = 100_000

// sweep goes through all objects of a device in the order in which it tells
// them, up to maxSwept, and takes the cells that the walks over the columns did
// not come by. It fails if there are rows among them and the device did not tell
// everything.
//
// An agent that serves a file whose lines are out of order sends who asks for a
// column's first object to a wrong place; but from one object it goes to the
// next without fail. Where that ends early, the sweep goes on behind the cells
// that are known by other ways.
func (c *client) sweep(ctx context.Context, t table) error {
	before := len(t)
	s := sweeper{client: c, table: t, seen: map[string]bool{}}
	for oid := ".0.0"; oid != "" && !s.inOrder(); oid = s.unseen() {
		s.seen[oid] = true
		if err := s.from(ctx, oid); err != nil {
			return err
		}
	}
	if len(t) > before && (s.silent || s.ends > 1) {
		c.truncated++
		return failf(probes.ReasonPartial, "the device keeps its objects out of order and cannot tell all of them: interfaces may be missing")
	}
	return nil
}

// sweeper is a sweep that is going on.
type sweeper struct {
	client *client
	table  table
	seen   map[string]bool
	ends   int  // how often the device said that nothing follows
	back   bool // an object came before one with a smaller identifier
	silent bool // the device was silent when it was asked what follows
}

// inOrder reports whether the device has told its objects in order up to its
// word that nothing follows.
func (s *sweeper) inOrder() bool { return s.ends > 0 && !s.back && !s.silent }

// from goes through the objects behind one, up to one seen before.
func (s *sweeper) from(ctx context.Context, oid string) error {
	for len(s.seen) < maxSwept {
		got, err := s.client.next(ctx, oid)
		if err != nil && isSilence(err) && ctx.Err() == nil {
			s.silent = true
			return nil
		}
		if err != nil {
			return err
		}
		if len(got) == 0 {
			s.ends++
			return nil
		}
		for _, v := range got {
			if v.Type == gosnmp.EndOfMibView {
				s.ends++
				return nil
			}
			if s.seen[v.Name] {
				return nil
			}
			s.back = s.back || compareOIDs(v.Name, oid) < 0
			s.seen[v.Name] = true
			s.table.take(v)
			oid = v.Name
		}
	}
	s.client.trace.Logf("the device has more than %d objects: the rest is not looked at", maxSwept)
	return nil
}

// unseen returns a cell that is known and that the sweep did not come by, or
// nothing.
func (s *sweeper) unseen() string {
	if len(s.seen) >= maxSwept {
		return ""
	}
	for index, r := range s.table {
		for n, column := range discoverColumns {
			if oid := instance(column.oid, index); r.has[n] && !s.seen[oid] {
				return oid
			}
		}
	}
	return ""
}

// take stores an object if it is a cell of a column that discover reads.
func (t table) take(v gosnmp.SnmpPDU) {
	dot := strings.LastIndexByte(v.Name, '.')
	n := slices.IndexFunc(discoverColumns[:], func(d discoverColumn) bool { return d.oid == v.Name[:max(dot, 0)] })
	index, err := strconv.ParseUint(v.Name[dot+1:], 10, 32)
	if n >= 0 && err == nil && !isException(v) {
		t.put(n, uint32(index), newValue(v))
	}
}
