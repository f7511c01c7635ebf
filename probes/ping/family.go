package ping

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// family is an IP version.
type family uint8

const (
	v4 family = iota
	v6
	families = 2
)

// String returns the value of the label "family".
func (f family) String() string {
	if f == v4 {
		return "ip4"
	}
	return "ip6"
}

// peer is an address, with the interface that a link-local one needs.
type peer struct {
	addr  netip.Addr // without zone
	scope uint32     // index of the interface, for a link-local address; else 0
}

func (p peer) family() family {
	if p.addr.Is4() {
		return v4
	}
	return v6
}

func (p peer) valid() bool { return p.addr.IsValid() }

func (p peer) String() string {
	if p.scope == 0 {
		return p.addr.String()
	}
	return p.addr.String() + "%" + strconv.FormatUint(uint64(p.scope), 10)
}

// newPeer returns the peer of an address with its scope, which only counts for
// link-local addresses.
func newPeer(a netip.Addr, scope uint32) peer {
	if !a.IsLinkLocalUnicast() || a.Is4() {
		scope = 0
	}
	return peer{a, scope}
}

// parsePeer reads an IP address; a zone is the name or the index of an
// interface of this host. link finds the index of a name; 0 is none.
func parsePeer(text string, link func(name string) int) (peer, error) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return peer{}, fmt.Errorf("%q is no IP address: %w", text, err)
	}
	a = a.Unmap()
	if a.Zone() == "" {
		return peer{addr: a}, nil
	}
	if name := namedZone(a); name != "" {
		index := link(name)
		if index == 0 {
			return peer{}, fmt.Errorf("%s: this host has no interface %q: see ip link", text, name)
		}
		return newPeer(a.WithZone(""), uint32(index)), nil
	}
	index, _ := strconv.ParseUint(a.Zone(), 10, 32) // it is no name
	return newPeer(a.WithZone(""), uint32(index)), nil
}

// namedZone returns the name of the interface that an address has; empty if it
// has none, or an index.
func namedZone(a netip.Addr) string {
	if _, err := strconv.ParseUint(a.Zone(), 10, 32); err == nil {
		return ""
	}
	return a.Zone()
}

// hostLink returns the index of an interface of this host, or 0 if there is none.
func hostLink(name string) int {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0
	}
	return i.Index
}

// isName reports whether a host is to be resolved.
func isName(host string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil
}
