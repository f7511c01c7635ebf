package reports_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/write"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
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

// TestMeetings has two meetings in the period, a day apart.
func TestMeetings(t *testing.T) {
	p := &assembly{}
	o := options(t, &p.plan)
	o.Inventory, o.Source = parsed(t, network+"  sau-do: {start: 2026-10-07T14:00, duration: 2h, endpoints: [room]}\n"), p
	d, err := reports.Meetings(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"14:00 06/10/2026 | giao-ban | 2:00:00 | 1 | 86,7 % | 4,2 % | 8,3 % | 0,8 % | 1\n14:00 07/10/2026 | sau-do | 2:00:00 | 1 | 86,7 % | 4,2 % | 8,3 % | 0,8 % | 1",
		"14:00 06/10/2026 | giao-ban | room | Phường A | 1:44:00 | 0:05:00 | 0:10:00 | 0:01:00\n14:00 07/10/2026 | sau-do | room | Phường A | 1:44:00 | 0:05:00 | 0:10:00 | 0:01:00",
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

// A meeting alone is a record on one page, however many rooms there were.
func TestOneMeeting(t *testing.T) {
	p := &assembly{}
	o := options(t, &p.plan)
	o.Source = p
	d, err := reports.Meetings(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := "giao-ban: bắt đầu 14:00 06/10/2026, kéo dài 2:00:00, 1 điểm cầu, 1 điểm cầu bị ảnh hưởng. Thời gian của mọi điểm cầu: tốt 86,7 %, suy giảm 4,2 %, mất 8,3 %, chưa xác định 0,8 %."; d.Sections[0].Texts[0] != want {
		t.Errorf("%s, want %s", d.Sections[0].Texts[0], want)
	}
	for i, want := range []string{
		"room | Phường A | 1:44:00 | 0:05:00 | 0:10:00 | 0:01:00",
		"room | 14:20 06/10/2026 | 14:30 06/10/2026 | 0:10:00 | Mất\nroom | 15:00 06/10/2026 | 15:05 06/10/2026 | 0:05:00 | Suy giảm",
	} {
		if got := strings.Join(cells(d, d.Sections[i+1].Table), "\n"); got != want {
			t.Errorf("section %d:\n%s\nwant\n%s", i+1, got, want)
		}
	}
	// As many rooms as a city has, each with its worst moments.
	for _, table := range []*document.Table{d.Sections[1].Table, d.Sections[2].Table} {
		table.Rows[0][0].Text = "Phòng họp trực tuyến của Đảng ủy phường Hải Châu"
		for range 60 {
			table.Rows = append(table.Rows, table.Rows[0])
		}
	}
	var b bytes.Buffer
	if err := write.PDF(&b, d); err != nil {
		t.Fatal(err)
	}
	if pages := bytes.Count(b.Bytes(), []byte("/Type /Page\n")); pages != 1 {
		t.Errorf("%d pages", pages)
	}
	if at := os.Getenv("WANWATCH_PICTURES"); at != "" {
		if err := os.WriteFile(filepath.Join(at, "meeting.pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func parsed(t *testing.T, text string) *inventory.Inventory {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Fatal(err)
	}
	return inv
}
