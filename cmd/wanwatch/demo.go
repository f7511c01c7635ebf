package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"wanwatch/internal/app"
	"wanwatch/internal/demo"
	"wanwatch/internal/lab/plans"
)

func newDemo() *cobra.Command {
	var (
		o    demo.Options
		log  logFlags
		show bool
	)
	cmd := &cobra.Command{
		Use:   "demo [PLAN]",
		Short: "Run wanwatch on a simulated network",
		Long: `Run wanwatch on a simulated network of many sites, with a story that repeats:
a link degrades, a room drops, a provider fails. Real packets pass through the
kernel of this machine, in network namespaces that nobody else sees; none leaves
it. On Linux it needs no root where the kernel lets users make namespaces;
elsewhere a reduced form runs on loopback addresses.

PLAN is ` + strings.Join(plans.Names(), " or ") + `, or the path of a YAML file; ` + plans.Default + ` if left out. Ctrl-C
ends the demo and leaves nothing behind.`,
		Example: `  wanwatch demo
  wanwatch demo national
  wanwatch demo --history 90d
  wanwatch demo --print-inventory > inventory.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("unexpected %q: one plan at a time", args[1])
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(plans.Names(), cobra.ShellCompDirectiveDefault),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) > 0 {
				o.Plan = args[0]
			}
			if o.Logger, err = log.logger(cmd.ErrOrStderr()); err != nil {
				return err
			}
			v := readVersion()
			o.Version, o.Revision = v.Version, v.Revision
			o.Out, o.Arguments = cmd.OutOrStdout(), os.Args[1:]
			if show {
				yaml, err := demo.Inventory(o)
				if err == nil {
					_, err = o.Out.Write(yaml)
				}
				return err
			}
			return runDemo(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&show, "print-inventory", false, "print the inventory that the demo watches, and end")
	f.Var((*days)(&o.History), "history", "make up a past of this `time` before it begins, such as 90d, for charts and reports")
	f.StringArrayVar(&o.Listen, "web.listen-address", []string{app.DefaultListen}, "`address` to serve on, host:port; may be given several times")
	f.StringVar(&o.WebConfigFile, "web.config.file", "", "`file` with TLS and passwords of the web server, as Prometheus has it")
	f.BoolVar(&o.AllowInsecure, "web.allow-insecure", false, "let other hosts connect without TLS and a password")
	f.BoolVar(&o.Pprof, "web.enable-pprof", false, "serve profiles of the program under /debug/pprof")
	log.add(cmd)
	log.level = "warn"
	f.Lookup("log.level").DefValue = log.level
	return cmd
}

func runDemo(ctx context.Context, o demo.Options) error {
	setMemoryPolicy()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	if demo.IsInside() {
		return demo.Inside(ctx, o)
	}
	return demo.Run(ctx, o)
}
