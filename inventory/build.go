package inventory

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// build makes the targets of an inventory without problems.
func (l *loader) build() {
	size := len(l.inv.Links) + len(l.inv.Uplinks) + len(l.inv.Endpoints) + len(l.inv.Devices)
	b := builder{inv: l.inv, model: l.model, byID: make(map[string]*Target, size), all: make([]*Target, 0, size)}
	b.add()
	b.interfaces()
	b.maintenance()
	b.meetings()
	b.inv.targets = b.all
	slices.SortFunc(b.inv.targets, func(x, y *Target) int {
		if x.Kind != y.Kind {
			return cmp.Compare(x.Kind, y.Kind)
		}
		return cmp.Compare(x.ID, y.ID)
	})
}

type builder struct {
	inv   *Inventory
	model *model
	byID  map[string]*Target
	all   []*Target // each by itself: who keeps one over a reload must not keep all
}

func (b *builder) add() {
	for id, x := range b.inv.Links {
		b.target(Target{ID: id, Kind: LinkTarget, Site: x.To, Name: x.Name, Provider: x.Provider, Role: x.Role,
			Expect: x.Expect, Agents: x.Agents, Link: x, Pos: x.Pos}, x.Ping, x.Probes)
	}
	for id, x := range b.inv.Uplinks {
		b.target(Target{ID: id, Kind: UplinkTarget, Site: x.Site, Name: x.Name, Provider: x.Provider, Role: x.Role,
			Expect: x.Expect, Agents: x.Agents, Uplink: x, Pos: x.Pos}, x.Ping, x.TCP, x.DNS, x.HTTP, x.Probes)
	}
	for id, x := range b.inv.Endpoints {
		b.target(Target{ID: id, Kind: EndpointTarget, Site: x.Site, Name: x.Name, Role: x.Type, Address: x.Address,
			Expect: x.Expect, Agents: x.Agents, Endpoint: x, Credential: b.snmp(x.Credential), Pos: x.Pos}, x.Probes)
	}
	for id, x := range b.inv.Devices {
		b.target(Target{ID: id, Kind: DeviceTarget, Site: x.Site, Name: x.Name, Role: x.Role, Address: x.Address,
			Expect: expectReachable, Agents: x.Agents, Device: x, Credential: b.snmp(x.Credential), Pos: x.Pos}, x.Probes)
	}
}

const expectReachable = "reachable"

func (b *builder) snmp(credential string) *SNMPCredential {
	if credential == "" {
		return nil
	}
	return b.inv.Credentials[credential].SNMP
}

func (b *builder) target(t Target, lists ...[]*Probe) {
	for _, list := range lists {
		for _, p := range list {
			if c, ok := p.Config.(Referrer); ok {
				credential, endpoint := c.Refers()
				p.Credential, p.Endpoint = b.inv.Credentials[credential], b.inv.Endpoints[endpoint]
			}
			t.Probes = append(t.Probes, p)
		}
	}
	b.all = append(b.all, &t)
	b.byID[t.ID] = &t
}

// interfaces gathers on each device the interfaces that the inventory names,
// sorted by selector.
func (b *builder) interfaces() {
	for id, x := range b.inv.Links {
		b.carries(x.Interface, b.byID[id])
	}
	for id, x := range b.inv.Uplinks {
		b.carries(x.Interface, b.byID[id])
	}
	for id, x := range b.inv.Devices {
		d := b.byID[id]
		owned := d.Interfaces
		for _, s := range x.Interfaces {
			// A link that names the same interface owns it.
			if !slices.ContainsFunc(owned, func(i Interface) bool { return i.Selector == s }) {
				d.Interfaces = append(d.Interfaces, Interface{s, d, x.Pos})
			}
		}
		slices.SortFunc(d.Interfaces, func(x, y Interface) int { return cmp.Compare(x.Selector, y.Selector) })
	}
}

// carries notes that an interface carries a link or an uplink.
func (b *builder) carries(ref *InterfaceRef, owner *Target) {
	if ref != nil {
		d := b.byID[ref.Device]
		d.Interfaces = append(d.Interfaces, Interface{ref.Selector, owner, ref.Pos})
	}
}

// maintenance gathers the maintenance periods of each target, in the order of
// the inventory.
func (b *builder) maintenance() {
	if len(b.inv.Maintenance) == 0 {
		return
	}
	sites, providers := map[string][]*Target{}, map[string][]*Target{}
	for _, t := range b.byID {
		sites[t.Site] = append(sites[t.Site], t)
		if t.Link != nil {
			sites[t.Link.From] = append(sites[t.Link.From], t)
		}
		if t.Provider != "" {
			providers[t.Provider] = append(providers[t.Provider], t)
		}
	}
	for _, m := range b.inv.Maintenance {
		covered := map[*Target]bool{}
		for _, id := range m.Targets {
			covered[b.byID[id]] = true
		}
		for _, id := range m.Sites {
			setAll(covered, sites[id])
		}
		for _, id := range m.Providers {
			setAll(covered, providers[id])
		}
		for t := range covered {
			t.Maintenance = append(t.Maintenance, m)
		}
	}
}

// meetings gathers the meetings of each endpoint, in the order of their ids.
func (b *builder) meetings() {
	for _, id := range slices.Sorted(maps.Keys(b.inv.Meetings)) {
		m := b.inv.Meetings[id]
		for _, e := range m.Endpoints {
			b.byID[e].Meetings = append(b.byID[e].Meetings, m)
		}
	}
}

func setAll(set map[*Target]bool, targets []*Target) {
	for _, t := range targets {
		set[t] = true
	}
}

// remark warns of what is right but surely not meant.
func (l *loader) remark() {
	if len(l.inv.targets) == 0 {
		pos := Pos{l.files[0], 1, 1}
		l.warnings = append(l.warnings, Problem{Pos: pos, Message: "there are no links, uplinks, endpoints or devices, so that nothing is probed"})
	}
}

// Contract returns the contract of a link or an uplink that is in force at a
// moment, or nil.
func (t *Target) Contract(at time.Time) *Contract {
	switch {
	case t.Link != nil:
		return t.Link.ContractAt(at)
	case t.Uplink != nil:
		return t.Uplink.ContractAt(at)
	default:
		return nil
	}
}

// Bandwidth returns the contracted bandwidth of a link or an uplink; zero if
// there is none.
func (t *Target) Bandwidth() Bandwidth {
	switch {
	case t.Link != nil:
		return t.Link.Bandwidth
	case t.Uplink != nil:
		return t.Uplink.Bandwidth
	default:
		return Bandwidth{}
	}
}
