package ping

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// testJob is a job of a target named id.
func testJob(id, address string, interval, timeout time.Duration) probes.Job {
	return probes.Job{
		Target: &inventory.Target{ID: id, Kind: inventory.EndpointTarget, Site: "site"},
		Probe:  &inventory.Probe{Name: "ping", Kind: "ping", Address: address, Interval: interval, Timeout: timeout, Confirm: 3, Config: &Config{Size: defaultSize}},
	}
}

// with returns a job with other settings.
func with(j probes.Job, change func(*Config)) probes.Job {
	probe := *j.Probe
	config := *probe.Config.(*Config)
	change(&config)
	probe.Config = &config
	j.Probe = &probe
	j.Fingerprint += fmt.Sprintf("%+v", config)
	return j
}

// record keeps what was emitted, by target.
type record struct {
	mu      sync.Mutex
	results map[string][]probes.Result
	sums    map[string]map[string]float64 // by target and metric, with the labels
	changed chan struct{}
}

func newRecord() *record {
	return &record{results: map[string][]probes.Result{}, sums: map[string]map[string]float64{}, changed: make(chan struct{}, 1)}
}

func seriesName(d *metric.Desc, labels ...string) string {
	return strings.Join(append([]string{d.Name}, labels...), " ")
}

func (r *record) emit(x *probes.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := *x
	kept.Samples = append([]probes.Sample(nil), x.Samples...)
	id := x.Target.ID
	r.results[id] = append(r.results[id], kept)
	sums := r.sums[id]
	if sums == nil {
		sums = map[string]float64{}
		r.sums[id] = sums
	}
	for _, s := range x.Samples {
		sums[seriesName(s.Metric, s.Labels...)] += s.Value
	}
	if sent, got, lost := sums[metric.PingSent.Name], sums[metric.PingReceived.Name], sums[metric.PingLost.Name]; sent != got+lost {
		panic(fmt.Sprintf("%s: sent %v is not received %v and lost %v", id, sent, got, lost))
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// sum returns what the samples of a target's counter add up to.
func (r *record) sum(id string, d *metric.Desc, labels ...string) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sums[id][seriesName(d, labels...)]
}

// of returns the results of a target.
func (r *record) of(id string) []probes.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]probes.Result(nil), r.results[id]...)
}

// outcomes counts the results of a target with an outcome.
func (r *record) outcomes(id string, o probes.Outcome) int {
	n := 0
	for _, x := range r.of(id) {
		if x.Outcome == o {
			n++
		}
	}
	return n
}

// first returns the first result of a target with an outcome.
func (r *record) first(id string, o probes.Outcome) probes.Result {
	for _, x := range r.of(id) {
		if x.Outcome == o {
			return x
		}
	}
	return probes.Result{}
}

// values lists the samples of a metric of a target, in the order of arrival.
func (r *record) values(id string, d *metric.Desc) []float64 {
	var list []float64
	for _, x := range r.of(id) {
		for _, s := range x.Samples {
			if s.Metric == d {
				list = append(list, s.Value)
			}
		}
	}
	return list
}

// until waits for a condition, at most ten seconds.
func (r *record) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for !ok() {
		select {
		case <-r.changed:
		case <-limit.C:
			t.Fatalf("waited ten seconds for: %s", what)
		}
	}
}

// meter keeps process metrics.
type meter struct {
	mu   sync.Mutex
	sums map[string]float64
	seen map[string][]float64
}

func newMeter() *meter { return &meter{sums: map[string]float64{}, seen: map[string][]float64{}} }

func (m *meter) Add(d *metric.Desc, delta float64, labels ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sums[seriesName(d, labels...)] += delta
}

func (m *meter) Set(d *metric.Desc, value float64, labels ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sums[seriesName(d, labels...)] = value
}

func (m *meter) Observe(d *metric.Desc, value float64, labels ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[seriesName(d, labels...)] = append(m.seen[seriesName(d, labels...)], value)
}

func (m *meter) value(d *metric.Desc, labels ...string) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sums[seriesName(d, labels...)]
}

// fakeClock is a clock that moves when it is told to. It starts a millisecond
// after a full minute, so that a packet of phase 0 is the last of an interval.
type fakeClock struct {
	now    int64
	wall   time.Time // at now
	sleep  time.Duration
	jitter func() time.Duration // added to wall readings
}

func newFakeClock() *fakeClock {
	return &fakeClock{wall: time.Unix(1_790_000_000, int64(time.Millisecond))}
}

func (c *fakeClock) mono() int64 { return c.now }

func (c *fakeClock) stamped(stamp int64) int64 { return stamp }

func (c *fakeClock) moment() moment {
	w := c.wall
	if c.jitter != nil {
		w = w.Add(c.jitter())
	}
	return moment{time: w, mono: c.now, asleep: c.sleep}
}

func (c *fakeClock) advance(d time.Duration) {
	c.now += int64(d)
	c.wall = c.wall.Add(d)
}

// fakeWire keeps what is sent.
type fakeWire struct {
	clock   *fakeClock
	sent    []request
	times   []time.Time
	refuse  func(*request) *sendError
	dropped [families]uint64
	broken  [families]error
	options []options
}

func (w *fakeWire) usable(f family) error { return w.broken[f] }

func (w *fakeWire) send(r *request) (int64, *sendError) {
	if w.refuse != nil {
		if err := w.refuse(r); err != nil {
			return 0, err
		}
	}
	w.sent, w.times = append(w.sent, *r), append(w.times, w.clock.wall)
	return w.clock.mono(), nil
}

func (w *fakeWire) control(_ family, o options) []byte {
	w.options = append(w.options, o)
	return nil
}

func (w *fakeWire) drops(f family) uint64 { return w.dropped[f] }

// rig is an engine with a clock, a network and a taker of its own.
type rig struct {
	t       *testing.T
	clock   *fakeClock
	wire    *fakeWire
	engine  *engine
	record  *record
	meter   *meter
	planner *planner
	pattern []byte
}

func newRig(t *testing.T, jobs ...probes.Job) *rig {
	t.Helper()
	r := &rig{t: t, clock: newFakeClock(), record: newRecord(), meter: newMeter(), planner: newPlanner(), pattern: newPattern()}
	r.wire = &fakeWire{clock: r.clock}
	env := probes.Env{Meter: r.meter}.WithDefaults()
	r.engine = newEngine(r.clock, r.wire, env, r.record.emit, [32]byte{1}, r.pattern)
	r.set(jobs...)
	return r
}

func (r *rig) set(jobs ...probes.Job) {
	r.engine.swap(r.planner.plan(jobs, func(size int) uint32 { return sum(r.pattern[cookieSize:size]) }))
}

// run lets time pass, in steps, as the loop would.
func (r *rig) run(d time.Duration) {
	r.t.Helper()
	for end := r.clock.now + int64(d); ; {
		r.engine.beat()
		next := min(r.engine.advance(), end)
		if r.clock.now >= end {
			return
		}
		r.clock.advance(time.Duration(max(next, r.clock.now+1) - r.clock.now))
	}
}

// take returns what was sent since the last call.
func (r *rig) take() []request {
	list := r.wire.sent
	r.wire.sent = nil
	return list
}

// one expects exactly one packet.
func (r *rig) one() request {
	r.t.Helper()
	list := r.take()
	if len(list) != 1 {
		r.t.Fatalf("%d packets were sent, want 1", len(list))
	}
	return list[0]
}

// reply makes the true answer to a packet, arriving now.
func (r *rig) reply(q request) *answer {
	payload := append([]byte(nil), r.pattern[:q.size]...)
	putCookie(payload, q.cookie)
	return &answer{echo: echo{seq: q.seq, payload: payload, ttl: 64}, from: q.to, arrived: r.clock.now}
}

// run runs a fleet until the test ends.
func run(t *testing.T, f probes.Fleet, emit probes.Emit) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx, emit) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
			if err := f.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

// ipPacket makes an IP packet around an ICMP message.
func ipPacket(from, to netip.Addr, message []byte) []byte {
	message = append([]byte(nil), message...)
	message[2], message[3] = 0, 0
	if from.Is4() {
		binary.BigEndian.PutUint16(message[2:], ^fold(sum(message)))
		h := make([]byte, 20)
		h[0], h[8], h[9] = 0x45, 61, protocolICMP
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(message)))
		copy(h[12:], from.AsSlice())
		copy(h[16:], to.AsSlice())
		binary.BigEndian.PutUint16(h[10:], ^fold(sum(h)))
		return slices.Concat(h, message)
	}
	pseudo := append(append([]byte(nil), from.AsSlice()...), to.AsSlice()...)
	pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(message)))
	pseudo = append(pseudo, 0, 0, 0, protocolICMPv6)
	binary.BigEndian.PutUint16(message[2:], ^fold(sum(pseudo)+sum(message)))
	h := make([]byte, 40)
	h[0], h[6], h[7] = 0x60, protocolICMPv6, 61
	binary.BigEndian.PutUint16(h[4:], uint16(len(message)))
	copy(h[8:], from.AsSlice())
	copy(h[24:], to.AsSlice())
	return slices.Concat(h, message)
}
