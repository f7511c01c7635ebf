package inventory

import (
	"fmt"
	"net/netip"
)

// Outgoing is implemented by settings of a kind that may say through which interface
// of this host they send.
type Outgoing interface {
	// SendsThrough returns the name of the interface; empty: none is given.
	SendsThrough() string
}

// checkScope refuses a link-local IPv6 address without an interface: each link of this
// host has addresses of these, so that nothing could be sent (RFC 4007, section 6).
// That of a target itself is told once, and not at each of its probes.
func (r *report) checkScope(p *Probe, host *string) {
	address := hostOf(p.Address)
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || !ip.IsLinkLocalUnicast() || ip.Zone() != "" {
		return
	}
	o, chooses := p.Config.(Outgoing)
	if chooses && (o.SendsThrough() != "" || r.decoder.faulty[p]) {
		return
	}
	message := fmt.Sprintf("%s is link-local, so that any link of this host may be meant: write the name of this host's interface behind it, such as %[1]s%%eth0", address)
	if host == nil || *host != address {
		if chooses {
			message += ", or interface: among the settings"
		}
		r.decoder.problemAt(p.Pos, r.decoder.probeAt[p], message)
		return
	}
	r.problem("address", "%s", message)
}
