package inventory_test

import (
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

// allKinds returns the kinds of the program.
func allKinds() []inventory.ProbeKind { return kinds.Inventory() }
