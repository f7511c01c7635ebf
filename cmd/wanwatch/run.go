package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"wanwatch/internal/app"
)

func newRun() *cobra.Command {
	var (
		o   = app.Options{MeetingLead: app.DefaultMeetingLead}
		log logFlags
	)
	cmd := &cobra.Command{
		Use:   "run INVENTORY",
		Short: "Probe everything in the inventory and serve the metrics",
		Long: `Probe everything in the inventory and serve what is found as Prometheus metrics.

A changed inventory is taken over while wanwatch runs: by itself when the file
changes, on SIGHUP, and on POST /-/reload. One with problems changes nothing but
the log and the metric wanwatch_config_last_reload_successful. SIGTERM and
SIGINT end wanwatch within five seconds, a second one at once.

History is kept in the folder --storage.path, where rules raise alerts and
Grafana finds a Prometheus under /api/v1; an empty path turns all of that off.

Pinging needs the group of wanwatch in the sysctl net.ipv4.ping_group_range, or
the capability CAP_NET_RAW; wanwatch says so if it has neither.`,
		Example: `  wanwatch run inventory.yaml
  wanwatch run /etc/wanwatch/inventory.d --agent da-nang
  wanwatch run inventory.yaml --web.listen-address 0.0.0.0:9476 --web.config.file web.yaml`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Inventory = args[0]
			if o.Logger, err = log.logger(cmd.ErrOrStderr()); err != nil {
				return err
			}
			v := readVersion()
			o.Version, o.Revision = v.Version, v.Revision
			o.Loading = relaxMemory
			a, err := app.New(o)
			if err != nil {
				return err
			}
			return runUntilSignal(cmd.Context(), a)
		},
	}
	f := cmd.Flags()
	agentFlag(cmd, &o.Agent)
	f.BoolVar(&o.Watch, "config.watch", true, "reload when the inventory's files change")
	f.StringArrayVar(&o.Listen, "web.listen-address", []string{app.DefaultListen}, "`address` to serve on, host:port; may be given several times")
	f.StringVar(&o.WebConfigFile, "web.config.file", "", "`file` with TLS and passwords of the web server, as Prometheus has it")
	f.BoolVar(&o.AllowInsecure, "web.allow-insecure", false, "let other hosts connect without TLS and a password")
	f.StringVar(&o.ExternalURL, "web.external-url", "", "`URL` at which people reach wanwatch, for the links in alerts and reports; made of the first address if empty")
	storageFlags(f, &o.Storage)
	alertingFlags(cmd, &o.Alerting)
	f.Var((*days)(&o.MeetingLead), "meeting.check-before", "`time` before each meeting at which its rooms, lines and servers are checked")
	f.StringVar(&o.QualityProfile, "quality.profile", "", "`file` by which the quality of calls is judged; docs/quality.md has the one that is used without")
	f.StringVar(&o.Schedule, "schedule", "", "`file` that says which reports are made when, and who gets them by mail; see docs/reports.md")
	asTableFlag(f, &o.ASTable)
	reflectorFlags(f, &o.Reflector)
	f.BoolVar(&o.Pprof, "web.enable-pprof", false, "serve profiles of the program under /debug/pprof")
	log.add(cmd)
	return cmd
}

// runUntilSignal runs a program until it fails or a signal ends it.
func runUntilSignal(ctx context.Context, a *app.App) error {
	setMemoryPolicy()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// From the first signal on, the next has its usual effect: it ends the
	// process at once.
	context.AfterFunc(ctx, stop)

	err := a.Start(ctx)
	if ctx.Err() != nil {
		return a.Stop(context.Background())
	}
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Wait() }()
	for {
		select {
		case <-hangup:
			_ = a.Reload(ctx) // it logs what is wrong
		case <-ctx.Done():
			return a.Stop(context.Background())
		case err := <-ended:
			return err
		}
	}
}
