package plan

import (
	"net/netip"
	"time"
)

const (
	defaultMTU       = 1500
	defaultQueueTime = 100 * time.Millisecond
	defaultShape     = 3
)

// WithDefaults returns the plan with what was left out filled in: addresses of
// the ranges for benchmarks (RFC 2544, 198.18.0.0/15) and for documentation
// (RFC 3849, 2001:db8::/32). The paths and events are shared with p.
func (p *Plan) WithDefaults() *Plan {
	c := *p
	if len(c.Networks) == 0 {
		c.Networks = []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32")}
	}
	fill(&c.Prober.V4, "198.19.255.254")
	fill(&c.Prober.V6, "2001:db8:ffff::fffe")
	fill(&c.Gateway.V4, "198.19.255.253")
	fill(&c.Gateway.V6, "2001:db8:ffff::fffd")
	if c.MTU == 0 {
		c.MTU = defaultMTU
	}
	return &c
}

func fill(a *netip.Addr, text string) {
	if !a.IsValid() {
		*a = netip.MustParseAddr(text)
	}
}
