package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"wanwatch/internal/app"
	"wanwatch/probes"
)

func newCheck() *cobra.Command {
	var (
		o       app.CheckOptions
		log     = logFlags{}
		asJSON  bool
		verbose bool
	)
	cmd := &cobra.Command{
		Use:   "check INVENTORY [TARGET...]",
		Short: "Run the probes once and explain each answer",
		Long: `Run the probes of the inventory once, or those of the targets that are named,
and print one line a probe with the time it took. Where one fails, the lines
below say what was sent, what came back, and what to do about it; with --verbose
they say so of all.`,
		Example: `  wanwatch check inventory.yaml
  wanwatch check inventory.yaml hai-chau-vnpt rt-hai-chau
  wanwatch check inventory.yaml phong-hop-hai-chau --verbose
  wanwatch check inventory.yaml --probe snmp --json`,
		Args:              inventoryArg(-1),
		ValidArgsFunction: completeTargets,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Inventory, o.Targets = args[0], args[1:]
			if o.Logger, err = log.logger(cmd.ErrOrStderr()); err != nil {
				return err
			}
			c, err := app.NewCheck(o)
			if err != nil {
				return err
			}
			write := probes.Report.WriteText
			if verbose {
				write = probes.Report.WriteSteps
			}
			return runCheck(cmd, c, asJSON, write)
		},
	}
	agentFlag(cmd, &o.Agent)
	asTableFlag(cmd.Flags(), &o.ASTable)
	cmd.Flags().StringVar(&o.Probe, "probe", "", "run only the `probe` of this name (ping, snmp, tcp, ...)")
	complete(cmd, "probe", completeProbe)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array with all that was found")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "say of each probe what was sent and what came back, also if all is well")
	log.add(cmd)
	return cmd
}

// runCheck runs the probes and prints their reports, as JSON or by write.
func runCheck(cmd *cobra.Command, c *app.Check, asJSON bool, write func(probes.Report, io.Writer) error) error {
	if c.Len() == 0 {
		return failedError{errors.New("nothing to check: these targets have no probe that this version, or this agent, runs")}
	}
	p := newProgress(cmd.ErrOrStderr(), "probing", c.Len())
	all := make([]probes.Report, 0)
	failed, forbidden := false, 0
	var printing error
	err := c.Run(cmd.Context(), func(r probes.Report) {
		failed = failed || !r.OK()
		if isForbidden(r) {
			forbidden++
		}
		if asJSON {
			all = append(all, r)
		} else if err := p.around(func() error { return write(r, cmd.OutOrStdout()) }); err != nil {
			printing = err
		}
		p.add()
	})
	p.end()
	if asJSON && err == nil {
		printing = writeJSON(cmd.OutOrStdout(), all)
	}
	switch {
	case err != nil:
		return fmt.Errorf("check: %w", err)
	case printing != nil:
		return fmt.Errorf("print the report: %w", printing)
	case forbidden == c.Len():
		return errForbidden
	case failed:
		return errFailed
	}
	return nil
}

// errForbidden is trouble of this host, and says nothing of the network.
var errForbidden = errors.New("nothing was asked: this host does not permit it; what is missing stands above, and in docs/running.md")

// isForbidden reports whether a probe could not ask for want of permission.
func isForbidden(r probes.Report) bool {
	return slices.ContainsFunc(r.Results, func(res probes.Result) bool {
		return res.Target == r.Job.Target && res.Reason == probes.ReasonNotPermitted
	})
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
