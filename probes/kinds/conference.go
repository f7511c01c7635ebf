package kinds

import (
	"strings"

	"wanwatch/inventory"
)

// Trace are the settings of the planned kind "trace".
type Trace struct {
	Protocol string         `yaml:"protocol" enum:"icmp|udp|tcp" doc:"What is sent; icmp if left out."`
	Port     int            `yaml:"port" min:"1" max:"65535" doc:"Destination port, for tcp."`
	MaxHops  int            `yaml:"max_hops" min:"1" max:"64" doc:"Longest path looked for; 30 if left out."`
	Queries  int            `yaml:"queries" min:"1" max:"10" doc:"Packets a hop; 3 if left out."`
	Source   string         `yaml:"source" doc:"Address of this host to send from."`
	DSCP     inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets."`
}

// Check reports settings that contradict each other.
func (c *Trace) Check() []string {
	switch {
	case c.Protocol == "tcp" && c.Port == 0:
		return []string{"protocol: tcp needs a port"}
	case strings.HasPrefix(c.Protocol, "icmp") && c.Port != 0:
		return []string{"protocol: icmp has no port"}
	}
	return nil
}
