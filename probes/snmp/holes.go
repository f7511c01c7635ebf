package snmp

import (
	"context"
	"fmt"
	"slices"
)

// fillHoles asks for the cells that a column lacks in rows that others have.
// Most holes are the device's own, and one request for each column shows it.
// But some agents, such as those that serve a file whose lines are out of
// order, have objects that a walk does not come by. The columns that were
// settled have no such holes.
//
// Nothing is known to be missing here, so a device that dislikes the question
// is left alone. fillHoles reports whether any cell was found.
func (c *client) fillHoles(ctx context.Context, t table, settled []*columnRead) (filled bool, err error) {
	for n := range discoverColumns {
		if n == 0 || slices.ContainsFunc(settled, func(r *columnRead) bool { return r.n == n }) {
			continue // ifIndex tells nothing but the row
		}
		for chunk := range slices.Chunk(t.without(n), maxVarbinds) {
			found, err := c.fill(ctx, t, n, chunk)
			switch {
			case ctx.Err() != nil:
				return filled, err
			case err != nil:
				c.trace.Logf("the cells that the walks did not find cannot be asked for: %v", err)
				return filled, nil
			}
			if !found {
				break
			}
			filled = true
		}
	}
	return filled, nil
}

// findHidden looks for interfaces that no walk has come by where there may be
// some: on a device that keeps its objects out of order, as cells show that only
// a GET finds, and on one that seems to have no interfaces at all. Cells of
// columns whose end was doubtful show nothing, so there the walks must have gone
// back.
func (c *client) findHidden(ctx context.Context, t table, settled []*columnRead) error {
	holes, err := c.fillHoles(ctx, t, settled)
	disorder := holes || c.back && len(settled) > 0
	if err != nil || !disorder && len(t) > 0 {
		return err
	}
	c.trace.Logf("going through all objects of the device for interfaces that the walks did not find")
	c.hasty = true
	if err := c.sweep(ctx, t); err != nil && (len(t) > 0 || ctx.Err() != nil) {
		return fmt.Errorf("look for interfaces behind all objects: %w", err)
	}
	_, err = c.fillHoles(ctx, t, settled)
	return err
}
