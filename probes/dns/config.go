package dns

import (
	"fmt"
	"net/netip"

	"github.com/miekg/dns"

	"wanwatch/inventory"
	"wanwatch/probes/dial"
)

// Config are the settings of a dns probe.
type Config struct {
	Server    string         `yaml:"server" doc:"The server to ask; the probe's address if left out."`
	Port      int            `yaml:"port" min:"1" max:"65535" doc:"Port of the server; 53 if left out."`
	Name      string         `yaml:"name,required" doc:"Name to ask for." example:"dangcongsan.vn"`
	Type      string         `yaml:"type" enum:"A|AAAA|CNAME|MX|NS|PTR|SOA|SRV|TXT|NAPTR|HTTPS|CAA" doc:"Record type; A if left out."`
	Expect    []string       `yaml:"expect" doc:"Values that the answer must hold, in any order; left out, any answer will do."`
	NXDomain  bool           `yaml:"nxdomain" doc:"The right answer is that the name does not exist."`
	DNSSEC    bool           `yaml:"dnssec" doc:"The answer must be marked as authenticated (the AD flag)."`
	Transport string         `yaml:"transport" enum:"udp|tcp|both" doc:"Transport; both asks over each. udp if left out."`
	Source    string         `yaml:"source" doc:"Address of this host to send from."`
	DSCP      inventory.DSCP `yaml:"dscp" doc:"DSCP of the packets."`
}

// The interfaces of the inventory that the settings implement.
var (
	_ inventory.Checker   = (*Config)(nil)
	_ inventory.Addresser = (*Config)(nil)
)

// Check reports settings that contradict each other.
func (c *Config) Check() []string {
	problems := dial.CheckSource(c.Source, "")
	if c.Server != "" {
		if err := inventory.CheckHost(c.Server); err != nil {
			problems = append(problems, "server: "+err.Error())
		}
	}
	if _, ok := dns.IsDomainName(c.Name); !ok || c.Name == "" {
		problems = append(problems, fmt.Sprintf("name: %q is no domain name", c.Name))
	}
	if c.NXDomain && c.DNSSEC {
		problems = append(problems, "nxdomain and dnssec: only an answer that exists is checked for its signature here: leave one out")
	}
	if c.NXDomain && len(c.Expect) > 0 {
		problems = append(problems, "nxdomain and expect cannot both be given")
	}
	if c.Type == "A" || c.Type == "AAAA" {
		for _, v := range c.Expect {
			if a, err := netip.ParseAddr(v); err != nil || a.Is4() != (c.Type == "A") {
				problems = append(problems, fmt.Sprintf("expect: %q is no address of a record of the type %s", v, c.Type))
			}
		}
	}
	return problems
}

// ProbeAddress returns the server to ask, completed by the port.
func (c *Config) ProbeAddress(host string) string {
	if c.Server != "" {
		host = c.Server
	}
	return dial.JoinAddress(host, c.Port)
}
