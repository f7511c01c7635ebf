package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// hop is what answered at one distance.
type hop struct {
	// routers are those that answered, in the order of their first answer; several
	// where packets take several ways.
	routers []netip.Addr
	trips   []time.Duration // round trips, in the order of arrival
	sent    int
}

// best is the shortest round trip, which has waited least on the way; 0: none.
func (h *hop) best() time.Duration {
	if len(h.trips) == 0 {
		return 0
	}
	return slices.Min(h.trips)
}

// path is the way to a target, from the first router on. The target itself is its last
// hop, if it was reached.
type path struct {
	hops    []hop
	reached bool
	// refusal is what a router said that goes no further; empty: nothing.
	refusal string
}

// last returns the distance and the address of the last that answered; 0: nobody did.
func (p *path) last() (distance int, router netip.Addr) {
	for i, h := range slices.Backward(p.hops) {
		if len(h.routers) > 0 {
			return i + 1, h.routers[0]
		}
	}
	return 0, netip.Addr{}
}

// sameWay reports whether two paths may be one way: as long, and at no distance with
// routers of which none is the same. Who was silent may have been anybody, and where
// packets are spread over several ways, one that was seen before is no change.
func (p *path) sameWay(other *path) bool {
	if len(p.hops) != len(other.hops) {
		return false
	}
	for i := range p.hops {
		a, b := p.hops[i].routers, other.hops[i].routers
		common := slices.ContainsFunc(a, func(r netip.Addr) bool { return slices.Contains(b, r) })
		if len(a) > 0 && len(b) > 0 && !common {
			return false
		}
	}
	return true
}

// learn takes over what an earlier look at the same way saw and this one did not.
func (p *path) learn(before *path) {
	for i := range p.hops {
		for _, r := range before.hops[i].routers {
			if !slices.Contains(p.hops[i].routers, r) {
				p.hops[i].routers = append(p.hops[i].routers, r)
			}
		}
	}
}

// String is the path in one line: 198.18.0.1 198.18.0.5|198.18.0.9 * 198.18.1.1.
func (p *path) String() string {
	words := make([]string, len(p.hops))
	for i, h := range p.hops {
		words[i] = "*"
		if len(h.routers) > 0 {
			words[i] = join(h.routers)
		}
	}
	return strings.Join(words, " ")
}

func join(routers []netip.Addr) string {
	words := make([]string, len(routers))
	for i, r := range routers {
		words[i] = r.String()
	}
	return strings.Join(words, "|")
}

// lines is the path for a person, a line a hop, with the name of each network that
// nameOf knows.
func (p *path) lines(nameOf func(netip.Addr) string) []string {
	lines := make([]string, len(p.hops))
	for i, h := range p.hops {
		who := "no answer"
		if len(h.routers) > 0 {
			who = join(h.routers)
			if name := nameOf(h.routers[0]); name != "" {
				who += " (" + name + ")"
			}
		}
		words := []string{fmt.Sprintf("hop %d: %s", i+1, who)}
		for _, t := range h.trips {
			words = append(words, t.Round(time.Microsecond).String())
		}
		if lost := h.sent - len(h.trips); lost > 0 && len(h.trips) > 0 {
			words = append(words, fmt.Sprintf("%d of %d lost", lost, h.sent))
		}
		lines[i] = strings.Join(words, "  ")
	}
	return lines
}
