package stamp

import (
	"fmt"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of a stamp probe.
type Config struct {
	Port     int            `yaml:"port" min:"1" max:"65535" doc:"Port of the reflector; 862 if left out."`
	Profile  string         `yaml:"profile" enum:"voice|video|custom" doc:"voice: 50 packets a second of 172 bytes, EF, as G.711 has it. video: 30 bursts a second of 14 packets of 1200 bytes, AF41: some 4 Mbit/s each way. custom: dscp, rate and size as given. voice if left out."`
	Protocol string         `yaml:"protocol" enum:"stamp|twamp-light" doc:"stamp: RFC 8762 with the class-of-service TLV of RFC 8972. twamp-light: RFC 5357, zeros in place of TLVs, for reflectors that take nothing else. stamp if left out."`
	DSCP     inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets, for the profile custom."`
	Rate     int            `yaml:"rate" min:"1" max:"1000" doc:"Packets a second, for the profile custom."`
	Size     int            `yaml:"size" min:"44" max:"1472" doc:"Bytes of the UDP payload, for the profile custom."`
	Source   string         `yaml:"source" doc:"Address of this host to send from."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	problems := dial.CheckSource(c.Source, "")
	custom := c.Rate != 0 || c.Size != 0 || c.DSCP != 0
	switch {
	case c.Profile == "custom" && (c.Rate == 0 || c.Size == 0):
		problems = append(problems, "profile: custom needs rate and size")
	case c.Profile != "custom" && custom:
		problems = append(problems, "dscp, rate and size are fixed by the profile "+c.Profile+": write profile: custom to choose them")
	}
	return problems
}

// ProbeAddress completes the address by the port.
func (c *Config) ProbeAddress(host string) string { return dial.JoinAddress(host, c.Port) }

// shape is how a stream looks on the wire.
type shape struct {
	dscp  inventory.DSCP
	size  int           // octets of the UDP payload
	burst int           // packets that go out together
	every time.Duration // from burst to burst
}

// shape of a voice call: G.711 in 20 ms (RFC 3551, section 4.5.14), 160 octets behind
// RTP's 12. Of a video call: the packets of a frame go out together.
func (c *Config) shape() shape {
	switch c.Profile {
	case "video":
		return shape{dscp: 34, size: 1200, burst: 14, every: time.Second / 30}
	case "custom":
		return shape{dscp: c.DSCP, size: c.Size, burst: 1, every: time.Second / time.Duration(c.Rate)}
	default:
		return shape{dscp: 46, size: 172, burst: 1, every: 20 * time.Millisecond}
	}
}

// due returns when a packet is sent, from the start of its stream.
func (s shape) due(i int) time.Duration { return time.Duration(i/s.burst) * s.every }

// packets returns how many whole bursts a stream of some length has, in packets: at
// least two, since one packet has no variation.
func (s shape) packets(length time.Duration) int {
	return max(int(length/s.every)+1, 2) * s.burst
}

func (s shape) String() string {
	text := fmt.Sprintf("packets of %d bytes, DSCP %d, %s apart", s.size, s.dscp, s.every.Round(10*time.Microsecond))
	if s.burst > 1 {
		text = fmt.Sprintf("bursts of %d %s", s.burst, text)
	}
	return text
}
