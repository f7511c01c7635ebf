package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// build makes the targets of an inventory without problems.
func (l *loader) build() {
	b := builder{inv: l.inv, model: l.model, byID: map[string]*Target{}}
	b.add()
	b.interfaces()
	b.occasions()
	slices.SortFunc(b.inv.targets, func(x, y *Target) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID))
	})
}

type builder struct {
	inv   *Inventory
	model *model
	byID  map[string]*Target
}

func (b *builder) add() {
	for id, x := range b.inv.Links {
		b.target(&Target{ID: id, Kind: LinkTarget, Site: x.To, Name: x.Name, Provider: x.Provider, Role: x.Role,
			Expect: x.Expect, Agents: x.Agents, Link: x, Pos: x.Pos}, x.Ping, x.Probes)
	}
	for id, x := range b.inv.Uplinks {
		b.target(&Target{ID: id, Kind: UplinkTarget, Site: x.Site, Name: x.Name, Provider: x.Provider, Role: x.Role,
			Expect: x.Expect, Agents: x.Agents, Uplink: x, Pos: x.Pos}, x.Ping, x.TCP, x.DNS, x.HTTP, x.Probes)
	}
	for id, x := range b.inv.Endpoints {
		b.target(&Target{ID: id, Kind: EndpointTarget, Site: x.Site, Name: x.Name, Role: x.Type, Address: x.Address,
			Expect: x.Expect, Agents: x.Agents, Endpoint: x, Credential: b.snmp(x.Credential), Pos: x.Pos}, x.Probes)
	}
	for id, x := range b.inv.Devices {
		b.target(&Target{ID: id, Kind: DeviceTarget, Site: x.Site, Name: x.Name, Role: x.Role, Address: x.Address,
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

func (b *builder) target(t *Target, lists ...[]*Probe) {
	for _, list := range lists {
		for _, p := range list {
			if b.model.kind[p.Kind].Planned {
				t.Planned = append(t.Planned, p)
			} else {
				t.Probes = append(t.Probes, p)
			}
		}
	}
	b.byID[t.ID] = t
	b.inv.targets = append(b.inv.targets, t)
}

// interfaces gathers on each device the interfaces that the inventory names,
// sorted by selector.
func (b *builder) interfaces() {
	named := map[InterfaceRef]bool{}
	add := func(owner *Target, ref *InterfaceRef) {
		if ref != nil {
			named[InterfaceRef{Device: ref.Device, Selector: ref.Selector}] = true
			d := b.byID[ref.Device]
			d.Interfaces = append(d.Interfaces, Interface{ref.Selector, owner, ref.Pos})
		}
	}
	for id, x := range b.inv.Links {
		add(b.byID[id], x.Interface)
	}
	for id, x := range b.inv.Uplinks {
		add(b.byID[id], x.Interface)
	}
	for id, x := range b.inv.Devices {
		d := b.byID[id]
		for _, s := range x.Interfaces {
			// A link that names the same interface owns it.
			if !named[InterfaceRef{Device: id, Selector: s}] {
				d.Interfaces = append(d.Interfaces, Interface{s, d, x.Pos})
			}
		}
		slices.SortFunc(d.Interfaces, func(x, y Interface) int { return cmp.Compare(x.Selector, y.Selector) })
	}
}

// occasions gathers the maintenance periods and the meetings of each target, in
// the order of the inventory.
func (b *builder) occasions() {
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
	for name, use := range l.planned {
		p := use.problem
		p.Message = fmt.Sprintf("probe %q is checked but not run by this version", name)
		switch use.count {
		case 1:
		case 2:
			p.Message += " (here and at one other place)"
		default:
			p.Message += fmt.Sprintf(" (here and at %d other places)", use.count-1)
		}
		l.warnings = append(l.warnings, p)
	}
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
