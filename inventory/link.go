package inventory

import "time"

// Link is a WAN link between two sites.
type Link struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Free text; the id if left out."`
	From      string        `yaml:"from,required" ref:"sites" doc:"The site nearer to the centre."`
	To        string        `yaml:"to,required" ref:"sites" doc:"The site that the link serves; it is the link's site in metrics."`
	Provider  string        `yaml:"provider" ref:"providers" doc:"Who runs it."`
	Role      string        `yaml:"role" enum:"main|backup" default:"main" doc:"Whether it carries the traffic or stands by."`
	Ping      ProbeList     `yaml:"ping" probe:"ping" doc:"Short for probes: {ping: ...}: an address, a list of addresses, or the settings of the ping probe."`
	Interface *InterfaceRef `yaml:"interface" doc:"The router interface that carries it, as device/interface." example:"rt-hai-chau/GigabitEthernet0/0"`
	Bandwidth Bandwidth     `yaml:"bandwidth" doc:"Contracted bandwidth; down is towards the site named by to." example:"50Mbps"`
	Contract  *Contract     `yaml:"contract" doc:"The contract in force."`
	Contracts []*Contract   `yaml:"contracts" doc:"Several contracts one after the other; their dates must not overlap."`
	Probes    ProbeSet      `yaml:"probes" doc:"Probes by name."`
	Agents    []string      `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Expect    string        `yaml:"expect" enum:"reachable|unreachable" default:"reachable" doc:"What is right; unreachable: an answer is the fault."`
	Pos       Pos           `yaml:"-"`
}

// Uplink is a connection of a site to the internet.
type Uplink struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Free text; the id if left out."`
	Site      string        `yaml:"site,required" ref:"sites" doc:"The site that it serves."`
	Provider  string        `yaml:"provider" ref:"providers" doc:"Who runs it."`
	Role      string        `yaml:"role" enum:"main|backup" default:"main" doc:"Whether it carries the traffic or stands by."`
	Ping      ProbeList     `yaml:"ping" probe:"ping" doc:"Short for probes: {ping: ...}."`
	TCP       ProbeList     `yaml:"tcp" probe:"tcp" doc:"Short for probes: {tcp: ...}."`
	DNS       ProbeList     `yaml:"dns" probe:"dns" doc:"Short for probes: {dns: ...}."`
	HTTP      ProbeList     `yaml:"http" probe:"http" doc:"Short for probes: {http: ...}."`
	Interface *InterfaceRef `yaml:"interface" doc:"The router interface that carries it, as device/interface."`
	Bandwidth Bandwidth     `yaml:"bandwidth" doc:"Contracted bandwidth; down is towards the site."`
	Contract  *Contract     `yaml:"contract" doc:"The contract in force."`
	Contracts []*Contract   `yaml:"contracts" doc:"Several contracts one after the other; their dates must not overlap."`
	Probes    ProbeSet      `yaml:"probes" doc:"Probes by name."`
	Agents    []string      `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Expect    string        `yaml:"expect" enum:"reachable|unreachable" default:"reachable" doc:"What is right; unreachable: an answer is the fault."`
	Pos       Pos           `yaml:"-"`
}

func (l *Link) check(r *report) {
	if l.Name == "" {
		l.Name = l.ID
	}
	if l.From != "" && l.From == l.To {
		r.problem("to", "the link goes from %s to itself: write the other site", quote(l.From))
	}
	r.probes(nil, nil, l.Ping, l.Probes)
	r.watched(len(l.Ping) + len(l.Probes))
	r.contracts(l.Contracts)
}

// ContractAt returns the contract in force at a moment, or nil.
func (l *Link) ContractAt(at time.Time) *Contract { return contractAt(l.Contract, l.Contracts, at) }

func (u *Uplink) check(r *report) {
	if u.Name == "" {
		u.Name = u.ID
	}
	r.probes(nil, nil, u.Ping, u.TCP, u.DNS, u.HTTP, u.Probes)
	r.watched(len(u.Ping) + len(u.TCP) + len(u.DNS) + len(u.HTTP) + len(u.Probes))
	r.contracts(u.Contracts)
}

// ContractAt returns the contract in force at a moment, or nil.
func (u *Uplink) ContractAt(at time.Time) *Contract { return contractAt(u.Contract, u.Contracts, at) }

// watched warns of a link of which nothing will ever be known.
func (r *report) watched(probes int) {
	if probes == 0 && !r.has("ping") && !r.has("probes") && !r.has("interface") {
		r.decoder.warn(r, "", "nothing watches it: add ping, probes or interface")
	}
}
