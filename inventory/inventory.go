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
//   - ref:"credentials.snmp" asks for a credential that has that part
//   - default:"..." is what a text is if it is left out
//   - format:"host" says that the text is an IP address or a host name
//   - probe:"ping" names the kind of a [ProbeList]
//   - example:"..." is shown in the documentation
//
// A field is a string, bool, float64 or integer, a [time.Duration],
// [time.Time], [*time.Location], [netip.Addr] or [netip.Prefix], a [Scalar] such as
// [BitRate], [Ratio], [DSCP] or [Days], a [Secret], a [TextOrSecret], a struct, a
// pointer to any of them (nil if left out), a list, or a mapping from texts. The keys
// of a mapping to pointers, map[string]*Site, are ids; each is set in the field ID
// string of its struct, and a field Pos [Pos] is set to where its struct stands. Both
// have the tag yaml:"-". Embedded structs are written in line.
//
// # Other documents
//
// [Decode] reads any struct with these tags from a file of its own, such as a
// plan of the simulated network:
//
//	type Plan struct {
//		Sites  map[string]*Site `yaml:"sites,required" doc:"..."`
//		Events []*Event         `yaml:"events" doc:"..."` // with ref:"sites" within
//	}
//
//	p := &Plan{Seed: 1} // what stands here is the default
//	if err := inventory.Decode("plan.yaml", data, p); err != nil {
//		return nil, err // Problems: one line each, file:line:col: path: message
//	}
//
// Rules across its parts are in a method Verify: see [Verifier].
package inventory

import (
	"time"

	// The time zones, for machines that have no database of them.
	_ "time/tzdata"
)

// Inventory is everything that the files say, checked and with all defaults
// filled in. It is immutable: a reload makes a new one.
type Inventory struct {
	Organization string                 `yaml:"organization" doc:"Name of the organization, shown on dashboards and reports."`
	Timezone     *time.Location         `yaml:"timezone" doc:"IANA time zone in which times without an offset are read; UTC if left out." example:"Asia/Ho_Chi_Minh"`
	Language     string                 `yaml:"language" enum:"vi|en" default:"vi" doc:"Language of what office users read: dashboards, pages, reports and alerts."`
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

	// Defaults are what the probes of each kind start from, by kind: the kind's
	// own defaults and what the files say under defaults. Name, Address and Pos
	// are empty.
	Defaults map[string]*Probe `yaml:"-"`
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
