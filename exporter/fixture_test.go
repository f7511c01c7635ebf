package exporter

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

var update = flag.Bool("update", false, "write the golden files and the documentation anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// small is an inventory with one of everything.
const small = `
organization: Thành ủy
timezone: Asia/Ho_Chi_Minh
language: vi
providers:
  vnpt: {name: VNPT}
credentials:
  core: {snmp: {version: 2c, community: {env: COMMUNITY}}}
sites:
  thanh-uy: {name: Văn phòng Thành ủy}
  hai-chau: {name: Đảng ủy phường "Hải Châu"}
devices:
  rt-hai-chau: {site: hai-chau, address: 10.20.1.1, credential: core, purchased: 2019-06, end_of_support: 2027-01}
links:
  hai-chau-vnpt:
    name: 'Kênh \ VNPT'
    from: thanh-uy
    to: hai-chau
    provider: vnpt
    ping: 10.20.1.1
    interface: rt-hai-chau/Gi0/0
    bandwidth: {down: 50Mbps, up: 20Mbps}
    contracts:
      - {number: "11/HĐ", ends: 2026-12-31, monthly_cost: {amount: 4500000, currency: VND}, lead_time: 45d, sla: {availability: 99.9%, rtt: 20ms, jitter: 5ms, loss: 0.5%, repair: 4h}}
      - {number: "12/HĐ", starts: 2027-01-01, ends: 2027-12-31}
uplinks:
  thanh-uy-internet: {site: thanh-uy, ping: [203.0.113.9, 203.0.113.10]}
endpoints:
  phong-hop: {site: hai-chau, type: room, address: 10.20.1.50, probes: {ping: {}}, call_bandwidth: 4Mbps}
meetings:
  giao-ban: {start: 2026-12-01T08:00, duration: 2h, repeat: FREQ=DAILY, endpoints: [phong-hop]}
maintenance:
  - {targets: [phong-hop], start: 2026-12-01T07:30, end: 2026-12-01T07:45}
`

// start is when the exporters of these tests start: 07:00 in Viet Nam.
var start = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// pingProbe and snmpProbe have the shapes of the real ones.
func pingProbe() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{Name: "ping", Interval: time.Second, Timeout: time.Second, Confirm: 3},
		Reasons:   []probes.Reason{probes.ReasonTimeout, probes.ReasonUnreachable, probes.ReasonResolve, probes.ReasonNoRoute, probes.ReasonSend, probes.ReasonNotPermitted, probes.ReasonStalled},
		Series: func(probes.Job) []probes.Sample {
			list := []probes.Sample{
				{Metric: metric.PingSent}, {Metric: metric.PingReceived}, {Metric: metric.PingLost}, {Metric: metric.PingLate},
				{Metric: metric.PingDuplicates}, {Metric: metric.PingCorrupt}, {Metric: metric.PingRTT}, {Metric: metric.PingLossBurst},
			}
			for _, code := range []string{"net", "host", "prohibited", "ttl", "too_big", "other"} {
				list = append(list, probes.Sample{Metric: metric.PingUnreachable, Labels: []string{code}})
			}
			return list
		},
	}
}

func snmpProbe() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{Name: "snmp", Interval: 30 * time.Second, Timeout: 5 * time.Second, Confirm: 2},
		Reasons:   []probes.Reason{probes.ReasonTimeout, probes.ReasonPartial, probes.ReasonInterfaceDown, probes.ReasonDeviceUnknown},
		Series: func(j probes.Job) []probes.Sample {
			list := []probes.Sample{{Metric: metric.SNMPRequests}}
			if l := j.Target.Link; l != nil && l.Interface != nil {
				list = append(list, probes.Sample{Metric: metric.InterfaceReceiveBytes, Labels: []string{l.Interface.Device, l.Interface.Selector}})
			}
			return list
		},
		Subjects: func(j probes.Job) []*inventory.Target {
			var others []*inventory.Target
			for _, i := range j.Target.Interfaces {
				if i.Owner != j.Target {
					others = append(others, i.Owner)
				}
			}
			return others
		},
	}
}

// clock is set by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is an exporter on the test bench.
type bench struct {
	t     testing.TB
	clock *clock
	log   *strings.Builder
	e     *Exporter
	kinds []probes.Kind
	inv   *inventory.Inventory
	jobs  []probes.Job
}

func newBench(t testing.TB, yaml string) *bench {
	t.Helper()
	b := &bench{t: t, clock: &clock{now: start}, log: &strings.Builder{}, kinds: []probes.Kind{pingProbe(), snmpProbe()}}
	logger := slog.New(slog.NewTextHandler(b.log, nil))
	b.e = New(Options{Now: b.clock.read, Version: "1.2.3", Revision: "abc", Logger: logger})
	b.apply(yaml)
	return b
}

// load reads an inventory and makes its jobs.
func (b *bench) load(yaml string) (*inventory.Inventory, []probes.Job) {
	b.t.Helper()
	var kinds []inventory.ProbeKind
	for _, k := range b.kinds {
		kinds = append(kinds, k.ProbeKind)
	}
	inv, err := inventory.Parse([]inventory.File{{Name: "test.yaml", Data: []byte(yaml)}}, kinds)
	if err != nil {
		b.t.Fatal(err)
	}
	var jobs []probes.Job
	for _, t := range inv.Targets() {
		for _, p := range t.Probes {
			var selectors []string
			for _, i := range t.Interfaces {
				selectors = append(selectors, i.Selector+i.Owner.ID)
			}
			jobs = append(jobs, probes.Job{Target: t, Probe: p, Fingerprint: fmt.Sprint(p.Interval, p.Timeout, selectors)})
		}
	}
	return inv, jobs
}

func (b *bench) apply(yaml string) {
	b.t.Helper()
	b.inv, b.jobs = b.load(yaml)
	b.e.Apply(b.inv, "", b.kinds, b.jobs)
}

// job returns the job of a target's probe.
func (b *bench) job(target, probe, address string) probes.Job {
	b.t.Helper()
	for _, j := range b.jobs {
		if j.Target.ID == target && j.Probe.Name == probe && (address == "" || j.Probe.Address == address) {
			return j
		}
	}
	b.t.Fatalf("no job %s/%s/%s", target, probe, address)
	return probes.Job{}
}

func (b *bench) target(id string) *inventory.Target {
	b.t.Helper()
	for _, t := range b.inv.Targets() {
		if t.ID == id {
			return t
		}
	}
	b.t.Fatalf("no target %s", id)
	return nil
}

// answered and lost record a packet of a ping probe.
func (b *bench) answered(j probes.Job, rtt time.Duration) { r := pong(j, rtt); b.e.Record(&r) }
func (b *bench) lost(j probes.Job)                        { r := noPong(j); b.e.Record(&r) }

func pong(j probes.Job, rtt time.Duration) probes.Result {
	return probes.Result{Job: j, Target: j.Target, Outcome: probes.Success, Duration: rtt, Samples: []probes.Sample{
		{Metric: metric.PingSent, Value: 1}, {Metric: metric.PingReceived, Value: 1}, {Metric: metric.PingRTT, Value: rtt.Seconds()},
		{Metric: metric.PingJitter, Value: 0.0015}, {Metric: metric.PingReplyTTL, Value: 63},
	}}
}

func noPong(j probes.Job) probes.Result {
	return probes.Result{Job: j, Target: j.Target, Outcome: probes.Failure, Reason: probes.ReasonTimeout, Duration: j.Probe.Timeout, Samples: []probes.Sample{
		{Metric: metric.PingSent, Value: 1}, {Metric: metric.PingLost, Value: 1},
	}}
}

// scrape asks for /metrics and returns the body, uncompressed.
func (b *bench) scrape(accept string, names ...string) string {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "/metrics", nil)
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", "gzip")
	q := r.URL.Query()
	for _, name := range names {
		q.Add("name[]", name)
	}
	r.URL.RawQuery = q.Encode()
	w := httptest.NewRecorder()
	b.e.Metrics().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.t.Fatalf("scrape: status %d: %s", w.Code, w.Body)
	}
	var body io.Reader = w.Body
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			b.t.Fatal(err)
		}
		body = z
	}
	text, err := io.ReadAll(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

const (
	acceptText        = "text/plain;version=0.0.4"
	acceptOpenMetrics = "application/openmetrics-text;version=1.0.0"
	acceptProto       = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
)

// own are the names of all families that describe targets.
func (b *bench) own() []string {
	var names []string
	for _, f := range b.e.families.list {
		names = append(names, f.desc.Name)
	}
	return names
}

// samples returns the lines of a scrape, as series and value.
func (b *bench) samples() map[string]string {
	b.t.Helper()
	values := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(b.scrape(acceptText)))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		i := strings.LastIndexByte(line, ' ')
		if _, twice := values[line[:i]]; twice {
			b.t.Errorf("the series %s is there twice", line[:i])
		}
		values[line[:i]] = line[i+1:]
	}
	return values
}

// want checks series by name, labels and value; the value "" means absent.
func (b *bench) want(pairs map[string]string) {
	b.t.Helper()
	got := b.samples()
	for series, value := range pairs {
		if v, ok := got[series]; v != value {
			if !ok {
				v = "absent"
			}
			b.t.Errorf("%s is %s, want %s", series, v, map[bool]string{true: "absent", false: value}[value == ""])
		}
	}
}

// golden compares a text with a file, or writes the file with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs from what the program writes now (go test ./exporter -update writes it anew): %s", path, firstDifference(string(want), got))
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("line %d:\n- %s\n+ %s", i+1, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d lines became %d", len(as), len(bs))
}
