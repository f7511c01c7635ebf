package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"wanwatch/internal/lab/proof"
	"wanwatch/internal/lab/truth"
)

// tally adds up the pings of a path.
type tally struct {
	sent, lostSaid, lostDid int
	did                     []time.Duration // round trips
	singles                 []time.Duration
}

func (t *tally) heard(said spread) heard {
	slices.Sort(t.singles)
	sent := float64(max(t.sent, 1))
	return heard{
		sent: t.sent, lostSaid: float64(t.lostSaid) / sent, lostDid: float64(t.lostDid) / sent,
		said: said, did: spreadOf(t.did), singles: t.singles,
	}
}

// wanScrapes is how often the exporters are read in the end.
const wanScrapes = 20

func accuracyOfWanwatch(ctx context.Context, b *bench, w *wan) (map[string]heard, error) {
	var text strings.Builder
	text.WriteString("organization: Benchmark\nsites:\n  lab: {name: Lab}\n")
	fmt.Fprintf(&text, "defaults: {ping: {interval: %v, timeout: %v}}\nendpoints:\n", wanInterval, wanTimeout)
	for _, path := range wanPaths() {
		for n := range wanTargets {
			fmt.Fprintf(&text, "  %s-%03d: {site: lab, address: %s, probes: {ping: {}}}\n", path.id, n, path.address(n))
		}
	}
	inventory, err := b.file("accuracy.yaml", text.String())
	if err != nil {
		return nil, err
	}
	s, err := b.startWanwatch(ctx, inventory)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := w.wait(ctx, s.process); err != nil {
		return nil, err
	}
	var scrapes []*proof.Metrics
	for range wanScrapes {
		err := get(ctx, s.metrics, proof.Accept, func(body io.Reader, header http.Header) error {
			m, err := proof.Read(body, header)
			scrapes = append(scrapes, m)
			return err
		})
		if err != nil {
			return nil, err
		}
		if err := s.wait(ctx, wanInterval/3); err != nil {
			return nil, err
		}
	}
	s.stop()
	exchanges, err := w.exchanges(ctx)
	if err != nil {
		return nil, err
	}
	result := map[string]heard{}
	for _, path := range wanPaths() {
		if result[path.id], err = path.hearWanwatch(scrapes, exchanges); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// hearWanwatch compares each target at the last scrape at which the log tells
// which pings the counters speak of.
func (p wanPath) hearWanwatch(scrapes []*proof.Metrics, exchanges map[string][]truth.Exchange) (heard, error) {
	var t tally
	var trips proof.Histogram
	for n := range wanTargets {
		id := fmt.Sprintf("%s-%03d", p.id, n)
		judged := proof.Judged(exchanges[p.address(n)], wanTimeout)
		var last proof.Verdict
		var said *proof.Said
		for _, m := range scrapes {
			s := m.Target(id)
			v := proof.Compare(s, judged, wanTimeout)
			if len(v.Problems) > 0 {
				return heard{}, fmt.Errorf("%s: %s", id, strings.Join(v.Problems, "; "))
			}
			if !v.Decided {
				continue
			}
			last, said = v, s
			if s.Success && v.Blind == 0 {
				t.singles = append(t.singles, (s.Trip - v.Last.Planned - v.Last.Late).Abs())
			}
		}
		if said == nil {
			continue
		}
		t.sent += said.Sent
		t.lostSaid += said.Lost
		t.lostDid += last.Did.Lost
		t.did = append(t.did, last.Did.Planned...)
		trips.Add(said.RTT)
	}
	return t.heard(spread{trips.Quantile(0.50), trips.Quantile(0.99)}), nil
}

func accuracyOfFping(ctx context.Context, b *bench, w *wan) (map[string]heard, error) {
	path, err := find("fping", "fping")
	if err != nil {
		return nil, err
	}
	addresses := wanAddresses()
	list, err := b.file("accuracy.txt", strings.Join(addresses, "\n")+"\n")
	if err != nil {
		return nil, err
	}
	gap := 0.9 * wanInterval.Seconds() * 1000 / float64(len(addresses))
	p, err := b.start(ctx, filepath.Join(b.dir, "fping-accuracy.out"), path, "-q", "-C", strconv.Itoa(w.pings),
		"-p", strconv.FormatInt(wanInterval.Milliseconds(), 10), "-t", strconv.FormatInt(wanTimeout.Milliseconds(), 10),
		"-i", strconv.FormatFloat(gap, 'f', 3, 64), "-f", list)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	select {
	case <-p.exited:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Duration(w.pings)*wanInterval + time.Minute):
		return nil, errors.New("fping did not end in time")
	}
	printed, err := os.ReadFile(p.log)
	if err != nil {
		return nil, err
	}
	said, err := fpingTrips(string(printed))
	if err != nil {
		return nil, err
	}
	exchanges, err := w.exchanges(ctx)
	if err != nil {
		return nil, err
	}
	result := map[string]heard{}
	for _, path := range wanPaths() {
		if result[path.id], err = path.hearFping(said, exchanges); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// hearFping compares ping by ping: fping prints them in the order of sending.
func (p wanPath) hearFping(said map[string][]time.Duration, exchanges map[string][]truth.Exchange) (heard, error) {
	var t tally
	var trips []time.Duration
	for n := range wanTargets {
		address := p.address(n)
		if len(said[address]) != len(exchanges[address]) {
			return heard{}, fmt.Errorf("fping tells of %d pings to %s, the network saw %d", len(said[address]), address, len(exchanges[address]))
		}
		for i, x := range exchanges[address] {
			trip := said[address][i]
			t.sent++
			if trip < 0 {
				t.lostSaid++
			} else {
				trips = append(trips, trip)
			}
			if !x.Answered() || x.Real > wanTimeout {
				t.lostDid++
				continue
			}
			t.did = append(t.did, x.Planned+x.Late)
			if trip >= 0 {
				t.singles = append(t.singles, (trip - x.Planned - x.Late).Abs())
			}
		}
	}
	return t.heard(spreadOf(trips)), nil
}

// smokepingState is what smokeping_prober has counted at a time, by address.
type smokepingState struct {
	at       time.Duration // on the network's clock
	requests map[string]int
	trips    map[string]*dto.Histogram
}

func (w *wan) readSmokeping(ctx context.Context, metrics string) (smokepingState, error) {
	s := smokepingState{time.Since(w.lab.Epoch()), map[string]int{}, map[string]*dto.Histogram{}}
	err := families(ctx, metrics, readers{
		"smokeping_requests_total": func(family *dto.MetricFamily) {
			for _, m := range family.GetMetric() {
				s.requests[label(m, "host")] += int(m.GetCounter().GetValue())
			}
		},
		"smokeping_response_duration_seconds": func(family *dto.MetricFamily) {
			for _, m := range family.GetMetric() {
				s.trips[label(m, "host")] = m.GetHistogram()
			}
		},
	})
	return s, err
}

// accuracyOfSmokeping leaves out the first seconds, in which it loses answers
// even of the loopback.
func accuracyOfSmokeping(ctx context.Context, b *bench, w *wan) (map[string]heard, error) {
	s, err := b.startSmokepingOn(ctx, "accuracy", wanAddresses(), wanInterval)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	if err := s.wait(ctx, b.sizes.warmup); err != nil {
		return nil, err
	}
	first, err := w.readSmokeping(ctx, s.metrics)
	if err != nil {
		return nil, err
	}
	if err := s.wait(ctx, time.Duration(w.pings)*wanInterval); err != nil {
		return nil, err
	}
	last, err := w.readSmokeping(ctx, s.metrics)
	if err != nil {
		return nil, err
	}
	s.stop()
	exchanges, err := w.exchanges(ctx)
	if err != nil {
		return nil, err
	}
	result := map[string]heard{}
	for _, path := range wanPaths() {
		result[path.id] = path.hearSmokeping(first, last, exchanges)
	}
	return result, nil
}

// hearSmokeping compares what was counted between two times. What was on its
// way then, by the network's log, is counted as answered where it was sent.
func (p wanPath) hearSmokeping(first, last smokepingState, exchanges map[string][]truth.Exchange) heard {
	var t tally
	var before, after histogram
	for n := range wanTargets {
		address := p.address(n)
		before.addOne(first.trips[address])
		after.addOne(last.trips[address])
		all := exchanges[address]
		answered := int(last.trips[address].GetSampleCount()) - int(first.trips[address].GetSampleCount())
		from, to := min(first.requests[address], len(all)), min(last.requests[address], len(all))
		for i := range all[:to] {
			x := &all[i]
			switch {
			case i < from && x.Answered() && x.Came > first.at:
				answered--
			case i < from:
			case !x.Answered():
				t.lostDid++
			case x.Came > last.at:
				answered++
			default:
				t.did = append(t.did, x.Planned+x.Late)
			}
		}
		t.sent += to - from
		t.lostSaid += to - from - answered
	}
	window := after.minus(&before)
	p50, _ := window.quantile(0.50)
	p99, _ := window.quantile(0.99)
	return t.heard(spread{p50, p99})
}

// label returns the value of a label of a series.
func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}
