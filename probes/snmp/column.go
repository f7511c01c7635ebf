package snmp

import (
	"context"

	"github.com/gosnmp/gosnmp"
)

// readColumn reads the n-th column into the table.
//
// A device that says that no object at all follows, in the middle of its
// objects, has tripped over one of them; the column may go on behind it. Such a
// word is true in the last column of the device at most, so it is not taken on
// trust: the column's cells in rows known from other columns are asked for. If
// there are any, or other objects behind the column, the walk is resumed behind
// each of them.
func (c *client) readColumn(ctx context.Context, t table, n int) error {
	column := discoverColumns[n].oid
	put := func(index uint32, v value) error {
		t.put(n, index, v)
		return nil
	}
	atEnd, err := c.walkFrom(ctx, column, column, put)
	if err != nil || !atEnd {
		return err
	}
	missing := t.without(n)
	found, err := c.fill(ctx, t, n, missing)
	if err != nil {
		return err
	}
	if !found {
		if found, err = c.anythingAfter(ctx, column); err != nil || !found {
			return err
		}
	}
	c.trace.Logf("%s ends before the end of the device's objects: looking for what was passed over", discoverColumns[n].word)
	for _, index := range missing {
		atEnd, err := c.walkFrom(ctx, column, instance(column, index), put)
		if err != nil || !atEnd {
			return err
		}
	}
	return nil
}

// anythingAfter reports whether the device has objects behind a column.
func (c *client) anythingAfter(ctx context.Context, column string) (bool, error) {
	got, err := c.next(ctx, instance(column, 1<<32-1))
	if err != nil {
		return false, err
	}
	for _, v := range got {
		if v.Type != gosnmp.EndOfMibView && compareOIDs(v.Name, column) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// fill asks for single cells of the n-th column, and reports whether the device
// has any of them.
func (c *client) fill(ctx context.Context, t table, n int, indexes []uint32) (found bool, err error) {
	oids := make([]string, len(indexes))
	for i, index := range indexes {
		oids[i] = instance(discoverColumns[n].oid, index)
	}
	values, err := c.get(ctx, oids)
	if err != nil {
		return false, err
	}
	for i, v := range values {
		if v.present() {
			t.put(n, indexes[i], v)
			found = true
		}
	}
	return found, nil
}
