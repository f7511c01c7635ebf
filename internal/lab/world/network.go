package world

import (
	"net/netip"
	"slices"
	"time"

	"wanwatch/internal/lab/plan"
)

// plan makes a path of each address that something may happen to by itself.
func (b *builder) plan() *plan.Plan {
	p := &plan.Plan{Seed: b.world.Seed, Paths: map[string]*plan.Path{}}
	carrier := map[int]*plan.Path{} // the line that leads to a site, by its index
	for _, l := range b.links {
		p.Paths[l.id] = b.path(l)
		if carrier[l.site.index] == nil || l.Role != "backup" {
			carrier[l.site.index] = p.Paths[l.id]
		}
	}
	for _, l := range b.uplinks {
		p.Paths[l.id] = b.path(l)
	}
	for _, s := range b.sites {
		p.Paths[routerPrefix+s.id] = behind(carrier[s.index], b.v4(s, hostRouter))
	}
	for _, r := range b.rooms {
		p.Paths[r.id] = behind(carrier[r.site.index], r.address)
	}
	for _, scene := range b.world.Story {
		if paths := b.paths(scene); len(paths) > 0 {
			p.Events = append(p.Events, &plan.Event{
				Note: scene.Note, At: scene.At, For: scene.For, Every: scene.Every, Over: scene.Over,
				Paths: paths, Both: scene.Both, Out: scene.Out, Back: scene.Back,
			})
		}
	}
	return p
}

func (b *builder) path(l line) *plan.Path {
	return &plan.Path{Prefixes: prefixes(l.addresses), Hops: b.hops(l), Both: plan.Conditions{
		Delay: new(l.delay), Jitter: l.Jitter, Loss: l.Loss,
	}}
}

// behind returns the way to a host within a site: that of the line which leads
// there. In the hub there is none.
func behind(line *plan.Path, host netip.Addr) *plan.Path {
	p := &plan.Path{Prefixes: prefixes([]netip.Addr{host}), Both: plan.Conditions{Delay: new(100 * time.Microsecond)}}
	if line != nil {
		p.Both, p.Hops = line.Both, line.Hops
	}
	return p
}

func prefixes(addresses []netip.Addr) []netip.Prefix {
	list := make([]netip.Prefix, len(addresses))
	for i, a := range addresses {
		list[i] = netip.PrefixFrom(a, a.BitLen())
	}
	return list
}

// hops returns the routers of a provider on the way to an area: one in its
// middle, one in the area.
func (b *builder) hops(l line) []plan.Router {
	provider := slices.Index(sortedKeys(b.world.Providers), l.provider)
	area := slices.Index(sortedKeys(b.world.Areas), l.site.area) + 1
	router := func(n int) plan.Router {
		return plan.Router{V4: v4(routers + uint32(provider*routersEach+n))}
	}
	return []plan.Router{router(1), router(2 + area)}
}

// routersEach is how many routers a provider may have.
const routersEach = 256

// paths returns the ids of the paths that a scene happens to.
func (b *builder) paths(s *Scene) []string {
	var ids []string
	add := func(list []line, c *Choice) {
		for _, l := range list {
			if c != nil && c.fits(l.site, l.kind, l.provider) {
				ids = append(ids, l.id)
			}
		}
	}
	add(b.links, s.Lines)
	add(b.uplinks, s.Uplinks)
	for _, r := range b.rooms {
		if s.Rooms != nil && s.Rooms.fits(r.site, "", "") {
			ids = append(ids, r.id)
		}
	}
	return ids
}

// fits reports whether something is chosen. What a room has none of (lines,
// providers) does not choose among rooms.
func (c *Choice) fits(s site, line, provider string) bool {
	among := func(list []string, x string) bool { return len(list) == 0 || slices.Contains(list, x) }
	return among(c.Sites, s.id) && among(c.Areas, s.area) &&
		(line == "" || among(c.Lines, line)) && (provider == "" || among(c.Providers, provider))
}
