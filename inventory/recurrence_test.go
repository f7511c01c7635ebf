package inventory

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := ParseZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t testing.TB, text string, z *time.Location) time.Time {
	t.Helper()
	moment, err := ParseTime(text, z)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func recurrence(t testing.TB, rule string, start time.Time, z *time.Location) *Recurrence {
	t.Helper()
	r, err := NewRecurrence(rule, start, z)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestStarts compares the starts of rules with lists made by hand from RFC 5545.
func TestStarts(t *testing.T) {
	for _, c := range []struct {
		zone, start, rule string
		want              []string
	}{
		{"Asia/Ho_Chi_Minh", "2026-12-01T08:00", "FREQ=MONTHLY;BYDAY=1TU", []string{"2026-12-01T08:00:00+07:00", "2027-01-05T08:00:00+07:00", "2027-02-02T08:00:00+07:00"}},
		{"UTC", "2026-01-31T08:00", "FREQ=MONTHLY", []string{"2026-01-31T08:00:00Z", "2026-03-31T08:00:00Z", "2026-05-31T08:00:00Z"}},
		{"UTC", "2024-02-29T08:00", "FREQ=YEARLY", []string{"2024-02-29T08:00:00Z", "2028-02-29T08:00:00Z"}},
		{"UTC", "2026-12-29T08:00", "FREQ=DAILY;UNTIL=20261231", []string{"2026-12-29T08:00:00Z", "2026-12-30T08:00:00Z", "2026-12-31T08:00:00Z"}},
		{"Asia/Ho_Chi_Minh", "2026-12-29T08:00", "FREQ=DAILY;UNTIL=20261230T010000Z", []string{"2026-12-29T08:00:00+07:00", "2026-12-30T08:00:00+07:00"}},
		{"UTC", "2026-12-31T23:00", "FREQ=DAILY;COUNT=2", []string{"2026-12-31T23:00:00Z", "2027-01-01T23:00:00Z"}},
		{"UTC", "2026-12-01T08:00", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU", []string{"2026-12-01T08:00:00Z", "2026-12-13T08:00:00Z", "2026-12-15T08:00:00Z"}},
		{"UTC", "2026-12-25T08:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", []string{"2026-12-31T08:00:00Z", "2027-01-29T08:00:00Z"}},
		// The clocks are put forward at 02:00 on 29 March: the reading that does
		// not exist takes the offset before the gap.
		{"Europe/Berlin", "2026-03-28T02:30", "FREQ=DAILY;COUNT=3", []string{"2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"}},
		// They are put back at 03:00 on 25 October: the first of the two counts.
		{"Europe/Berlin", "2026-10-24T02:30", "FREQ=DAILY;COUNT=3", []string{"2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		// A meeting at eight stays at eight.
		{"Europe/Berlin", "2026-03-23T08:00", "FREQ=WEEKLY;COUNT=2", []string{"2026-03-23T08:00:00+01:00", "2026-03-30T08:00:00+02:00"}},
		// Half an hour of daylight saving time.
		{"Australia/Lord_Howe", "2026-10-03T02:15", "FREQ=DAILY;COUNT=2", []string{"2026-10-03T02:15:00+10:30", "2026-10-04T02:45:00+11:00"}},
		// Two readings of one moment are one start.
		{"Europe/Berlin", "2026-03-29T00:30", "FREQ=HOURLY;COUNT=5", []string{"2026-03-29T00:30:00+01:00", "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-29T04:30:00+02:00"}},
	} {
		z := zone(t, c.zone)
		r := recurrence(t, c.rule, at(t, c.start, z), z)
		var got []string
		for start := range r.all() {
			if got = append(got, start.Format(time.RFC3339)); len(got) == len(c.want) {
				break
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.rule, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: start %d is %s, want %s", c.rule, i, got[i], c.want[i])
			}
		}
	}
}

// TestAroundAgrees compares what is found through the remembered stretch, at
// moments in no order, with what a plain walk finds.
func TestAroundAgrees(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	random := rand.New(rand.NewPCG(1, 2))
	for _, rule := range []string{"FREQ=HOURLY", "FREQ=DAILY;BYHOUR=8,13", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;UNTIL=20300101", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"} {
		start := at(t, "2026-03-28T13:30", z)
		r := recurrence(t, rule, start, z)
		var all []time.Time
		for s := range r.all() {
			if s.After(start.AddDate(20, 0, 0)) || len(all) > 50_000 {
				break
			}
			all = append(all, s)
		}
		for range 60 {
			moment := start.Add(time.Duration(random.Int64N(int64(4*366*day))) - 30*day)
			if random.IntN(3) == 0 && len(all) > 1 {
				moment = all[random.IntN(min(len(all)-1, 1000))]
			}
			var last, next time.Time
			for _, s := range all {
				if s.After(moment) {
					next = s
					break
				}
				last = s
			}
			gotLast, gotNext := r.Around(moment)
			if !gotLast.Equal(last) || !gotNext.Equal(next) {
				t.Fatalf("%s at %s: %s, %s; want %s, %s", rule, moment, gotLast, gotNext, last, next)
			}
		}
	}
}

func TestMaintenanceCovers(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	start := at(t, "2026-03-21T22:00", z)
	weekly := &Maintenance{Start: start, End: start.Add(6 * time.Hour), Repeat: recurrence(t, "FREQ=WEEKLY;COUNT=3", start, z)}
	once := &Maintenance{Start: start, End: start.Add(6 * time.Hour)}
	for _, c := range []struct {
		at           string
		once, weekly bool
	}{
		{"2026-03-21T21:59:59", false, false},
		{"2026-03-21T22:00", true, true},
		{"2026-03-22T03:59:59", true, true},
		{"2026-03-22T04:00", false, false},
		{"2026-03-28T21:59", false, false},
		{"2026-03-28T22:00", false, true},
		// The clocks are put forward in this night: six hours end at five.
		{"2026-03-29T04:59", false, true},
		{"2026-03-29T05:00", false, false},
		{"2026-04-05T01:00", false, true},
		{"2026-04-11T23:00", false, false},
		{"2020-01-01T00:00", false, false},
	} {
		moment := at(t, c.at, z)
		if got := once.Covers(moment); got != c.once {
			t.Errorf("once, at %s: %t", c.at, got)
		}
		if got := weekly.Covers(moment); got != c.weekly {
			t.Errorf("weekly, at %s: %t", c.at, got)
		}
	}
	if n := len(weekly.Between(at(t, "2026-03-22T00:00", z), at(t, "2026-04-04T22:00", z))); n != 2 {
		t.Errorf("%d periods have a part in the stretch, want 2", n)
	}
	if n := len(once.Between(start.Add(-time.Hour), start)); n != 0 {
		t.Errorf("%d periods have a part before the first one", n)
	}
}

// TestCoversConcurrently is for the race detector.
func TestCoversConcurrently(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &Maintenance{Start: start, End: start.Add(time.Hour), Repeat: recurrence(t, "FREQ=DAILY", start, time.UTC)}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for d := range 400 {
				moment := start.AddDate(0, 0, d*(i+1))
				if !m.Covers(moment) || m.Covers(moment.Add(2*time.Hour)) {
					t.Errorf("wrong at %s", moment)
				}
			}
		})
	}
	wg.Wait()
}

func TestLocalTime(t *testing.T) {
	for _, c := range []struct {
		zone, wall, want  string
		skipped, repeated bool
	}{
		{"Asia/Ho_Chi_Minh", "2026-03-29 02:30:00", "2026-03-28T19:30:00Z", false, false},
		{"Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z", true, false},
		{"Europe/Berlin", "2026-03-29 02:00:00", "2026-03-29T01:00:00Z", true, false},
		{"Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z", false, false},
		{"Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z", false, true},
		{"Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00Z", false, false},
		{"America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z", false, true},
		{"Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03T15:45:00Z", true, false},
		// Samoa left out a whole day, 30 December 2011.
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z", true, false},
	} {
		wall, err := time.Parse(time.DateTime, c.wall)
		if err != nil {
			t.Fatal(err)
		}
		l := localTime(wall, zone(t, c.zone))
		if got := l.time.UTC().Format(time.RFC3339); got != c.want || l.skipped != c.skipped || l.repeated != c.repeated {
			t.Errorf("%s in %s: %s, skipped %t, repeated %t", c.wall, c.zone, got, l.skipped, l.repeated)
		}
	}
}

// TestRulesEnd tries rules that make the library run long or panic.
func TestRulesEnd(t *testing.T) {
	start := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	for _, rule := range []string{
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYMONTH=4;BYMONTHDAY=31", "FREQ=WEEKLY;BYMONTH=13",
		"FREQ=MONTHLY;BYDAY=53MO", "FREQ=YEARLY;BYDAY=53SU,-53SU", "FREQ=YEARLY;BYWEEKNO=53,-53;BYDAY=MO", "FREQ=YEARLY;INTERVAL=1000;BYYEARDAY=366",
		"FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "FREQ=HOURLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYSETPOS=366;BYDAY=MO", "FREQ=DAILY;INTERVAL=999;BYMONTHDAY=-31;BYMONTH=1",
	} {
		before := time.Now()
		r, err := NewRecurrence(rule, start, time.UTC)
		if err == nil {
			r.Around(start.AddDate(3, 0, 0))
		}
		if took := time.Since(before); took > 5*time.Second {
			t.Errorf("%s took %s", rule, took)
		}
	}
}

func BenchmarkCovers(b *testing.B) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &Maintenance{Start: start, End: start.Add(time.Hour), Repeat: recurrence(b, "FREQ=WEEKLY;BYDAY=MO,TH", start, time.UTC)}
	now := start.AddDate(0, 6, 3)
	b.ReportAllocs()
	for b.Loop() {
		m.Covers(now)
	}
}
