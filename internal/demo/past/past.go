// Package past makes the history of a simulated network up: what wanwatch would have
// measured on it for the last months, as samples in its store.
//
// The traffic is that of the network's routers, whose curves reach back; delays and
// losses are those of its plan. Faults are drawn by lot, with the plan's seed: the
// story, which repeats every few minutes, would leave no availability to speak of.
package past

import (
	"context"
	"fmt"
	"math"
	"time"

	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/lab/world"
	"wanwatch/inventory"
	"wanwatch/probes/kinds"
	"wanwatch/probes/schedule"
)

// Simulated is the series that marks the time whose samples were made up, with the
// value 1.
const Simulated = "wanwatch_demo_history_simulated"

// Step is the distance of the samples: just what a query takes for the present.
const Step = 5 * time.Minute

// The histograms of round-trip times, which are most of the series, go back for
// detailed, and closer: rates are asked over five minutes.
const (
	detailed   = 12 * time.Hour
	detailStep = time.Minute
)

// Write writes the history of a network for some time up to a moment into a folder.
func Write(ctx context.Context, path string, n *world.Network, length time.Duration, to time.Time, progress func(share float64)) error {
	inv, err := inventory.Parse([]inventory.File{{Name: "demo.yaml", Data: n.Inventory}}, kinds.Inventory())
	if err != nil {
		return err
	}
	to = to.UTC().Truncate(Step) // in UTC, as the rules have their months
	m := maker{network: n, inv: inv, from: to.Add(-length), to: to}
	all, details, err := m.series()
	if err != nil {
		return err
	}
	err = store.Backfill(ctx, store.Backfilling{
		Path: path, From: m.from, To: to, Step: Step, Series: append(all, mark), Progress: progress,
	})
	if err != nil {
		return err
	}
	return store.Backfill(ctx, store.Backfilling{Path: path, From: to.Add(-min(length, detailed)), To: to, Step: detailStep, Series: details})
}

func mark(moments []time.Time) []store.Column {
	return []store.Column{{Labels: map[string]string{"__name__": Simulated}, Values: filled(len(moments), 1)}}
}

// maker makes the past of each target.
type maker struct {
	network  *world.Network
	inv      *inventory.Inventory
	from, to time.Time
}

// series returns the past of all targets, and the details of its last hours.
func (m *maker) series() (all, details []store.Past, err error) {
	jobs, err := schedule.Plan(m.inv, "")
	if err != nil {
		return nil, nil, fmt.Errorf("plan the probes of the past: %w", err)
	}
	e := exporter.New(exporter.Options{})
	e.Apply(m.inv, "", kinds.All(), jobs)
	fixed := constants(e)
	outages := m.outages()
	for _, t := range m.inv.Targets() {
		if len(t.Probes) == 0 {
			continue
		}
		all = append(all, m.target(t, outages, fixed[t.ID]).columns)
		if one := m.target(t, outages, nil); one.ping != nil {
			details = append(details, one.histogram)
		}
	}
	return all, details, nil
}

// constants are the series that say what the inventory says, by target: limits, and
// what things are called.
func constants(e *exporter.Exporter) map[string][]constant {
	wanted := map[string]bool{}
	for _, name := range []string{
		"wanwatch_target_info", "wanwatch_link_bandwidth_bytes_per_second", "wanwatch_contract_sla_availability_ratio",
		"wanwatch_contract_sla_loss_ratio", "wanwatch_contract_sla_rtt_seconds", "wanwatch_contract_sla_jitter_seconds",
	} {
		wanted[name] = true
	}
	all := map[string][]constant{}
	e.Feed(func(r exporter.Row) {
		var list []constant
		r.Series(func(name string, own []exporter.Label) {
			labels := map[string]string{"__name__": name}
			for _, l := range append(r.Shared(), own...) {
				labels[l.Name] = l.Value
			}
			list = append(list, constant{labels: labels})
		})
		i := 0
		r.Samples(func(v float64, _ *exporter.Native) {
			c := list[i]
			i++
			if wanted[c.labels["__name__"]] && !math.IsNaN(v) {
				c.value = v
				all[c.labels["target"]] = append(all[c.labels["target"]], c)
			}
		})
	})
	return all
}

// constant is a series whose value does not change.
type constant struct {
	labels map[string]string
	value  float64
}
