package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/calendar"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/write"
	"wanwatch/dashboards/texts"
	"wanwatch/internal/app"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write reports for those who plan and buy",
		Example: `  wanwatch report capacity inventory.yaml --period 2026-10 -o capacity.pdf -o capacity.xlsx
  wanwatch report availability inventory.yaml --period 2026-10`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usagef("which? %s capacity, availability, equipment or meeting", cmd.CommandPath())
		},
	}
	cmd.AddCommand(newReportCapacity(), newReportAvailability(), newReportEquipment(), newReportMeeting())
	return cmd
}

// reportFlags are those of every report.
type reportFlags struct {
	api                                history.Options
	period, language, calendar, prices string
	mark, meeting                      string
	titles                             bool
	months                             int
	outputs                            []string
}

func newReportCapacity() *cobra.Command {
	var r reportFlags
	cmd := &cobra.Command{
		Use:   "capacity INVENTORY",
		Short: "How full each line is, when it will be, and what to order by when",
		Long: `Read the history of all links and uplinks with a contracted bandwidth, and write how
full each was, how that grows, when it comes to 80 %, the bandwidth that it takes next
and the latest day to order it. Lines that lose packets without being full are told
apart, and those for which less would do.

History is read from a Prometheus API: that of wanwatch run on this host, or the one
that --prometheus.url names. Files are written for their owner only, whole or not at
all; their endings say what they are: .pdf, .xlsx, .html, .csv or .json.`,
		Example: `  wanwatch report capacity inventory.yaml
  wanwatch report capacity inventory.yaml --period 2026-10 --report.prices prices.yaml -o capacity.pdf -o capacity.xlsx
  wanwatch report capacity inventory.yaml --prometheus.url https://prometheus.example.org -o - | jq .sections`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.run(cmd, args[0], "capacity", reports.Capacity)
		},
	}
	r.add(cmd)
	return cmd
}

func newReportAvailability() *cobra.Command {
	var r reportFlags
	cmd := &cobra.Command{
		Use:   "availability INVENTORY",
		Short: "How long each target worked, its outages, and what the SLA promised",
		Long: `Read the history of all targets, and write how long each was up, degraded, down,
unknown and in maintenance, its availability against its SLA, the time over it and the
credit due; each outage with its cause as far as others that failed tell; providers and
sites, where what failed together counts once; and the months side by side.

History is read, and files are written, as by wanwatch report capacity.`,
		Example: `  wanwatch report availability inventory.yaml
  wanwatch report availability inventory.yaml --period 2026-10-01/2026-10-15 -o availability.html`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.run(cmd, args[0], "availability", reports.Availability)
		},
	}
	r.add(cmd)
	return cmd
}

func newReportEquipment() *cobra.Command {
	var r reportFlags
	cmd := &cobra.Command{
		Use:   "equipment INVENTORY",
		Short: "Every device: what it is, how old, and what to replace by when",
		Long: `Read what all devices told of themselves over SNMP, and write model, serial number and
software beside what the inventory says, age, end of support, restarts and bad packets;
and what to replace in which quarter, and why.

History is read, and files are written, as by wanwatch report capacity.`,
		Example:           `  wanwatch report equipment inventory.yaml -o equipment.xlsx`,
		Args:              inventoryArg(0),
		ValidArgsFunction: completeInventory,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.run(cmd, args[0], "equipment", reports.Equipment)
		},
	}
	r.add(cmd)
	return cmd
}

func newReportMeeting() *cobra.Command {
	var r reportFlags
	cmd := &cobra.Command{
		Use:   "meeting INVENTORY [MEETING]",
		Short: "How meetings went: minutes good, degraded and lost of each room",
		Long: `Read what history knows of the meetings that ended in the period, or of one meeting, and
write the minutes that were good, degraded and lost in each room, and the worst moments.
Meetings go by their ids; their titles are written only with --report.titles.

History is read, and files are written, as by wanwatch report capacity.`,
		Example: `  wanwatch report meeting inventory.yaml --period 2026-10
  wanwatch report meeting inventory.yaml giao-ban --period 2026-10-06/2026-10-06 -o giao-ban.pdf`,
		Args:              atLeastInventory(2, "an inventory and, if one is meant, the id of a meeting"),
		ValidArgsFunction: completeMeeting,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				r.meeting = args[1]
			}
			return r.run(cmd, args[0], "meeting", reports.Meetings)
		},
	}
	r.add(cmd)
	cmd.Flags().BoolVar(&r.titles, "report.titles", false, "write the titles of meetings, and not only their ids")
	return cmd
}

// atLeastInventory wants one argument, and takes up to a number of them.
func atLeastInventory(most int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) > most {
			return usagef("it takes %s", what)
		}
		return nil
	}
}

func (r *reportFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.api.URL, "prometheus.url", "http://"+app.DefaultListen, "`URL` of the Prometheus API that has the history")
	f.StringVar(&r.api.ConfigFile, "prometheus.config", "", "`file` with TLS and authentication for it, as http_config of Prometheus")
	f.StringVar(&r.period, "period", "", "`period`: a month (2026-10), a year (2026) or two days (2026-10-01/2026-10-31); the last month if left out")
	f.StringVar(&r.language, "report.language", "", "`language`, vi or en; that of the inventory if left out")
	f.StringVar(&r.calendar, "report.calendar", "", "`file` with working hours and holidays; those of Viet Nam if left out")
	f.StringVar(&r.prices, "report.prices", "", "`file` with the price list of the providers")
	f.IntVar(&r.months, "report.months", 12, "`number` of months for which a recommended bandwidth is to suffice")
	f.StringVar(&r.mark, "report.mark", "", "`text` of the classification that stands on each page")
	f.StringArrayVarP(&r.outputs, "output", "o", nil, "`file` to write; may be given several times; - prints JSON; a PDF and an XLSX in this folder if left out")
}

// run makes a report and writes it into all files.
func (r *reportFlags) run(cmd *cobra.Command, path, name string, compose func(context.Context, reports.Options) (*document.Document, error)) error {
	inv, err := inventory.Load(path, kinds.Inventory())
	if err != nil {
		return err
	}
	o, err := r.options(inv, time.Now())
	if err != nil {
		return err
	}
	outputs := r.outputs
	if len(outputs) == 0 {
		stem := "wanwatch-" + name + "-" + o.From.Format("2006-01")
		outputs = []string{stem + ".pdf", stem + ".xlsx"}
	}
	for _, path := range outputs {
		if _, err := formatOf(path); err != nil {
			return err
		}
	}
	p := newProgress(cmd.ErrOrStderr(), "reading history", 1)
	o.Progress = func(done, all int) { p.set("reading history", done, all) }
	d, err := compose(cmd.Context(), o)
	p.end()
	if err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	for _, path := range outputs {
		if err := writeReport(cmd, path, d); err != nil {
			return err
		}
	}
	return nil
}

// options are those of a report, read and checked.
func (r *reportFlags) options(inv *inventory.Inventory, now time.Time) (o reports.Options, err error) {
	o = reports.Options{
		Inventory: inv, Server: r.api.URL, CalendarName: r.calendar, PricesName: r.prices, Months: r.months,
		Meeting: r.meeting, Titles: r.titles, Mark: r.mark, Now: now, Language: texts.Language(inv.Language),
	}
	if r.language != "" {
		if o.Language = texts.Language(r.language); !slices.Contains(texts.Languages(), o.Language) {
			return o, usagef("--report.language: %q is none of vi, en", r.language)
		}
	}
	if r.meeting != "" && inv.Meetings[r.meeting] == nil {
		return o, &app.UnknownError{What: "meeting", Name: r.meeting, Near: app.Nearest(r.meeting, slices.Sorted(maps.Keys(inv.Meetings)))}
	}
	if r.months < 1 || r.months > 120 {
		return o, usagef("--report.months: %d is not from 1 to 120", r.months)
	}
	o.From, o.To = reports.LastMonth(now.In(inv.Timezone))
	if r.period != "" {
		if o.From, o.To, err = reports.ParsePeriod(r.period, inv.Timezone); err != nil {
			return o, usagef("--period: %w", err)
		}
	}
	if o.To.After(now) {
		o.To = now.In(inv.Timezone).Truncate(reports.Step) // as much of it as there is
	}
	if !o.From.Before(o.To) {
		return o, usagef("--period: %s has not begun", r.period)
	}
	if o.Calendar, err = calendar.Read(r.calendar); err != nil {
		return o, &settingsError{"the calendar of holidays", err}
	}
	if o.Prices, err = reports.ReadPrices(r.prices, inv); err != nil {
		return o, &settingsError{"the price list", err}
	}
	api, err := history.Open(r.api)
	if err != nil {
		return o, fmt.Errorf("--prometheus.url: %w", err)
	}
	o.Source = api
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
