package app

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"wanwatch/internal/testenv"
)

const (
	stressChurn    = 20 // further targets that come and go with the reloads
	insideVariable = "WANWATCH_TEST_INSIDE_NAMESPACE"
)

// TestStress runs 5,000 targets of which half are dead, with a reload each
// second while a scraper reads, for the time in WANWATCH_STRESS; CI takes 60s.
// If that is not set it is 500 targets for 4s, which the race detector can keep
// up with too. No counter may be lost or go back, no live target may lose a
// packet, and nothing may leak.
func TestStress(t *testing.T) {
	inNamespace(t, stress)
}

// inNamespace runs a test in a process of its own in a new network namespace,
// where traffic cannot leave the test.
func inNamespace(t *testing.T, test func(*testing.T)) {
	t.Helper()
	testenv.NeedRoot(t)
	if os.Getenv(insideVariable) != "" {
		upLoopback(t)
		test(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=10m")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	t.Logf("in a network namespace:\n%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

func upLoopback(t *testing.T) {
	t.Helper()
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	// Each namespace has its own; without it raw sockets would be used.
	if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte("0 2147483647"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// addBlackHole adds a network, 198.18.0.0/15, that swallows what is sent to it:
// a pair of interfaces without ARP, of which the far one knows no address.
func addBlackHole(t *testing.T) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "near", TxQLen: 1000}, PeerName: "far"}
	must(netlink.LinkAdd(pair))
	must(netlink.LinkSetARPOff(pair))
	addr, err := netlink.ParseAddr("198.18.0.1/15")
	must(err)
	must(netlink.AddrAdd(pair, addr))
	far, err := netlink.LinkByName("far")
	must(err)
	must(netlink.LinkSetUp(far))
	must(netlink.LinkSetUp(pair))
}

// stressInventory is the n-th of the inventories. It has a number of targets
// that stay, and some that its neighbours do not have.
func stressInventory(n, targets int) string {
	var b strings.Builder
	b.WriteString("sites: {here: {}}\nuplinks:\n")
	for i := range targets {
		fmt.Fprintf(&b, "  t%05d: {site: here, ping: %s}\n", i, stressAddress(i))
	}
	for i := range stressChurn {
		fmt.Fprintf(&b, "  come-and-go-%d: {site: here, name: %q, ping: %s}\n", (n%2)*stressChurn+i, fmt.Sprint("version ", n), stressAddress(i))
	}
	return b.String()
}

// stressAddress returns an address that answers for an even i, and one that is
// dead for an odd one.
func stressAddress(i int) string {
	if i%2 == 0 {
		return fmt.Sprintf("127.1.%d.%d", i/250, 1+i%250)
	}
	return fmt.Sprintf("198.18.%d.%d", 1+i/250, 1+i%250)
}

func stress(t *testing.T) {
	t.Helper()
	targets, length := 500, 4*time.Second
	if s := os.Getenv("WANWATCH_STRESS"); s != "" {
		targets = 5000
		var err error
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	addBlackHole(t)
	path := filepath.Join(t.TempDir(), "inventory.yaml")
	rewrite(t, path, stressInventory(0, targets))
	a := start(t, Options{Inventory: path})
	began := time.Now()

	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	scrapes := scraper{t: t, url: "http://" + a.Addr().String() + "/metrics"}
	scraped := make(chan struct{})
	go func() {
		defer close(scraped)
		scrapes.until(ctx)
	}()

	var before usage
	second := time.NewTicker(time.Second)
	defer second.Stop()
	reloads := 0
	for ctx.Err() == nil {
		reloads++
		rewrite(t, path, stressInventory(reloads, targets))
		if err := a.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if reloads == 3 {
			before = measure(t)
		}
		select {
		case <-second.C:
		case <-ctx.Done():
		}
	}
	<-scraped
	after := measure(t)
	least := time.Since(began)
	scrapes.once()
	most := time.Since(began)
	t.Logf("%d targets, %v, %d reloads, %d scrapes of %d MB; goroutines %d to %d, files %d to %d, heap %d to %d MB",
		targets, most.Round(time.Second), reloads, scrapes.n, len(scrapes.last)>>20,
		before.goroutines, after.goroutines, before.files, after.files, before.heap>>20, after.heap>>20)
	if reloads >= 3 {
		before.check(t, after)
	}
	checkStressCounters(t, scrapes.last, targets, least, most)
}

// checkStressCounters checks what was counted of each target that stayed, in
// metrics that were read between two times after the start. A packet to a dead
// target counts after its time-out. While the host gives the process no time,
// packets are not sent, and count neither as lost nor as anything else; the
// program says how long that was.
func checkStressCounters(t *testing.T, metrics string, targets int, from, to time.Duration) {
	t.Helper()
	samples := parseSamples(t, metrics)
	stalled := samples["wanwatch_ping_stalled_seconds_total"]
	// One a second, in whole ones: the first is sent within a second of the start,
	// and one to a dead target counts two seconds later, by its time-out.
	least, most := math.Floor(from.Seconds()-3-2*stalled), to.Seconds()+2
	t.Logf("the host gave the process no time for %.1f s", stalled)
	bad := 0
	complain := func(format string, args ...any) {
		if bad++; bad <= 20 {
			t.Errorf(format, args...)
		}
	}
	for i := range targets {
		labels := fmt.Sprintf(`target="t%05d",kind="uplink",site="here",probe="ping",address="%s"`, i, stressAddress(i))
		value := func(name, more string) float64 {
			v, ok := samples[name+"{"+labels+more+"}"]
			if !ok {
				complain("no series %s{%s%s}", name, labels, more)
			}
			return v
		}
		attempts := value("wanwatch_probe_attempts_total", "")
		stalls := value("wanwatch_probe_failures_total", `,reason="stalled"`)
		timeouts := value("wanwatch_probe_failures_total", `,reason="timeout"`)
		sent, received, lost := value("wanwatch_ping_sent_total", ""), value("wanwatch_ping_received_total", ""), value("wanwatch_ping_lost_total", "")
		switch {
		case attempts < least || attempts > most:
			complain("t%05d: %v packets counted, want %.1f to %.1f", i, attempts, least, most)
		case sent != received+lost || attempts != sent+stalls || lost != timeouts:
			complain("t%05d: %v attempts, %v sent, %v received, %v lost, %v timed out, %v stalled", i, attempts, sent, received, lost, timeouts, stalls)
		case i%2 == 0 && lost > 0:
			complain("t%05d lives, but lost %v of %v", i, lost, sent)
		case i%2 == 1 && received > 0:
			complain("t%05d is dead, but answered %v of %v", i, received, sent)
		}
	}
	if bad > 20 {
		t.Errorf("and %d more", bad-20)
	}
}

// scraper reads the metrics and holds each series against what it was before.
type scraper struct {
	t    *testing.T
	url  string
	n    int
	last string
}

// until scrapes each two seconds.
func (s *scraper) until(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for ctx.Err() == nil {
		s.once()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (s *scraper) once() {
	_, body, err := request(s.t.Context(), http.MethodGet, s.url)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.n++
	for _, complaint := range compareScrapes(s.last, body) {
		s.t.Error(complaint)
	}
	s.last = body
}

// compareScrapes says which series of the targets that stay are gone, and which
// of their counters went back. Both texts have their series in one order; only
// those of targets that come and go are in one of them.
func compareScrapes(before, after string) (complaints []string) {
	for len(complaints) < 10 {
		key, was, rest := nextOfStaying(before)
		if key == "" {
			break
		}
		before = rest
		for {
			found, is, rest := nextOfStaying(after)
			if found == "" {
				return append(complaints, key+" is gone, or not where it was")
			}
			after = rest
			if found != key {
				continue // it is new
			}
			if was != is && counter(key) && parse(is) < parse(was) {
				complaints = append(complaints, fmt.Sprintf("%s went from %s back to %s", key, was, is))
			}
			break
		}
	}
	return complaints
}

// nextOfStaying cuts the first sample of a target that stays off a text.
func nextOfStaying(text string) (key, value, rest string) {
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		space := strings.LastIndexByte(line, ' ')
		if space > 0 && line[0] != '#' && strings.Contains(line, `{target="t`) {
			return line[:space], line[space+1:], text
		}
	}
	return "", "", ""
}

func counter(series string) bool {
	name, _, _ := strings.Cut(series, "{")
	return strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_count") || strings.HasSuffix(name, "_bucket")
}

// parse reads a value; one that cannot be read is below all others.
func parse(value string) float64 {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return math.Inf(-1)
	}
	return v
}

// parseSamples returns the value of each series, by its text.
func parseSamples(t *testing.T, body string) map[string]float64 {
	t.Helper()
	samples := make(map[string]float64, strings.Count(body, "\n"))
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		space := strings.LastIndexByte(line, ' ')
		if space < 0 || line[0] == '#' {
			continue
		}
		v, err := strconv.ParseFloat(line[space+1:], 64)
		if err != nil {
			t.Errorf("bad line %q: %v", line, err)
			continue
		}
		samples[line[:space]] = v
	}
	return samples
}

// TestCompareScrapes checks the check.
func TestCompareScrapes(t *testing.T) {
	line := func(metric, target, value string) string {
		return metric + `{target="` + target + `"} ` + value + "\n"
	}
	before := "# HELP a_total x\n" + line("a_total", "come-1", "7") + line("a_total", "t1", "5") + line("a_total", "t2", "5") + line("b", "t1", "5")
	for _, c := range []struct {
		name, after string
		want        int
	}{
		{"same", before, 0},
		{"grown, others came and went", line("a_total", "come-2", "1") + line("a_total", "t1", "6") + line("a_total", "t2", "5") + line("b", "t1", "1"), 0},
		{"a new series", line("a_total", "t1", "5") + line("a_total", "t1x", "5") + line("a_total", "t2", "5") + line("b", "t1", "5"), 0},
		{"gone back", line("a_total", "t1", "4") + line("a_total", "t2", "5") + line("b", "t1", "5"), 1},
		{"gone", line("a_total", "t1", "5") + line("b", "t1", "5"), 1},
		{"the last gone", line("a_total", "t1", "5") + line("a_total", "t2", "5"), 1},
	} {
		if got := compareScrapes(before, c.after); len(got) != c.want {
			t.Errorf("%s: %v, want %d complaints", c.name, got, c.want)
		}
	}
}

// usage is what a process holds.
type usage struct {
	goroutines, files int
	heap              uint64
}

func measure(t *testing.T) usage {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return usage{runtime.NumGoroutine(), len(files), m.HeapAlloc}
}

// check allows for a few connections that come and go, and for what the scraper
// holds while it reads.
func (u usage) check(t *testing.T, after usage) {
	t.Helper()
	if after.goroutines > u.goroutines+20 {
		t.Errorf("goroutines grew from %d to %d", u.goroutines, after.goroutines)
	}
	if after.files > u.files+10 {
		t.Errorf("open files grew from %d to %d", u.files, after.files)
	}
	if after.heap > u.heap+u.heap/2+64<<20 {
		t.Errorf("the heap grew from %d MB to %d MB", u.heap>>20, after.heap>>20)
	}
}
