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
	Meetings    []*Meeting // endpoints only
	Pos         Pos
}

// Interface is an interface of a device, as the inventory names it, with the
// target that it carries.
type Interface struct {
	Selector string  // ifName, ifAlias, ifDescr or ifIndex, as written
	Owner    *Target // the link or uplink it carries, or the device itself
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
