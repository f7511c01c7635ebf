package timetable_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/dashboards/reports/timetable"
)

func read(t *testing.T, text string) (*timetable.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schedule.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return timetable.Read(path)
}

const monthly = `
folder: out
reports:
  capacity-monthly: {report: capacity, every: month, at: "06:30", mail: [thu-ky@example.org], settings: {prices: prices.yaml, mark: Nội bộ}}
`

func TestRead(t *testing.T) {
	f, err := read(t, monthly)
	if err != nil {
		t.Fatal(err)
	}
	j := f.Reports["capacity-monthly"]
	if !filepath.IsAbs(f.Folder) || filepath.Base(f.Folder) != "out" || filepath.Dir(j.Settings.Prices) != filepath.Dir(f.Folder) || strings.Join(j.Formats, ",") != "pdf,xlsx" {
		t.Errorf("%+v %+v", f, j)
	}
	for text, want := range map[string]string{
		"folder: x\nreports: {a: {report: capacity, every: fortnight}}":            "fortnight",
		"folder: x\nreports: {a: {report: capacity, every: day, at: noon}}":        `reports.a: at: "noon" is no time of day`,
		"reports: {a: {report: capacity, every: day}}":                             "folder",
		"folder: x\nreports: {a: {report: capacity, every: day, formats: [docx]}}": "docx",
		"folder: x\nreports: {a: {report: capacity, evry: day}}":                   `evry`,
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "schedule.yaml") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if f, err := timetable.Read("../examples/schedule.yaml"); err != nil || len(f.Reports) != 2 {
		t.Errorf("the model: %v", err)
	}
	if _, err := timetable.Read("nowhere.yaml"); err == nil {
		t.Error("a file that is not there")
	}
}

// The last period whose report is to be made: before its time of day, the one before.
func TestDue(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	for _, c := range []struct{ every, now, name, from, to string }{
		{"month", "2026-12-01T06:30", "2026-11", "2026-11-01", "2026-12-01"},
		{"month", "2026-12-01T06:29", "2026-10", "2026-10-01", "2026-11-01"},
		{"month", "2027-01-31T12:00", "2026-12", "2026-12-01", "2027-01-01"},
		{"month", "2028-03-31T12:00", "2028-02", "2028-02-01", "2028-03-01"},
		{"day", "2028-03-01T07:00", "2028-02-29", "2028-02-29", "2028-03-01"},
		{"week", "2026-11-29T07:00", "2026-11-16", "2026-11-16", "2026-11-23"}, // a Sunday
		{"week", "2026-11-30T07:00", "2026-11-23", "2026-11-23", "2026-11-30"},
		{"week", "2026-11-30T05:00", "2026-11-16", "2026-11-16", "2026-11-23"},
		{"quarter", "2026-11-30T05:00", "2026-Q3", "2026-07-01", "2026-10-01"},
		{"quarter", "2027-01-01T06:30", "2026-Q4", "2026-10-01", "2027-01-01"},
		{"year", "2027-01-01T05:00", "2025", "2025-01-01", "2026-01-01"},
		{"year", "2027-06-01T05:00", "2026", "2026-01-01", "2027-01-01"},
	} {
		f, err := read(t, strings.Replace(monthly, "every: month", "every: "+c.every, 1))
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.ParseInLocation("2006-01-02T15:04", c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		p := f.Reports["capacity-monthly"].Due(now)
		if p.Name != c.name || p.From.Format(time.DateOnly) != c.from || p.To.Format(time.DateOnly) != c.to || p.Made.After(now) {
			t.Errorf("%s at %s: %+v", c.every, c.now, p)
		}
	}
}

// office makes reports, some of which fail.
type office struct {
	made, sent         []string // names of files, and when mail was sent
	failMake, failMail int      // that many attempts
	failed             int      // attempts that were told to have failed
}

func (o *office) keeper(f *timetable.File, zone *time.Location) *timetable.Keeper {
	return &timetable.Keeper{
		File: f, Zone: func() *time.Location { return zone }, Logger: slog.New(slog.DiscardHandler),
		Make: func(_ context.Context, _ *timetable.Job, _ timetable.Period, stem string) (timetable.Made, error) {
			if o.failMake > 0 {
				o.failMake--
				return timetable.Made{}, errors.New("no history")
			}
			o.made = append(o.made, filepath.Base(stem))
			return timetable.Made{Files: []string{stem + ".pdf"}, Subject: filepath.Base(stem)}, nil
		},
		Send: func(_ context.Context, _ []string, m timetable.Made) error {
			if o.failMail > 0 {
				o.failMail--
				return errors.New("no mail server")
			}
			o.sent = append(o.sent, m.Subject+" "+time.Now().In(zone).Format("01-02 15:04"))
			return nil
		},
		Tell: func(_ string, err error) {
			if err != nil {
				o.failed++
			}
		},
	}
}

// A new schedule begins with the period that is on. What fails is tried again, ever more
// seldom; what was made is not made again, not even after a restart.
func TestKeeper(t *testing.T) {
	f, err := read(t, monthly)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) { // it begins on 2000-01-01T00:00Z
		zone := time.FixedZone("+07", 7*3600)
		o := &office{failMake: 2, failMail: 3}
		run := func(length time.Duration) {
			k := o.keeper(f, zone)
			if err := k.Open(time.Now().In(zone)); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), length)
			defer cancel()
			k.Run(ctx)
		}
		run(30 * 24 * time.Hour) // to 31 January, at seven
		if len(o.made) != 0 {
			t.Errorf("made %v: the month before the schedule was set up", o.made)
		}
		// February begins: two attempts fail, then the mail does, and the program restarts.
		run(17*time.Hour + 10*time.Minute)
		run(6*time.Hour + 30*time.Minute)
		run(10 * time.Minute)
		run(24 * time.Hour)
		if strings.Join(o.made, " ") != "wanwatch-capacity-monthly-2000-01" || len(o.sent) != 1 || o.failed != 5 {
			t.Errorf("made %v, sent %v, failed %d", o.made, o.sent, o.failed)
		}
		run(29 * 24 * time.Hour)
		if len(o.made) != 2 || len(o.sent) != 2 || o.sent[1] != "wanwatch-capacity-monthly-2000-02 03-01 06:30" {
			t.Errorf("made %v, sent %v", o.made, o.sent)
		}
	})
	if info, err := os.Stat(filepath.Join(f.Folder, "schedule.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state: %v", err)
	}
}

// A state that cannot be read is said, and not overwritten.
func TestBrokenState(t *testing.T) {
	f, err := read(t, monthly)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(f.Folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.Folder, "schedule.json")
	if err := os.WriteFile(path, []byte(`{"capacity`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&office{}).keeper(f, time.UTC).Open(time.Now()); err == nil || !strings.Contains(err.Error(), "move the file away") {
		t.Errorf("%v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != `{"capacity` {
		t.Errorf("it is now %s", data)
	}
}
