package proof

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/inventory"
)

// kind is one of the things that networks do, and some targets that it is done
// to.
type kind struct {
	name    string
	targets int
	path    plan.Path
	apart   bool // each target has a path of its own
	timeout time.Duration
	// check looks at all that was found out about these targets.
	check func(t *testing.T, f *findings)
}

// findings are what the program said of the targets of a kind, and what the
// network did.
type findings struct {
	pairs []pair
}

// pair is one scrape of one target, for which the network's log is complete.
type pair struct {
	said    *Said
	verdict Verdict
	last    bool // the last such scrape of the target
}

const interval = 200 * ms

// kinds are told apart by their second octet's neighbour: kind i has the
// networks 198.18.i.0/24 and 2001:db8:i::/48.
func kinds() []kind {
	both := func(c plan.Conditions) plan.Path { return plan.Path{Both: c} }
	return []kind{
		{name: "constant", targets: 50, path: both(plan.Conditions{Delay: new(10 * ms)}), check: checkTrips},
		{name: "short", targets: 50, path: both(plan.Conditions{Delay: new(400 * us)}), check: checkHistogram},
		{name: "jitter", targets: 100, check: checkJitter, path: both(plan.Conditions{
			Delay: new(20 * ms), Jitter: &plan.Jitter{Distribution: plan.Normal, Scale: 2 * ms, Overtake: true},
		})},
		{name: "loss", targets: 100, path: plan.Path{
			Both: plan.Conditions{Delay: new(5 * ms)}, Back: plan.Conditions{Loss: new(inventory.Ratio(plannedLoss))},
		}, check: checkLoss},
		{name: "burst", targets: 100, apart: true, check: checkBursts, path: plan.Path{
			Both: plan.Conditions{Delay: new(5 * ms)}, Out: plan.Conditions{Burst: &plan.Burst{P: 0.05, R: 0.3}},
		}},
		// Held back for longer than the interval: answers to one target overtake
		// each other too.
		{name: "reorder", targets: 40, timeout: time.Second, path: plan.Path{
			Both: plan.Conditions{Delay: new(10 * ms)}, Back: plan.Conditions{Reorder: &plan.Reorder{Share: 0.2, By: 270 * ms}},
		}, check: checkReordered},
		{name: "duplicate", targets: 40, path: both(plan.Conditions{Delay: new(5 * ms), Duplicate: new(inventory.Ratio(0.1))}), check: some(func(d *Did) int { return d.Duplicates })},
		{name: "late", targets: 40, timeout: 100 * ms, path: plan.Path{
			Both: plan.Conditions{Delay: new(20 * ms)}, Back: plan.Conditions{Reorder: &plan.Reorder{Share: 0.2, By: 90 * ms}},
		}, check: some(func(d *Did) int { return d.Late })},
		{name: "corrupt", targets: 40, path: plan.Path{
			Both: plan.Conditions{Delay: new(5 * ms)}, Back: plan.Conditions{Corrupt: &plan.Corrupt{Share: 0.1, Repair: true}},
		}, check: some(func(d *Did) int { return d.Corrupt })},
		{name: "refused", targets: 40, path: plan.Path{
			Hops: []plan.Router{{V4: netip.MustParseAddr("198.19.0.1"), V6: netip.MustParseAddr("2001:db8:ff::1")}},
			Both: plan.Conditions{Delay: new(5 * ms)},
		}, check: checkRefused},
	}
}

// plannedLoss is lost on the path of that kind. By chance alone a loss of 1 %
// over 10,000 packets varies by 0.1 points (its standard deviation); the plan's
// seed is one with which these packets show it as it is.
const plannedLoss = 0.01

// networkPlan is the plan of all kinds together, and the targets.
func networkPlan(list []kind) (*plan.Plan, map[string][]aim) {
	p := &plan.Plan{Seed: 52, Paths: map[string]*plan.Path{}, Events: []*plan.Event{{
		Note: "the router refuses half of the time", At: time.Second, For: time.Second, Every: 2 * time.Second,
		Paths: []string{"refused"}, Out: plan.Conditions{Refuse: &plan.Refuse{Code: plan.Host, Hop: 1}},
	}}}
	aims := map[string][]aim{}
	for i, k := range list {
		v4, v6 := netip.AddrFrom4([4]byte{198, 18, byte(i), 0}), netip.MustParseAddr(fmt.Sprintf("2001:db8:%x::", 1+i))
		if !k.apart {
			whole := k.path
			whole.Prefixes = []netip.Prefix{netip.PrefixFrom(v4, 24), netip.PrefixFrom(v6, 48)}
			p.Paths[k.name] = &whole
		}
		for n := range k.targets {
			a := aim{id: fmt.Sprintf("%s-%03d", k.name, n), path: k.name, interval: interval, timeout: k.timeout}
			if a.timeout == 0 {
				a.timeout = interval - 50*ms
			}
			bytes := v4.AsSlice()
			if n%2 == 1 {
				bytes = v6.AsSlice()
			}
			bytes[len(bytes)-1] = byte(n + 1)
			a.address, _ = netip.AddrFromSlice(bytes)
			if k.apart {
				own := k.path
				own.Prefixes = []netip.Prefix{netip.PrefixFrom(a.address, a.address.BitLen())}
				a.path = a.id
				p.Paths[a.id] = &own
			}
			aims[k.name] = append(aims[k.name], a)
		}
	}
	return p, aims
}

// What the program says of 590 targets, to each of which the network does
// another thing, is what the network did, packet by packet.
func TestMetricsAreTheNetworks(t *testing.T) {
	list := kinds()
	p, aims := networkPlan(list)
	var all []aim
	for _, k := range list {
		all = append(all, aims[k.name]...)
	}
	c := begin(t, p, all)
	const enough = 10_000
	c.until("enough packets were sent", func() bool {
		return c.lab.Log().Counts("loss").Sum(plan.Out) >= enough+100
	})
	scrapes := c.scrapes(20)
	exchanges := c.exchanges()
	t.Logf("stood still for %.2f s; deliveries late by %s", scrapes[len(scrapes)-1].Process("wanwatch_ping_stalled_seconds_total"), spread(c.lab.Log().LateBy()))
	for _, k := range list {
		t.Run(k.name, func(t *testing.T) {
			f := compareAll(t, scrapes, aims[k.name], exchanges)
			k.check(t, f)
		})
	}
}

// compareAll compares each scrape of each target.
func compareAll(t *testing.T, scrapes []*Metrics, aims []aim, exchanges map[netip.Addr][]truth.Exchange) *findings {
	t.Helper()
	f := &findings{}
	silent, packets, blind := 0, 0, 0
	for _, a := range aims {
		decided := 0
		judged := Judged(exchanges[a.address], a.timeout)
		for _, m := range scrapes {
			s := m.Target(a.id)
			if s == nil {
				t.Fatalf("%s: nothing is said of it", a.id)
			}
			v := Compare(s, judged, a.timeout)
			if len(v.Problems) > 0 {
				t.Errorf("%s: %s", a.id, strings.Join(v.Problems, "\n"))
				break // what is wrong once stays wrong
			}
			if v.Decided {
				f.pairs = append(f.pairs, pair{said: s, verdict: v})
				decided++
			}
		}
		if decided == 0 {
			silent++
			continue
		}
		last := &f.pairs[len(f.pairs)-1]
		last.last = true
		packets += last.verdict.Did.Sent
		blind += last.verdict.Blind
	}
	t.Logf("%d targets: %d packets compared at the last scrape, %d of them unheard by the program; %d targets without a scrape that tells", len(aims), packets, blind, silent)
	if silent > len(aims)/2 { // a machine that stands still makes many doubtful
		t.Errorf("%d of %d targets could not be compared", silent, len(aims))
	}
	return f
}

// sum adds up what the network did to the packets of all targets until the last
// scrape.
func (f *findings) sum(of func(*Did) int) int {
	n := 0
	for _, p := range f.pairs {
		if p.last {
			n += of(&p.verdict.Did)
		}
	}
	return n
}

func spread(sorted []time.Duration) string {
	return fmt.Sprintf("p50 %v p90 %v p99 %v", quantile(sorted, 0.5), quantile(sorted, 0.9), quantile(sorted, 0.99))
}

// quantile is the value below which the share q of the sorted values lies.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// some checks that what is to be compared happened at all.
func some(of func(*Did) int) func(*testing.T, *findings) {
	return func(t *testing.T, f *findings) {
		t.Helper()
		if n := f.sum(of); n < 100 {
			t.Errorf("it happened %d times only", n)
		} else {
			t.Logf("it happened %d times", n)
		}
	}
}

func checkRefused(t *testing.T, f *findings) {
	t.Helper()
	some(func(d *Did) int { return d.Errors })(t, f)
	for _, p := range f.pairs {
		if p.said.Unreachable["host"] != p.verdict.Did.Errors {
			t.Errorf("the router said %d times that the host is unreachable, the program says %v", p.verdict.Did.Errors, p.said.Unreachable)
		}
	}
}

func checkReordered(t *testing.T, f *findings) {
	t.Helper()
	checkTrips(t, f)
	some(func(d *Did) int {
		n := 0
		for _, trip := range d.Planned {
			if trip > interval {
				n++
			}
		}
		return n
	})(t, f)
}

func checkLoss(t *testing.T, f *findings) {
	t.Helper()
	sent, lost, stood := 0, 0, 0
	for _, p := range f.pairs {
		if p.last {
			sent += p.said.Sent
			lost += p.said.Lost
			stood += p.said.Failures[stalled]
		}
	}
	said := float64(lost) / float64(sent)
	share := func(of func(*Did) int) float64 {
		return float64(f.sum(of)) / float64(f.sum(func(d *Did) int { return d.Sent }))
	}
	did, dropped := share(func(d *Did) int { return d.Lost }), share(func(d *Did) int { return d.Dropped })
	t.Logf("%d packets: planned loss %.3f %%, dropped by it %.3f %%, lost with what came too late %.3f %%, the program says %.3f %%",
		sent, 100*plannedLoss, 100*dropped, 100*did, 100*said)
	if stood > 0 {
		t.Logf("%d packets were not sent or not heard, because the machine was too busy", stood)
	}
	if off := math.Abs(said - did); off > 0.001 {
		t.Errorf("the program says %.3f %%, the network lost %.3f %%", 100*said, 100*did)
	}
	// Which packets are compared differs from run to run, and so does how many of
	// them the plan lost: by four standard deviations in one run of 16,000.
	chance := 4 * math.Sqrt(plannedLoss*(1-plannedLoss)/float64(sent))
	if off := math.Abs(dropped - plannedLoss); off > chance {
		t.Errorf("the network dropped %.3f %%, planned are %.3f %% ± %.3f by chance", 100*dropped, 100*plannedLoss, 100*chance)
	}
}

func checkBursts(t *testing.T, f *findings) {
	t.Helper()
	bursts := truth.Histogram{}
	for _, p := range f.pairs {
		if p.last {
			for length, n := range p.verdict.Did.Bursts {
				bursts[length] += n
			}
		}
	}
	t.Logf("bursts by length: %v", bursts)
	if n := len(bursts.Lengths()); n < 8 {
		t.Errorf("bursts of %d lengths only", n)
	}
}

// trips are the round trips of the packets that were the last ones when the
// program was asked: what it says, and what the network did. Both are sorted.
func (f *findings) trips() (said, did []time.Duration) {
	for _, p := range f.pairs {
		// Of what it did not hear, it is not known which was the last.
		if p.verdict.Blind == 0 && p.said.Success {
			said, did = append(said, p.said.Trip), append(did, p.verdict.Last.Planned+p.verdict.Last.Late)
		}
	}
	slices.Sort(said)
	slices.Sort(did)
	return said, did
}

// near is how far from the plan round trips may be.
const near = 100 * us

// checkTrips compares single round trips, which have no buckets, and the mean of
// all of them.
func checkTrips(t *testing.T, f *findings) {
	t.Helper()
	said, did := f.trips()
	t.Logf("%d packets: the program says %s; planned, and late, %s", len(said), spread(said), spread(did))
	for _, q := range []float64{0.5, 0.99} {
		if off := quantile(said, q) - quantile(did, q); off.Abs() > near {
			t.Errorf("p%.0f is off by %v", 100*q, off)
		}
	}
	all, planned := f.histogram()
	if off := all.Mean() - mean(planned); off.Abs() > near {
		t.Errorf("the mean of %d packets is off by %v", all.Count, off)
	}
}

// histogram is what the program says of all round trips until the last scrape,
// and what was planned, sorted.
func (f *findings) histogram() (said *Histogram, did []time.Duration) {
	said = &Histogram{}
	for _, p := range f.pairs {
		if p.last {
			said.Add(p.said.RTT)
			did = append(did, p.verdict.Did.Planned...)
		}
	}
	slices.Sort(did)
	return said, did
}

// checkHistogram compares the quantiles of the histogram of all packets. A
// bucket is 9 % wide: at 0.8 ms that is 70 µs, so that the estimate within it
// may be asked to be as near as a single round trip. It may not where a busy
// machine has let the packets wait for milliseconds.
func checkHistogram(t *testing.T, f *findings) {
	t.Helper()
	checkTrips(t, f)
	const width = 0.09
	said, did := f.histogram()
	for _, q := range []float64{0.5, 0.99} {
		want := quantile(did, q)
		t.Logf("p%.0f of %d packets: the histogram says %v; planned, and late, %v", 100*q, said.Count, said.Quantile(q), want)
		if off := said.Quantile(q) - want; off.Abs() > max(near, time.Duration(width*float64(want))) {
			t.Errorf("p%.0f is off by %v", 100*q, off)
		}
	}
}

// checkJitter compares the mean of the jitters of all targets.
func checkJitter(t *testing.T, f *findings) {
	t.Helper()
	checkTrips(t, f)
	var said, did []time.Duration
	for _, p := range f.pairs {
		if p.last {
			said, did = append(said, p.said.Jitter), append(did, Jitter(p.verdict.Did.Planned))
		}
	}
	t.Logf("jitter: the program says %v; planned, and late, %v", mean(said), mean(did))
	if off := float64(mean(said))/float64(mean(did)) - 1; off > 0.05 || off < -0.05 {
		t.Errorf("the jitter is off by %.1f %%", 100*off)
	}
}

func mean(list []time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range list {
		sum += d
	}
	return sum / time.Duration(max(len(list), 1))
}
