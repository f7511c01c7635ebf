package pathmtu_test

import (
	"context"
	"testing"
	"time"

	"wanwatch/probes/pathmtu"
)

// All the ways in which a path may behave.
func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limit  int // of IP packets
		told   int // what routers say; 0: nothing
		deaf   int // packets that get lost first
		tries  int // at most
		result string
	}{
		{"ethernet", 1500, 0, 0, 1, "path MTU: 1500 bytes or more"},
		{"told", 1400, 1400, 0, 3, "path MTU: 1400 bytes"},
		{"a lie", 1400, 1450, 0, 20, "path MTU: 1400 bytes"},
		{"nonsense", 1400, 1, 0, 20, "path MTU: 1400 bytes"},
		{"silent", 1400, 0, 0, 24, "path MTU: 1400 bytes"},
		{"lossy", 1500, 0, 1, 2, "path MTU: 1500 bytes or more"},
		{"tiny", 84, 0, 0, 30, "path MTU: 84 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			found := pathmtu.Find(t.Context(), 84, time.Millisecond, func(_ context.Context, size int, _ time.Duration) (bool, int) {
				n++
				switch {
				case n <= tt.deaf:
					return false, 0
				case size <= tt.limit:
					return true, 0
				default:
					return false, tt.told
				}
			})
			if found.String() != tt.result || !found.Found() {
				t.Errorf("%s, want %s", found, tt.result)
			}
			if n > tt.tries {
				t.Errorf("%d packets, want at most %d", n, tt.tries)
			}
		})
	}
}

func TestFindEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	found := pathmtu.Find(ctx, pathmtu.LeastV6, time.Millisecond, func(context.Context, int, time.Duration) (bool, int) {
		cancel()
		return false, 0
	})
	if want := "path MTU: from 1280 to 1500 bytes; the time did not suffice to find it"; found.String() != want || found.Found() {
		t.Errorf("%s, want %s", found, want)
	}
}
