package main

import (
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wanwatch/dashboards/texts"
	"wanwatch/internal/app"
	"wanwatch/inventory"
)

func newMeeting() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "meeting",
		Short: "Check an online conference before it begins",
		Example: `  wanwatch meeting list inventory.yaml
  wanwatch meeting check inventory.yaml giao-ban`,
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("which? %s list or check", cmd.CommandPath())
		},
	}
	cmd.AddCommand(newMeetingCheck(), newMeetingList())
	return cmd
}

func newMeetingCheck() *cobra.Command {
	var (
		o      app.CheckOptions
		log    logFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "check INVENTORY MEETING",
		Short: "Try every room of a meeting, its lines and its servers, and say what is not ready",
		Long: `Run the probes of every room of a meeting, of the links of their sites and of the
gatekeepers and servers that they name, and say of each whether it is ready, at
risk or not ready, why, and what to do. Registration, certificates, names and
maintenance that overlaps are looked at. What is meant is the time at which the
meeting is on, or else the next.

wanwatch run does the same by itself before each meeting, and there it also judges
the bandwidth that is left and the quality of the last half hour.`,
		Example:           `  wanwatch meeting check inventory.yaml giao-ban`,
		Args:              exactly(2, "an inventory and the id of a meeting"),
		ValidArgsFunction: completeMeeting,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Inventory = args[0]
			if o.Logger, err = log.logger(cmd.ErrOrStderr()); err != nil {
				return err
			}
			c, err := app.NewMeetingCheck(o, args[1], time.Now())
			if err != nil {
				return err
			}
			found, err := c.Run(cmd.Context())
			if err != nil {
				return fmt.Errorf("check meeting %s: %w", args[1], err)
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), found.Document())
			} else {
				err = found.WriteText(cmd.OutOrStdout())
			}
			if err != nil {
				return fmt.Errorf("print the check: %w", err)
			}
			if found.Level == texts.NotReady {
				return errFailed
			}
			return nil
		},
	}
	agentFlag(cmd, &o.Agent)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object with all that was found")
	log.add(cmd)
	return cmd
}

func newMeetingList() *cobra.Command {
	return &cobra.Command{
		Use:               "list INVENTORY",
		Short:             "List the meetings that are on or come, the first to start first",
		Example:           `  wanwatch meeting list inventory.yaml`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := app.Occasions(args[0], time.Now())
			if err != nil {
				return err
			}
			if len(list) == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), "no meeting is on or to come")
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, o := range list {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.Start.Format("2006-01-02 15:04 MST"), inventory.FormatDuration(o.Meeting.Duration), o.Meeting.ID, count(len(o.Meeting.Endpoints), "endpoint"))
			}
			return w.Flush()
		},
	}
}

// exactly wants a number of arguments and says which.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("it takes %s", what)
		}
		return nil
	}
}

// completeMeeting offers YAML files for the first argument and the ids of the
// inventory's meetings for the second.
func completeMeeting(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return completeInventory(cmd, args, word)
	case 1:
		return completeFrom(args, func(inv *inventory.Inventory) []cobra.Completion { return slices.Sorted(maps.Keys(inv.Meetings)) })
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
