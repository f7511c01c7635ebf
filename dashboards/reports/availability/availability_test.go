package availability

import (
	"math"
	"slices"
	"testing"
	"time"
)

const (
	day    = 24 * time.Hour
	minute = time.Minute
)

var start = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// The budgets that are often quoted: of a month of 30.44 days 43 min 50 s at 99.9 %, and a
// month of 30 days 7 h 12 min at 99 %.
func TestTally(t *testing.T) {
	month := 30 * day
	down := Tally{Up: month - 8*time.Hour, Down: 8 * time.Hour}
	if over := down.Over(0.99); over != 48*minute {
		t.Errorf("over 99 %% by %s", over)
	}
	if over := (Tally{Up: month}).Over(0.999); over != -(43*minute + 12*time.Second) {
		t.Errorf("left of 99.9 %%: %s", over)
	}
	mixed := Tally{Up: 6 * time.Hour, Degraded: 2 * time.Hour, Down: 2 * time.Hour, Unknown: 10 * time.Hour, Maintenance: 4 * time.Hour}
	if mixed.Agreed() != 0.8 || math.Abs(mixed.Raw()-8.0/14) > 1e-12 || mixed.Period() != day {
		t.Errorf("%g %g %s", mixed.Agreed(), mixed.Raw(), mixed.Period())
	}
	if !math.IsNaN((Tally{Unknown: day}).Agreed()) {
		t.Error("a share of nothing known")
	}
	if f := (Tally{Up: 3590 * time.Second}).Fill(time.Hour); f.Unknown != 10*time.Second || f.Period() != time.Hour {
		t.Errorf("filled: %+v", f)
	}
	if f := (Tally{Up: 3000 * time.Second, Down: 605 * time.Second}).Fill(time.Hour); f.Up != 2995*time.Second || f.Down != 605*time.Second {
		t.Errorf("cut: %+v", f)
	}
}

// moments are each 15 s, down where d says.
func moments(from time.Time, d string) (at []time.Time, down []bool) {
	for i, c := range d {
		at, down = append(at, from.Add(time.Duration(i)*15*time.Second)), append(down, c == 'x')
	}
	return at, down
}

// Moments that are late by some milliseconds, as a busy machine has them, tear no outage
// apart; one that is missing does not either.
func TestMomentsAreNotExact(t *testing.T) {
	at, down := moments(start.Add(time.Hour), ".xxxxxx.")
	for i := range at {
		at[i] = at[i].Add(time.Duration(i%3) * 40 * time.Millisecond)
	}
	at, down = slices.Delete(at, 3, 4), slices.Delete(down, 3, 4)
	if every := Every(at); every.Round(time.Second) != 15*time.Second {
		t.Errorf("every %s", every)
	}
	if list := Outages(at, down, start, start.Add(day), Every(at)); len(list) != 1 || list[0].Length().Round(time.Second) != 90*time.Second {
		t.Errorf("%+v", list)
	}
	if Every(nil) != 0 || Every(at[:1]) != 0 {
		t.Error("the distance of nothing")
	}
}

func TestOutages(t *testing.T) {
	const step = 15 * time.Second
	at, down := moments(start.Add(time.Hour), "..xxx..x..")
	list := Outages(at, down, start, start.Add(day), step)
	if len(list) != 2 || list[0].Length() != 45*time.Second || list[1].Length() != 15*time.Second || list[0].Before || list[0].After {
		t.Fatalf("%+v", list)
	}
	if Repair(list) != 30*time.Second || Between(Tally{Up: time.Hour}, list) != 30*minute || Repair(nil) != 0 || Between(Tally{}, nil) != 0 {
		t.Error("MTTR or MTBF")
	}
	// It began before the period, and one goes on after it.
	at, down = moments(start.Add(step), "xx..xx")
	list = Outages(at, down, start, start.Add(6*step), step)
	if len(list) != 2 || !list[0].Before || !list[1].After || !list[1].To.Equal(start.Add(6*step)) {
		t.Errorf("%+v", list)
	}
	// Nothing is known in between: two.
	a, d1 := moments(start.Add(time.Hour), "xx")
	b, d2 := moments(start.Add(5*time.Hour), "xx")
	if list = Outages(append(a, b...), append(d1, d2...), start, start.Add(day), step); len(list) != 2 || Union(list) != minute {
		t.Errorf("%+v", list)
	}
	if Outages(nil, nil, start, start.Add(day), step) != nil {
		t.Error("outages of nothing")
	}
}

func TestUnion(t *testing.T) {
	o := func(from, to int) Outage {
		return Outage{From: start.Add(time.Duration(from) * minute), To: start.Add(time.Duration(to) * minute)}
	}
	if got := Union([]Outage{o(10, 20), o(0, 5), o(15, 30), o(16, 17), o(30, 31)}); got != 26*minute {
		t.Errorf("%s", got)
	}
}

func TestCauses(t *testing.T) {
	fault := func(target, site, provider string, line bool, from, to int) Fault {
		return Fault{Outage: Outage{From: start.Add(time.Duration(from) * minute), To: start.Add(time.Duration(to) * minute)}, Target: target, Site: site, Provider: provider, IsLine: line}
	}
	faults := []Fault{
		fault("l1", "a", "vnpt", true, 0, 30), fault("l2", "b", "vnpt", true, 1, 31), fault("l3", "c", "vnpt", true, 2, 20), fault("r1", "a", "", false, 1, 30),
		fault("l4", "d", "vnpt", true, 100, 130), fault("x4", "d", "", false, 100, 130), fault("r4", "d", "", false, 101, 130),
		fault("l5", "e", "vnpt", true, 200, 210), fault("r6", "f", "", false, 201, 205),
	}
	Explain(faults, map[string]int{"a": 3, "b": 2, "c": 2, "d": 3, "e": 2, "f": 2}, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1})
	want := map[string]Cause{"l1": Provider, "l2": Provider, "l3": Provider, "r1": Line, "l4": Site, "x4": Site, "r4": Site, "l5": Own, "r6": Own}
	for _, f := range faults {
		if f.Cause != want[f.Target] {
			t.Errorf("%s: %s, want %s", f.Target, f.Cause, want[f.Target])
		}
	}
}
