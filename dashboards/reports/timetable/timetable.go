// Package timetable makes reports when their time has come, sends them, and tries again what
// failed. It knows when, and neither how a report is made nor how mail is sent.
package timetable

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/inventory"
)

// File says which reports are made, and when.
type File struct {
	Folder  string          `yaml:"folder,required" doc:"Folder of the reports, and of what is known of them."`
	Reports map[string]*Job `yaml:"reports,required" doc:"Reports by an id that is part of their files' names."`
}

// Job is a report that is made again and again.
type Job struct {
	Report   string           `yaml:"report,required" enum:"capacity|availability|equipment|meeting|proposal" doc:"Kind of report."`
	Every    string           `yaml:"every,required" enum:"day|week|month|quarter|year" doc:"Its period: it is about the last whole one."`
	At       string           `yaml:"at" doc:"Time of day on the first day after the period, by the organization's clock; 06:00 if left out." example:"06:00"`
	Formats  []string         `yaml:"formats" enum:"pdf|xlsx|html|csv|json" doc:"Files to write; pdf and xlsx if left out."`
	Mail     []string         `yaml:"mail" doc:"Addresses that get it."`
	Settings reports.Settings `yaml:"settings" doc:"What else is asked of the report."`

	hour, minute int
}

// Read reads and checks a schedule. Paths in it are relative to its folder.
func Read(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the schedule of reports: %w", err)
	}
	f := &File{}
	if err := inventory.Decode(path, data, f); err != nil {
		return nil, err
	}
	for id, j := range f.Reports {
		if err := j.complete(); err != nil {
			return nil, fmt.Errorf("%s: reports.%s: %w", path, id, err)
		}
		for _, name := range []*string{&j.Settings.Prices, &j.Settings.Calendar, &j.Settings.Proposal} {
			*name = beside(path, *name)
		}
	}
	f.Folder = beside(path, f.Folder)
	return f, nil
}

func beside(path, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(path), name)
}

func (j *Job) complete() error {
	j.hour = 6
	if j.At != "" {
		t, err := time.Parse("15:04", j.At)
		if err != nil {
			return fmt.Errorf("at: %q is no time of day: write 06:00", j.At)
		}
		j.hour, j.minute = t.Hour(), t.Minute()
	}
	if len(j.Formats) == 0 {
		j.Formats = []string{"pdf", "xlsx"}
	}
	return nil
}

// Period is a stretch of time that a report is about.
type Period struct {
	Name     string // part of the names of files: 2026-10
	From, To time.Time
	Made     time.Time // when the report is to be made
}

// Due is the last period whose report is to be made at a moment, by that moment's clock.
func (j *Job) Due(now time.Time) Period {
	end := j.floor(now)
	if now.Before(j.madeAt(end)) {
		end = j.floor(end.AddDate(0, 0, -1))
	}
	from := j.floor(end.AddDate(0, 0, -1))
	return Period{Name: j.name(from), From: from, To: end, Made: j.madeAt(end)}
}

func (j *Job) madeAt(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), j.hour, j.minute, 0, 0, day.Location())
}

// floor is the first day of the period that a moment lies in. Weeks begin on Monday.
func (j *Job) floor(t time.Time) time.Time {
	y, m, d := t.Date()
	switch j.Every {
	case "week":
		d -= (int(t.Weekday()) + 6) % 7
	case "month":
		d = 1
	case "quarter":
		m, d = m-(m-1)%3, 1
	case "year":
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func (j *Job) name(from time.Time) string {
	switch j.Every {
	case "year":
		return from.Format("2006")
	case "month":
		return from.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%d-Q%d", from.Year(), (int(from.Month())+2)/3)
	default:
		return from.Format("2006-01-02")
	}
}
