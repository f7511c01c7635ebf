// Package meetings judges an online conference: before it, whether its rooms, their
// lines and the servers between them are ready; after it, how it went in each room.
// It asks nobody itself: what probes and history say is handed in.
package meetings

import (
	"cmp"
	"slices"
	"time"

	"wanwatch/inventory"
)

// Occasion is one time at which a meeting takes place.
type Occasion struct {
	Meeting    *inventory.Meeting
	Start, End time.Time
}

// Next returns the occasion that is on at a moment, or else the next one; ok is false
// if there is none any more.
func Next(m *inventory.Meeting, at time.Time) (o Occasion, ok bool) {
	last, next := m.Around(at)
	switch {
	case !last.IsZero() && at.Before(last.Add(m.Duration)):
		next = last
	case next.IsZero():
		return o, false
	}
	return Occasion{m, next, next.Add(m.Duration)}, true
}

// Last returns the occasion that is on at a moment, or else the one before; ok is
// false if there was none yet.
func Last(m *inventory.Meeting, at time.Time) (o Occasion, ok bool) {
	last, _ := m.Around(at)
	return Occasion{m, last, last.Add(m.Duration)}, !last.IsZero()
}

// Scope is what a meeting depends on.
type Scope struct {
	// Rooms are the endpoints that take part.
	Rooms []*inventory.Target
	// Lines are the links of the rooms' sites, or their uplinks where a site has no
	// link, by site.
	Lines map[string][]*inventory.Target
	// Servers are what the rooms' probes name: gatekeepers, proxies, MCUs.
	Servers []*inventory.Target
}

// ScopeOf returns what a meeting depends on.
func ScopeOf(inv *inventory.Inventory, m *inventory.Meeting) Scope {
	s := Scope{Lines: map[string][]*inventory.Target{}}
	named := map[*inventory.Endpoint]bool{}
	sites, taking := map[string]bool{}, map[string]bool{}
	for _, id := range m.Endpoints {
		taking[id] = true
	}
	for _, t := range inv.Targets() {
		if t.Kind == inventory.EndpointTarget && taking[t.ID] {
			s.Rooms = append(s.Rooms, t)
			sites[t.Site] = true
			for _, p := range t.Probes {
				named[p.Endpoint] = p.Endpoint != nil
			}
		}
	}
	for _, t := range inv.Targets() {
		switch {
		case t.Kind == inventory.LinkTarget && sites[t.Site]:
			s.Lines[t.Site] = append(s.Lines[t.Site], t)
		case t.Kind == inventory.EndpointTarget && named[t.Endpoint] && !taking[t.ID]:
			s.Servers = append(s.Servers, t)
		}
	}
	for _, t := range inv.Targets() {
		if t.Kind == inventory.UplinkTarget && sites[t.Site] && !hasLink(s.Lines[t.Site]) {
			s.Lines[t.Site] = append(s.Lines[t.Site], t)
		}
	}
	return s
}

func hasLink(lines []*inventory.Target) bool {
	return slices.ContainsFunc(lines, func(t *inventory.Target) bool { return t.Kind == inventory.LinkTarget })
}

// Targets returns all of it: servers first, then rooms, then lines, each by id.
func (s Scope) Targets() []*inventory.Target {
	list := slices.Concat(s.Servers, s.Rooms)
	var lines []*inventory.Target
	for _, l := range s.Lines {
		lines = append(lines, l...)
	}
	slices.SortFunc(lines, func(a, b *inventory.Target) int { return cmp.Compare(a.ID, b.ID) })
	return append(list, lines...)
}
