package kinds

import (
	"strings"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// STAMP are the settings of the planned kind "stamp" (RFC 8762, RFC 8972).
type STAMP struct {
	Port    int            `yaml:"port" min:"1" max:"65535" doc:"Port of the reflector; 862 if left out."`
	Profile string         `yaml:"profile" enum:"voice|video|custom" doc:"voice: 50 packets a second of 200 bytes, EF. video: bursts like 4 Mbit/s of video, AF41. custom: dscp, rate and size as given. voice if left out."`
	DSCP    inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets, for the profile custom."`
	Rate    int            `yaml:"rate" min:"1" max:"1000" doc:"Packets a second, for the profile custom."`
	Size    int            `yaml:"size" min:"44" max:"1472" doc:"Bytes of the UDP payload, for the profile custom."`
	Source  string         `yaml:"source" doc:"Address of this host to send from."`
}

// Check reports settings that contradict each other.
func (c *STAMP) Check() []string {
	custom := c.Rate != 0 || c.Size != 0 || c.DSCP != 0
	switch {
	case c.Profile == "custom" && (c.Rate == 0 || c.Size == 0):
		return []string{"profile: custom needs rate and size"}
	case c.Profile != "custom" && custom:
		return []string{"dscp, rate and size are fixed by the profile " + c.Profile + ": write profile: custom to choose them"}
	}
	return nil
}

// ProbeAddress completes the address by the port.
func (c *STAMP) ProbeAddress(host string) string { return dial.JoinAddress(host, c.Port) }

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
