package app

import (
	"context"
	"fmt"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/mail"
	"wanwatch/dashboards/reports/remoteread"
	"wanwatch/dashboards/reports/timetable"
	format "wanwatch/dashboards/reports/write"
	"wanwatch/exporter/alerts"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// openReports reads the schedule of reports, if there is one, and what it needs.
func (a *App) openReports(inv *inventory.Inventory) error {
	if a.opts.Schedule == "" {
		return nil
	}
	f, err := timetable.Read(a.opts.Schedule)
	if err != nil {
		return Mistake("the schedule of reports", err)
	}
	k := &timetable.Keeper{
		File: f, Zone: func() *time.Location { return a.running.Load().inv.Timezone },
		Make: a.makeReport, Send: a.sendReport, Tell: a.tellReport, Logger: a.opts.Logger,
	}
	for id, j := range f.Reports {
		if _, err := j.Settings.Options(inv); err != nil {
			return Mistake("a file of the schedule of reports", fmt.Errorf("%s: reports.%s: %w", a.opts.Schedule, id, err))
		}
		if len(j.Mail) > 0 {
			if _, err := a.mailServer(); err != nil {
				return fmt.Errorf("%s: reports.%s: mail: %w", a.opts.Schedule, id, err)
			}
		}
		a.exporter.Meter().Set(metric.ReportFailed, 0, id)
	}
	a.keeper = k
	return k.Open(time.Now().In(inv.Timezone))
}

// runReports makes reports until the program ends.
func (a *App) runReports() {
	if a.keeper != nil {
		a.parts.Go(func() error {
			a.keeper.Run(a.life)
			return nil
		})
	}
}

// makeReport makes a report out of the program's own history.
func (a *App) makeReport(ctx context.Context, j *timetable.Job, p timetable.Period, stem string) (made timetable.Made, err error) {
	kind, _ := reports.ByName(j.Report) // the schedule knows no others
	o, err := j.Settings.Options(a.running.Load().inv)
	if err != nil {
		return made, err
	}
	if err := o.Between(p.From, p.To, time.Now()); err != nil {
		return made, err
	}
	if o.Source, err = a.ownHistory(); err != nil {
		return made, err
	}
	o.Server = a.externalURL()
	d, err := kind.Compose(ctx, o)
	if err != nil {
		return made, fmt.Errorf("report %s: %w", j.Report, err)
	}
	for _, name := range j.Formats {
		f, _ := format.ByName(name)
		path := stem + "." + f.Name
		if err := format.File(path, f, d); err != nil {
			return made, err
		}
		made.Files = append(made.Files, path)
	}
	made.Subject, made.Text = d.Cover()
	return made, nil
}

// sendReport mails a report by the server of the alerts' configuration, read anew: it may
// have been corrected since.
func (a *App) sendReport(ctx context.Context, to []string, m timetable.Made) error {
	server, err := a.mailServer()
	if err != nil {
		return err
	}
	return mail.Send(ctx, server, mail.Message{To: to, Subject: m.Subject, Text: m.Text, Files: m.Files})
}

func (a *App) mailServer() (mail.Server, error) {
	s, err := alerts.ReadMailServer(a.opts.Alerting.ConfigFile)
	return mail.Server(s), err
}

// tellReport tells how an attempt ended.
func (a *App) tellReport(id string, err error) {
	if err != nil {
		a.exporter.Meter().Set(metric.ReportFailed, 1, id)
		return
	}
	a.exporter.Meter().Set(metric.ReportFailed, 0, id)
	a.exporter.Meter().Set(metric.ReportSuccessTime, float64(time.Now().UnixMilli())/1000, id)
}

// ownHistory is the history in this process, asked as one elsewhere would be.
func (a *App) ownHistory() (*history.API, error) {
	o := history.Options{URL: "http://localhost", Transport: within{a.history.Handler()}}
	raw, err := remoteread.Open(o)
	if err != nil {
		return nil, err
	}
	o.Raw = raw
	return history.Open(o)
}
