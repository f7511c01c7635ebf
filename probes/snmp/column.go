package snmp

import (
	"context"
	"errors"
	"math"
	"sort"

	"github.com/gosnmp/gosnmp"

	"wanwatch/probes"
)

// columnRead is how the reading of a column went.
type columnRead struct {
	n       int
	end     ending
	silence error           // what is wrong where it ended in silence
	asked   map[uint32]bool // the rows whose cells were asked for one by one
}

// ending is how the walk over a column came to its end.
type ending int

const (
	ended   ending = iota // what follows was told, or that nothing does
	tripped               // the device said in the middle of its objects that none follows
	silent                // the device answers, but not when it is asked what follows
)

// readColumn reads the n-th column into the table.
//
// A device that says that no object at all follows, in the middle of its
// objects, has tripped over one of them; the column may go on behind it. Such a
// word is true in the last column of the device at most, so it is not taken on
// trust: the column's cells in rows known from other columns are asked for. If
// there are any, or other objects behind the column, the walk is resumed behind
// each of them.
//
// A device may also be unable to send what follows, and keep silent. That it is
// not down shows when it answers another question.
func (c *client) readColumn(ctx context.Context, t table, n int) (*columnRead, error) {
	r := &columnRead{n: n, asked: map[uint32]bool{}}
	column := discoverColumns[n].oid
	atEnd, err := c.walkFrom(ctx, column, column, t.putter(n))
	if err != nil && isSilence(err) && ctx.Err() == nil && c.answers(ctx, t, n) {
		c.trace.Logf("%s: the device answers, but does not say what follows", discoverColumns[n].word)
		r.end = silent
		r.silence = failf(probes.ReasonPartial, "the device answers other questions, but not what follows %s: interfaces may be missing", column)
		return r, nil
	}
	if err != nil || !atEnd {
		return r, err
	}
	missing, found, err := c.ask(ctx, t, r)
	if err == nil && !found {
		found, err = c.anythingAfter(ctx, column)
	}
	if err != nil || !found {
		return r, err
	}
	c.trace.Logf("%s ends before the end of the device's objects: looking for what was passed over", discoverColumns[n].word)
	r.end = tripped
	return r, c.walkBehind(ctx, t, n, missing)
}

// answers reports whether a device that was silent about the n-th column answers
// other questions: for the column's cells in the rows that are known or, if none
// is, for its uptime.
func (c *client) answers(ctx context.Context, t table, n int) bool {
	var err error
	if len(t) > 0 {
		_, err = c.fill(ctx, t, n, t.indexes())
	} else {
		_, err = c.get(ctx, []string{sysUpTime})
	}
	return err == nil
}

// resume asks for the cells of rows that have become known since the column was
// read, and looks behind them if the device tripped.
func (c *client) resume(ctx context.Context, t table, r *columnRead) error {
	missing, _, err := c.ask(ctx, t, r)
	if err != nil || r.end != tripped {
		return err
	}
	return c.walkBehind(ctx, t, r.n, missing)
}

// ask asks for the cells of a column in the rows that it lacks, but for those
// asked for before. It returns these rows, and whether there was any cell.
func (c *client) ask(ctx context.Context, t table, r *columnRead) (missing []uint32, found bool, err error) {
	for _, index := range t.without(r.n) {
		if !r.asked[index] {
			r.asked[index] = true
			missing = append(missing, index)
		}
	}
	found, err = c.fill(ctx, t, r.n, missing)
	return missing, found, err
}

// walkBehind resumes the walk over the n-th column behind each of some rows,
// until it comes to the column's end.
func (c *client) walkBehind(ctx context.Context, t table, n int, indexes []uint32) error {
	column := discoverColumns[n].oid
	for _, index := range indexes {
		atEnd, err := c.walkFrom(ctx, column, instance(column, index), t.putter(n))
		if err != nil || !atEnd {
			return err
		}
	}
	return nil
}

// leap reads on behind objects that the device trips over, where no other column
// tells which rows there are: it tries numbers behind the last row, further and
// further on, and then searches for the least of them behind which the device
// goes on.
func (c *client) leap(ctx context.Context, t table, n int) error {
	column := discoverColumns[n].oid
	for {
		rows, last := t.rows(n), t.last(n)
		var failure error
		goesOn := func(step int) bool {
			atEnd, err := c.walkFrom(ctx, column, instance(column, last+uint32(step)), func(uint32, value) error { return errEnough })
			failure = errors.Join(failure, err)
			return err != nil || !atEnd
		}
		reach, most := 1, math.MaxUint32-int64(last)
		for int64(reach) < most && !goesOn(reach) {
			reach *= 2
		}
		step := sort.Search(reach, goesOn)
		if failure != nil || int64(step) > most {
			return failure
		}
		atEnd, err := c.walkFrom(ctx, column, instance(column, last+uint32(step)), t.putter(n))
		if err != nil || !atEnd || t.rows(n) == rows {
			return err
		}
	}
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
