package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/mail"
	"wanwatch/dashboards/reports/remoteread"
	"wanwatch/dashboards/reports/write"
	"wanwatch/exporter/alerts"
	"wanwatch/internal/app"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

func newReport() *cobra.Command {
	var names []string
	for _, k := range reports.Kinds() {
		names = append(names, k.Name)
	}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write reports for those who plan and buy",
		Example: `  wanwatch report capacity inventory.yaml --period 2026-10 -o capacity.pdf -o capacity.xlsx
  wanwatch report availability inventory.yaml --period 2026-10`,
		Args: knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("which report? %s", strings.Join(names, ", "))
		},
	}
	for _, k := range reports.Kinds() {
		cmd.AddCommand(newReportOf(k))
	}
	return cmd
}

// reportHelp is what the help of a kind of report says.
type reportHelp struct{ short, long, example string }

const (
	reportHistory = `
History is read from a Prometheus API: that of wanwatch run on this host, or the one
that --prometheus.url names. Files are written for their owner only, whole or not at
all; their endings say what they are: .pdf, .xlsx, .html, .csv or .json.`
	meetingReport  = "meeting"
	proposalReport = "proposal"
)

var reportHelps = map[string]reportHelp{
	"capacity": {"How full each line is, when it will be, and what to order by when", `Read the history of all links and uplinks with a contracted bandwidth, and write how
full each was, how that grows, when it comes to 80 %, the bandwidth that it takes next
and the latest day to order it. Lines that lose packets without being full are told
apart, and those for which less would do.
`, `  wanwatch report capacity inventory.yaml
  wanwatch report capacity inventory.yaml --period 2026-10 --report.prices prices.yaml -o capacity.pdf -o capacity.xlsx
  wanwatch report capacity inventory.yaml --prometheus.url https://prometheus.example.org -o - | jq .sections`},
	"availability": {"How long each target worked, its outages, and what the SLA promised", `Read the history of all targets, and write how long each was up, degraded, down,
unknown and in maintenance, its availability against its SLA, the time over it and the
credit due; each outage with its cause as far as others that failed tell; providers and
sites, where what failed together counts once; and the months side by side.
`, `  wanwatch report availability inventory.yaml
  wanwatch report availability inventory.yaml --period 2026-10-01/2026-10-15 -o availability.html`},
	"equipment": {"Every device: what it is, how old, and what to replace by when", `Read what all devices told of themselves over SNMP, and write model, serial number and
software beside what the inventory says, age, end of support, restarts and bad packets;
and what to replace in which quarter, and why.
`, `  wanwatch report equipment inventory.yaml -o equipment.xlsx`},
	meetingReport: {"How meetings went: minutes good, degraded and lost of each room", `Read what history knows of the meetings that ended in the period, or of one meeting, and
write the minutes that were good, degraded and lost in each room, and the worst moments.
Meetings go by their ids; their titles are written only with --report.titles.
`, `  wanwatch report meeting inventory.yaml --period 2026-10
  wanwatch report meeting inventory.yaml giao-ban --period 2026-10-06/2026-10-06 -o giao-ban.pdf`},
	proposalReport: {"What to buy, why, by when and for how much: a tờ trình", `Gather what the reports on capacity, availability and equipment say into the shape of a
tờ trình: legal grounds, present state, need, list with quantities, estimate, schedule.
Grounds, funds and who signs come from --report.proposal; prices from --report.prices.
What is not known is left blank. As .csv it is the form of central purchasing alone,
with its ten columns.
`, `  wanwatch report proposal inventory.yaml --report.proposal to-trinh.yaml --report.prices prices.yaml
  wanwatch report proposal inventory.yaml --period 2026 -o to-trinh.pdf -o mau-03.csv`},
}

func newReportOf(k reports.Kind) *cobra.Command {
	r := reportFlags{kind: k}
	help := reportHelps[k.Name]
	cmd := &cobra.Command{
		Use: k.Name + " INVENTORY", Short: help.short, Long: help.long + reportHistory, Example: help.example,
		Args: inventoryArg(0), ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args) },
	}
	r.add(cmd)
	switch k.Name {
	case meetingReport:
		cmd.Use += " [MEETING]"
		cmd.Args, cmd.ValidArgsFunction = inventoryArg(1), completeMeeting
		cmd.Flags().BoolVar(&r.settings.Titles, "report.titles", false, "write the titles of meetings, and not only their ids")
	case proposalReport:
		cmd.Flags().StringVar(&r.settings.Proposal, "report.proposal", "", "`file` with what the proposal says beside its figures")
	}
	return cmd
}

// reportFlags are those of a report.
type reportFlags struct {
	kind     reports.Kind
	settings reports.Settings
	api      history.Options
	period   string
	outputs  []string
	mailTo   []string
	alerting string // the file that names the mail server
}

func (r *reportFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.api.URL, "prometheus.url", "http://"+app.DefaultListen, "`URL` of the Prometheus API that has the history")
	f.StringVar(&r.api.ConfigFile, "prometheus.config", "", "`file` with TLS and authentication for it, as http_config of Prometheus")
	f.StringVar(&r.period, "period", "", "`period`: a month (2026-10), a year (2026) or two days (2026-10-01/2026-10-31); the last month if left out")
	f.StringVar(&r.settings.Language, "report.language", "", "`language`, vi or en; that of the inventory if left out")
	f.StringVar(&r.settings.Calendar, "report.calendar", "", "`file` with working hours and holidays; those of Viet Nam if left out")
	f.StringVar(&r.settings.Prices, "report.prices", "", "`file` with the price list of the providers")
	f.IntVar(&r.settings.Months, "report.months", reports.DefaultMonths, "`number` of months for which a recommended bandwidth is to suffice")
	f.StringVar(&r.settings.Mark, "report.mark", "", "`text` of the classification that stands on each page")
	f.StringArrayVarP(&r.outputs, "output", "o", nil, "`file` to write; may be given several times; - prints JSON; a PDF and an XLSX in this folder if left out")
	f.StringArrayVar(&r.mailTo, "mail.to", nil, "`address` that gets the files by mail; may be given several times")
	f.StringVar(&r.alerting, "alertmanager.config.file", "", "`file` whose global settings name the mail server, an alertmanager.yml")
}

// run makes a report and writes it into all files.
func (r *reportFlags) run(cmd *cobra.Command, args []string) error {
	inv, err := inventory.Load(args[0], kinds.Inventory())
	if err != nil {
		return err
	}
	o, err := r.options(inv, time.Now())
	if err != nil {
		return err
	}
	if len(args) == 2 {
		if o.Meeting = args[1]; inv.Meetings[o.Meeting] == nil {
			return &app.UnknownError{What: "meeting", Name: o.Meeting, Near: inventory.Nearest(o.Meeting, slices.Sorted(maps.Keys(inv.Meetings)))}
		}
	}
	outputs := r.outputs
	if len(outputs) == 0 {
		stem := "wanwatch-" + r.kind.Name + "-" + o.From.Format("2006-01")
		outputs = []string{stem + ".pdf", stem + ".xlsx"}
	}
	for _, path := range outputs {
		if _, err := formatOf(path); err != nil {
			return err
		}
	}
	if r.kind.Subjects(&o) == 0 {
		return failedError{fmt.Errorf("report %s: the inventory has no %s", r.kind.Name, r.kind.What)}
	}
	p := newProgress(cmd.ErrOrStderr(), "reading history", 1)
	o.Progress = func(done, all int) { p.set("reading history", done, all) }
	d, err := r.kind.Compose(cmd.Context(), o)
	p.end()
	if err != nil {
		return fmt.Errorf("report %s: %w", r.kind.Name, err)
	}
	for _, path := range outputs {
		if err := writeReport(cmd, path, d); err != nil {
			return err
		}
	}
	return r.send(cmd.Context(), outputs, d)
}

// send mails the files of a report, if anybody shall get them.
func (r *reportFlags) send(ctx context.Context, outputs []string, d *document.Document) error {
	if len(r.mailTo) == 0 {
		return nil
	}
	server, err := alerts.ReadMailServer(r.alerting)
	if err != nil {
		return err
	}
	subject, text := d.Cover()
	m := mail.Message{To: r.mailTo, Subject: subject, Text: text, Files: slices.DeleteFunc(slices.Clone(outputs), func(path string) bool { return path == "-" })}
	return mail.Send(ctx, mail.Server(server), m)
}

// options are those of a report, read and checked.
func (r *reportFlags) options(inv *inventory.Inventory, now time.Time) (reports.Options, error) {
	o, err := r.settings.Options(inv)
	if file := new(reports.FileError); errors.As(err, &file) {
		return o, app.Mistake(file.What, err)
	}
	if err != nil {
		return o, usagef("--report.%w", err)
	}
	from, to := reports.LastMonth(now.In(inv.Timezone))
	if r.period != "" {
		if from, to, err = reports.ParsePeriod(r.period, inv.Timezone); err != nil {
			return o, usagef("--period: %w", err)
		}
	}
	if err := o.Between(from, to, now); err != nil {
		return o, usagef("--period: %w", err)
	}
	raw, err := remoteread.Open(r.api)
	if err != nil {
		return o, fmt.Errorf("--prometheus.url: %w", err)
	}
	r.api.Raw = raw
	api, err := history.Open(r.api)
	if err != nil {
		return o, fmt.Errorf("--prometheus.url: %w", err)
	}
	o.Source, o.Server = api, r.api.URL
	return o, nil
}

// formatOf is the format that a file's ending asks for.
func formatOf(path string) (write.Format, error) {
	if path == "-" {
		path = "-.json"
	}
	f, ok := write.ByName(strings.TrimPrefix(filepath.Ext(path), "."))
	if !ok {
		var names []string
		for _, f := range write.Formats() {
			names = append(names, "."+f.Name)
		}
		return f, usagef("--output: %s: the ending says what to write: %s", path, strings.Join(names, ", "))
	}
	return f, nil
}

func writeReport(cmd *cobra.Command, path string, d *document.Document) error {
	f, err := formatOf(path)
	if err != nil {
		return err
	}
	if path == "-" {
		if err := f.Write(cmd.OutOrStdout(), d); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
		return nil
	}
	if err := write.File(path, f, d); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}
