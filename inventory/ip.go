package inventory

import (
	"fmt"
	"net/netip"
)

// parseAddr reads an IP address without a zone.
func parseAddr(text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil && isPrefix(text):
		return netip.Addr{}, fmt.Errorf("%s is a whole network: write one address", quote(text))
	case err != nil:
		return netip.Addr{}, fmt.Errorf("%s is no IP address: write one such as 198.18.0.1 or 2001:db8::1", quote(text))
	case addr.Zone() != "":
		return netip.Addr{}, fmt.Errorf("%s has a zone: write the address without %%%s", quote(text), addr.Zone())
	}
	return addr, nil
}

func isPrefix(text string) bool {
	_, err := netip.ParsePrefix(text)
	return err == nil
}

// parsePrefix reads a network as its first address and the length of its prefix.
func parsePrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err == nil && prefix == prefix.Masked() {
		return prefix, nil
	}
	if err == nil {
		return netip.Prefix{}, fmt.Errorf("%s has bits beyond its length: write %s", quote(text), prefix.Masked())
	}
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		return netip.Prefix{}, fmt.Errorf("%s has no length: write %s/%d if this one address is meant", quote(text), text, addr.BitLen())
	}
	return netip.Prefix{}, fmt.Errorf("%s is no network: write its first address, a slash and the length of its prefix, such as 198.18.1.0/24", quote(text))
}

func addrFormat() Format {
	return Format{
		Name:     "an IP address",
		Pattern:  `^[0-9A-Fa-f:.]+$`,
		Doc:      "An IPv4 or IPv6 address.",
		Examples: []string{"198.18.0.1", "2001:db8::1"},
	}
}

func prefixFormat() Format {
	return Format{
		Name:     "a network",
		Pattern:  `^[0-9A-Fa-f:.]+/[0-9]+$`,
		Doc:      "The first address of a network, a slash and the length of its prefix.",
		Examples: []string{"198.18.1.0/24", "2001:db8:1::/48"},
	}
}
