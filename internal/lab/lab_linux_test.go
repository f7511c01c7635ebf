package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/inhabit"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
)

const ms = time.Millisecond

func TestMain(m *testing.M) {
	inside() // does not return where the test was started inside a namespace
	goleak.VerifyTestMain(m)
}

const (
	siteV4 = "198.18.1.1"
	siteV6 = "2001:db8:1::1"
)

// onePath is a plan with one path to both sites.
func onePath(p plan.Path, events ...*plan.Event) *plan.Plan {
	p.Prefixes = []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24"), netip.MustParsePrefix("2001:db8:1::/48")}
	return &plan.Plan{Seed: 1, Paths: map[string]*plan.Path{"a": &p}, Events: events}
}

func start(t testing.TB, p *plan.Plan) *Lab {
	t.Helper()
	testenv.NeedRoot(t)
	l, err := Start(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// settle waits until the network is quiet, and checks that no packet was lost
// between the kernel and the log.
func settle(t testing.TB, l *Lab) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := l.Settle(ctx, 50*ms); err != nil {
		t.Fatal(err)
	}
	s, err := l.Stats()
	if err != nil || s.DroppedOut+s.DroppedBack > 0 {
		t.Fatalf("packets that are in no log: %+v, %v", s, err)
	}
}

// fping pings count times on the prober's side and returns the round trips of
// each target, NaN-free: a missing answer is -1. What it says beside is extra.
func fping(t *testing.T, l *Lab, count int, period time.Duration, targets ...string) (trips map[string][]time.Duration, extra string) {
	t.Helper()
	path := testenv.NeedProgram(t, "fping", "fping")
	args := []string{"-q", "-C", strconv.Itoa(count), "-p", strconv.FormatInt(period.Milliseconds(), 10), "-i", "1", "-t", "500"}
	cmd := exec.CommandContext(t.Context(), path, append(args, targets...)...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := l.Prober(cmd.Start); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // 1 when packets are lost
	settle(t, l)
	trips = map[string][]time.Duration{}
	for line := range strings.Lines(out.String()) {
		target, values, ok := strings.Cut(line, " : ")
		target = strings.TrimSpace(target)
		if !ok || !slices.Contains(targets, target) || strings.Contains(values, "bytes") {
			extra += line
			continue
		}
		for value := range strings.FieldsSeq(values) {
			trip := time.Duration(-1)
			if value != "-" {
				milliseconds, err := strconv.ParseFloat(value, 64)
				if err != nil {
					t.Fatalf("fping said %q", line)
				}
				trip = time.Duration(milliseconds * float64(time.Millisecond))
			}
			trips[target] = append(trips[target], trip)
		}
	}
	for _, target := range targets {
		if len(trips[target]) != count {
			t.Fatalf("fping said %q", out.String())
		}
	}
	return trips, extra
}

func exchangesWith(l *Lab, address string) []truth.Exchange {
	return slices.DeleteFunc(l.Log().Exchanges(""), func(x truth.Exchange) bool { return x.Address.String() != address })
}

func quantile(d []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[int(q*float64(len(sorted)-1))]
}

// The lab's own error, and that of fping through it, with a constant delay. The
// log knows when the lab was late; what is left is the kernels' time.
func TestAccuracyWithFping(t *testing.T) {
	// Below a millisecond fping prints microseconds.
	l := start(t, onePath(plan.Path{Both: plan.Conditions{Delay: new(400 * time.Microsecond)}}))
	trips, _ := fping(t, l, 400, 5*ms, siteV4, siteV6)
	for target, seen := range trips {
		exchanges := exchangesWith(l, target)
		if len(exchanges) != len(seen) {
			t.Fatalf("%s: fping sent %d, the log has %d", target, len(seen), len(exchanges))
		}
		var whole, known, fping []time.Duration
		for i, x := range exchanges {
			if x.Planned != 800*time.Microsecond || !x.Answered() || seen[i] < 0 {
				t.Fatalf("%s %d: planned %v, answered %v, fping %v", target, i, x.Planned, x.Answered(), seen[i])
			}
			whole = append(whole, x.Real-x.Planned)
			known = append(known, x.Real-x.Late-x.Planned)
			fping = append(fping, seen[i]-x.Real)
		}
		t.Logf("%s: round trip beyond the plan: %s; without the lab's own lateness: %s; fping beyond that round trip: %s",
			target, spread(whole), spread(known), spread(fping))
		if known[0] < 0 || quantile(known, 0.5) > 100*time.Microsecond || quantile(known, 0.9) > 200*time.Microsecond {
			t.Errorf("%s: the far side takes %s", target, spread(known))
		}
		if quantile(fping, 0.5).Abs() > 100*time.Microsecond {
			t.Errorf("%s: fping is off by %s", target, spread(fping))
		}
	}
	late := l.Log().LateBy()
	t.Logf("deliveries late by %s", spread(late))
	if late[0] < 0 {
		t.Errorf("a packet was delivered %v early", -late[0])
	}
}

func spread(d []time.Duration) string {
	return fmt.Sprintf("p50 %v p90 %v p99 %v", quantile(d, 0.5), quantile(d, 0.9), quantile(d, 0.99))
}

// Every packet that fping sent is in the log, with the same fate.
func TestFatesAsFpingSeesThem(t *testing.T) {
	plans := map[string]plan.Conditions{
		"loss":  {Delay: new(2 * ms), Loss: new(inventory.Ratio(0.05))},
		"burst": {Delay: new(2 * ms), Burst: &plan.Burst{P: 0.03, R: 0.3}},
		"jitter, reordering, duplicates": {
			Delay: new(8 * ms), Jitter: &plan.Jitter{Distribution: plan.Normal, Scale: ms, Overtake: true},
			Reorder: &plan.Reorder{Share: 0.1, By: 5 * ms}, Duplicate: new(inventory.Ratio(0.1)),
		},
	}
	for name, conditions := range plans {
		t.Run(name, func(t *testing.T) {
			l := start(t, onePath(plan.Path{Both: conditions}))
			trips, _ := fping(t, l, 500, 2*ms, siteV4, siteV6)
			for target, seen := range trips {
				compareFates(t, l, target, seen)
			}
			t.Logf("out %v, back %v", l.Log().Counts("a").Map(plan.Out), l.Log().Counts("a").Map(plan.Back))
		})
	}
}

func compareFates(t *testing.T, l *Lab, target string, seen []time.Duration) {
	t.Helper()
	var far []time.Duration
	exchanges := exchangesWith(l, target)
	if len(exchanges) != len(seen) {
		t.Fatalf("%s: fping sent %d, the log has %d", target, len(seen), len(exchanges))
	}
	for i, x := range exchanges {
		if (seen[i] >= 0) != x.Answered() {
			t.Errorf("%s %d: fping %v, log %+v", target, i, seen[i], x)
		}
		if seen[i] >= 0 {
			far = append(far, (seen[i] - x.Real).Abs())
		}
	}
	if p50 := quantile(far, 0.5); p50 > 200*time.Microsecond {
		t.Errorf("%s: fping's round trips are %v from the log's", target, p50)
	}
}

// fping counts what comes twice.
func TestDuplicatesAsFpingSeesThem(t *testing.T) {
	l := start(t, onePath(plan.Path{Back: plan.Conditions{Delay: new(ms), Duplicate: new(inventory.Ratio(0.2))}}))
	_, extra := fping(t, l, 200, 5*ms, siteV4)
	var copies int
	for _, x := range l.Log().Exchanges("a") {
		copies += x.Answers - 1
	}
	if got := strings.Count(extra, "duplicate for"); got != copies || copies < 10 {
		t.Errorf("fping saw %d duplicates, the log has %d", got, copies)
	}
}

// A kernel throws away what has a wrong checksum: corrupted requests reach the
// far side and are not answered.
func TestCorruptionAsFpingSeesIt(t *testing.T) {
	l := start(t, onePath(plan.Path{Out: plan.Conditions{Corrupt: &plan.Corrupt{Share: 0.1}}}))
	trips, _ := fping(t, l, 300, 2*ms, siteV4, siteV6)
	for target, seen := range trips {
		for i, x := range exchangesWith(l, target) {
			if x.Request != truth.Delivered || x.Corrupted != (seen[i] < 0) {
				t.Errorf("%s %d: fping %v, log %+v", target, i, seen[i], x)
			}
		}
	}
}

// A link that flaps: exactly the pings sent while it was cut are lost.
func TestCutAndRepeatedStory(t *testing.T) {
	l := start(t, onePath(plan.Path{}, &plan.Event{At: 200 * ms, For: 150 * ms, Every: 500 * ms, Out: plan.Conditions{Cut: new(true)}}))
	trips, _ := fping(t, l, 300, 5*ms, siteV4)
	var lost int
	for i, x := range exchangesWith(l, siteV4) {
		since := (x.Sent - 200*ms) % (500 * ms)
		cut := x.Sent >= 200*ms && since < 150*ms
		if cut != (trips[siteV4][i] < 0) {
			t.Errorf("ping %d at %v: cut %v, fping %v", i, x.Sent, cut, trips[siteV4][i])
		}
		if cut {
			lost++
		}
	}
	if lost < 60 || lost > 120 {
		t.Errorf("%d of 300 pings fell into the cuts, want about 90", lost)
	}
}

func TestGradualDegradation(t *testing.T) {
	l := start(t, onePath(plan.Path{}, &plan.Event{Over: time.Second, Both: plan.Conditions{Delay: new(20 * ms)}}))
	_, _ = fping(t, l, 100, 10*ms, siteV4)
	last := time.Duration(-1)
	for _, x := range exchangesWith(l, siteV4) {
		want := min(x.Sent, time.Second) / 25 // 40 ms there and back after a second
		if (x.Planned-want).Abs() > 2*ms || x.Planned < last {
			t.Fatalf("at %v: planned %v, want about %v", x.Sent, x.Planned, want)
		}
		last = x.Planned
	}
}

func TestTCPThroughALimit(t *testing.T) {
	const size, rate = 1_000_000, 20_000_000
	l := start(t, onePath(plan.Path{Both: plan.Conditions{Delay: new(2 * ms), Limit: &plan.Limit{Rate: rate}}}))
	for _, host := range []string{siteV4, siteV6} {
		address := net.JoinHostPort(host, "5000")
		listener, err := l.Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer listener.Close()
			if conn, err := listener.Accept(); err == nil {
				_, _ = conn.Write(make([]byte, size))
				_ = conn.Close()
			}
		}()
		conn, err := l.Dial(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		n, err := io.Copy(io.Discard, conn)
		took := time.Since(begun)
		if err != nil || n != size {
			t.Fatalf("%s: %d bytes, %v", host, n, err)
		}
		_ = conn.Close()
		least := time.Duration(float64(size*8) / rate * float64(time.Second))
		t.Logf("%s: %.1f Mbit/s of payload through 20 Mbit/s", host, size*8/took.Seconds()/1e6)
		if took < least || took > 4*least {
			t.Errorf("%s: took %v, the limit asks for %v", host, took, least)
		}
	}
	settle(t, l)
}

func TestTwoLabsAtOnce(t *testing.T) {
	one := start(t, onePath(plan.Path{Both: plan.Conditions{Delay: new(ms)}}))
	two := start(t, onePath(plan.Path{Both: plan.Conditions{Delay: new(3 * ms)}}))
	_, _ = fping(t, one, 5, 10*ms, siteV4)
	_, _ = fping(t, two, 5, 10*ms, siteV4)
	for l, want := range map[*Lab]time.Duration{one: 2 * ms, two: 6 * ms} {
		x := l.Log().Exchanges("a")
		if len(x) != 5 || x[0].Planned != want {
			t.Errorf("%d exchanges, the first planned %v, want %v", len(x), x[0].Planned, want)
		}
	}
}

// resources are what a lab could leave behind: descriptors, network namespaces
// of threads, interfaces of the process's own namespace.
func resources(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		target, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if err == nil && !strings.Contains(target, "/proc/") {
			found["fd "+target]++
		}
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if ns, err := os.Readlink("/proc/self/task/" + task.Name() + "/ns/net"); err == nil {
			found[ns] = 1
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		found["interface "+i.Name]++
	}
	return found
}

func TestNothingIsLeft(t *testing.T) {
	testenv.NeedRoot(t)
	use := func() {
		l, err := Start(onePath(plan.Path{}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fping(t, l, 2, 10*ms, siteV4)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("closing again: %v", err)
		}
		select {
		case <-l.Done():
		default:
			t.Error("closed but not done")
		}
	}
	use() // Go's own poller keeps descriptors from the first use on
	before := resources(t)
	for range 3 {
		use()
	}
	// A thread ends a moment after its goroutine.
	deadline := time.Now().Add(5 * time.Second)
	after := resources(t)
	for !maps.Equal(before, after) && time.Now().Before(deadline) {
		after = resources(t)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
}

// A function that ends its goroutine inside the lab does not hang it.
func TestGoexitInside(t *testing.T) {
	l := start(t, onePath(plan.Path{}))
	err := l.Far(func() error {
		var inner testing.T
		inner.FailNow()
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "ended its goroutine") {
		t.Errorf("%v", err)
	}
}

func TestStartRefusesABadPlan(t *testing.T) {
	_, err := Start(&plan.Plan{}, Options{})
	if err == nil || !strings.Contains(err.Error(), "paths: there is none") {
		t.Errorf("%v", err)
	}
}

// Inhabitants answer on the far side, at every address and through the path's
// delay.
func TestInhabitants(t *testing.T) {
	l := start(t, onePath(plan.Path{Both: plan.Conditions{Delay: new(5 * ms)}}))
	authority, err := inhabit.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue(inhabit.Request{
		Addresses: []netip.Addr{netip.MustParseAddr(siteV4)}, NotAfter: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	town := inhabit.All{
		&inhabit.TCP{Address: ":5060", Banner: "x"},
		&inhabit.TCP{Address: net.JoinHostPort(siteV4, "443"), Certificate: certificate},
	}
	if err := town.Start(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	defer town.Close()
	for _, host := range []string{siteV4, "198.18.1.77", siteV6} {
		begun := time.Now()
		conn, err := l.Dial(t.Context(), "tcp", net.JoinHostPort(host, "5060"))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 10*ms {
			t.Errorf("%s: connected in %v, planned 10 ms", host, took)
		}
		_ = conn.Close()
	}
	conn, err := l.Dial(t.Context(), "tcp", net.JoinHostPort(siteV4, "443"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := tls.Client(conn, &tls.Config{RootCAs: authority.Pool(), ServerName: siteV4})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = l.Dial(t.Context(), "tcp", net.JoinHostPort(siteV4, "444"))
	if !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("a port without a server: %v", err)
	}
}
