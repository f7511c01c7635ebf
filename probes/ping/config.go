package ping

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

const (
	// defaultSize is what ping(8) sends: 64 bytes of ICMP.
	defaultSize = 56
	// interfaceNameMax is the length of a Linux interface name (IFNAMSIZ - 1).
	interfaceNameMax = 15
)

// Config are the settings of a ping probe.
type Config struct {
	Size      int            `yaml:"size" min:"16" max:"65507" doc:"Bytes of payload behind the ICMP header; 56 if left out." example:"1400"`
	DSCP      inventory.DSCP `yaml:"dscp" doc:"DSCP of the requests." example:"EF"`
	TTL       int            `yaml:"ttl" min:"1" max:"255" doc:"TTL or hop limit of the requests; this host's default if left out."`
	Source    string         `yaml:"source" doc:"Address of this host to send from."`
	Interface string         `yaml:"interface" doc:"Interface of this host to send through." example:"eth1"`
	Family    string         `yaml:"family" enum:"any|ip4|ip6" doc:"Which of a name's addresses is used: the first of this IP version; any if left out."`
}

var (
	_ inventory.Checker        = (*Config)(nil)
	_ inventory.AddressChecker = (*Config)(nil)
	_ inventory.Outgoing       = (*Config)(nil)
)

// SendsThrough implements inventory.Outgoing.
func (c *Config) SendsThrough() string { return c.Interface }

// Check reports settings that contradict each other or cannot be used.
func (c *Config) Check() []string {
	var problems []string
	if c.Source != "" {
		a, err := netip.ParseAddr(c.Source)
		switch {
		case err != nil || a.Zone() != "":
			problems = append(problems, fmt.Sprintf("source: %q is no IP address: write one of this host's, such as 10.20.0.1", c.Source))
		case c.Family == "ip4" && !a.Unmap().Is4(), c.Family == "ip6" && a.Unmap().Is4():
			problems = append(problems, fmt.Sprintf("source: %s does not fit family: %s; leave family out", c.Source, c.Family))
		}
	}
	if len(c.Interface) > interfaceNameMax || strings.ContainsAny(c.Interface, "/ \t\n") {
		problems = append(problems, fmt.Sprintf("interface: %q is no name of an interface: see ip link", c.Interface))
	}
	return problems
}

// CheckAddress reports an address that the source cannot send to. Of a name, an
// address of the source's IP version is used.
func (c *Config) CheckAddress(address string) []string {
	source, err := netip.ParseAddr(c.Source)
	if err != nil {
		return nil
	}
	to, err := netip.ParseAddr(address)
	if err != nil {
		return nil
	}
	if err := checkVersions(source.Unmap(), to.Unmap()); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// checkVersions returns an error if packets cannot have both a source and a
// destination because these are of different IP versions.
func checkVersions(source, to netip.Addr) error {
	if source.Is4() == to.Is4() {
		return nil
	}
	return fmt.Errorf("source: %s cannot send to %s, which is of the other IP version: give this probe a source of its own address's version", source, to)
}

// settings is what the engine needs to know of a job, with everything filled in.
type settings struct {
	host     string // as written: an address or a name
	interval time.Duration
	timeout  time.Duration
	size     int
	dscp     uint8
	ttl      int
	source   netip.Addr // invalid: the kernel's choice
	ifname   string
	zone     string // the interface that the address itself names
	want     choice
	rated    bool // the quality of calls is told
}

// choice says which addresses of a name may be used.
type choice string

const (
	anyFamily choice = ""
	onlyV4    choice = "ip4"
	onlyV6    choice = "ip6"
)

func (c choice) allows(f family) bool {
	return c == anyFamily || c == onlyV4 && f == v4 || c == onlyV6 && f == v6
}

// settingsOf reads a job. What the inventory would have refused is replaced by
// the kind's default, because Set cannot fail.
func settingsOf(j probes.Job) settings {
	s := settings{
		host: j.Probe.Address, interval: j.Probe.Interval, timeout: j.Probe.Timeout,
		size: defaultSize, rated: rated(j.Target),
	}
	if s.interval <= 0 {
		s.interval = time.Second
	}
	if s.timeout <= 0 || s.timeout > maxTimeout {
		s.timeout = maxTimeout
	}
	if a, err := netip.ParseAddr(s.host); err == nil {
		s.zone = namedZone(a)
	}
	c, ok := j.Probe.Config.(*Config)
	if !ok || c == nil {
		return s
	}
	if c.Size != 0 {
		s.size = min(max(c.Size, cookieSize), maxSize)
	}
	s.dscp, s.ttl, s.ifname = uint8(c.DSCP)&0x3f, c.TTL, c.Interface
	if c.Family == string(onlyV4) || c.Family == string(onlyV6) {
		s.want = choice(c.Family)
	}
	if a, err := netip.ParseAddr(c.Source); err == nil {
		s.source = a.Unmap()
		s.want = onlyV6
		if s.source.Is4() {
			s.want = onlyV4
		}
	}
	return s
}

// peer returns the literal address of the host.
func (s *settings) peer(link func(name string) int) (peer, error) {
	p, err := parsePeer(s.host, link)
	if err != nil || !s.source.IsValid() {
		return p, err
	}
	return p, checkVersions(s.source, p.addr)
}

// links names the interfaces of this host without which nothing can be sent.
func (s *settings) links() []string {
	var list []string
	for _, name := range []string{s.ifname, s.zone} {
		if name != "" {
			list = append(list, name)
		}
	}
	return list
}

// rated reports whether calls go to, or over, a target.
func rated(t *inventory.Target) bool {
	return t != nil && t.Kind != inventory.DeviceTarget && t.Expect != "unreachable"
}
