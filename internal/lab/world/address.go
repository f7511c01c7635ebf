package world

import (
	"encoding/binary"
	"net/netip"
)

// Each site has sixteen IPv4 addresses and a /48 of IPv6, in the ranges for
// benchmarks (RFC 2544) and documentation (RFC 3849), which no real network has.
const (
	siteSize  = 16
	routers   = 198<<24 | 19<<16 | 240<<8 // addresses from here on are routers on the way
	firstSite = 198<<24 | 18<<16
	// maxSites is how many sites there is room for, the hub included.
	maxSites     = (routers - firstSite) / siteSize
	maxLines     = hostUplink - hostLine
	maxProviders = 15 // each has 256 routers, below the addresses of the lab itself
	maxAreas     = routersEach - 3
)

// The hosts of a site, by their place in its addresses.
const (
	hostRouter = 1 // the router itself, which whatever line works leads to
	hostLine   = 2 // its end of each line
	hostUplink = 8
	hostRoom   = 9 // the room, or the hub's MCU
)

// loopback is where everybody is if there is no network.
func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// firstPort is the first of the ports by which those on the loopback address
// are told apart.
const firstPort = 20000

// snmpPort is where the router of a site answers on the loopback address.
func (b *builder) snmpPort(s site) int { return firstPort + s.index }

// rasPort is where the gatekeeper answers: at the well-known port (ITU-T H.225.0,
// appendix IV), or on the loopback address behind the routers.
func (b *builder) rasPort() int {
	if b.loopback {
		return firstPort + len(b.sites)
	}
	return 1719
}

func (b *builder) v4(s site, host int) netip.Addr {
	if b.loopback {
		return loopback()
	}
	return v4(firstSite + uint32(s.index*siteSize+host))
}

func v6(s site, host int) netip.Addr {
	a := netip.MustParseAddr("2001:db8::").As16()
	binary.BigEndian.PutUint16(a[4:], uint16(s.index))
	a[15] = byte(host)
	return netip.AddrFrom16(a)
}

func v4(n uint32) netip.Addr {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], n)
	return netip.AddrFrom4(a)
}
