package main

import (
	"io"

	"github.com/spf13/cobra"
)

// execute runs the command line and returns the exit code.
func execute(args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteC()
	return report(stderr, cmd, err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "wanwatch",
		Short: "Watch the links, uplinks and conference endpoints of a wide-area network",
		Long: `wanwatch probes what an inventory names (WAN links, internet uplinks, devices
and online-conference endpoints) and serves the results as Prometheus metrics.`,
		Example: `  wanwatch demo                        # see it on a simulated network
  wanwatch validate inventory.yaml     # is the inventory right?
  wanwatch check inventory.yaml        # does everything answer now?
  wanwatch run inventory.yaml          # probe for good, serve the metrics`,
		// Errors are printed once, by report, without the help around them.
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(cmd.ErrOrStderr())
			if err := cmd.Help(); err != nil {
				return err
			}
			return usagef("no command given")
		},
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate(root.HelpTemplate() + exitCodes)
	root.AddCommand(
		newRun(),
		newDemo(),
		newValidate(),
		newCheck(),
		newMeeting(),
		newReport(),
		newDiscover(),
		newAlert(),
		newDashboards(),
		newSchema(),
		newVersion(),
	)
	strictHelp(root)
	strictCompletion(root)
	return root
}
