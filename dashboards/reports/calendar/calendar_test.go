package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestVietnam(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	c := Vietnam()
	for moment, want := range map[string][2]bool{ // workday, working
		"2026-11-24 08:00": {true, true}, "2026-11-24 06:59": {true, false}, "2026-11-24 18:00": {true, false}, "2026-11-24 17:59": {true, true},
		"2026-11-22 10:00": {false, false}, "2026-02-17 10:00": {false, false}, "2026-02-20 10:00": {false, false}, "2026-02-23 10:00": {true, true},
		"2026-05-01 10:00": {false, false}, "2028-02-29 10:00": {true, true},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", moment, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{c.Workday(at), c.Working(at)}; got != want {
			t.Errorf("%s: %v, want %v", moment, got, want)
		}
	}
}

func TestFiles(t *testing.T) {
	at := filepath.Join(t.TempDir(), "mine.yaml")
	for text, want := range map[string]string{
		"holidays: []\nworkdays: [{from: 2026-11-22}]\n": "",
		"working_hours: {from: 9, to: 9}\n":              "is no time",
		"weekend: [friday]\n":                            "mine.yaml:1:",
		"holidays: [{from: 2026-13-01}]\n":               "mine.yaml:1:",
	} {
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Read(at)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if err == nil && !c.Workday(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)) {
			t.Error("a Sunday that is worked is none")
		}
	}
}
