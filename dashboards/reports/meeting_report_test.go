package reports_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/history"
)

// assembly is a source in which the room of a meeting was lost for ten minutes of it, and
// poor for five.
type assembly struct{ plan }

func (p *assembly) Range(_ context.Context, expr string, from, to time.Time, step time.Duration, _ int) ([]history.Series, error) {
	p.queries++
	s := history.Series{Labels: map[string]string{"target": "room"}}
	for i := range int(to.Sub(from) / step) {
		v := 1.0
		switch {
		case strings.Contains(expr, "verdict"):
			v = 0
			if i >= 60 && i < 65 {
				v = 1
			}
		case i >= 20 && i < 30:
			v = 3
		case i == 119:
			v = math.NaN()
		}
		s.Values = append(s.Values, v)
	}
	return []history.Series{s}, nil
}

func TestMeetings(t *testing.T) {
	p := &assembly{}
	o := options(t, &p.plan)
	o.Source = p
	d, err := reports.Meetings(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"14:00 06/10/2026 | giao-ban | 2:00:00 | 1 | 86,7 % | 4,2 % | 8,3 % | 0,8 % | 1",
		"14:00 06/10/2026 | giao-ban | room | Phường A | 1:44:00 | 0:05:00 | 0:10:00 | 0:01:00",
		"giao-ban | room | 14:20 06/10/2026 | 14:30 06/10/2026 | 0:10:00 | Mất\ngiao-ban | room | 15:00 06/10/2026 | 15:05 06/10/2026 | 0:05:00 | Suy giảm",
	} {
		if got := strings.Join(cells(d, d.Sections[i].Table), "\n"); got != want {
			t.Errorf("section %d:\n%s\nwant\n%s", i, got, want)
		}
	}
	o.From = o.From.AddDate(0, 0, 10)
	if d, err = reports.Meetings(t.Context(), o); err != nil || len(d.Sections[0].Table.Rows) != 0 {
		t.Errorf("a period without a meeting: %v", err)
	}
}
