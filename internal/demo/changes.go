package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wanwatch/exporter"
	"wanwatch/inventory"
)

// changes finds what has changed since the last look, and gathers it for a
// while.
type changes struct {
	known   map[*inventory.Target]exporter.State
	told    map[*inventory.Target]exporter.State
	started bool // all targets have had a state
	waiting []exporter.TargetState
	since   time.Duration // of the first that waits
}

// look takes the states of all targets at a moment and returns the lines that
// are due.
func (c *changes) look(now time.Duration, states []exporter.TargetState) []string {
	if c.known == nil {
		c.known, c.told = map[*inventory.Target]exporter.State{}, map[*inventory.Target]exporter.State{}
	}
	unknown := 0
	for _, s := range states {
		before, seen := c.known[s.Target]
		c.known[s.Target] = s.State
		if s.State == exporter.Unknown {
			unknown++
		}
		if !seen || before == s.State || !c.started && before == exporter.Unknown {
			continue
		}
		if len(c.waiting) == 0 {
			c.since = now
		}
		c.waiting = append(c.waiting, s)
	}
	var lines []string
	if !c.started && len(states) > 0 && unknown == 0 {
		c.started = true
		lines = append(lines, summary(states))
		for _, s := range states {
			c.told[s.Target] = s.State
		}
	}
	if len(c.waiting) > 0 && now >= c.since+settle {
		lines = append(lines, c.tell()...)
		c.waiting = nil
	}
	return lines
}

// summary counts the states of all targets.
func summary(states []exporter.TargetState) string {
	count := map[exporter.State]int{}
	for _, s := range states {
		count[s.State]++
	}
	var parts []string
	for _, s := range []exporter.State{exporter.Up, exporter.Degraded, exporter.Down, exporter.Unknown, exporter.Maintenance} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %v", count[s], s))
		}
	}
	return fmt.Sprintf("%d targets: %s", len(states), strings.Join(parts, ", "))
}

// mostNames is how many targets one line names.
const mostNames = 3

// tell makes a line for each kind of target and state, of what waits. A target
// that is again as it was told is left out.
func (c *changes) tell() []string {
	type group struct {
		kind  inventory.TargetKind
		state exporter.State
	}
	names := map[group][]string{}
	var order []group
	for _, s := range c.waiting {
		state := c.known[s.Target]
		if state == c.told[s.Target] {
			continue
		}
		c.told[s.Target] = state
		g := group{s.Target.Kind, state}
		if names[g] == nil {
			order = append(order, g)
		}
		names[g] = append(names[g], s.Target.ID)
	}
	lines := make([]string, len(order))
	for i, g := range order {
		lines[i] = fmt.Sprintf("%s %s", g.state.Sign(), line(string(g.kind), g.state.String(), names[g]))
	}
	return lines
}

func line(kind, state string, ids []string) string {
	slices.Sort(ids)
	if len(ids) == 1 {
		return fmt.Sprintf("%s %s is %s", kind, ids[0], state)
	}
	text := strings.Join(ids[:min(len(ids), mostNames)], ", ")
	if more := len(ids) - mostNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%d %ss are %s: %s", len(ids), kind, state, text)
}
