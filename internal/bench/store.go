package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// kept is what keeping history cost.
type kept struct {
	use    usage
	memory int64 // bytes in RAM at the end
}

// runStore measures what it costs to keep about 100,000 series each 15 s and to
// evaluate the rules on them: in wanwatch's own store, and in a Prometheus that
// scrapes the same wanwatch without a store.
func runStore(ctx context.Context, b *bench) error {
	n := b.sizes.storeTargets
	inventory, err := b.pingInventory(n, time.Second)
	if err != nil {
		return err
	}
	t := table{title: "History: " + thousands(68*n) + " series each 15 s, and the rules", head: []string{"program", "of a core", "memory"}}
	add := func(name string, k kept) { t.add(name, percent(k.use.share()), megabytes(k.memory)) }

	logf("store: wanwatch without a store")
	bare, err := b.keep(ctx, inventory, "")
	if err != nil {
		return err
	}
	add("wanwatch without a store", bare)
	logf("store: wanwatch with its store")
	whole, err := b.keep(ctx, inventory, filepath.Join(b.dir, "store"))
	if err != nil {
		return err
	}
	add("wanwatch with its store and the rules", whole)
	own := whole.use.share() - bare.use.share()
	b.report.goal("store: "+thousands(68*n)+" series each 15 s, with the rules", "%.2f of a core", own, 0.1)

	logf("store: Prometheus beside wanwatch")
	scraped, peer, err := b.keepBeside(ctx, inventory)
	switch {
	case isMissing(err):
		t.note("%v", err)
	case err != nil:
		return err
	default:
		add("wanwatch without a store, scraped by Prometheus", scraped)
		add("Prometheus, with the same rules", peer)
	}
	t.note("In a window of %s. The store's share is the difference of the first two lines: %s of a core.", b.sizes.storeWindow, percent(own))
	b.report.tables = append(b.report.tables, t)
	return nil
}

// keep measures wanwatch with a store in a folder, or without one.
func (b *bench) keep(ctx context.Context, inventory, folder string) (kept, error) {
	s, err := b.startWanwatchWith(ctx, inventory, folder)
	if err != nil {
		return kept{}, err
	}
	defer s.stop()
	return b.watch(ctx, s.process, s.process)
}

// watch measures a program once it and what it works for have settled.
func (b *bench) watch(ctx context.Context, p, settle *process) (kept, error) {
	if err := settle.wait(ctx, b.sizes.warmup+b.sizes.storeWindow/8); err != nil {
		return kept{}, err
	}
	use, err := p.use(ctx, b.sizes.storeWindow)
	if err != nil {
		return kept{}, err
	}
	now, _, err := p.memory()
	return kept{use, now}, err
}

// keepBeside measures a wanwatch without a store and the Prometheus that scrapes it.
func (b *bench) keepBeside(ctx context.Context, inventory string) (ours, theirs kept, err error) {
	path, err := find("prometheus", "prometheus")
	if err != nil {
		return ours, theirs, err
	}
	s, err := b.startWanwatchWith(ctx, inventory, "")
	if err != nil {
		return ours, theirs, err
	}
	defer s.stop()
	rules, err := exec.CommandContext(ctx, b.wanwatch, "alert", "rules").Output()
	if err != nil {
		return ours, theirs, fmt.Errorf("asking wanwatch for its rules: %w", err)
	}
	if _, err := b.file("wanwatch.rules.yml", string(rules)); err != nil {
		return ours, theirs, err
	}
	config, err := b.file("prometheus.yml", fmt.Sprintf(`
global: {scrape_interval: 15s}
rule_files: [wanwatch.rules.yml]
scrape_configs:
- job_name: wanwatch
  static_configs: [{targets: [%q]}]
`, strings.TrimPrefix(s.url, "http://")))
	if err != nil {
		return ours, theirs, err
	}
	address, err := freePort(ctx)
	if err != nil {
		return ours, theirs, err
	}
	p, err := b.start(ctx, "", path, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(b.dir, "prometheus"), "--web.listen-address="+address)
	if err != nil {
		return ours, theirs, err
	}
	defer p.stop()
	before, err := s.cpu()
	if err != nil {
		return ours, theirs, err
	}
	began := time.Now()
	if theirs, err = b.watch(ctx, p, s.process); err != nil {
		return ours, theirs, err
	}
	after, err := s.cpu()
	if err != nil {
		return ours, theirs, err
	}
	ours.use = usage{after - before, time.Since(began)}
	ours.memory, _, err = s.memory()
	return ours, theirs, err
}
