package reports_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/history"
	"wanwatch/inventory"
)

// clock is a source of states whose truth is known: a line that was down from 10:00:10 to
// 11:30:10 on 6 October, one of another provider that was not, and an hour in which nobody
// measured.
type clock struct{ plan }

// outage is when the line was down.
func outage(zone *time.Location) (begin, end time.Time) {
	begin = time.Date(2026, 10, 6, 10, 0, 10, 0, zone)
	return begin, begin.Add(90 * time.Minute)
}

func (c *clock) Stored(_ context.Context, _ string, _ []string, from, to time.Time, step time.Duration) ([]history.Trace, error) {
	c.queries++
	begin, end := outage(from.Location())
	s := history.Trace{Labels: map[string]string{"target": "full"}}
	for at := from.Add(step); !at.After(to); at = at.Add(step) {
		v := 1.0
		if !at.Before(begin) && at.Before(end) {
			v = 3
		}
		s.At, s.Values = append(s.At, at), append(s.Values, v)
	}
	return []history.Trace{s}, nil
}

func (c *clock) Samples(_ context.Context, _ string, _ []string, from, to time.Time, step time.Duration) (all []history.Series, err error) {
	c.queries++
	begin, end := outage(from.Location())
	// The seconds of the step that ended at a moment, of which some were down.
	down := func(at time.Time) float64 {
		a, b := at.Add(-step), at
		if a.Before(begin) {
			a = begin
		}
		if b.After(end) {
			b = end
		}
		return max(b.Sub(a).Seconds(), 0)
	}
	blind := func(at time.Time) bool { at = at.Add(-time.Second); return at.Day() == 20 && at.Hour() == 11 }
	for _, id := range []string{"full", "idle"} {
		for _, state := range []string{"up", "down"} {
			s := history.Series{Labels: map[string]string{"target": id, "state": state}}
			for at := from.Add(step); !at.After(to); at = at.Add(step) {
				v := down(at)
				switch {
				case blind(at):
					v = math.NaN()
				case id == "idle" && state == "down":
					v = 0
				case id == "idle":
					v = step.Seconds()
				case state == "up":
					v = step.Seconds() - v
				}
				s.Values = append(s.Values, v)
			}
			all = append(all, s)
		}
	}
	return all, nil
}

func TestAvailability(t *testing.T) {
	c := &clock{}
	o := options(t, &c.plan)
	o.Source = c
	o.Inventory.Links["full"].Contract.SLA = &inventory.SLA{Availability: 0.999}
	d, err := reports.Availability(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// 743 hours are known, of which 1.5 were down: 742.5 h at 99.9 % allow 44 min 35 s.
	targets := cells(d, d.Sections[0].Table)
	if want := "Đường đầy | Phường A | VNPT | 741:30:00 | 0:00:00 | 1:30:00 | 1:00:00 | 0:00:00 | 99,798 % | 99,798 % | 99,900 % | 0:45:25 | 5.703 VND | 1 | 1:30:00 | 741:30:00"; targets[0] != want {
		t.Errorf("%s\nwant\n%s", targets[0], want)
	}
	if n := len(targets); n != 5 {
		t.Errorf("%d targets:\n%s", n, strings.Join(targets, "\n"))
	}
	outages := cells(d, d.Sections[2].Table)
	// Seen each 15 s: from the first moment at which it was down to the first at which it was not.
	if len(outages) != 1 || outages[0] != "Đường đầy | Phường A | 10:00 06/10/2026 | 11:30 06/10/2026 | 1:30:00 | riêng mục tiêu này" {
		t.Errorf("outages: %q", outages)
	}
	groups := strings.Join(cells(d, d.Sections[1].Table), "\n")
	if !strings.Contains(groups, "VNPT | 3 | 99,899 % | 1:30:00 | 0:00:00 | 1:30:00") {
		t.Errorf("groups:\n%s", groups)
	}
	months := cells(d, d.Sections[3].Table)
	if len(months) != 2 || !strings.HasSuffix(months[0], "| 100,0 % | 99,798 %") {
		t.Errorf("months: %q", months)
	}
	if !strings.Contains(d.Sections[0].Texts[0], "5 mục tiêu, 1 lần mất kết nối, 1 mục tiêu vượt cam kết") {
		t.Error(d.Sections[0].Texts[0])
	}
	if c.queries != 3 {
		t.Errorf("%d queries", c.queries)
	}
}
