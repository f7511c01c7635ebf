package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

// inventoryArg asks for the inventory as the first argument, and for as many
// more as most says; -1: any number.
func inventoryArg(most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usagef("no inventory: name a YAML file or a folder of them")
		case most >= 0 && len(args) > 1+most:
			return usagef("unexpected %q: one inventory at a time (a folder of files is read as one)", args[1+most])
		}
		return nil
	}
}

// completeInventory offers YAML files for the first argument.
func completeInventory(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []cobra.Completion{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeTargets offers YAML files for the first argument and the ids of the
// inventory's targets for the others.
func completeTargets(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeInventory(cmd, args, word)
	}
	return completeFrom(args, func(inv *inventory.Inventory) (ids []cobra.Completion) {
		for _, t := range inv.Targets() {
			if !slices.Contains(args[1:], t.ID) {
				ids = append(ids, cobra.CompletionWithDesc(t.ID, fmt.Sprintf("%s %s", t.Kind, t.Name)))
			}
		}
		return ids
	})
}

// completeAgent offers the agents of the inventory.
func completeAgent(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return completeFrom(args, func(inv *inventory.Inventory) []cobra.Completion {
		return slices.Sorted(maps.Keys(inv.Agents))
	})
}

// completeProbe offers the names of the inventory's probes.
func completeProbe(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return completeFrom(args, func(inv *inventory.Inventory) []cobra.Completion {
		names := map[string]bool{}
		for _, t := range inv.Targets() {
			for _, p := range t.Probes {
				names[p.Name] = true
			}
		}
		return slices.Sorted(maps.Keys(names))
	})
}

// completeFrom offers what list finds in the inventory that the first argument
// names; nothing if it cannot be loaded.
func completeFrom(args []string, list func(*inventory.Inventory) []cobra.Completion) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	inv, err := inventory.Load(args[0], kinds.Inventory())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return list(inv), cobra.ShellCompDirectiveNoFileComp
}

// agentFlag adds --agent.
func agentFlag(cmd *cobra.Command, agent *string) {
	cmd.Flags().StringVar(agent, "agent", "", "probe only the share of this `agent` of the inventory (default: everything)")
	complete(cmd, "agent", completeAgent)
}

// complete sets the completion of a flag that the command has.
func complete(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the flag does not exist: a mistake in this package
	}
}
