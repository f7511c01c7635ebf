package meetings

import (
	"cmp"
	"slices"
	"time"

	"wanwatch/inventory"
)

// step is how finely a record looks: a minute.
const step = time.Minute

// Moment is what is known of a room in one minute.
type Moment struct {
	Time  time.Time
	State int  // wanwatch_target_state; 0: unknown
	Poor  bool // the quality of video was poor
}

// Spell is a stretch of time in which a room was lost or degraded.
type Spell struct {
	From, To time.Time
	Lost     bool // else degraded
}

// RoomRecord is how a meeting went in one room. The minutes add up to those of the
// meeting.
type RoomRecord struct {
	Target                        *inventory.Target
	Good, Degraded, Lost, Unknown time.Duration
	Worst                         []Spell // the longest of those lost first, then of those degraded
}

// Record is how a meeting went.
type Record struct {
	Occasion
	Rooms []RoomRecord
}

// mostSpells is how many of the worst moments of a room are told.
const mostSpells = 5

// The values of wanwatch_target_state that a record tells apart.
const (
	stateUp, stateDegraded, stateDown = 1, 2, 3
)

// RecordOf adds up what is known of each room, by id, minute by minute.
func RecordOf(inv *inventory.Inventory, o Occasion, known map[string][]Moment) Record {
	r := Record{Occasion: o}
	for _, t := range ScopeOf(inv, o.Meeting).Rooms {
		r.Rooms = append(r.Rooms, roomRecord(t, o, known[t.ID]))
	}
	return r
}

func roomRecord(t *inventory.Target, o Occasion, known []Moment) RoomRecord {
	r := RoomRecord{Target: t}
	at := map[int64]Moment{}
	for _, m := range known {
		at[m.Time.Unix()] = m
	}
	var spells []Spell
	for begin := o.Start; begin.Before(o.End); begin = begin.Add(step) {
		end := begin.Add(step)
		if end.After(o.End) {
			end = o.End
		}
		// A minute is judged by what is known at its end.
		m := at[begin.Add(step).Unix()]
		lost := m.State == stateDown
		switch {
		case lost:
			r.Lost += end.Sub(begin)
		case m.State == stateDegraded, m.State == stateUp && m.Poor:
			r.Degraded += end.Sub(begin)
		case m.State == stateUp:
			r.Good += end.Sub(begin)
			continue
		default: // unknown, or maintenance
			r.Unknown += end.Sub(begin)
			continue
		}
		if n := len(spells); n > 0 && spells[n-1].Lost == lost && spells[n-1].To.Equal(begin) {
			spells[n-1].To = end
			continue
		}
		spells = append(spells, Spell{begin, end, lost})
	}
	slices.SortStableFunc(spells, func(a, b Spell) int {
		if a.Lost != b.Lost {
			if a.Lost {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.To.Sub(b.From), a.To.Sub(a.From))
	})
	r.Worst = spells[:min(len(spells), mostSpells)]
	return r
}
