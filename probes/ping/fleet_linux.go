package ping

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// relinkEvery is how often the interfaces of this host are looked at, if
// targets name any.
const relinkEvery = 5 * time.Second

// NewFleet returns the engine that pings all targets together. It opens the
// sockets, and fails if the host permits none, saying what would allow them.
func NewFleet(env probes.Env) (probes.Fleet, error) {
	return newFleet(env, datagram, raw)
}

// fleet is the engine of Linux.
type fleet struct {
	env      probes.Env
	media    []medium
	sockets  *sockets
	loop     *loop
	resolver *resolver

	mu      sync.Mutex // held by Set and relink, until the loop has been told
	planner *planner
	wired   []string       // interfaces that targets name
	known   map[string]int // their indexes, as the loop was told
	sums    map[int]uint32
}

func newFleet(env probes.Env, media ...medium) (*fleet, error) {
	env = env.WithDefaults()
	c := newHostClock()
	s, err := openSockets(c, env.Logger, media...)
	if err != nil {
		return nil, err
	}
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, errors.Join(fmt.Errorf("making a key for the packets: %w", err), s.close())
	}
	f := &fleet{env: env, media: media, sockets: s, planner: newPlanner(), sums: map[int]uint32{}}
	e := newEngine(c, s, env, nil, seed, s.pattern)
	if f.loop, err = newLoop(e, s); err != nil {
		return nil, errors.Join(err, s.close())
	}
	f.resolver = newResolver(env, func(fm family) bool { return s.usable(fm) == nil }, func(r resolution) {
		f.loop.inbox.post(func() { f.loop.inbox.resolutions = append(f.loop.inbox.resolutions, r) })
	})
	e.unwell = f.resolver.hurry
	for fm := range family(families) {
		env.Meter.Add(metric.PingSocketDrops, 0, fm.String()) // so that it exists
	}
	return f, nil
}

// Set implements probes.Fleet. The work is done here; the loop only swaps.
func (f *fleet) Set(jobs []probes.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.planner.plan(jobs, f.patternSum)
	f.wired = c.table.wiredNames()
	links := f.links()
	f.known = links
	b := &f.loop.inbox
	b.post(func() {
		b.links = links
		if b.change != nil { // not taken yet: both changes are one
			c.added = append(b.change.added, c.added...)
			c.removed = append(b.change.removed, c.removed...)
		}
		b.change = &c
	})
	f.resolver.set(c.table.lookups())
}

// patternSum is the sum of the payload behind the cookie.
func (f *fleet) patternSum(size int) uint32 {
	s, ok := f.sums[size]
	if !ok {
		s = sum(f.sockets.pattern[cookieSize:size])
		f.sums[size] = s
	}
	return s
}

// links returns the indexes of the interfaces that targets name; nil if none
// does.
func (f *fleet) links() map[string]int {
	if len(f.wired) == 0 {
		return nil
	}
	links := map[string]int{}
	for _, name := range f.wired {
		if i := f.sockets.link(name); i != 0 {
			links[name] = i
		}
	}
	return links
}

// Run implements probes.Fleet.
func (f *fleet) Run(ctx context.Context, emit probes.Emit) error {
	ctx, cancel := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer cancel()
	helpers.Go(func() { f.resolver.run(ctx) })
	helpers.Go(func() { f.watchLinks(ctx) })
	f.loop.engine.emit = emit
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				ended <- fmt.Errorf("the ping engine panicked: %v\n%s", v, debug.Stack())
			}
		}()
		ended <- f.loop.run(ctx)
	}()
	return <-ended
}

// watchLinks tells the loop when interfaces come, go or change their index.
func (f *fleet) watchLinks(ctx context.Context) {
	ticker := time.NewTicker(relinkEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			f.relink()
		case <-ctx.Done():
			return
		}
	}
}

// relink looks at the interfaces and tells the loop if they are others.
func (f *fleet) relink() {
	f.mu.Lock()
	defer f.mu.Unlock()
	links := f.links()
	if maps.Equal(links, f.known) {
		return
	}
	f.known = links
	f.loop.inbox.post(func() { f.loop.inbox.links = links })
}

// Close implements probes.Fleet.
func (f *fleet) Close() error {
	return errors.Join(f.loop.inbox.close(), f.sockets.close())
}
