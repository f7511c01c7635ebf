package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"wanwatch/internal/demo/past"
	"wanwatch/internal/lab/world"
	"wanwatch/inventory"
)

// openHistory makes the folder of the demo's store, with a past of its own if there
// shall be one. The caller removes it.
func openHistory(ctx context.Context, o Options, n *world.Network) (path string, err error) {
	if path, err = os.MkdirTemp("", "wanwatch-demo-"); err != nil {
		return "", fmt.Errorf("a folder for the demo's history: %w", err)
	}
	if o.History == 0 {
		return path, nil
	}
	began, length := time.Now(), inventory.FormatDuration(o.History)
	fmt.Fprintf(o.Out, "Making up %s of history ...\n", length)
	told := 0
	err = past.Write(ctx, path, n, o.History, began, func(share float64) {
		if tenth := int(10 * share); tenth > told && tenth < 10 {
			told = tenth
			fmt.Fprintf(o.Out, "  %d %%\n", 10*tenth)
		}
	})
	if err != nil {
		return "", errors.Join(fmt.Errorf("making up the demo's history: %w", err), os.RemoveAll(path))
	}
	fmt.Fprintf(o.Out, "%s of history were made up in %s; the series %s marks them.\n\n", length, time.Since(began).Round(time.Second), past.Simulated)
	return path, nil
}
