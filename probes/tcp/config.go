package tcp

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"wanwatch/inventory"
)

// Config are the settings of a tcp probe.
type Config struct {
	Port      int            `yaml:"port" min:"1" max:"65535" doc:"TCP port; an address of the form host:port stands above it." example:"443"`
	TLS       bool           `yaml:"tls" doc:"After connecting, make a TLS handshake and check the certificate."`
	TLSConfig *TLSConfig     `yaml:"tls_config" doc:"Settings of TLS."`
	Family    string         `yaml:"family" enum:"any|ip4|ip6" doc:"Which of a name's addresses are tried, in the order of the resolver; any if left out."`
	Source    string         `yaml:"source" doc:"Address of this host to send from."`
	DSCP      inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets." example:"CS2"`
}

// TLSConfig are the settings of a TLS client, named as Prometheus names them
// where it has them.
type TLSConfig struct {
	Insecure   bool   `yaml:"insecure" doc:"Do not check the certificate; its expiry is exported all the same."`
	ServerName string `yaml:"server_name" doc:"Name asked for and checked; the probe's host if left out."`
	CAFile     string `yaml:"ca_file" doc:"PEM file with the authorities to trust, in place of this host's; read at each probe."`
	MinVersion string `yaml:"min_version" enum:"TLS10|TLS11|TLS12|TLS13" doc:"Oldest version accepted; TLS12 if left out."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker        = (*Config)(nil)
	_ inventory.Addresser      = (*Config)(nil)
	_ inventory.AddressChecker = (*Config)(nil)
)

// Check reports settings that contradict each other or cannot be used.
func (c *Config) Check() []string {
	var problems []string
	if c.TLSConfig != nil && !c.TLS {
		problems = append(problems, "tls_config needs tls: true")
	}
	problems = append(problems, c.TLSConfig.Check()...)
	return append(problems, checkSource(c.Source, c.Family)...)
}

// Check reports settings that contradict each other. A nil *TLSConfig has none.
func (c *TLSConfig) Check() []string {
	if c == nil || !c.Insecure {
		return nil
	}
	if c.CAFile != "" {
		return []string{"tls_config: insecure and ca_file contradict each other: leave one out"}
	}
	return nil
}

func checkSource(source, family string) []string {
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

// ProbeAddress returns host:port, an IPv6 address in brackets. A port that the
// host already has stands above the one of the settings.
func (c *Config) ProbeAddress(host string) string { return JoinAddress(host, c.Port) }

// CheckAddress asks for a port.
func (c *Config) CheckAddress(address string) []string {
	if _, _, err := splitAddress(address); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// splitAddress splits host:port.
func splitAddress(address string) (host, port string, err error) {
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
