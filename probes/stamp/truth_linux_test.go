package stamp_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/quality"
	"wanwatch/probes/schedule"
	"wanwatch/probes/stamp"
	"wanwatch/probes/stamp/reflector"
)

// way is a path of the simulated network, and what a call over it would be by its plan.
type way struct {
	path plan.Path
	// loss and burst are of the worse direction, late packets included.
	loss, burst float64
	rtt         time.Duration
}

const ms = time.Millisecond

func ways() map[string]way {
	trip := func(c plan.Conditions) plan.Conditions {
		c.Delay = new(20 * ms)
		return c
	}
	return map[string]way{
		"clean":  {path: plan.Path{Both: trip(plan.Conditions{})}, burst: 1, rtt: 40 * ms},
		"there":  {path: plan.Path{Both: trip(plan.Conditions{}), Out: plan.Conditions{Loss: new(inventory.Ratio(0.02))}}, loss: 0.02, burst: 1, rtt: 40 * ms},
		"back":   {path: plan.Path{Both: trip(plan.Conditions{}), Back: plan.Conditions{Loss: new(inventory.Ratio(0.02))}}, loss: 0.02, burst: 1, rtt: 40 * ms},
		"bursts": {path: plan.Path{Both: trip(plan.Conditions{}), Out: plan.Conditions{Burst: &plan.Burst{P: 0.004, R: 0.2}}}, loss: 0.004 / 0.204, burst: 5 * 0.98, rtt: 40 * ms},
		// Evenly from 10 to 90 ms: with a buffer of 60 ms, a quarter comes too late.
		"late": {path: plan.Path{Both: trip(plan.Conditions{}), Back: plan.Conditions{Delay: new(50 * ms), Jitter: &plan.Jitter{Distribution: plan.Uniform, Scale: 40 * ms, Overtake: true}}}, loss: 0.25, burst: 1, rtt: 70 * ms},
		// The provider takes EF away.
		"marked": {path: plan.Path{Both: trip(plan.Conditions{}), Out: plan.Conditions{DSCP: &plan.DSCP{To: 0}}}, burst: 1, rtt: 40 * ms},
	}
}

// network starts the simulated network with a reflector behind each way.
func network(t *testing.T, all map[string]way) (l *lab.Lab, addresses map[string]string) {
	t.Helper()
	testenv.NeedRoot(t)
	p, addresses := &plan.Plan{Seed: 11, Paths: map[string]*plan.Path{}}, map[string]string{}
	n := 0
	for _, name := range []string{"clean", "there", "back", "bursts", "late", "marked"} {
		w := all[name]
		n++
		w.path.Prefixes = []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("198.18.%d.0/24", n))}
		p.Paths[name] = &w.path
		addresses[name] = fmt.Sprintf("198.18.%d.1:8862", n)
	}
	l, err := lab.Start(p, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var r *reflector.Reflector
	err = l.Far(func() (err error) {
		r, err = reflector.Open(t.Context(), reflector.Options{
			Listen: []string{"0.0.0.0:8862"}, Allow: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")},
			Logger: slog.New(slog.DiscardHandler), Meter: probes.DiscardMeter{},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	keep(t, r)
	return l, addresses
}

// over runs one stream from the prober's side.
func over(t *testing.T, l *lab.Lab, address string) map[string]float64 {
	t.Helper()
	text := fmt.Sprintf("sites: {a: {}}\nendpoints:\n  far: {site: a, address: 198.18.0.1, probes: {stamp: {address: %q, timeout: 11s, interval: 15s, profile: custom, dscp: EF, rate: 1000, size: 172}}}\n", address)
	inv, err := inventory.Parse([]inventory.File{{Name: "lab.yaml", Data: []byte(text)}}, kinds.Inventory())
	if err != nil {
		t.Error(err)
		return nil
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Error(err)
		return nil
	}
	values := map[string]float64{}
	err = l.Prober(func() error {
		p, err := stamp.Kind().NewProber(probes.Env{}.WithDefaults(), jobs[0])
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), jobs[0].Probe.Timeout)
		defer cancel()
		p.Probe(ctx, func(r *probes.Result) {
			if r.Outcome != probes.Success {
				t.Errorf("%s: %s %s", address, r.Reason, r.Detail)
			}
			t.Logf("%s: %s", address, r.Detail)
			for _, x := range r.Samples {
				values[x.Metric.Name+strings.Join(x.Labels, "")] += x.Value
			}
		}, nil)
		return p.Close()
	})
	if err != nil {
		t.Error(err)
	}
	return values
}

// truth is R and the mean round trip by what became of each packet of a way.
func truth(l *lab.Lab, name string, profile *quality.Profile) (r float64, rtt time.Duration) {
	ratings := []float64{}
	for _, d := range []plan.Direction{plan.Out, plan.Back} {
		var delays []time.Duration
		var sum time.Duration
		arrived := 0
		for _, e := range l.Log().Path(name) {
			switch {
			case e.Direction != d:
			case e.Fate.Dropped():
				delays = append(delays, -1)
			default:
				delays = append(delays, e.Out-e.In)
				sum += e.Out - e.In
				arrived++
			}
		}
		least := time.Hour
		for _, x := range delays {
			if x >= 0 {
				least = min(least, x)
			}
		}
		gone, runs, lost := false, 0, 0
		for _, x := range delays {
			bad := x < 0 || x-least > profile.Buffer
			if bad {
				lost++
			}
			if bad && !gone {
				runs++
			}
			gone = bad
		}
		rtt += sum / time.Duration(arrived)
		ratings = append(ratings, float64(lost)/float64(len(delays)), quality.BurstRatio(len(delays), lost, runs))
	}
	delay := rtt/2 + profile.Buffer + profile.Coding
	return min(profile.Codec.R(delay, ratings[0], ratings[1]), profile.Codec.R(delay, ratings[2], ratings[3])), rtt
}

// What a stream says is what the network did: the losses of each direction to the
// packet, the code point, and the rating of speech within a point of the plan's.
func TestStreamsAreTheNetworks(t *testing.T) {
	t.Parallel()
	all := ways()
	l, addresses := network(t, all)
	found := map[string]map[string]float64{}
	var (
		mu    sync.Mutex
		group sync.WaitGroup
	)
	for name := range all {
		group.Go(func() {
			values := over(t, l, addresses[name])
			mu.Lock()
			defer mu.Unlock()
			found[name] = values
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	profile := quality.Standard()
	if stats, err := l.Stats(); err != nil || stats.DroppedOut+stats.DroppedBack > 0 {
		t.Fatalf("the laboratory lost packets of its own: %+v %v", stats, err)
	}
	late := l.Log().LateBy()
	slices.Sort(late)
	punctual := late[len(late)*999/1000] < 5*ms // else the machine was too busy to carry out the plan
	t.Logf("the network was punctual: %v", punctual)
	for name, w := range all {
		v, did := found[name], l.Log().Counts(name)
		lostThere, lostBack := float64(did.Dropped(plan.Out)), float64(did.Dropped(plan.Back))
		// What was lost behind the last answer has no direction.
		if there, back, tail := v["wanwatch_stamp_lost_totalforward"], v["wanwatch_stamp_lost_totalbackward"], v["wanwatch_stamp_lost_totalunknown"]; there+back+tail != lostThere+lostBack || there > lostThere || back > lostBack {
			t.Errorf("%s: lost %g there, %g back, %g unknown; the network lost %g and %g", name, there, back, tail, lostThere, lostBack)
		}
		r, planned := v["wanwatch_quality_r_factor"], profile.Codec.R(w.rtt/2+profile.Buffer+profile.Coding, w.loss, w.burst)
		log, rtt := truth(l, name, profile)
		t.Logf("%s: R %.2f, by the network's log %.2f, by the plan %.2f", name, r, log, planned)
		if math.Abs(r-log) > 1 || punctual && math.Abs(r-planned) > 1 {
			t.Errorf("%s: R is off by more than a point", name)
		}
		remarked, dscp := 0.0, 46.0
		if name == "marked" {
			remarked, dscp = v["wanwatch_stamp_received_total"], 0
		}
		if v["wanwatch_stamp_remarked_totalforward"] != remarked || v["wanwatch_stamp_dscpforward"] != dscp || v["wanwatch_stamp_remarked_totalbackward"] != 0 {
			t.Errorf("%s: %g re-marked there, to %g; %g back", name, v["wanwatch_stamp_remarked_totalforward"], v["wanwatch_stamp_dscpforward"], v["wanwatch_stamp_remarked_totalbackward"])
		}
		if mean := v["wanwatch_stamp_rtt_seconds"] / v["wanwatch_stamp_received_total"]; math.Abs(mean-rtt.Seconds()) > 0.001 {
			t.Errorf("%s: mean RTT %.2f ms, by the log %s", name, 1000*mean, rtt)
		}
	}
}
