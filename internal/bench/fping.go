package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// measureFping runs fping on n targets, each pinged once a second.
func (b *bench) measureFping(ctx context.Context, n int) (pinged, error) {
	result := pinged{program: "fping", targets: n}
	path, err := find("fping", "fping")
	if err != nil {
		return result, err
	}
	list, err := b.file(fmt.Sprintf("fping-%d.txt", n), strings.Join(loopbackAddresses(n), "\n")+"\n")
	if err != nil {
		return result, err
	}
	// It prints every round trip when it ends, a little after the window.
	rounds := int((b.sizes.warmup+b.sizes.window)/time.Second) + 2
	gap := 900 / float64(n) // milliseconds, so that a round takes most of a second
	p, err := b.start(ctx, filepath.Join(b.dir, "fping.out"), path, "-q", "-C", strconv.Itoa(rounds),
		"-p", "1000", "-i", strconv.FormatFloat(gap, 'f', 3, 64), "-f", list)
	if err != nil {
		return result, err
	}
	defer p.stop()
	if err := p.wait(ctx, b.sizes.warmup); err != nil {
		return result, err
	}
	use, err := p.use(ctx, b.sizes.window)
	if err != nil {
		return result, err
	}
	result.sent = float64(n) * use.elapsed.Seconds()
	result.account(use, use.elapsed)
	if result.memory, result.peak, err = p.memory(); err != nil {
		return result, err
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		return result, ctx.Err()
	case <-time.After(b.sizes.warmup + 30*time.Second):
		return result, errors.New("fping did not end in time")
	}
	return result, result.readFping(p.log)
}

// readFping takes the round trips that fping printed. Its loss is that of the
// whole run.
func (r *pinged) readFping(log string) error {
	data, err := os.ReadFile(log)
	if err != nil {
		return err
	}
	trips, lost, err := parseFping(string(data))
	if err != nil {
		return err
	}
	r.lost = float64(lost)
	r.p50, r.p99, r.timed = quantileOf(trips, 0.50), quantileOf(trips, 0.99), len(trips) > 0
	return nil
}

// parseFping reads the lines of fping -q -C and returns all round trips, sorted.
func parseFping(out string) (trips []time.Duration, lost int, err error) {
	by, err := fpingTrips(out)
	if err != nil {
		return nil, 0, err
	}
	for _, list := range by {
		for _, trip := range list {
			if trip < 0 {
				lost++
			} else {
				trips = append(trips, trip)
			}
		}
	}
	slices.Sort(trips)
	return trips, lost, nil
}

// fpingTrips reads the lines of fping -q -C: an address, a colon, and for each
// ping the round trip in milliseconds or a hyphen. It returns them by address, in
// the order of sending; a lost ping is -1.
func fpingTrips(out string) (map[string][]time.Duration, error) {
	trips := map[string][]time.Duration{}
	for line := range strings.Lines(out) {
		address, values, ok := strings.Cut(line, " : ")
		if !ok {
			continue // ICMP errors and the like
		}
		address = strings.TrimSpace(address)
		for value := range strings.FieldsSeq(values) {
			trip := time.Duration(-1)
			if value != "-" {
				ms, err := strconv.ParseFloat(value, 64)
				if err != nil {
					return nil, fmt.Errorf("fping printed %q: %w", strings.TrimSpace(line), err)
				}
				trip = time.Duration(ms * float64(time.Millisecond))
			}
			trips[address] = append(trips[address], trip)
		}
	}
	return trips, nil
}
