package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const scheduled = `
folder: out
reports:
  monthly: {report: capacity, every: month, formats: [csv, html], settings: {mark: Nội bộ}}
  meetings: {report: meeting, every: day, formats: [json]}
`

// A scheduled report is made out of the program's own history, without its web server, and
// its files are the owner's alone.
func TestScheduledReports(t *testing.T) {
	dir := t.TempDir()
	schedule := filepath.Join(dir, "schedule.yaml")
	if err := os.WriteFile(schedule, []byte(scheduled), 0o600); err != nil {
		t.Fatal(err)
	}
	inv := filepath.Join(dir, "inventory.yaml")
	text := "organization: Thành ủy Thử\nsites: {a: {}, b: {}}\nlinks: {line: {from: a, to: b, name: Đường thử, bandwidth: 50Mbps, ping: 127.0.0.1}}\n"
	if err := os.WriteFile(inv, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := New(Options{Inventory: inv, Listen: []string{"127.0.0.1:0"}, Storage: Storage{Path: filepath.Join(dir, "data")}, Schedule: schedule})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for id, want := range map[string]string{"monthly": "Đường thử", "meetings": `"title"`} {
		j := a.keeper.File.Reports[id]
		made, err := a.makeReport(t.Context(), j, j.Due(time.Now()), filepath.Join(a.keeper.File.Folder, id))
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Files) != len(j.Formats) || !strings.Contains(made.Text, "Thành ủy Thử") {
			t.Errorf("%+v", made)
		}
		for _, f := range made.Files {
			data, err := os.ReadFile(f)
			info, _ := os.Stat(f)
			if err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(string(data), want) {
				t.Errorf("%s %s: %v", f, info.Mode(), err)
			}
		}
		if id == "monthly" && !strings.HasPrefix(made.Subject, "[Nội bộ] ") {
			t.Error(made.Subject)
		}
	}
}

// What a schedule needs and does not have is said at the start.
func TestScheduleIsChecked(t *testing.T) {
	dir := t.TempDir()
	schedule := filepath.Join(dir, "schedule.yaml")
	inv := filepath.Join(dir, "inventory.yaml")
	if err := os.WriteFile(inv, []byte("sites: {a: {}, b: {}}\nlinks: {line: {from: a, to: b, bandwidth: 50Mbps, ping: 127.0.0.1}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"folder: out\nreports: {m: {report: capacity, every: month, mail: [a@example.org]}}":            "reports.m: mail: mail needs a server",
		"folder: out\nreports: {m: {report: capacity, every: month, settings: {prices: nowhere.yaml}}}": "nowhere.yaml",
		"folder: out\nreports: {m: {report: capacty, every: month}}":                                    "capacty",
	} {
		if err := os.WriteFile(schedule, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := New(Options{Inventory: inv, Listen: []string{"127.0.0.1:0"}, Storage: Storage{Path: filepath.Join(dir, "data")}, Schedule: schedule})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
			_ = a.Stop(t.Context())
		}
	}
}
