package stun

import (
	"wanwatch/inventory"
	"wanwatch/probes/dial"
	"wanwatch/probes/stun/transaction"
)

// Config are the settings of a stun probe.
type Config struct {
	Transport string          `yaml:"transport" enum:"udp|tcp|tls" doc:"Transport; udp if left out."`
	Port      int             `yaml:"port" min:"1" max:"65535" doc:"Port; 3478, or 5349 for tls, if left out."`
	TLSConfig *dial.TLSConfig `yaml:"tls_config" doc:"Settings of TLS, for the transport tls."`
	Source    string          `yaml:"source" doc:"Address of this host to send from."`
	DSCP      inventory.DSCP  `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	return append(c.TLSConfig.CheckTransport(c.Transport), dial.CheckSource(c.Source, "")...)
}

// ProbeAddress completes the address by the port.
func (c *Config) ProbeAddress(host string) string {
	return transaction.Address(host, c.Port, c.Transport)
}
