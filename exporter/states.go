package exporter

import (
	"time"

	"wanwatch/inventory"
)

// TargetState is what is concluded about a target at a moment.
type TargetState struct {
	Target *inventory.Target
	State  State
	// For is how long the state has lasted, as far as this process knows.
	For time.Duration
}

// States returns the state of every target that is probed here, sorted by kind
// and id.
func (e *Exporter) States() []TargetState {
	s := e.set.Load()
	if s == nil {
		return nil
	}
	var list []TargetState
	for _, t := range s.targets {
		if state, ok := t.now(e); ok {
			list = append(list, state)
		}
	}
	return list
}

func (t *target) now(e *Exporter) (TargetState, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.shown || !t.watched {
		return TargetState{}, false
	}
	now := e.moment()
	t.machine.advance(now)
	return TargetState{t.inventory, t.machine.state, now.mono - t.machine.since}, true
}
