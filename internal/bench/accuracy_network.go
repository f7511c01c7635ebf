package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/inventory"
)

// Pings of the accuracy rows: 100 targets a path make the 10,000 pings of the
// figure to reach in 20 seconds. The time-out is shorter than the interval, so
// that counters speak of the first pings of the network's log.
const (
	wanTargets  = 100
	wanInterval = 200 * time.Millisecond
	wanTimeout  = 150 * time.Millisecond
	// wanLoss is lost on either path. By chance alone it varies by 0.1 points
	// over 10,000 pings (its standard deviation); with this seed these show it
	// as it is.
	wanLoss = 0.01
	wanSeed = 344
)

// wanPath is one path of the simulated network.
type wanPath struct {
	id, words string
	octet     byte // of its network, 198.18.octet.0/24
	delay     time.Duration
	jitter    time.Duration
}

func wanPaths() []wanPath {
	return []wanPath{
		{"city", "0.8 ms ± 0.1 ms", 1, 400 * time.Microsecond, 50 * time.Microsecond},
		{"country", "40 ms ± 4 ms", 2, 20 * time.Millisecond, 2 * time.Millisecond},
	}
}

// address is that of a target of the path.
func (p wanPath) address(n int) string {
	return netip.AddrFrom4([4]byte{198, 18, p.octet, byte(n + 1)}).String()
}

// wanAddresses are those of all targets.
func wanAddresses() []string {
	var list []string
	for n := range wanTargets {
		for _, p := range wanPaths() {
			list = append(list, p.address(n))
		}
	}
	return list
}

// wan is the simulated network while one program pings through it.
type wan struct {
	lab   *lab.Lab
	pings int // of each target
}

// onWAN starts the network, has a program ping through it, and ends it. Each
// program meets the same fates: they depend on the plan's seed and the number of
// the packet alone.
func (b *bench) onWAN(ctx context.Context, run func(context.Context, *bench, *wan) (map[string]heard, error)) (map[string]heard, error) {
	p := &plan.Plan{Seed: wanSeed, Paths: map[string]*plan.Path{}}
	for _, path := range wanPaths() {
		p.Paths[path.id] = &plan.Path{
			Prefixes: []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("198.18.%d.0/24", path.octet))},
			Both: plan.Conditions{
				Delay: &path.delay, Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: path.jitter, Overtake: true},
			},
			Back: plan.Conditions{Loss: new(inventory.Ratio(wanLoss))},
		}
	}
	network, err := lab.Start(p, lab.Options{ProberHere: true})
	if err != nil {
		return nil, err
	}
	result, err := run(ctx, b, &wan{network, b.sizes.accuracy})
	return result, errors.Join(err, network.Close())
}

// wait waits until the network has seen so many pings of each path.
func (w *wan) wait(ctx context.Context, p *process) error {
	for _, path := range wanPaths() {
		for w.lab.Log().Counts(path.id).Sum(plan.Out) < uint64(w.pings*wanTargets) {
			if err := p.wait(ctx, wanInterval); err != nil {
				return err
			}
		}
	}
	return nil
}

// exchanges returns the pings by address, once the network has come to rest.
func (w *wan) exchanges(ctx context.Context) (map[string][]truth.Exchange, error) {
	if err := w.lab.Settle(ctx, wanInterval); err != nil {
		return nil, err
	}
	s, err := w.lab.Stats()
	if err != nil {
		return nil, err
	}
	if s.DroppedOut+s.DroppedBack > 0 {
		return nil, fmt.Errorf("the machine is too slow for the simulated network: the kernel dropped %d packets", s.DroppedOut+s.DroppedBack)
	}
	by := map[string][]truth.Exchange{}
	for _, x := range w.lab.Log().Exchanges("") {
		by[x.Address.String()] = append(by[x.Address.String()], x)
	}
	return by, nil
}
