package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// scrapeCost is what scrapes of one program cost.
type scrapeCost struct {
	last      scraped
	median    time.Duration // from the request to the last byte
	slowest   time.Duration
	cpu       time.Duration // of the program, a scrape
	perSeries time.Duration
}

// runScrape measures one scrape of many ping targets. smokeping_prober pings
// each of them only every ten seconds, since at one a second it would have no
// processor time left to answer.
func runScrape(ctx context.Context, b *bench) error {
	n := b.sizes.scrapeTargets
	t := table{title: fmt.Sprintf("One scrape of %s ping targets", thousands(n)), head: []string{
		"program", "median", "slowest", "size", "series", "CPU a scrape", "CPU a series",
	}}
	inventory, err := b.pingInventory(n)
	if err != nil {
		return err
	}
	ours, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return err
	}
	defer ours.stop()
	cost, err := b.measureScrape(ctx, ours, b.sizes.warmup)
	if err != nil {
		return err
	}
	ours.stop()
	t.addScrape("wanwatch", cost)
	b.report.goal("scrape of "+thousands(n)+" ping targets: slowest", "%.2f s", cost.slowest.Seconds(), 0.3)

	const interval = 10 * time.Second
	peer, err := b.startSmokeping(ctx, n, interval)
	if err != nil {
		t.note("%v", err)
	} else {
		defer peer.stop()
		theirs, err := b.measureScrape(ctx, peer, interval+b.sizes.warmup)
		if err != nil {
			return err
		}
		t.addScrape("smokeping_prober", theirs)
		t.note("smokeping_prober pings each target every %s here, wanwatch every second.", interval)
		if theirs.perSeries > 0 {
			b.report.goal("scrape: CPU a series beside smokeping_prober's", "%.2f times", ratio(cost.perSeries, theirs.perSeries), 0.5)
		}
	}
	t.note("Asked for as Prometheus asks: the text format, compressed. %d scrapes, one after the other; "+
		"the CPU is what the program used in that time beyond what it uses without them.", b.sizes.scrapes)
	b.report.tables = append(b.report.tables, t)
	return nil
}

// measureScrape scrapes a program several times, after it had time to settle.
func (b *bench) measureScrape(ctx context.Context, s *server, settle time.Duration) (scrapeCost, error) {
	logf("scrape: %s", s.name)
	var cost scrapeCost
	if err := s.wait(ctx, settle); err != nil {
		return cost, err
	}
	if _, err := scrape(ctx, s.metrics); err != nil { // fills its buffers
		return cost, err
	}
	idle, err := s.use(ctx, b.sizes.window/2)
	if err != nil {
		return cost, err
	}
	before, err := s.cpu()
	if err != nil {
		return cost, err
	}
	var took []time.Duration
	start := time.Now()
	for range b.sizes.scrapes {
		if cost.last, err = scrape(ctx, s.metrics); err != nil {
			return cost, err
		}
		took = append(took, cost.last.took)
	}
	elapsed := time.Since(start)
	after, err := s.cpu()
	if err != nil {
		return cost, err
	}
	pinging := time.Duration(float64(idle.cpu) * float64(elapsed) / float64(idle.elapsed))
	cost.cpu = max(0, after-before-pinging) / time.Duration(b.sizes.scrapes)
	cost.perSeries = cost.cpu / time.Duration(max(1, cost.last.series))
	slices.Sort(took)
	cost.median, cost.slowest = took[len(took)/2], took[len(took)-1]
	return cost, nil
}

func (t *table) addScrape(program string, c scrapeCost) {
	t.add(program, millis(c.median), millis(c.slowest), megabytes(c.last.bytes), thousands(c.last.series),
		millis(c.cpu), fmt.Sprintf("%d ns", c.perSeries.Nanoseconds()))
}
