package tcp

import (
	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of a tcp probe.
type Config struct {
	Port      int             `yaml:"port" min:"1" max:"65535" doc:"TCP port; an address of the form host:port stands above it." example:"443"`
	TLS       bool            `yaml:"tls" doc:"After connecting, make a TLS handshake and check the certificate."`
	TLSConfig *dial.TLSConfig `yaml:"tls_config" doc:"Settings of TLS."`
	Family    string          `yaml:"family" enum:"any|ip4|ip6" doc:"Which of a name's addresses are tried, in the order of the resolver; any if left out."`
	Source    string          `yaml:"source" doc:"Address of this host to send from."`
	DSCP      inventory.DSCP  `yaml:"dscp" doc:"DSCP of the packets." example:"CS2"`
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
	return append(problems, dial.CheckSource(c.Source, c.Family)...)
}

// ProbeAddress returns host:port, an IPv6 address in brackets. A port that the
// host already has stands above the one of the settings.
func (c *Config) ProbeAddress(host string) string { return dial.JoinAddress(host, c.Port) }

// CheckAddress asks for a port.
func (c *Config) CheckAddress(address string) []string {
	if _, _, err := dial.SplitAddress(address); err != nil {
		return []string{err.Error()}
	}
	return nil
}
