// Package clock tells what the kernel thinks of this host's clock.
package clock

import (
	"time"

	"wanwatch/probes/stamp/wire"
)

// State is what the kernel thinks of its clock.
type State struct {
	Synchronized bool // it follows an outer source
	MaxError     time.Duration
}

// Estimate returns the state as test packets carry it.
func (s State) Estimate() wire.ErrorEstimate {
	return wire.NewErrorEstimate(s.MaxError, s.Synchronized)
}
