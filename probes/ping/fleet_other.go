//go:build !linux

package ping

import "wanwatch/probes"

// NewFleet returns the engine of this platform, which rests on pro-bing.
func NewFleet(env probes.Env) (probes.Fleet, error) { return newPortable(env), nil }
