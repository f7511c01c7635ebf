package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// heard is what a program says of the pings over one path, beside what the
// simulated network did to the same pings.
type heard struct {
	sent              int
	lostSaid, lostDid float64         // shares of what was sent
	said, did         spread          // round trips
	singles           []time.Duration // sorted: how far single round trips are off, without the sign
}

// spread is the middle and the end of a distribution of round trips.
type spread struct{ p50, p99 time.Duration }

// runAccuracy measures how far each program is from what the network did.
func runAccuracy(ctx context.Context, b *bench) error {
	t := table{title: "Accuracy on a simulated network that loses 1 %", head: []string{
		"program", "path", "pings", "loss, network", "loss, program", "error, points",
		"RTT p50, network", "error", "RTT p99, network", "error", "error of single RTTs, p99",
	}}
	programs := []struct {
		name string
		run  func(context.Context, *bench, *wan) (map[string]heard, error)
	}{
		{"wanwatch", accuracyOfWanwatch}, {"fping", accuracyOfFping}, {"smokeping_prober", accuracyOfSmokeping},
	}
	var failed []error
	for _, p := range programs {
		logf("accuracy: %s", p.name)
		result, err := b.onWAN(ctx, p.run)
		switch {
		case isMissing(err):
			t.note("%v", err)
			continue
		case err != nil:
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
			continue
		}
		for _, path := range wanPaths() {
			h := result[path.id]
			t.addHeard(p.name, path.words, &h)
			if p.name == "wanwatch" {
				b.accuracyGoals(path, &h)
			}
		}
	}
	t.note("The network's figures are of the same pings, from its log, and hold its own lateness. " +
		"wanwatch's and smokeping_prober's quantiles are estimated from their histograms, whose buckets are 9 %% wide and twice as wide as the one before; " +
		"fping's are of the single values that it prints, as are the errors of single round trips. " +
		"wanwatch's single round trips are those of the last ping of each target at 20 scrapes; smokeping_prober tells none. " +
		"smokeping_prober does not tell lost from still on its way: what the network's log has on its way at the scrape was taken off. " +
		"Its first seconds are left out: then it loses answers even of the loopback.")
	b.report.tables = append(b.report.tables, t)
	return errors.Join(failed...)
}

func (b *bench) accuracyGoals(path wanPath, h *heard) {
	const points, micro = 0.1, 100
	b.report.goal(path.words+": loss, off the network's", "%.3f points", 100*max(h.lostSaid-h.lostDid, h.lostDid-h.lostSaid), points)
	b.report.goal(path.words+": loss, off the plan's", "%.3f points", 100*max(h.lostSaid-wanLoss, wanLoss-h.lostSaid), points)
	b.report.goal(path.words+": single RTTs off the network's, p99", "%.1f µs", inMicros(quantileOf(h.singles, 0.99)), micro)
	b.report.goal(path.words+": RTT p99 by the histogram, off the network's", "%.1f µs", inMicros((h.said.p99 - h.did.p99).Abs()), micro)
}

func (t *table) addHeard(program, path string, h *heard) {
	single := "not told"
	if len(h.singles) > 0 {
		single = micros(quantileOf(h.singles, 0.99))
	}
	share := func(x float64) string { return fmt.Sprintf("%.3f %%", 100*x) }
	t.add(program, path, thousands(h.sent), share(h.lostDid), share(h.lostSaid), fmt.Sprintf("%+.3f", 100*(h.lostSaid-h.lostDid)),
		micros(h.did.p50), signed(h.said.p50-h.did.p50), micros(h.did.p99), signed(h.said.p99-h.did.p99), single)
}

func signed(d time.Duration) string {
	return fmt.Sprintf("%+.1f µs", inMicros(d))
}

// spreadOf sorts its argument.
func spreadOf(trips []time.Duration) spread {
	slices.Sort(trips)
	return spread{quantileOf(trips, 0.50), quantileOf(trips, 0.99)}
}
