package trace

import (
	"net"
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of a trace probe.
type Config struct {
	Protocol string         `yaml:"protocol" enum:"icmp|udp|tcp" doc:"What is sent: echo requests; datagrams to the ports from 33434 on, as traceroute does; or SYNs to a port. icmp if left out."`
	Port     int            `yaml:"port" min:"1" max:"65535" doc:"Destination port, for tcp."`
	MaxHops  int            `yaml:"max_hops" min:"1" max:"64" doc:"Longest path looked for; 30 if left out."`
	Queries  int            `yaml:"queries" min:"1" max:"10" doc:"Packets a hop; 3 if left out."`
	Source   string         `yaml:"source" doc:"Address of this host to send from."`
	DSCP     inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	problems := dial.CheckSource(c.Source, "")
	switch {
	case c.Protocol == "tcp" && c.Port == 0:
		problems = append(problems, "protocol: tcp needs a port")
	case c.Protocol != "tcp" && c.Port != 0:
		problems = append(problems, "protocol: "+c.Protocol+" has no port of its own: write protocol: tcp, or leave port out")
	}
	return problems
}

// ProbeAddress completes the address by the port, if there is one.
func (c *Config) ProbeAddress(host string) string {
	if c.Port != 0 {
		return dial.JoinAddress(host, c.Port)
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h // the port of a target whose address has one
	}
	return strings.Trim(host, "[]")
}
