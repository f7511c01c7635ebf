package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// scrapeCost is what scrapes of one program cost.
type scrapeCost struct {
	last    scraped
	scrapes int
	median  time.Duration // from the request to the last byte
	slowest time.Duration
	cpu     time.Duration // of the program, a scrape
	// doubt is how far off cpu may be: by as much as the windows without scrapes,
	// before and after, differ.
	doubt     time.Duration
	idle      [2]float64 // share of a core in these two windows
	perSeries time.Duration
}

// told reports whether the processor time of the scrapes stands out from that of
// the pings.
func (c *scrapeCost) told() bool { return c.cpu > 4*c.doubt }

// runScrape measures scrapes of ping targets: how long one of many takes while all
// are pinged each second, and what it costs beside smokeping_prober.
//
// The two are compared where that program's own work does not drown that of a
// scrape: it wakes ten times a second for each target, pinged or not, so there are
// fewer targets; and they are pinged seldom, so that this costs next to nothing.
func runScrape(ctx context.Context, b *bench) error {
	n := b.sizes.scrapeTargets
	t := table{title: "Scrapes of ping targets", head: []string{
		"program", "targets", "pinged every", "scrapes", "median", "slowest", "size", "series", "CPU a scrape", "CPU a series", "of a core without scrapes",
	}}
	busy, err := b.scrapeWanwatch(ctx, n, time.Second, b.sizes.scrapes)
	if err != nil {
		return err
	}
	t.addScrape("wanwatch", n, time.Second, busy)
	b.report.goal("scrape of "+thousands(n)+" ping targets: slowest", "%.2f s", busy.slowest.Seconds(), 0.3)
	if err := b.besideSmokeping(ctx, &t); err != nil {
		return err
	}
	t.note("Asked for as Prometheus asks: the text format, compressed. The scrapes are spread over %s. Their CPU is what the program used "+
		"in that time beyond what it used in as long a time before and after, the mean of both; it is uncertain by half their difference.",
		b.sizes.scrapeWindow)
	b.report.tables = append(b.report.tables, t)
	return nil
}

// besideSmokeping scrapes both programs where they can be compared.
func (b *bench) besideSmokeping(ctx context.Context, t *table) error {
	n, interval := b.sizes.peerTargets, b.sizes.seldom
	ours, err := b.scrapeWanwatch(ctx, n, interval, b.sizes.peerScrapes)
	if err != nil {
		return err
	}
	t.addScrape("wanwatch", n, interval, ours)
	theirs, err := b.scrapeSmokeping(ctx, n, interval, b.sizes.peerScrapes)
	if isMissing(err) {
		t.note("%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	t.addScrape("smokeping_prober", n, interval, theirs)
	b.compareScrapes(t, &ours, &theirs)
	return nil
}

// compareScrapes sets the goal, if both programs' figures can be told.
func (b *bench) compareScrapes(t *table, ours, theirs *scrapeCost) {
	if !ours.told() || !theirs.told() || theirs.perSeries <= 0 {
		t.note("Not compared: the CPU of the pings varied by too much to tell that of the scrapes.")
		return
	}
	b.report.goal("scrape: CPU a series beside smokeping_prober's", "%.2f times", ratio(ours.perSeries, theirs.perSeries), 0.5)
}

// scrapeWanwatch measures scrapes of wanwatch, which pings n targets once in
// interval.
func (b *bench) scrapeWanwatch(ctx context.Context, n int, interval time.Duration, scrapes int) (scrapeCost, error) {
	logf("scrape: wanwatch, each target pinged every %s", interval)
	inventory, err := b.pingInventory(n, interval)
	if err != nil {
		return scrapeCost{}, err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return scrapeCost{}, err
	}
	defer s.stop()
	return b.measureScrape(ctx, s, max(interval+b.sizes.warmup, b.sizes.pingWarmup), scrapes) // by then all have been pinged
}

// scrapeSmokeping measures scrapes of smokeping_prober.
func (b *bench) scrapeSmokeping(ctx context.Context, n int, interval time.Duration, scrapes int) (scrapeCost, error) {
	logf("scrape: smokeping_prober, each target pinged every %s", interval)
	s, err := b.startSmokeping(ctx, n, interval)
	if err != nil {
		return scrapeCost{}, err
	}
	defer s.stop()
	return b.measureScrape(ctx, s, max(interval+b.sizes.warmup, b.sizes.pingWarmup), scrapes) // by then all have been pinged
}

// measureScrape scrapes a program several times, after it had time to settle.
// Before and after it watches as long what the program uses unasked.
func (b *bench) measureScrape(ctx context.Context, s *server, settle time.Duration, scrapes int) (scrapeCost, error) {
	cost := scrapeCost{scrapes: scrapes}
	if err := s.wait(ctx, settle); err != nil {
		return cost, err
	}
	if _, err := scrape(ctx, s.metrics); err != nil { // fills its buffers
		return cost, err
	}
	before, err := s.use(ctx, b.sizes.scrapeWindow)
	if err != nil {
		return cost, err
	}
	asked, err := b.ask(ctx, s, &cost)
	if err != nil {
		return cost, err
	}
	after, err := s.use(ctx, b.sizes.scrapeWindow)
	if err != nil {
		return cost, err
	}
	cost.account(before, asked, after)
	return cost, nil
}

// ask scrapes a program at even distances and tells what it used meanwhile. A
// scrape that takes longer than that delays the others.
func (b *bench) ask(ctx context.Context, s *server, cost *scrapeCost) (usage, error) {
	used, err := s.cpu()
	if err != nil {
		return usage{}, err
	}
	var took []time.Duration
	start := time.Now()
	for i := range cost.scrapes {
		if cost.last, err = scrape(ctx, s.metrics); err != nil {
			return usage{}, err
		}
		took = append(took, cost.last.took)
		next := start.Add(b.sizes.scrapeWindow * time.Duration(i+1) / time.Duration(cost.scrapes))
		if err := s.wait(ctx, time.Until(next)); err != nil {
			return usage{}, err
		}
	}
	elapsed := time.Since(start)
	now, err := s.cpu()
	slices.Sort(took)
	cost.median, cost.slowest = took[len(took)/2], took[len(took)-1]
	return usage{now - used, elapsed}, err
}

// account works out the costs of a scrape from what was used in the window with
// scrapes and in those without, before and after it.
func (c *scrapeCost) account(before, asked, after usage) {
	n := c.scrapes
	c.idle = [2]float64{before.share(), after.share()}
	window := float64(asked.elapsed)
	unasked := time.Duration(window * (c.idle[0] + c.idle[1]) / 2)
	off := time.Duration(window * (c.idle[0] - c.idle[1]) / 2)
	c.cpu = max(0, asked.cpu-unasked) / time.Duration(n)
	c.doubt = max(off, -off) / time.Duration(n)
	c.perSeries = c.cpu / time.Duration(max(1, c.last.series))
}

func (t *table) addScrape(program string, targets int, interval time.Duration, c scrapeCost) {
	cpu, perSeries := "not told", "not told"
	if c.told() {
		cpu = fmt.Sprintf("%s ± %s", millis(c.cpu), millis(c.doubt))
		perSeries = fmt.Sprintf("%d ns", c.perSeries.Nanoseconds())
	}
	t.add(program, thousands(targets), interval.String(), strconv.Itoa(c.scrapes), millis(c.median), millis(c.slowest), megabytes(c.last.bytes), thousands(c.last.series),
		cpu, perSeries, percent(c.idle[0])+", "+percent(c.idle[1]))
}
