package exporter

import (
	"testing"
	"time"
)

func TestStates(t *testing.T) {
	b := newBench(t, small)
	room := b.job("phong-hop", "ping", "")
	state := func() (State, time.Duration) {
		t.Helper()
		for _, s := range b.e.States() {
			if s.Target.ID == "phong-hop" {
				return s.State, s.For
			}
		}
		t.Fatal("the room is not among the states")
		return 0, 0
	}
	want := func(expected State, since time.Duration) {
		t.Helper()
		if s, d := state(); s != expected || d != since {
			t.Errorf("%v for %v, want %v for %v", s, d, expected, since)
		}
	}
	b.clock.advance(2 * time.Second)
	want(Unknown, 2*time.Second)
	b.answered(room, time.Millisecond)
	b.clock.advance(time.Second)
	b.answered(room, time.Millisecond)
	want(Up, time.Second)
	for range 3 {
		b.clock.advance(time.Second)
		b.lost(room)
	}
	want(Down, 0)
	b.clock.advance(500 * time.Millisecond)
	want(Down, 500*time.Millisecond)
	b.clock.advance(time.Minute) // silence
	want(Unknown, time.Minute+500*time.Millisecond-(2*time.Second+staleGrace))
	b.clock.advance(30 * time.Minute) // maintenance, from 07:30 on
	want(Maintenance, 66500*time.Millisecond)
	if n := len(b.e.States()); n != 4 {
		t.Errorf("%d targets have a state, want 4", n)
	}
}
