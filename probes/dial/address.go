package dial

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// SplitAddress splits host:port.
func SplitAddress(address string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(address)
	if err != nil {
		return "", "", fmt.Errorf("%s has no port: write port: among the settings, or HOST:PORT as the address", address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", "", fmt.Errorf("%q is no port: write a number from 1 to 65535", port)
	}
	return host, port, nil
}

// JoinAddress returns host:port, with brackets around an IPv6 address. It
// returns a host that already has a port as it is, and adds none if port is 0
// or the host empty.
func JoinAddress(host string, port int) string {
	bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if a, err := netip.ParseAddr(bare); err == nil {
		host = a.String()
	} else if h, p, err := net.SplitHostPort(host); err == nil && h != "" && p != "" {
		return host
	}
	if port == 0 || host == "" {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// CheckSource reports a source that is no address, or none of the family.
func CheckSource(source, family string) []string {
	if source == "" {
		return nil
	}
	a, err := netip.ParseAddr(source)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("source: %q is no IP address", source)}
	case family == "ip4" && !a.Unmap().Is4(), family == "ip6" && a.Unmap().Is4():
		return []string{fmt.Sprintf("source: %s is no %s address", source, family)}
	}
	return nil
}
