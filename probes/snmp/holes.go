package snmp

import (
	"context"
	"slices"
)

// fillHoles asks for the cells that a column lacks in rows that others have.
// Most holes are the device's own, and one request for each column shows it.
// But some agents, such as those that serve a file whose lines are out of
// order, have objects that a walk does not come by. The columns that were
// settled have no such holes.
//
// Nothing is known to be missing here, so a device that dislikes the question
// is left alone.
func (c *client) fillHoles(ctx context.Context, t table, settled []*columnRead) error {
	for n := range discoverColumns {
		if n == 0 || slices.ContainsFunc(settled, func(r *columnRead) bool { return r.n == n }) {
			continue // ifIndex tells nothing but the row
		}
		for chunk := range slices.Chunk(t.without(n), maxVarbinds) {
			found, err := c.fill(ctx, t, n, chunk)
			switch {
			case ctx.Err() != nil:
				return err
			case err != nil:
				c.trace.Logf("the cells that the walks did not find cannot be asked for: %v", err)
				return nil
			}
			if !found {
				break
			}
		}
	}
	return nil
}
