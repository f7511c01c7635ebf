package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/rules"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/alerts"
	"wanwatch/internal/app"
)

func newAlert() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alert",
		Short: "Set up where alerts go, and try it",
		Example: `  wanwatch alert config > alertmanager.yml
  wanwatch alert test --alertmanager.config.file alertmanager.yml
  wanwatch run inventory.yaml --alertmanager.config.file alertmanager.yml`,
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("which? %s config, rules or test", cmd.CommandPath())
		},
	}
	cmd.AddCommand(newAlertConfig(), newAlertRules(), newAlertTest())
	return cmd
}

func newAlertConfig() *cobra.Command {
	return &cobra.Command{
		Use:     "config",
		Short:   "Print an alertmanager.yml to start from",
		Example: "  wanwatch alert config > alertmanager.yml",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(notices.Config())
			return err
		},
	}
}

func newAlertRules() *cobra.Command {
	l := language(texts.VI)
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "Print the rules as a Prometheus rule file",
		Long:    "Print the recording and alerting rules as a file for a Prometheus that scrapes wanwatch.",
		Example: "  wanwatch alert rules > /etc/prometheus/wanwatch.rules.yml",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(rules.File(texts.Language(l)))
			return err
		},
	}
	cmd.Flags().Var(&l, "language", "`language` of the alerts: vi or en")
	return cmd
}

func newAlertTest() *cobra.Command {
	var (
		file   string
		labels []string
	)
	l := language(texts.VI)
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Send a sample alert the way that real ones go",
		Long: `Send a sample alert to every receiver to which the routes of an alertmanager.yml
lead it, and say what became of it. Exit code 1 if a receiver did not take it.`,
		Example: `  wanwatch alert test --alertmanager.config.file alertmanager.yml
  wanwatch alert test --alertmanager.config.file alertmanager.yml --label alertname=LinkDown --label severity=warning`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sample, err := sampleAlert(texts.Language(l), labels)
			if err != nil {
				return err
			}
			told, err := alerts.Test(cmd.Context(), alerts.Options{
				ConfigFile: file, Default: notices.Config(), Templates: notices.Templates(texts.Language(l)),
			}, sample)
			if err != nil {
				return app.AlertsMistake(err)
			}
			return printDeliveries(cmd, told)
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "alertmanager.config.file", "", "`file` that says where alerts go")
	f.StringArrayVar(&labels, "label", nil, "a label of the sample, `name=value`; may be given several times")
	f.Var(&l, "language", "`language` of the sample: vi or en")
	return cmd
}

// sampleAlert is a conference endpoint that drops, unless labels say otherwise.
func sampleAlert(l texts.Language, labels []string) (alerts.Alert, error) {
	now := time.Now()
	a := alerts.Alert{
		Labels: map[string]string{"alertname": "EndpointDown", "severity": "critical", "kind": "endpoint", "target": "test", "site": "test"},
		Annotations: map[string]string{
			"title": l.Say(texts.Alerts()["EndpointDown"].Title), "summary": l.Say(texts.NoticeTest),
		},
		StartsAt: now, EndsAt: now.Add(5 * time.Minute),
	}
	for _, text := range labels {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return a, usagef("--label %q: write name=value", text)
		}
		a.Labels[name] = value
	}
	if known, ok := texts.Alerts()[a.Labels["alertname"]]; ok {
		a.Annotations["title"] = l.Say(known.Title)
	}
	return a, nil
}

func printDeliveries(cmd *cobra.Command, told []alerts.Delivery) error {
	failed := 0
	for _, d := range told {
		took := d.Took.Round(time.Millisecond)
		switch {
		case d.Err != nil:
			failed++
			fmt.Fprintf(cmd.OutOrStdout(), "FAILED  %v (%s)\n", d.Err, took)
		case d.Integration == "":
			fmt.Fprintf(cmd.OutOrStdout(), "nobody  receiver %s: it names nobody to tell\n", d.Receiver)
		default:
			fmt.Fprintf(cmd.OutOrStdout(), "taken   receiver %s, %s (%s)\n", d.Receiver, d.Integration, took)
		}
	}
	if failed > 0 {
		return errFailed
	}
	return nil
}

// language is a flag.
type language texts.Language

func (l *language) String() string { return string(*l) }
func (*language) Type() string     { return "language" }

// Set takes vi or en.
func (l *language) Set(text string) error {
	for _, known := range texts.Languages() {
		if text == string(known) {
			*l = language(known)
			return nil
		}
	}
	return fmt.Errorf("%q is no language known here: write vi or en", text)
}

// alertingFlags adds the flags of where alerts go.
func alertingFlags(cmd *cobra.Command, a *app.Alerting) {
	cmd.Flags().StringVar(&a.ConfigFile, "alertmanager.config.file", "", "`file` that says where alerts go, an alertmanager.yml; see wanwatch alert config")
	cmd.Flags().StringVar(&a.URL, "alertmanager.url", "", "`URL` of an Alertmanager elsewhere, which then takes the alerts")
	cmd.MarkFlagsMutuallyExclusive("alertmanager.config.file", "alertmanager.url")
}
