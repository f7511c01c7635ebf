package inventory

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

const hostPattern = `^[^\s/@]+$`

// ParseHost reads an IP address or a host name. It returns an IPv6 address
// without its brackets.
func ParseHost(text string) (string, error) {
	host, err := parseHost(text)
	if err != nil {
		return "", fmt.Errorf("%s is no address: %w", quoteHost(text), err)
	}
	return host, nil
}

// quoteHost repeats an address in a message, but for what stands before an @: a
// password may be part of it.
func quoteHost(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		text = "…" + text[i:]
	}
	return quote(text)
}

// parseHostPort reads what ParseHost reads, with or without a port behind it.
func parseHostPort(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" || strings.Count(text, ":") > 1 && text[0] != '[' {
		return ParseHost(text)
	}
	host, err = ParseHost(host)
	if err != nil {
		return "", err
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%s has no valid port: a port is from 1 to 65535", quoteHost(text))
	}
	return net.JoinHostPort(host, port), nil
}

// CheckHost returns what is wrong with a host, with or without a port behind it,
// or nil.
func CheckHost(text string) error {
	_, err := parseHostPort(text)
	return err
}

func parseHost(text string) (string, error) {
	switch {
	case text == "":
		return "", errors.New("it is empty: write an IP address or a host name")
	case strings.Contains(text, "://"):
		return "", errors.New("write the host name or IP address alone, without the scheme and the path")
	case strings.Contains(text, "@"):
		return "", errors.New("write the host name or IP address alone, without a user or password")
	case strings.ContainsAny(text, " \t\r\n"):
		return "", errors.New("there is a space in it")
	}
	bare := text
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		bare = text[1 : len(text)-1]
		if !strings.Contains(bare, ":") {
			return "", errors.New("only an IPv6 address stands in brackets")
		}
	}
	if ip, err := netip.ParseAddr(bare); err == nil {
		return ip.String(), checkIP(ip)
	}
	return text, checkName(text)
}

func checkIP(ip netip.Addr) error {
	switch {
	case ip.IsUnspecified():
		return errors.New("it stands for no host; write the address of one")
	case ip.IsMulticast(), ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return errors.New("it stands for many hosts; write the address of one")
	}
	return nil
}

// checkName checks a host name as RFC 1123, section 2.1 has it, and lets an
// underscore pass, which Windows names may have.
func checkName(name string) error {
	if _, err := netip.ParsePrefix(name); err == nil {
		return errors.New("it is a whole network; write the address of one host")
	}
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	if isDigits(labels[len(labels)-1]) {
		return checkNumbers(labels)
	}
	if isHex(labels[len(labels)-1]) {
		return errors.New("no host name ends in a number: write an IPv4 address as four decimal numbers")
	}
	if host, port, ok := strings.Cut(name, ":"); ok && isDigits(port) && isHost(host) {
		return errors.New("write it without the port")
	}
	if strings.Contains(name, ":") {
		return errors.New("an IPv6 address has at most eight groups of hexadecimal digits, such as 2001:db8::1")
	}
	if len(name) > 253 {
		return errors.New("a host name has at most 253 characters")
	}
	for _, l := range labels {
		if err := checkLabel(l); err != nil {
			return err
		}
	}
	return nil
}

func isHost(text string) bool {
	_, err := parseHost(text)
	return err == nil
}

// checkNumbers says what is wrong with something that ends like an IPv4
// address: no host name ends in a number (RFC 3696, section 2).
func checkNumbers(labels []string) error {
	for _, l := range labels {
		n, err := strconv.ParseUint(l, 10, 64)
		switch {
		case err != nil:
			return fmt.Errorf("%s stands where an IPv4 address has a number, and no host name ends in one", quote(l))
		case n > 255:
			return fmt.Errorf("%s is above 255", l)
		case leadingZero(l):
			return fmt.Errorf("write %s without the leading zero", l)
		}
	}
	if len(labels) == 1 {
		return errors.New("an IPv4 address has four numbers, and no host name is one")
	}
	return fmt.Errorf("an IPv4 address has four numbers, not %d", len(labels))
}

// isHex reports whether a part of a name is a number as C writes it, which some
// resolvers take for an IPv4 address.
func isHex(label string) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(label), "0x")
	return ok && strings.Trim(digits, "0123456789abcdef") == ""
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("there are two dots in a row, or one at the start")
	case len(label) > 63:
		return errors.New("a part of a host name has at most 63 characters")
	case label[0] == '-' || label[len(label)-1] == '-':
		return errors.New("a part of a host name cannot begin or end with a hyphen")
	}
	for _, r := range label {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		case r > 127:
			return fmt.Errorf("%q cannot stand in a host name: write the name's ASCII form (xn--...)", r)
		default:
			return fmt.Errorf("%q cannot stand in a host name", r)
		}
	}
	return nil
}

func hostFormat() Format {
	return Format{
		Name:     "an address",
		Pattern:  hostPattern,
		Doc:      "An IPv4 or IPv6 address, the latter with or without brackets, or a host name. No scheme, no path; a port only where a kind of probe takes one.",
		Examples: []string{"10.20.1.1", "2001:db8::1", "hop.example"},
	}
}
