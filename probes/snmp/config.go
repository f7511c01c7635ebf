package snmp

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/snmp/profile"
)

// Config are the settings of an snmp probe.
type Config struct {
	Port           int    `yaml:"port" min:"1" max:"65535" doc:"Port; 161 if left out. An address of the form host:port stands above it."`
	Transport      string `yaml:"transport" enum:"udp|tcp" doc:"Transport; udp if left out."`
	Retries        int    `yaml:"retries" min:"1" max:"10" doc:"How often a request without an answer is sent again, within the timeout; 2 if left out."`
	MaxRepetitions int    `yaml:"max_repetitions" min:"1" max:"255" doc:"Rows asked for in one GETBULK while interfaces are looked up; 25 if left out. Less is tried by itself where a device cannot do that many."`
	Profile        string `yaml:"profile" doc:"What conference equipment is asked for beside: a profile of the program (poly) or a file ending in .yaml, read about once an hour; left out: by the equipment's sysObjectID."`
	AnySource      bool   `yaml:"any_source" doc:"Accept answers that come from another address than the one asked, as some devices with several addresses send them; UDP only."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// The settings that stand where nothing is written.
const (
	defaultPort           = 161
	defaultRetries        = 2
	defaultMaxRepetitions = 25
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	var problems []string
	if c.Transport == "tcp" && c.AnySource {
		problems = append(problems, "any_source: a TCP connection has one other end: leave it out, or write transport: udp")
	}
	if c.Profile != "" && !profile.Known(c.Profile) {
		problems = append(problems, fmt.Sprintf("profile: there is no %q: write %s, or a file that ends in .yaml", c.Profile, strings.Join(profile.Names(), ", ")))
	}
	return problems
}

// ProbeAddress returns host:port, an IPv6 address in brackets. The port is left
// out where it is SNMP's own, 161; one that the host already has stands above
// that of the settings.
func (c *Config) ProbeAddress(host string) string {
	bare, port, err := splitAddress(host)
	if err != nil {
		return host
	}
	if port == 0 {
		port = c.Port
	}
	if port == 0 || port == defaultPort {
		return bare
	}
	return net.JoinHostPort(bare, strconv.Itoa(port))
}

// CheckAddress reports what is wrong with the way an address is written: HOST,
// HOST:PORT, [IPv6] or [IPv6]:PORT.
func CheckAddress(address string) error {
	_, _, err := splitAddress(address)
	return err
}

// splitAddress splits host, host:port, [IPv6] or [IPv6]:port. Port is 0 if
// there is none.
func splitAddress(address string) (host string, port int, err error) {
	bare := address
	if strings.HasPrefix(address, "[") && strings.HasSuffix(address, "]") {
		bare = address[1 : len(address)-1]
	}
	if a, err := netip.ParseAddr(bare); err == nil {
		return a.String(), 0, nil
	}
	if !strings.ContainsAny(address, ":[]") {
		if address == "" {
			return "", 0, fmt.Errorf("the address is empty: write an IP address or a host name")
		}
		return address, 0, nil
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return "", 0, fmt.Errorf("%q is no address: write HOST, HOST:PORT or [IPv6]:PORT", address)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q: the port %q is no number from 1 to 65535", address, text)
	}
	return host, int(n), nil
}

func (c *Config) retries() int {
	if c.Retries == 0 {
		return defaultRetries
	}
	return c.Retries
}

func (c *Config) maxRepetitions() uint32 {
	if c.MaxRepetitions < 1 {
		return defaultMaxRepetitions
	}
	return uint32(min(c.MaxRepetitions, 255))
}

func (c *Config) port(written int) string {
	for _, p := range []int{written, c.Port} {
		if p != 0 {
			return strconv.Itoa(p)
		}
	}
	return strconv.Itoa(defaultPort)
}
