package inventory

import (
	"time"
)

// TargetKind says which section of the inventory a target stands in.
type TargetKind string

// The kinds of target, as they appear in the label "kind".
const (
	LinkTarget     TargetKind = "link"
	UplinkTarget   TargetKind = "uplink"
	EndpointTarget TargetKind = "endpoint"
	DeviceTarget   TargetKind = "device"
)

// Target is one thing that is watched, whatever its section: what probes,
// metrics and pages need to know of it.
type Target struct {
	ID       string
	Kind     TargetKind
	Site     string // id of the site; for a link the site that it serves
	Name     string // free text
	Provider string // id; links and uplinks only
	Role     string // main or backup for links and uplinks, the device's role, the endpoint's type
	Address  string // as written; devices and endpoints only
	Expect   string // "reachable" or "unreachable"
	Agents   []string
	Probes   []*Probe

	// Interfaces are the interfaces of a device that the inventory names;
	// empty for other kinds.
	Interfaces []Interface
	// Credential is the SNMP credential of a device or endpoint, or nil.
	Credential *SNMPCredential

	Link     *Link     // set for links
	Uplink   *Uplink   // set for uplinks
	Endpoint *Endpoint // set for endpoints
	Device   *Device   // set for devices

	Maintenance []*Maintenance
	Pos         Pos
}

// Interface is an interface of a device, as the inventory names it, with the
// target that it carries.
type Interface struct {
	Selector string  // ifName, ifAlias, ifDescr or ifIndex, as written
	Owner    *Target // the link or uplink it carries, or the device itself
	Pos      Pos
}

// Probe is one probe of one target, with all defaults filled in.
type Probe struct {
	Name     string        // label "probe": the key in the inventory
	Kind     string        // which kind of probe runs it; the name if the inventory says nothing else
	Address  string        // host, or host:port, as written; label "address"
	Interval time.Duration // from the start of one probe to the start of the next
	Timeout  time.Duration // at most Interval, but for ping at most 2 s
	Confirm  int           // how many equal results in a row change the verdict; at least 1
	Config   any           // pointer to the kind's settings
	Pos      Pos
}

// InMaintenance reports whether t lies in one of the target's maintenance periods.
func (t *Target) InMaintenance(at time.Time) bool {
	for _, m := range t.Maintenance {
		if m.Covers(at) {
			return true
		}
	}
	return false
}

// ProbeKind is what the inventory needs to know of a kind of probe to decode,
// check and document its settings.
type ProbeKind struct {
	// Name is the key in the inventory and the value of the label "probe".
	Name string
	// Doc is one sentence for the documentation.
	Doc string
	// NewConfig returns a pointer to a new struct with the kind's default
	// settings, tagged as the package comment says.
	NewConfig func() any
	// Interval, Timeout and Confirm are the kind's defaults.
	Interval time.Duration
	Timeout  time.Duration
	Confirm  int
	// MaxTimeout bounds the time-out; zero: the interval.
	MaxTimeout time.Duration
	// Planned is true for a kind whose settings are decoded and checked but
	// which this version does not run yet; the inventory warns of it.
	Planned bool
}

// Checker is implemented by settings of a kind that have rules across fields.
// Check returns one message a problem: what is wrong and what to write instead.
type Checker interface {
	Check() []string
}

// Addresser is implemented by settings that complete the address of a probe,
// for example by a port. Host is the address as written.
type Addresser interface {
	ProbeAddress(host string) string
}
