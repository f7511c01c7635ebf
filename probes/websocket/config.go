package websocket

import (
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
	"wanwatch/probes/http/client"
)

// Config are the settings of a websocket probe.
type Config struct {
	TLS          bool                              `yaml:"tls" doc:"wss."`
	Port         int                               `yaml:"port" min:"1" max:"65535" doc:"Port; 80, or 443 with tls, if left out."`
	Path         string                            `yaml:"path" doc:"Path and query; / if left out." example:"/xmpp-websocket"`
	Host         string                            `yaml:"host" doc:"Host header and TLS server name, where they differ from the address."`
	Subprotocols []string                          `yaml:"subprotocols" doc:"Subprotocols offered; the server must choose one." example:"xmpp"`
	Headers      map[string]inventory.TextOrSecret `yaml:"headers" doc:"Headers to send; those that hold a secret by reference."`
	Origin       string                            `yaml:"origin" doc:"Origin header."`
	TLSConfig    *dial.TLSConfig                   `yaml:"tls_config" doc:"Settings of TLS."`
	Source       string                            `yaml:"source" doc:"Address of this host to send from."`
	DSCP         inventory.DSCP                    `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	problems := append(dial.CheckSource(c.Source, ""), client.CheckHeaders(c.Headers)...)
	if !strings.HasPrefix(c.Path, "/") {
		problems = append(problems, "path must begin with /")
	}
	if c.TLSConfig != nil && !c.TLS {
		problems = append(problems, "tls_config needs tls: true")
	}
	return append(problems, c.TLSConfig.Check()...)
}

// ProbeAddress completes the address by the port.
func (c *Config) ProbeAddress(host string) string {
	return dial.JoinAddress(host, client.Port(c.Port, c.TLS))
}
