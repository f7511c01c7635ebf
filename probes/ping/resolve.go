package ping

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"wanwatch/probes"
)

const (
	// resolveEvery is how often a name is resolved again, resolveSoon how soon
	// when it failed or its target does not answer; then half as often each
	// time, down to twice in resolveEvery.
	resolveEvery = time.Minute
	resolveSoon  = 5 * time.Second
	// resolveTimeout bounds one lookup, resolveWorkers how many run at a time.
	resolveTimeout = 5 * time.Second
	resolveWorkers = 16
)

// lookup is a name with the families that will do. The zero value is none.
type lookup struct {
	host string
	want choice
}

// resolution is what a lookup brought: an address, or why there is none.
type resolution struct {
	lookup
	peer peer
	err  error
}

// resolver keeps the addresses of names up to date. A few workers do the
// lookups, so that names that are slow to resolve delay few others, and the loop
// never.
type resolver struct {
	source  probes.Resolver
	logger  *slog.Logger
	deliver func(resolution)
	every   time.Duration
	soon    time.Duration
	usable  func(family) bool

	wake chan struct{}
	free chan struct{} // one for each idle worker

	mu    sync.Mutex
	names map[lookup]*name
	due   nameHeap
}

// name is a lookup that is repeated.
type name struct {
	lookup
	peer   peer // the last good address
	failed bool
	asked  time.Time     // when the last lookup began
	urgent bool          // its target does not answer
	pause  time.Duration // until the next lookup, while something is wrong
	at     time.Time     // when the next one is due
	index  int           // in the heap; -1: being looked up, or given up
}

func newResolver(env probes.Env, usable func(family) bool, deliver func(resolution)) *resolver {
	r := &resolver{
		source: env.Resolver, logger: env.Logger, deliver: deliver, usable: usable,
		every: resolveEvery, soon: resolveSoon,
		wake: make(chan struct{}, 1), free: make(chan struct{}, resolveWorkers),
		names: map[lookup]*name{},
	}
	for range resolveWorkers {
		r.free <- struct{}{}
	}
	return r
}

// set says which names are wanted. Those that are known are delivered again, for
// targets that are new.
func (r *resolver) set(list []lookup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := make(map[lookup]*name, len(list))
	for _, l := range list {
		n := r.names[l]
		switch {
		case n == nil:
			n = &name{lookup: l, pause: r.soon, index: -1}
			heap.Push(&r.due, n)
		case n.peer.valid():
			r.deliver(resolution{lookup: l, peer: n.peer})
		case n.failed:
			n.at = time.Time{} // so that new targets learn why
			if n.index >= 0 {
				heap.Fix(&r.due, n.index)
			}
		}
		names[l] = n
	}
	for l, n := range r.names {
		if names[l] == nil && n.index >= 0 {
			heap.Remove(&r.due, n.index)
		}
	}
	r.names = names
	r.poke()
}

// hurry makes a name be looked up soon, because its target does not answer.
func (r *resolver) hurry(l lookup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.names[l]
	if n == nil || n.index < 0 {
		return
	}
	if at := n.asked.Add(n.pause); at.Before(n.at) {
		n.at, n.urgent = at, true
		heap.Fix(&r.due, n.index)
		r.poke()
	}
}

func (r *resolver) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run looks names up until ctx is done; it returns when all workers have ended.
func (r *resolver) run(ctx context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		n, wait := r.first()
		if n == nil {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-r.wake:
			case <-ctx.Done():
				return
			}
			continue
		}
		select {
		case <-r.free:
		case <-ctx.Done():
			return
		}
		workers.Go(func() {
			r.look(ctx, n)
			r.free <- struct{}{}
		})
	}
}

// first takes the name that is due out of the heap, or says how long to wait.
func (r *resolver) first() (*name, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.due) == 0 {
		return nil, time.Hour
	}
	now := time.Now()
	if wait := r.due[0].at.Sub(now); wait > 0 {
		return nil, wait
	}
	n := heap.Pop(&r.due).(*name)
	n.asked = now
	return n, 0
}

// look resolves a name once and tells what came.
func (r *resolver) look(ctx context.Context, n *name) {
	timed, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	p, err := resolve(timed, r.source, n.lookup, n.peer, r.usable)
	if ctx.Err() != nil {
		return
	}
	r.take(n, p, err)()
}

// take keeps what a lookup brought and hands it on. It returns what logs the
// change, for when nobody waits for the lock any more.
func (r *resolver) take(n *name, p peer, err error) (report func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := r.every
	if err != nil {
		wait = n.pause
	}
	// A great outage must not become a storm of lookups: what brought nothing
	// new is tried less and less often.
	if news := err == nil && p != n.peer; news || err == nil && !n.urgent {
		n.pause = r.soon
	} else {
		n.pause = min(2*n.pause, r.every/2)
	}
	n.urgent = false
	was := *n
	if n.failed = err != nil; !n.failed {
		n.peer = p
	}
	n.at = n.asked.Add(wait)
	if r.names[n.lookup] == n {
		heap.Push(&r.due, n)
		r.deliver(resolution{n.lookup, p, err})
		r.poke()
	}
	return func() { r.report(&was, p, err) }
}

// report logs what has changed.
func (r *resolver) report(was *name, p peer, err error) {
	switch {
	case err != nil && !was.failed && was.peer.valid():
		r.logger.Warn("a name does not resolve; its last address is used", "name", was.host, "address", was.peer.String(), "error", err)
	case err != nil && !was.failed:
		r.logger.Warn("a name does not resolve; its targets cannot be pinged", "name", was.host, "error", err)
	case err == nil && was.peer.valid() && was.peer != p:
		r.logger.Info("the address of a name has changed", "name", was.host, "from", was.peer.String(), "to", p.String())
	case err == nil && was.failed:
		r.logger.Info("a name resolves again", "name", was.host, "address", p.String())
	}
}

// resolve looks a name up and chooses: the address in use, if it is still among
// the answers, so that a name with several does not jump; else the first.
func resolve(ctx context.Context, source probes.Resolver, l lookup, present peer, usable func(family) bool) (peer, error) {
	texts, err := source.LookupHost(ctx, l.host)
	if err != nil {
		return peer{}, fmt.Errorf("resolving %s: %w", l.host, err)
	}
	var first, unusable peer
	for _, text := range texts {
		p, err := parsePeer(text, hostLink)
		if err != nil || !l.want.allows(p.family()) {
			continue
		}
		switch {
		case p == present:
			return p, nil
		case !usable(p.family()):
			unusable = p
		case !first.valid():
			first = p
		}
	}
	switch {
	case first.valid():
		return first, nil
	case unusable.valid():
		return unusable, nil
	}
	return peer{}, &net.DNSError{Err: "no address that will do" + l.want.among(texts), Name: l.host, IsNotFound: true}
}

// among says what a name has instead of what is wanted.
func (c choice) among(texts []string) string {
	if c == anyFamily || len(texts) == 0 {
		return ""
	}
	return fmt.Sprintf(": family is %s and it has only %s", string(c), texts[0])
}

// nameHeap orders names by when they are due.
type nameHeap []*name

func (h nameHeap) Len() int           { return len(h) }
func (h nameHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h nameHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push implements heap.Interface.
func (h *nameHeap) Push(x any) {
	n := x.(*name)
	n.index = len(*h)
	*h = append(*h, n)
}

// Pop implements heap.Interface.
func (h *nameHeap) Pop() any {
	old := *h
	n := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	n.index = -1
	return n
}
