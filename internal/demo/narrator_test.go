package demo

import (
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/world"
)

func TestTheStoryIsToldInOrder(t *testing.T) {
	epoch := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)
	var out strings.Builder
	n := newNarrator(&out, scenery{epoch: epoch, network: &world.Network{Story: []*world.Scene{
		{Note: "late", At: time.Minute, For: 10 * time.Second, Every: time.Minute},
		{Note: "early", At: 10 * time.Second, For: 55 * time.Second},
		{Note: "for good", At: 90 * time.Second},
	}}})
	for now := time.Duration(0); now <= 140*time.Second; now += 700 * time.Millisecond {
		n.story(now)
	}
	want := `08:00:10  it happens: early
08:01:00  it happens: late
08:01:05  it ends:    early
08:01:10  it ends:    late
08:01:30  it happens: for good
08:02:00  it happens: late
08:02:10  it ends:    late
`
	if out.String() != want {
		t.Errorf("told:\n%s\nwant:\n%s", out.String(), want)
	}
}
