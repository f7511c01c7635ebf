package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the inventory",
		Long: `Print the JSON Schema (2020-12) of the inventory. Editors that know it complete
keys and show mistakes while typing.`,
		Example: `  wanwatch schema > wanwatch.schema.json
  # first line of the inventory, for editors with the YAML language server:
  # yaml-language-server: $schema=wanwatch.schema.json`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := inventory.Schema(kinds.Inventory())
			if err != nil {
				return fmt.Errorf("make the schema: %w", err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", schema)
			return err
		},
	}
}

// noArgs refuses arguments.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected argument %q", args[0])
	}
	return nil
}
