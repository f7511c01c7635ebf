// Package inventory reads the YAML files that say what is watched, and turns
// them into an immutable [*Inventory] or into every [Problem] in them.
//
// The Go types of this package are the one source of the schema: the decoder,
// the JSON Schema ([Schema]) and docs/inventory.md are all derived from the
// fields and their tags. The settings of a kind of probe belong to that kind:
// the caller hands them in as [ProbeKind] values.
//
// # Struct tags
//
//   - yaml:"name" is the key; yaml:"name,required" must be present
//   - doc:"..." is one sentence for the schema and the documentation
//   - enum:"a|b|c" lists the allowed words
//   - min:"0" max:"65535" bound a number or a duration
//   - ref:"sites" says that the text is the id of an entry of that section
//   - example:"..." is shown in the documentation
package inventory

import (
	"time"
)

// Inventory is everything that the files say, checked and with all defaults
// filled in. It is immutable: a reload makes a new one.
type Inventory struct {
	Organization string                 `yaml:"organization" doc:"Name of the organization, shown on dashboards and reports."`
	Timezone     *time.Location         `yaml:"timezone" doc:"IANA time zone in which times without an offset are read; UTC if left out." example:"Asia/Ho_Chi_Minh"`
	Language     string                 `yaml:"language" enum:"vi|en" doc:"Language of what office users read."`
	Defaults     map[string]any         `yaml:"-"` // settings of each kind of probe, by kind; decoded with the kinds' own types
	Agents       map[string]*Agent      `yaml:"agents" doc:"Programs that probe; left out, one agent probes everything."`
	Providers    map[string]*Provider   `yaml:"providers" doc:"Carriers and internet service providers."`
	Credentials  map[string]*Credential `yaml:"credentials" doc:"How to authenticate; secrets by reference only."`
	Sites        map[string]*Site       `yaml:"sites" doc:"Offices."`
	Devices      map[string]*Device     `yaml:"devices" doc:"Routers, switches, firewalls and other equipment polled over SNMP."`
	Links        map[string]*Link       `yaml:"links" doc:"WAN links between two sites."`
	Uplinks      map[string]*Uplink     `yaml:"uplinks" doc:"Connections of a site to the internet."`
	Endpoints    map[string]*Endpoint   `yaml:"endpoints" doc:"Conference rooms, MCUs, gatekeepers and servers."`
	Meetings     map[string]*Meeting    `yaml:"meetings" doc:"Online conferences, single or recurring."`
	Maintenance  []*Maintenance         `yaml:"maintenance" doc:"Periods in which targets are excused."`

	// Hash is the SHA-256 of all files read, in hex: it names the inventory in reports.
	Hash string `yaml:"-"`
	// Files are the files read, in reading order.
	Files []string `yaml:"-"`
	// Warnings are remarks that do not stop the program, sorted by position.
	Warnings []Problem `yaml:"-"`

	targets []*Target
}

// Targets returns everything that is probed or described by limits: links,
// uplinks, endpoints and devices, sorted by kind and id. The caller must not
// change the slice.
func (inv *Inventory) Targets() []*Target { return inv.targets }

// Agent is a program that probes.
type Agent struct {
	ID   string `yaml:"-"`
	Site string `yaml:"site,required" ref:"sites" doc:"Site at which the agent stands."`
	Name string `yaml:"name" doc:"Free text."`
	Pos  Pos    `yaml:"-"`
}

// Provider is a carrier or an internet service provider.
type Provider struct {
	ID      string `yaml:"-"`
	Name    string `yaml:"name" doc:"Free text; the id if left out."`
	Hotline string `yaml:"hotline" doc:"Telephone number for faults."`
	Email   string `yaml:"email" doc:"Address for faults."`
	Contact string `yaml:"contact" doc:"Person or office to ask for."`
	Pos     Pos    `yaml:"-"`
}

// Site is an office.
type Site struct {
	ID        string  `yaml:"-"`
	Name      string  `yaml:"name" doc:"Free text; the id if left out."`
	Address   string  `yaml:"address" doc:"Postal address."`
	Region    string  `yaml:"region" doc:"Free text to group sites by: district, province."`
	Latitude  float64 `yaml:"latitude" min:"-90" max:"90" doc:"Degrees north, WGS 84."`
	Longitude float64 `yaml:"longitude" min:"-180" max:"180" doc:"Degrees east, WGS 84."`
	Contact   string  `yaml:"contact" doc:"Whom to call there."`
	Pos       Pos     `yaml:"-"`
}

// Credential is how to authenticate to a device. Exactly one of its fields is set.
type Credential struct {
	ID   string          `yaml:"-"`
	SNMP *SNMPCredential `yaml:"snmp" doc:"SNMP version 2c or 3."`
	HTTP *UserPassword   `yaml:"http" doc:"HTTP basic authentication."`
	SIP  *UserPassword   `yaml:"sip" doc:"SIP digest authentication."`
	TURN *UserPassword   `yaml:"turn" doc:"TURN long-term credential."`
	Pos  Pos             `yaml:"-"`
}

// UserPassword is a user name with a password.
type UserPassword struct {
	User     string `yaml:"user,required" doc:"User name."`
	Password Secret `yaml:"password,required" doc:"Password, by reference."`
}

// SNMPCredential is the security of SNMPv2c (a community) or of SNMPv3's
// user-based security model (RFC 3414, RFC 3826, RFC 7860).
type SNMPCredential struct {
	Version      string `yaml:"version,required" enum:"2c|3" doc:"SNMP version."`
	Community    Secret `yaml:"community" doc:"Community, version 2c only."`
	User         string `yaml:"user" doc:"Security name, version 3 only."`
	Auth         string `yaml:"auth" enum:"md5|sha|sha224|sha256|sha384|sha512" doc:"Authentication protocol, version 3 only."`
	AuthPassword Secret `yaml:"auth_password" doc:"Authentication password of at least 8 characters."`
	Priv         string `yaml:"priv" enum:"des|aes|aes192|aes256|aes192c|aes256c" doc:"Privacy protocol; aes192c and aes256c are Cisco's (Reeder) key extension."`
	PrivPassword Secret `yaml:"priv_password" doc:"Privacy password of at least 8 characters."`
	Context      string `yaml:"context" doc:"Context name, version 3 only."`
}

// Device is equipment that answers SNMP, ping or both.
type Device struct {
	ID           string   `yaml:"-"`
	Name         string   `yaml:"name" doc:"Free text; the id if left out."`
	Site         string   `yaml:"site,required" ref:"sites" doc:"Where it stands."`
	Address      string   `yaml:"address,required" doc:"IP address or name." example:"10.20.1.1"`
	Credential   string   `yaml:"credential" ref:"credentials" doc:"SNMP credential; given, the device is polled over SNMP."`
	Role         string   `yaml:"role" enum:"router|switch|firewall|server|access-point|codec|mcu|other" doc:"What it is for."`
	Model        string   `yaml:"model" doc:"Model, to compare with what the device says."`
	Serial       string   `yaml:"serial" doc:"Serial number, to compare with what the device says."`
	Purchased    Date     `yaml:"purchased" doc:"Day or month of purchase." example:"2019-06"`
	EndOfSupport Date     `yaml:"end_of_support" doc:"Day or month in which support ends." example:"2027-01"`
	Price        *Money   `yaml:"price" doc:"What it cost."`
	Interfaces   []string `yaml:"interfaces" doc:"Further interfaces to poll, by ifName, ifAlias, ifDescr or ifIndex; those that links and uplinks name are polled anyway."`
	Probes       ProbeSet `yaml:"probes" doc:"Probes by name; left out: ping, and snmp where a credential is given."`
	Agents       []string `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Pos          Pos      `yaml:"-"`
}

// Link is a WAN link between two sites.
type Link struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Free text; the id if left out."`
	From      string        `yaml:"from,required" ref:"sites" doc:"The site nearer to the centre."`
	To        string        `yaml:"to,required" ref:"sites" doc:"The site that the link serves; it is the link's site in metrics."`
	Provider  string        `yaml:"provider" ref:"providers" doc:"Who runs it."`
	Role      string        `yaml:"role" enum:"main|backup" doc:"main if left out."`
	Ping      ProbeList     `yaml:"ping" probe:"ping" doc:"Short for probes: {ping: ...}: an address, a list of addresses, or the settings of the ping probe."`
	Interface *InterfaceRef `yaml:"interface" doc:"The router interface that carries it, as device/interface." example:"rt-hai-chau/GigabitEthernet0/0"`
	Bandwidth Bandwidth     `yaml:"bandwidth" doc:"Contracted bandwidth; down is towards the site named by to." example:"50Mbps"`
	Contract  *Contract     `yaml:"contract" doc:"The contract in force."`
	Contracts []*Contract   `yaml:"contracts" doc:"Several contracts one after the other; their dates must not overlap."`
	Probes    ProbeSet      `yaml:"probes" doc:"Probes by name."`
	Agents    []string      `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Expect    string        `yaml:"expect" enum:"reachable|unreachable" doc:"unreachable: an answer is the fault."`
	Pos       Pos           `yaml:"-"`
}

// Uplink is a connection of a site to the internet.
type Uplink struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Free text; the id if left out."`
	Site      string        `yaml:"site,required" ref:"sites" doc:"The site that it serves."`
	Provider  string        `yaml:"provider" ref:"providers" doc:"Who runs it."`
	Role      string        `yaml:"role" enum:"main|backup" doc:"main if left out."`
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
	Expect    string        `yaml:"expect" enum:"reachable|unreachable" doc:"unreachable: an answer is the fault."`
	Pos       Pos           `yaml:"-"`
}

// Endpoint is a part of the conference system: a room, an MCU, a gatekeeper, a
// server or a program on a computer.
type Endpoint struct {
	ID            string   `yaml:"-"`
	Name          string   `yaml:"name" doc:"Free text; the id if left out."`
	Site          string   `yaml:"site,required" ref:"sites" doc:"Where it stands."`
	Type          string   `yaml:"type" enum:"room|mcu|gatekeeper|server|software" doc:"room if left out."`
	Address       string   `yaml:"address,required" doc:"IP address or name."`
	Credential    string   `yaml:"credential" ref:"credentials" doc:"SNMP credential; given, the endpoint may be polled over SNMP with probes: {snmp: {}}."`
	Probes        ProbeSet `yaml:"probes" doc:"Probes by name; left out: ping."`
	CallBandwidth BitRate  `yaml:"call_bandwidth" doc:"What one call of it takes, each way." example:"4Mbps"`
	Agents        []string `yaml:"agents" ref:"agents" doc:"Which agents probe it; left out: all."`
	Expect        string   `yaml:"expect" enum:"reachable|unreachable" doc:"unreachable: an answer is the fault."`
	Pos           Pos      `yaml:"-"`
}

// Contract is what was agreed with a provider.
type Contract struct {
	Number      string `yaml:"number" doc:"Number of the contract."`
	Starts      Date   `yaml:"starts" doc:"First day."`
	Ends        Date   `yaml:"ends" doc:"Last day."`
	MonthlyCost *Money `yaml:"monthly_cost" doc:"Cost a month."`
	LeadTime    Days   `yaml:"lead_time" doc:"Days from an order to its delivery, for example 45d."`
	SLA         *SLA   `yaml:"sla" doc:"What the provider promised."`
	Pos         Pos    `yaml:"-"`
}

// SLA is what a provider promised. A zero field was not promised.
type SLA struct {
	Availability Ratio         `yaml:"availability" doc:"Share of time up, in a month." example:"99.9%"`
	RTT          time.Duration `yaml:"rtt" min:"0s" doc:"Largest mean round-trip time." example:"20ms"`
	Jitter       time.Duration `yaml:"jitter" min:"0s" doc:"Largest jitter (RFC 3550)."`
	Loss         Ratio         `yaml:"loss" doc:"Largest share of packets lost." example:"0.5%"`
	Repair       time.Duration `yaml:"repair" min:"0s" doc:"Longest time to restore."`
}

// Meeting is an online conference.
type Meeting struct {
	ID        string        `yaml:"-"`
	Name      string        `yaml:"name" doc:"Title; never exported unless asked."`
	Start     time.Time     `yaml:"start,required" doc:"Start of the first one." example:"2026-12-01T08:00"`
	Duration  time.Duration `yaml:"duration,required" min:"1m" doc:"How long it takes." example:"2h"`
	Repeat    *Recurrence   `yaml:"repeat" doc:"RRULE of RFC 5545, section 3.3.10." example:"FREQ=MONTHLY;BYDAY=1TU"`
	Endpoints []string      `yaml:"endpoints,required" ref:"endpoints" doc:"Endpoints that take part."`
	Pos       Pos           `yaml:"-"`
}

// Maintenance is a period in which targets are excused.
type Maintenance struct {
	Targets   []string    `yaml:"targets" ref:"targets" doc:"Ids of links, uplinks, endpoints or devices."`
	Sites     []string    `yaml:"sites" ref:"sites" doc:"All targets of these sites."`
	Providers []string    `yaml:"providers" ref:"providers" doc:"All links and uplinks of these providers."`
	Start     time.Time   `yaml:"start,required" doc:"First moment."`
	End       time.Time   `yaml:"end,required" doc:"First moment after it."`
	Repeat    *Recurrence `yaml:"repeat" doc:"RRULE of RFC 5545, section 3.3.10, for a recurring period."`
	Reason    string      `yaml:"reason" doc:"Free text."`
	Pos       Pos         `yaml:"-"`
}
