package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/plans"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/lab/world"
)

// runNational runs wanwatch on the simulated network of a whole country, with
// its outages, and holds what it says against what the network did.
func runNational(ctx context.Context, b *bench) error {
	n, err := loadNetwork(b.sizes.country)
	if err != nil {
		return err
	}
	network, err := lab.Start(n.Plan, lab.Options{ProberHere: true, Entries: 1})
	if err != nil {
		return err
	}
	err = b.onCountry(ctx, n, network)
	return errors.Join(err, network.Close())
}

func loadNetwork(name string) (*world.Network, error) {
	data, err := plans.Read(name)
	if err != nil {
		return nil, err
	}
	w, err := world.Decode(name, data)
	if err != nil {
		return nil, err
	}
	return w.Build(world.Options{Now: time.Now()})
}

// onCountry starts who lives there and wanwatch, and watches both for a while.
func (b *bench) onCountry(ctx context.Context, n *world.Network, network *lab.Lab) (err error) {
	secret := rand.Text()
	if err := os.Setenv(world.SecretVariable, secret); err != nil {
		return err
	}
	people, err := n.Inhabitants(secret, time.Now())
	if err != nil {
		return err
	}
	if err := people.Start(ctx, network); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, people.Close()) }()
	inventory, err := b.file("country.yaml", string(n.Inventory))
	if err != nil {
		return err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return err
	}
	defer s.stop()
	if err := s.wait(ctx, b.sizes.warmup); err != nil {
		return err
	}
	used, err := b.watchCountry(ctx, s)
	if err != nil {
		return err
	}
	said, err := readCountry(ctx, s.metrics)
	if err != nil {
		return err
	}
	did := lostBy(network.Log(), said)
	stats, err := network.Stats()
	if err != nil {
		return err
	}
	if stats.DroppedOut+stats.DroppedBack > 0 {
		return fmt.Errorf("the machine is too slow for the simulated network: the kernel dropped %d packets", stats.DroppedOut+stats.DroppedBack)
	}
	b.addCountry(n, &used, said, did, &stats)
	return nil
}

// countryUse is what wanwatch used.
type countryUse struct {
	usage
	memory, peak int64
	scrape       scraped // the slowest
}

// watchCountry scrapes as a Prometheus does, and tells what that and the probing
// cost.
func (b *bench) watchCountry(ctx context.Context, s *server) (u countryUse, err error) {
	begun, err := s.cpu()
	if err != nil {
		return u, err
	}
	start := time.Now()
	for next := start; next.Before(start.Add(b.sizes.countryWindow)); {
		one, err := scrape(ctx, s.metrics)
		if err != nil {
			return u, err
		}
		if one.took > u.scrape.took {
			u.scrape = one
		}
		next = next.Add(scrapeInterval)
		if err := s.wait(ctx, time.Until(next)); err != nil {
			return u, err
		}
	}
	now, err := s.cpu()
	if err != nil {
		return u, err
	}
	u.usage = usage{now - begun, time.Since(start)}
	u.memory, u.peak, err = s.memory()
	return u, err
}

// scrapeInterval is Prometheus' usual one.
const scrapeInterval = 15 * time.Second

// countrySaid is what wanwatch says of the country.
type countrySaid struct {
	sent, lost, snmp, failed float64
	stalled                  float64            // seconds in which it did not ping
	links                    map[string]float64 // pings lost, of targets whose paths carry nothing but pings
	late                     map[string]float64 // of these, answered after the time-out
}

func readCountry(ctx context.Context, metrics string) (*countrySaid, error) {
	s := &countrySaid{links: map[string]float64{}, late: map[string]float64{}}
	err := families(ctx, metrics, readers{
		"wanwatch_ping_sent_total":            func(f *dto.MetricFamily) { s.sent = sum(f) },
		"wanwatch_ping_stalled_seconds_total": func(f *dto.MetricFamily) { s.stalled = sum(f) },
		"wanwatch_probe_attempts_total":       func(f *dto.MetricFamily) { s.snmp = sum(ofSNMP(f)) },
		"wanwatch_probe_failures_total":       func(f *dto.MetricFamily) { s.failed = sum(ofSNMP(f)) },
		"wanwatch_ping_lost_total": func(f *dto.MetricFamily) {
			s.lost = sum(f)
			byTarget(f, s.links)
		},
		"wanwatch_ping_late_total": func(f *dto.MetricFamily) { byTarget(f, s.late) },
	})
	return s, err
}

// byTarget adds up the counters of targets whose paths carry nothing but pings.
func byTarget(f *dto.MetricFamily, sums map[string]float64) {
	for _, m := range f.GetMetric() {
		if id := label(m, "target"); label(m, "kind") != "device" && !strings.HasPrefix(id, "mcu-") {
			sums[id] += m.GetCounter().GetValue()
		}
	}
}

// ofSNMP keeps what devices' own SNMP probes say.
func ofSNMP(f *dto.MetricFamily) *dto.MetricFamily {
	list := slices.DeleteFunc(slices.Clone(f.GetMetric()), func(m *dto.Metric) bool {
		return label(m, "probe") != "snmp" || label(m, "kind") != "device"
	})
	return &dto.MetricFamily{Metric: list}
}

// countryDid is what the network did to the pings of the targets.
type countryDid struct {
	lost  uint64
	false float64 // pings that wanwatch calls lost and the network did not lose
	late  float64 // of these, answered after the time-out
	// missed are the other way round: not yet given up at the scrape, or sent in
	// seconds that wanwatch calls unknown.
	missed float64
}

func lostBy(log *truth.Log, said *countrySaid) countryDid {
	var d countryDid
	for id, lost := range said.links {
		counts := log.Counts(id)
		var dropped uint64
		for _, dir := range []plan.Direction{plan.Out, plan.Back} {
			for fate, n := range counts[dir] {
				if truth.Fate(fate).Dropped() {
					dropped += n
				}
			}
		}
		d.lost += dropped
		more := max(0, lost-float64(dropped))
		d.false += more
		d.late += min(more, said.late[id])
		d.missed += max(0, float64(dropped)-lost)
	}
	return d
}

func (b *bench) addCountry(n *world.Network, u *countryUse, said *countrySaid, did countryDid, stats *lab.Stats) {
	var ours float64
	for _, lost := range said.links {
		ours += lost
	}
	t := table{
		title: fmt.Sprintf("A simulated country: %s sites, %s links, %s conference endpoints", thousands(n.Sites), thousands(n.Links), thousands(n.Rooms)),
		head:  []string{"what", "measured"},
	}
	t.add("watched for", u.elapsed.Round(time.Second).String())
	t.add("pings; SNMP polls; of these failed", fmt.Sprintf("%s; %s; %s", thousands(int(said.sent)), thousands(int(said.snmp)), thousands(int(said.failed))))
	t.add("wanwatch: of a core, with a scrape each 15 s", percent(u.share()))
	t.add("wanwatch: memory, peak", megabytes(u.memory)+", "+megabytes(u.peak))
	t.add("wanwatch: slowest scrape, series", millis(u.scrape.took)+", "+thousands(u.scrape.series))
	t.add("pings of links, uplinks and rooms lost by the network", thousands(int(did.lost)))
	t.add("the same as wanwatch says", thousands(int(ours)))
	t.add("called lost, though the network did not lose them", thousands(int(did.false)))
	t.add("of these, answered after the time-out", thousands(int(did.late)))
	t.add("lost by the network, and not called lost", thousands(int(did.missed)))
	t.add("seconds in which wanwatch says that it could not ping", fmt.Sprintf("%.1f", said.stalled))
	t.add("the network itself: of a core", percent(float64(stats.CPU)/float64(stats.Up)))
	t.note("Not called lost is what was just sent when wanwatch was read, and what was sent in seconds that it calls unknown.")
	t.note("Two processes on one machine: wanwatch, and the network with its routers, whose forwarder is one thread of this benchmark. " +
		"Each target is pinged once a second, each router polled each 30 s. Its story is on: a provider fails in one province, a cable cut degrades another.")
	b.report.goal("a country: pings called lost that were not", "%.0f", did.false, 0)
	b.report.tables = append(b.report.tables, t)
}
