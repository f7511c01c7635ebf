//go:build !linux

package trace

import (
	"net/netip"

	"wanwatch/probes"
	"wanwatch/probes/dial"
)

// open says that there is none: what routers say is told to a program's own sockets on
// Linux only.
func open(Config, netip.Addr) (line, error) {
	return nil, dial.Failf(probes.ReasonNotPermitted, "the way to a target can be looked at on Linux only: run this probe from an agent there")
}

func isTooBig(error) bool { return false }
