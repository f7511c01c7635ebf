package world

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"time"

	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/traffic"
	"wanwatch/inventory"
)

// Router answers SNMP.
type Router struct {
	agent.Spec
	// Port is where it answers on the loopback address, alone; 0: at the usual
	// port of its addresses.
	Port int
}

// Allow lets those ask who know the secret.
func (r *Router) Allow(secret string) {
	r.Access = agent.Access{
		Community: secret,
		Users:     []agent.User{{Name: user, Auth: "sha256", AuthPassword: secret, Priv: "aes", PrivPassword: secret}},
	}
}

// port is the number of the router's interface that the line is plugged in.
func (l *line) port() int {
	if l.kind == "" {
		return hostUplink
	}
	return l.order
}

func (l *line) interfaceName() string { return "GigabitEthernet0/" + strconv.Itoa(l.port()) }

// routers are those of all sites, in their order.
func (b *builder) routers() []Router {
	list := make([]Router, len(b.sites))
	for i, s := range b.sites {
		list[i] = Router{Spec: agent.Spec{
			Name: routerPrefix + s.id, Descr: "Simulated router, software 7.4", Location: s.name, Model: "SIM-4321",
			Serial: fmt.Sprintf("SIM%05d", i), Software: "7.4",
			Boot: b.now.AddDate(0, 0, -1-i*13%200),
		}}
		if b.loopback {
			list[i].Port = b.snmpPort(s)
		} else {
			list[i].Addresses = []netip.Addr{b.v4(s, hostRouter)}
		}
	}
	for _, lines := range [][]line{b.links, b.uplinks} {
		for i := range lines {
			l := &lines[i]
			r := &list[l.site.index]
			r.Interfaces = append(r.Interfaces, b.plug(l))
		}
	}
	return list
}

// plug returns the interface that carries a line. What comes in is what the
// site downloads, more than it sends.
func (b *builder) plug(l *line) agent.Interface {
	speed := inventory.BitRate(1e9)
	if l.bandwidth > speed {
		speed = 10e9
	}
	const sent = 0.4 // of what is received
	return agent.Interface{
		Index: uint32(10 + l.port()), Name: l.interfaceName(), Alias: l.Name, Speed: speed,
		In: agent.Direction{Flow: b.flow(l, 1)}, Out: agent.Direction{Flow: b.flow(l, sent)},
	}
}

// flow returns the traffic of a line in a direction that carries a part of what
// it carries in the busier one.
func (b *builder) flow(l *line, part float64) *traffic.Flow {
	of := func(share float64) inventory.BitRate { return inventory.BitRate(share * part * float64(l.bandwidth)) }
	curve := traffic.Curve{
		Seed:  b.world.Seed<<20 ^ uint64(l.site.index)<<4 ^ uint64(l.port()) ^ math.Float64bits(part),
		Night: of(float64(l.Load.Night)), Peak: of(l.share * float64(l.Load.Peak)),
		Lunch: 0.35, Weekend: 0.15, Noise: 0.12, Growth: l.Load.Growth, Limit: l.bandwidth,
	}
	return traffic.New(curve, traffic.Times{Zone: b.zone, Start: b.now}, b.surges(l, of)...)
}

// surges are what the story makes of the traffic of a line.
func (b *builder) surges(l *line, of func(share float64) inventory.BitRate) []traffic.Surge {
	var list []traffic.Surge
	for _, s := range b.world.Story {
		choice := s.Lines
		if l.kind == "" {
			choice = s.Uplinks
		}
		if choice == nil || !choice.fits(l.site, l.kind, l.provider) {
			continue
		}
		surge := traffic.Surge{At: s.At, For: s.For, Every: s.Every, Over: s.Over}
		switch cut := s.Both.Cut; {
		case s.Traffic != nil:
			surge.To = new(of(float64(*s.Traffic)))
		case cut != nil && *cut:
			surge.To, surge.Over = new(inventory.BitRate(0)), time.Duration(0)
		default:
			continue
		}
		list = append(list, surge)
	}
	return list
}
