package world

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/inventory"
)

// Network is everything that a run needs.
type Network struct {
	World     *World
	Plan      *plan.Plan
	Inventory []byte // YAML
	Routers   []Router
	Servers   []Server
	// Gatekeeper is where the gatekeeper of all rooms listens, and where each is
	// called; nil: there is none.
	Gatekeeper *Gatekeeper
	Story      []*Scene // what does happen: none on loopback addresses
	Sites      int      // without the hub
	Links      int
	Rooms      int    // conference endpoints, the MCU included
	Example    string // id of a target to look at: the first of the story
}

// Options say how a network is built.
type Options struct {
	// Now is when the story begins; dates and traffic depend on it.
	Now time.Time
	// Loopback builds it on the loopback address, each of its servers at a port
	// of its own, for systems without a simulated network.
	Loopback bool
}

// Server takes TCP connections.
type Server struct {
	Site, Name  string
	Address     netip.Addr
	Ports       []int
	TLS         bool          // at the first port
	Certificate time.Duration // how long it is still valid
}

// Gatekeeper knows the rooms by their aliases.
type Gatekeeper struct {
	Address netip.AddrPort
	Rooms   map[string]netip.AddrPort
}

// line is one line of one site.
type line struct {
	*Line
	id        string // of the link or uplink
	kind      string // id of the Line; empty for an uplink
	site      site
	order     int // among the lines of its site
	provider  string
	bandwidth inventory.BitRate
	price     float64 // VND a month
	delay     time.Duration
	addresses []netip.Addr
	share     float64 // of the world's peak that this site has, 0.5 to 1
}

// room is one conference endpoint.
type room struct {
	*Room
	id      string
	site    site
	address netip.Addr
	ports   []int
	kind    string // room or mcu
}

// What ids of targets are made of, beside the id of their site.
const (
	roomPrefix   = "phong-hop-"
	mcuPrefix    = "mcu-"
	routerPrefix = "rt-"
	uplinkSuffix = "-internet"
)

// builder collects a network. Its lists are in the order of the sites.
type builder struct {
	world    *World
	now      time.Time
	zone     *time.Location
	loopback bool
	ports    int // given away on the loopback address
	sites    []site
	links    []line
	uplinks  []line
	rooms    []room

	gatekeeper *Gatekeeper
}

// Build makes the network.
func (w *World) Build(o Options) (*Network, error) {
	zone, err := time.LoadLocation(w.Timezone)
	if err != nil {
		return nil, fmt.Errorf("timezone: %w", err)
	}
	b := &builder{world: w, now: o.Now, zone: zone, loopback: o.Loopback, sites: w.sites()}
	for _, s := range b.sites {
		b.site(s)
	}
	inv, err := b.inventory()
	if err != nil {
		return nil, err
	}
	n := &Network{
		World: w, Plan: b.plan(), Inventory: inv, Routers: b.routers(), Servers: b.servers(),
		Gatekeeper: b.gatekeeper, Story: w.Story, Sites: len(b.sites) - 1, Links: len(b.links), Rooms: len(b.rooms),
	}
	for _, scene := range w.Story {
		if ids := b.paths(scene); n.Example == "" && len(ids) > 0 {
			n.Example = ids[0]
		}
	}
	if o.Loopback {
		n.Plan, n.Story = nil, nil
		return n, nil
	}
	return n, n.Plan.Check()
}

// site adds what a site has.
func (b *builder) site(s site) {
	luck := rand.New(rand.NewPCG(b.world.Seed, uint64(s.index)))
	far, share := luck.Float64(), 0.5+0.5*luck.Float64()
	if s.index == 0 {
		if u := b.world.Hub.Uplink; u != nil {
			b.uplinks = append(b.uplinks, b.line(u, s, "", 0, far, 1))
		}
		if m := b.world.Hub.MCU; m != nil {
			b.rooms = append(b.rooms, b.room(m, s, "mcu", mcuPrefix))
		}
		return
	}
	for i, kind := range slices.Sorted(maps.Keys(b.world.Lines)) {
		b.links = append(b.links, b.line(b.world.Lines[kind], s, kind, i, far, share))
	}
	if u := b.world.Uplink; u != nil {
		b.uplinks = append(b.uplinks, b.line(u, s, "", 0, far, share))
	}
	if r := b.world.Room; r != nil {
		b.rooms = append(b.rooms, b.room(r, s, "room", roomPrefix))
	}
}

func (b *builder) room(r *Room, s site, kind, prefix string) room {
	x := room{Room: r, id: prefix + s.id, site: s, address: b.v4(s, hostRoom), kind: kind, ports: r.Ports}
	if b.loopback {
		x.ports = make([]int, len(r.Ports))
		for i := range x.ports {
			x.ports[i] = b.port()
		}
	}
	if r.Gatekeeper {
		b.gatekeeper = &Gatekeeper{netip.AddrPortFrom(x.address, uint16(b.rasPort())), map[string]netip.AddrPort{}}
	} else if b.gatekeeper != nil && len(x.ports) > 0 {
		b.gatekeeper.Rooms[s.id] = netip.AddrPortFrom(x.address, uint16(x.ports[0]))
	}
	return x
}

// port gives a port of the loopback address away.
func (b *builder) port() int {
	b.ports++
	return firstPort + b.ports - 1
}

func (b *builder) line(l *Line, s site, kind string, order int, far, share float64) line {
	x := line{Line: l, site: s, kind: kind, order: order, share: share, delay: b.delay(l, s, far)}
	if kind == "" {
		x.id, x.addresses = s.id+uplinkSuffix, []netip.Addr{b.v4(s, hostUplink)}
		if !b.loopback {
			x.addresses = append(x.addresses, v6(s, hostUplink))
		}
	} else {
		x.id, x.addresses = s.id+"-"+kind, []netip.Addr{b.v4(s, hostLine+order)}
	}
	x.provider = l.Providers[s.index%len(l.Providers)]
	x.bandwidth = l.Bandwidth[s.index%len(l.Bandwidth)]
	// Twice the bandwidth costs about 1.6 times as much.
	times := float64(x.bandwidth) / float64(slices.Min(l.Bandwidth))
	x.price = math.Round(l.Cost*math.Pow(times, 0.7)/1e4) * 1e4
	return x
}

func (b *builder) delay(l *Line, s site, far float64) time.Duration {
	if l == nil {
		return 0
	}
	d := l.Delay + time.Duration(far*float64(l.Spread))
	if a := b.world.Areas[s.area]; a != nil {
		d += a.Delay
	}
	return d.Round(10 * time.Microsecond)
}

func (b *builder) servers() []Server {
	var list []Server
	for _, r := range b.rooms {
		if len(r.Ports) > 0 {
			list = append(list, Server{r.site.id, r.Name, r.address, r.ports, r.TLS, r.Certificate})
		}
	}
	return list
}
