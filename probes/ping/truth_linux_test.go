package ping

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// What the engine says must be what the network did: the simulated network has
// written down what became of each packet.
func TestCountsAreTheNetworks(t *testing.T) {
	testenv.NeedRoot(t)
	t.Parallel()
	const targets, each = 20, 50
	delay, loss, duplicates := 10*time.Millisecond, inventory.Ratio(0.1), inventory.Ratio(0.05)
	l, err := lab.Start(&plan.Plan{Seed: 7, Paths: map[string]*plan.Path{"wan": {
		Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.7.0/24")},
		Both:     plan.Conditions{Delay: &delay},
		Back:     plan.Conditions{Loss: &loss, Duplicate: &duplicates},
	}}}, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	var f *fleet
	if err := l.Prober(func() (err error) {
		f, err = newFleet(probes.Env{}, raw)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r := newRecord()
	var jobs []probes.Job
	for i := range targets {
		j := testJob(fmt.Sprint(i), fmt.Sprintf("198.18.7.%d", i+1), 50*time.Millisecond, time.Second)
		j.Phase = time.Duration(i) * 50 * time.Millisecond / targets
		jobs = append(jobs, j)
	}
	f.Set(jobs)
	stop := run(t, f, r.emit)
	r.until(t, "enough packets", func() bool {
		for _, j := range jobs {
			if r.sum(j.Target.ID, metric.PingSent) < each {
				return false
			}
		}
		return true
	})
	stop()
	for _, j := range jobs {
		compareWithLog(t, r, j, l.Log())
	}
}

// compareWithLog compares packet by packet, in the order of sending, up to the
// last one whose time was up when the engine ended.
func compareWithLog(t *testing.T, r *record, j probes.Job, log *truth.Log) {
	t.Helper()
	var results []probes.Result
	for _, x := range r.of(j.Target.ID) {
		unsent := x.Outcome == probes.Unknown && x.Duration == 0 // the machine was too busy
		if x.Outcome != probes.Note && !unsent {
			results = append(results, x)
		}
	}
	slices.SortFunc(results, func(a, b probes.Result) int { return a.Start.Compare(b.Start) })
	settled := results[len(results)-1].Start.Add(-j.Probe.Timeout - j.Probe.Interval)
	i, late := 0, 0
	for _, x := range log.Exchanges("wan") {
		if x.Address.String() != j.Probe.Address {
			continue
		}
		if i == len(results) || results[i].Start.After(settled) {
			break
		}
		got := results[i]
		if got.Outcome != probes.Unknown && (got.Outcome == probes.Success) != x.Answered() {
			t.Errorf("%s, packet %d: %v %s, but the network gave %d answers", j.Probe.Address, i, got.Outcome, got.Reason, x.Answers)
		}
		if off := got.Duration - x.Planned - x.Late; x.Answered() && (off < -100*time.Microsecond || off > time.Millisecond) {
			late++
		}
		i++
	}
	if i < 25 {
		t.Errorf("%s: only %d packets could be compared", j.Probe.Address, i)
	}
	if late > i/4 {
		t.Errorf("%s: %d of %d round trips are more than a millisecond off what the network did", j.Probe.Address, late, i)
	}
}
