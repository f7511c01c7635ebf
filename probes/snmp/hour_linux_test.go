package snmp

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"wanwatch/internal/lab"
	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/traffic"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// hour is a case of TestAnHourIsThePlan: a device with a curve, and what befalls
// it. Events lie between two polls, and the names of its interfaces are wan0 and
// wan1; wan0 is watched.
type hour struct {
	spec   agent.Interface
	v3     bool
	peak   inventory.BitRate
	events map[time.Duration]func(*agent.Device) error
	resets float64
	failed int // polls that have no answer, at least
	reboot bool
}

const begins = 90 * time.Second // the first event: after two polls or three

func hours() map[string]hour {
	reboot := func(d *agent.Device) error { d.Reboot(); return nil }
	renumber := func(d *agent.Device) error { return d.Renumber(map[string]uint32{"wan0": 40, "wan1": 17}) }
	silent := func(n int) func(*agent.Device) error {
		return func(d *agent.Device) error { d.DropNext(n); return nil }
	}
	old := func(from uint64) agent.Interface {
		return agent.Interface{Only32: true, Speed: 100e6, In: agent.Direction{From: from}}
	}
	fast := agent.Interface{Speed: 1e9, In: agent.Direction{From: 1 << 60}}
	everything := map[time.Duration]func(*agent.Device) error{
		begins: silent(1), 5 * time.Minute: renumber, 15 * time.Minute: silent(3),
		25*time.Minute + time.Second: reboot, 45 * time.Minute: func(d *agent.Device) error {
			d.Reboot()
			return d.Renumber(map[string]uint32{"wan0": 3, "wan1": 4})
		},
	}
	return map[string]hour{
		"64 bits":                    {spec: fast, peak: 800e6},
		"64 bits, version 3":         {spec: fast, peak: 800e6, v3: true},
		"64 bits, past their end":    {spec: agent.Interface{Speed: 1e9, In: agent.Direction{From: math.MaxUint64 - 1e9}}, peak: 800e6},
		"32 bits, wrapping":          {spec: old(math.MaxUint32 - 1e6), peak: 60e6},
		"a restart":                  {spec: fast, peak: 800e6, resets: 1, reboot: true, events: map[time.Duration]func(*agent.Device) error{begins: reboot}},
		"a restart, version 3":       {spec: fast, peak: 800e6, v3: true, resets: 1, reboot: true, events: map[time.Duration]func(*agent.Device) error{begins: reboot}},
		"a restart, 32 bits":         {spec: old(4e9), peak: 60e6, resets: 1, reboot: true, events: map[time.Duration]func(*agent.Device) error{begins: reboot}},
		"a renumbering":              {spec: fast, peak: 800e6, events: map[time.Duration]func(*agent.Device) error{begins: renumber}},
		"a lost answer":              {spec: fast, peak: 800e6, events: map[time.Duration]func(*agent.Device) error{begins: silent(1)}},
		"a lost answer, version 3":   {spec: fast, peak: 800e6, v3: true, events: map[time.Duration]func(*agent.Device) error{begins: silent(1)}},
		"a lost poll":                {spec: fast, peak: 800e6, failed: 1, events: map[time.Duration]func(*agent.Device) error{begins: silent(3)}},
		"a lost poll, 32 bits":       {spec: old(math.MaxUint32 - 1e9), peak: 30e6, failed: 1, events: map[time.Duration]func(*agent.Device) error{begins: silent(3)}},
		"everything":                 {spec: fast, peak: 800e6, resets: 2, failed: 1, reboot: true, events: everything},
		"everything, 32 bits":        {spec: old(1e9), peak: 60e6, resets: 2, failed: 1, reboot: true, events: everything},
		"everything, with version 3": {spec: fast, peak: 800e6, v3: true, resets: 2, failed: 1, reboot: true, events: everything},
	}
}

// TestAnHourIsThePlan polls devices of the simulated network through an hour of
// its time, with real packets. What is counted is what was planned to pass, but
// for what passed between an answer and a restart, of which nobody can know; and
// no poll ever tells more than has passed.
func TestAnHourIsThePlan(t *testing.T) {
	testenv.NeedRoot(t)
	network, err := lab.Start(&plan.Plan{Paths: map[string]*plan.Path{"all": {
		Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/24"), netip.MustParsePrefix("2001:db8::/64")},
		Both:     plan.Conditions{Delay: new(200 * time.Microsecond)},
	}}}, lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	fleet := &agent.Fleet{Address: ":161"}
	rides := map[string]*ride{}
	for name, h := range hours() {
		rides[name] = newRide(t, h, len(fleet.Devices))
		fleet.Devices = append(fleet.Devices, rides[name].device)
	}
	if err := fleet.Start(t.Context(), network); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fleet.Close(); err != nil {
			t.Error(err)
		}
	})
	for name, r := range rides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.rig.t = t
			defer r.rig.prober.Close()
			if err := network.Prober(func() error { return r.run(t) }); err != nil {
				t.Fatal(err)
			}
			r.check(t)
		})
	}
}

// ride is an hour with its device and its prober, which share a clock.
type ride struct {
	hour
	device *agent.Device
	flow   *traffic.Flow
	rig    *rig

	clock         atomic.Pointer[time.Time] // also read by the device
	start, polled time.Time
	first         bool
	counted       float64
	untold        uint64
	polls         int
	silent        int
	worst         float64 // of the shares that polls told of what had passed
}

func newRide(t *testing.T, h hour, n int) *ride {
	t.Helper()
	start := time.Date(2026, 11, 23, 7, 45, 0, 0, time.UTC)
	r := &ride{hour: h, start: start, first: true}
	r.clock.Store(&start)
	now := func() time.Time { return *r.clock.Load() }
	r.flow = traffic.New(
		traffic.Curve{Seed: 3, Night: h.peak / 20, Peak: h.peak, Noise: 0.1, Limit: h.peak}, traffic.Times{Start: start},
		traffic.Surge{At: 10 * time.Minute, For: 5 * time.Minute, Every: 20 * time.Minute, Over: time.Minute, Factor: 1.2},
	)
	address := netip.AddrFrom4([4]byte{198, 18, 0, byte(n + 1)})
	if n%2 == 1 {
		address = netip.MustParseAddr(fmt.Sprintf("2001:db8::%d", n+1))
	}
	wan0, credential := h.spec, community(t, "public")
	wan0.Index, wan0.Name, wan0.Alias, wan0.In.Flow = 5, "wan0", "to the hub", r.flow
	// Two 32-bit counters that go back at once are taken for a reset, so what
	// goes out is another amount.
	wan0.Out.Flow = traffic.New(traffic.Curve{Night: h.peak / 7, Peak: h.peak / 7}, traffic.Times{Start: start})
	s := agent.Spec{
		Name: "rt", Addresses: []netip.Addr{address}, Access: agent.Access{Community: "public"},
		Interfaces: []agent.Interface{wan0, {Index: 6, Name: "wan1", Speed: 1e9, In: agent.Direction{Flow: r.flow, From: 1 << 50}}},
	}
	if h.v3 {
		s.Access = agent.Access{Users: []agent.User{{Name: "ops", Auth: "sha256", AuthPassword: authPassword, Priv: "aes", PrivPassword: privPassword}}}
		credential = usm(t, "ops", "sha256", authPassword, "aes", privPassword)
	}
	var err error
	if r.device, err = agent.NewDevice(s, now); err != nil {
		t.Fatal(err)
	}
	r.rig = &rig{t: t, totals: map[string]float64{}, job: deviceJob(address.String(), credential, &Config{}, "wan0")}
	r.rig.job.Probe.Timeout = 2 * time.Second // a busy machine must not make polls fail
	remote, err := newRemote(address.String(), &Config{}, credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.rig.prober = newProberOver(newSession(remote, new(engines), now), r.rig.job, &Config{}, now)
	return r
}

// run lets the hour pass, each 30 s or so a poll, and the first and the last at
// its ends.
func (r *ride) run(t *testing.T) error {
	luck := rand.New(rand.NewPCG(1, uint64(r.peak)))
	end := r.start.Add(time.Hour)
	r.poll(t)
	for next := r.start; r.clock.Load().Before(end); {
		next = next.Add(30 * time.Second)
		at := next.Add(time.Duration(luck.Int64N(int64(4 * time.Second))))
		if at.After(end.Add(-10 * time.Second)) {
			at = end
		}
		for after, event := range r.events {
			if when := r.start.Add(after); when.After(*r.clock.Load()) && !when.After(at) {
				if err := r.befall(when, event); err != nil {
					return err
				}
			}
		}
		r.clock.Store(&at)
		r.poll(t)
	}
	return nil
}

// befall lets an event happen. What has passed since the last poll is lost if the
// device is started anew by it.
func (r *ride) befall(when time.Time, event func(*agent.Device) error) error {
	r.clock.Store(&when)
	before, _, err := r.device.Octets("wan0")
	if err != nil {
		return err
	}
	if err := event(r.device); err != nil {
		return err
	}
	after, _, err := r.device.Octets("wan0")
	if after.Passed < before.Passed {
		r.untold += r.flow.Bytes(r.polled, when)
	}
	return err
}

func (r *ride) poll(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r.rig.pollIn(ctx)
	r.polls++
	if got, _ := r.rig.outcome("rt"); got != "success" {
		r.silent++
		return
	}
	total := r.rig.total("link-wan0", metric.InterfaceReceiveBytes)
	if passed := float64(r.flow.Bytes(r.polled, *r.clock.Load())); !r.first && passed > 0 {
		r.worst = max(r.worst, (total-r.counted)/passed)
	}
	r.counted, r.polled, r.first = total, *r.clock.Load(), false
}

func (r *ride) check(t *testing.T) {
	t.Helper()
	passed := float64(r.flow.Bytes(r.start, r.start.Add(time.Hour)))
	knowable := passed - float64(r.untold)
	t.Logf("%d polls, %d without an answer; %.0f bytes passed, %.0f of them could be known, %.0f were counted; the most that a poll told is %.4f of what had passed",
		r.polls, r.silent, passed, knowable, r.counted, r.worst)
	if off := math.Abs(r.counted-knowable) / passed; off > 0.001 {
		t.Errorf("off by %.3f %%", 100*off)
	}
	if r.worst > 1.0001 {
		t.Errorf("a spike: a poll told %.4f of what had passed", r.worst)
	}
	if r.silent < r.failed || (r.untold > 0) != r.reboot {
		t.Errorf("%d polls had no answer, want at least %d; %d bytes passed before a restart", r.silent, r.failed, r.untold)
	}
	r.rig.want("link-wan0", metric.InterfaceResets, r.resets)
	if packets := r.rig.total("link-wan0", metric.InterfaceReceivePackets); math.Abs(packets*800-r.counted) > 0.001*passed {
		t.Errorf("%.0f bytes came, but %.0f packets of 800", r.counted, packets)
	}
	if r.reboot {
		return
	}
	sent := float64(r.peak/7) / 8 * 3600
	if out := r.rig.total("link-wan0", metric.InterfaceTransmitBytes); math.Abs(out-sent) > 0.001*sent {
		t.Errorf("%.0f bytes went out, want %.0f", out, sent)
	}
}
