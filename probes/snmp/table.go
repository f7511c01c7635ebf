package snmp

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// table is the rows by index.
type table map[uint32]*row

// put stores a value of the n-th column.
func (t table) put(n int, index uint32, v value) {
	r := t[index]
	if r == nil {
		r = &row{Interface: Interface{Index: index}}
		t[index] = r
	}
	r.has[n] = true
	discoverColumns[n].set(r, v)
}

// putter returns the visitor that stores the values of the n-th column.
func (t table) putter(n int) func(uint32, value) error {
	return func(index uint32, v value) error {
		t.put(n, index, v)
		return nil
	}
}

// without returns the indexes of the rows that the n-th column does not have.
func (t table) without(n int) []uint32 {
	var missing []uint32
	for _, index := range t.indexes() {
		if !t[index].has[n] {
			missing = append(missing, index)
		}
	}
	return missing
}

// rows returns how many rows the n-th column has.
func (t table) rows(n int) int { return len(t) - len(t.without(n)) }

// last returns the last row of the n-th column; 0 if it has none.
func (t table) last(n int) uint32 {
	var last uint32
	for index, r := range t {
		if r.has[n] {
			last = max(last, index)
		}
	}
	return last
}

func (t table) indexes() []uint32 { return slices.Sorted(maps.Keys(t)) }

// rowSources are the columns that every interface should be in.
var rowSources = []int{0, 1, 2} // ifIndex, ifDescr, ifName in discoverColumns

// readTable reads all columns. A column whose end was doubtful is gone into
// once more when the rows that the others have are known.
func (c *client) readTable(ctx context.Context, t table, progress func(string, int, int, int)) error {
	var doubtful []*columnRead
	sure := false // a column has told where the rows end
	for n, column := range discoverColumns {
		progress(column.word, n, len(discoverColumns), len(t))
		r, err := c.readColumn(ctx, t, n)
		if err != nil {
			return fmt.Errorf("read %s: %w", column.word, err)
		}
		if r.end == silent {
			c.hasty = true // it is to be expected from here on
		}
		if r.end != ended {
			doubtful = append(doubtful, r)
		} else if slices.Contains(rowSources, n) && t.rows(n) > 0 {
			sure = true
		}
	}
	if err := c.settle(ctx, t, doubtful, sure); err != nil {
		return err
	}
	return c.findHidden(ctx, t, doubtful)
}

// settle goes into the columns whose end was doubtful until that brings no more
// rows. Unless it is sure where the rows end, one that ended in silence fails,
// and rows are looked for behind what the device trips over.
func (c *client) settle(ctx context.Context, t table, doubtful []*columnRead, sure bool) error {
	for before := -1; before != len(t); {
		before = len(t)
		for _, r := range doubtful {
			err := r.silence
			if err == nil || sure {
				err = c.resume(ctx, t, r)
			}
			if err == nil && r.end == tripped && !sure {
				err = c.leap(ctx, t, r.n)
			}
			if err != nil {
				return fmt.Errorf("read %s: %w", discoverColumns[r.n].word, err)
			}
		}
	}
	return nil
}

// namesBehind returns what a column calls the interfaces if the device trips
// over a name: the rows are told by another column.
func (c *client) namesBehind(ctx context.Context, by naming) ([]named, error) {
	n := slices.IndexFunc(discoverColumns[:], func(d discoverColumn) bool { return d.oid == namings[by].column })
	t := table{}
	r, err := c.readColumn(ctx, t, n)
	if err == nil && r.end == tripped {
		err = c.readRows(ctx, t, r)
	}
	if err != nil {
		return nil, err
	}
	var rows []named
	for _, index := range t.indexes() {
		if text := t[index].text(by); text != nil {
			rows = append(rows, named{index, *text})
		}
	}
	return rows, nil
}

// readRows completes a column by the rows of the first column that tells where
// they end.
func (c *client) readRows(ctx context.Context, t table, r *columnRead) error {
	for _, n := range rowSources {
		if n == r.n {
			continue
		}
		source, err := c.readColumn(ctx, t, n)
		if err != nil {
			return err
		}
		if source.end == ended && t.rows(n) > 0 {
			break
		}
	}
	return c.settle(ctx, t, []*columnRead{r}, true)
}
