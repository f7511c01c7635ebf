package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate INVENTORY",
		Short: "Say every problem of the inventory, with its line",
		Long: `Read the inventory and say every problem in it, one a line, as
file:line:column: path: what is wrong. Nothing is sent to the network. A good
inventory gives one line that says how much it holds, and a line for each
warning.`,
		Example: `  wanwatch validate inventory.yaml
  wanwatch validate /etc/wanwatch/inventory.d`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error {
			collect(passing)
			inv, err := inventory.Load(args[0], kinds.Inventory())
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: good: %s\n", args[0], summary(inv))
			for _, w := range inv.Warnings {
				fmt.Fprintf(cmd.OutOrStdout(), "%v (warning)\n", w)
			}
			return nil
		},
	}
}

// summary says how much an inventory holds.
func summary(inv *inventory.Inventory) string {
	n := 0
	for _, t := range inv.Targets() {
		n += len(t.Probes)
	}
	return strings.Join([]string{
		count(len(inv.Sites), "site"),
		count(len(inv.Devices), "device"),
		count(len(inv.Links), "link"),
		count(len(inv.Uplinks), "uplink"),
		count(len(inv.Endpoints), "endpoint"),
		count(n, "probe"),
		count(len(inv.Warnings), "warning"),
	}, ", ")
}
