package past

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"wanwatch/exporter"
	"wanwatch/inventory"
)

// fault is a time in which something was not as it should.
type fault struct {
	from, to time.Time
	state    exporter.State
}

// habit is how often faults of a sort happen to a target by themselves, and how long
// they last: the median of a log-normal distribution.
type habit struct {
	state        exporter.State
	every, lasts time.Duration
}

// habits of lines and of what stands at their ends; invented.
func habits(kind inventory.TargetKind) []habit {
	const day = 24 * time.Hour
	switch kind {
	case inventory.LinkTarget, inventory.UplinkTarget:
		return []habit{{exporter.Down, 45 * day, 40 * time.Minute}, {exporter.Degraded, 20 * day, 50 * time.Minute}}
	case inventory.EndpointTarget:
		return []habit{{exporter.Down, 30 * day, 90 * time.Minute}, {exporter.Degraded, 40 * day, 30 * time.Minute}}
	default:
		return []habit{{exporter.Down, 120 * day, 20 * time.Minute}}
	}
}

// luck is what is drawn for something, the same each time.
func luck(seed uint64, what string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(what))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// drawn are the faults of a target by itself.
func (m *maker) drawn(t *inventory.Target) []fault {
	r := luck(m.network.World.Seed, t.ID)
	var list []fault
	for _, h := range habits(t.Kind) {
		at := m.from.Add(time.Duration(r.ExpFloat64() * float64(h.every)))
		for at.Before(m.to) {
			end := at.Add(time.Duration(float64(h.lasts) * math.Exp(0.8*r.NormFloat64())))
			list = append(list, fault{at, end, h.state})
			at = end.Add(time.Duration(r.ExpFloat64() * float64(h.every)))
		}
	}
	return list
}

// outages are the failures of whole providers, by provider: one in some forty days,
// for an hour or so.
func (m *maker) outages() map[string][]fault {
	all := map[string][]fault{}
	for id := range m.inv.Providers {
		r := luck(m.network.World.Seed, "provider "+id)
		for at := m.from.Add(time.Duration(r.ExpFloat64() * 40 * 24 * float64(time.Hour))); at.Before(m.to); at = at.Add(time.Duration((1 + r.ExpFloat64()) * 30 * 24 * float64(time.Hour))) {
			all[id] = append(all[id], fault{at, at.Add(time.Duration(40+r.IntN(50)) * time.Minute), exporter.Down})
		}
	}
	return all
}

// faults are all faults of a target. A failure of its provider hits one line in
// three. What comes first in the list counts.
func (m *maker) faults(t *inventory.Target, outages map[string][]fault) []fault {
	var list []fault
	if t.Provider != "" && luck(m.network.World.Seed, "hit "+t.ID).IntN(3) == 0 {
		list = append(list, outages[t.Provider]...)
	}
	list = append(list, m.drawn(t)...)
	return append(list, m.upgrades()...)
}

// upgrades are when the program itself did not run: ten minutes on the first of each
// month, after midnight in UTC.
func (m *maker) upgrades() []fault {
	var list []fault
	for at := time.Date(m.from.Year(), m.from.Month(), 1, 0, 0, 0, 0, time.UTC); at.Before(m.to); at = at.AddDate(0, 1, 0) {
		list = append(list, fault{at, at.Add(10 * time.Minute), exporter.Unknown})
	}
	return list
}

// states returns what state there was at each moment.
func states(faults []fault, moments []time.Time) []exporter.State {
	list := slices.Repeat([]exporter.State{exporter.Up}, len(moments))
	for _, f := range slices.Backward(faults) {
		for i, at := range moments {
			if !at.Before(f.from) && at.Before(f.to) {
				list[i] = f.state
			}
		}
	}
	return list
}
