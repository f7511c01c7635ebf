package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/exporter"
	"wanwatch/inventory"
)

// stage is a set of targets whose states a test sets.
type stage struct {
	t      *testing.T
	states []exporter.TargetState
	c      changes
}

func newStage(t *testing.T, kind inventory.TargetKind, n int) *stage {
	s := &stage{t: t}
	for i := range n {
		target := &inventory.Target{ID: fmt.Sprintf("t%02d", i), Kind: kind}
		s.states = append(s.states, exporter.TargetState{Target: target, State: exporter.Unknown})
	}
	return s
}

func (s *stage) set(state exporter.State, ids ...int) {
	for _, i := range ids {
		s.states[i].State = state
	}
}

// look wants the lines, in any order, at a moment.
func (s *stage) look(at time.Duration, want ...string) {
	s.t.Helper()
	if got := s.c.look(at, s.states); !slices.Equal(got, want) {
		s.t.Errorf("at %v: %q, want %q", at, got, want)
	}
}

func TestChanges(t *testing.T) {
	s := newStage(t, inventory.LinkTarget, 5)
	s.look(0)
	s.set(exporter.Up, 0, 1, 2, 3)
	s.look(time.Second) // one is still unknown
	s.set(exporter.Down, 4)
	s.look(2*time.Second, "5 targets: 4 up, 1 down")
	s.set(exporter.Down, 3)
	s.look(3 * time.Second)
	s.set(exporter.Down, 0, 1, 2)
	s.look(4 * time.Second)
	s.look(5*time.Second, "✕ 4 links are down: t00, t01, t02 and 1 more")
	s.look(9 * time.Second)
	s.set(exporter.Degraded, 2)
	s.set(exporter.Up, 0)
	s.look(10 * time.Second)
	s.look(12*time.Second, "● link t00 is up", "▲ link t02 is degraded")
	s.set(exporter.Unknown, 1)
	s.look(13 * time.Second)
	s.set(exporter.Down, 1)
	s.look(14 * time.Second)
	s.look(16 * time.Second) // down, as was told
}

func TestChangesNameEachTargetOnce(t *testing.T) {
	s := newStage(t, inventory.EndpointTarget, 3)
	s.set(exporter.Up, 0, 1, 2)
	s.look(0, "3 targets: 3 up")
	for i := range 4 {
		s.set([]exporter.State{exporter.Down, exporter.Up}[i%2], 0, 1, 2)
		s.look(time.Duration(i) * 100 * time.Millisecond)
	}
	s.set(exporter.Down, 0, 1, 2)
	lines := s.c.look(5*time.Second, s.states)
	if len(lines) != 1 || strings.Count(lines[0], "t01") != 1 || lines[0] != "✕ 3 endpoints are down: t00, t01, t02" {
		t.Errorf("%q", lines)
	}
}
