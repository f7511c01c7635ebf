package proof

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/traffic"
	"wanwatch/inventory"
)

// The haste of the devices' time: an hour of it passes in a minute, and the
// program polls each 30 s of it.
const (
	haste     = 60
	pollEvery = 500 * ms
	pollPlan  = haste * pollEvery
)

// fastClock is the time of simulated devices. It stands still, then runs in
// haste, for an hour, and then stands still again.
type fastClock struct {
	mu      sync.Mutex
	start   time.Time
	running time.Time // since when; zero: not yet
}

func (c *fastClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running.IsZero() {
		return c.start
	}
	return c.start.Add(min(haste*time.Since(c.running), time.Hour))
}

func (c *fastClock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = time.Now()
}

// river is a device with one interface that matters, wan0, what passes there,
// and what befalls it.
type river struct {
	wan0   agent.Interface
	v3     bool
	peak   inventory.BitRate
	events map[time.Duration]func(*agent.Device) error

	device *agent.Device
	flow   *traffic.Flow
	untold uint64 // may have passed without the program's being able to know
	resets float64
}

func rivers() map[string]*river {
	reboot := func(d *agent.Device) error { d.Reboot(); return nil }
	renumber := func(d *agent.Device) error { return d.Renumber(map[string]uint32{"wan0": 40, "wan1": 17}) }
	silent := func(n int) func(*agent.Device) error {
		return func(d *agent.Device) error { d.DropNext(n); return nil }
	}
	fast := agent.Interface{Speed: 1e9, In: agent.Direction{From: 1 << 60}}
	// The speed is that of the device's time: the program sees haste times as
	// much traffic as the line can carry in its own.
	old := agent.Interface{Speed: 4e9, Only32: true, In: agent.Direction{From: math.MaxUint32 - 1e6}}
	at := func(m int, what func(*agent.Device) error) map[time.Duration]func(*agent.Device) error {
		return map[time.Duration]func(*agent.Device) error{time.Duration(m)*time.Minute + 11*time.Second: what}
	}
	return map[string]*river{
		"steady":        {wan0: fast, peak: 200e6},
		"steady-v3":     {wan0: fast, peak: 200e6, v3: true},
		"wrapping":      {wan0: old, peak: 20e6},
		"renumbered":    {wan0: fast, peak: 200e6, events: at(20, renumber)},
		"renumbered-v3": {wan0: fast, peak: 200e6, events: at(20, renumber), v3: true},
		"lost-answer":   {wan0: fast, peak: 200e6, events: at(30, silent(1))},
		"lost-poll":     {wan0: fast, peak: 200e6, events: at(40, silent(3))},
		"lost-poll-32":  {wan0: old, peak: 20e6, events: at(40, silent(3))},
		"restarted":     {wan0: fast, peak: 200e6, events: at(15, reboot), resets: 1},
		"restarted-v3":  {wan0: fast, peak: 200e6, events: at(15, reboot), resets: 1, v3: true},
	}
}

// TestInterfaceBytesAreThePlans runs the program on devices through an hour of
// their time. At no time does /metrics tell more bytes than have passed, and in
// the end it tells what has passed.
//
// The program has another clock than the devices, which seem to it to be as old
// as they cannot be. So what they show after a restart is not taken as counted
// since, as it is where both have one clock; see the tests of package snmp. The
// interval of the restart is missing here.
func TestInterfaceBytesAreThePlans(t *testing.T) {
	t.Parallel()
	clock := &fastClock{start: time.Date(2026, 11, 23, 7, 45, 0, 0, time.UTC)}
	list := rivers()
	fleet := &agent.Fleet{Address: ":161"}
	text := inventoryOfRivers(t, list, clock, fleet)
	c := beginWith(t, &plan.Plan{Paths: map[string]*plan.Path{"all": {
		Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/24"), netip.MustParsePrefix("2001:db8::/64")},
		Both:     plan.Conditions{Delay: new(5 * ms)},
	}}}, text, nil)
	if err := fleet.Start(t.Context(), c.lab); err != nil {
		t.Fatal(err)
	}
	defer fleet.Close()

	c.until("each device has been polled twice", func() bool { return answered(list, 12) })
	if early := c.received(); len(early) != len(list) || slices.Max(slices.Collect(maps.Values(early))) > 0 {
		t.Fatalf("before anything has passed, the program tells of %v", early)
	}
	clock.run()
	for part := range 4 {
		c.until("a quarter of the hour is over", func() bool {
			befall(t, list, clock)
			checkNoSpike(t, list, clock, c.received())
			return !clock.now().Before(clock.start.Add(time.Duration(part+1) * time.Hour / 4))
		})
	}
	asked := map[string]uint64{}
	for id, r := range list {
		asked[id] = r.device.Counts().Answers
	}
	c.until("each device has been polled once more", func() bool {
		return !slices.ContainsFunc(slices.Collect(maps.Keys(list)), func(id string) bool {
			return list[id].device.Counts().Answers < asked[id]+3
		})
	})
	checkHour(t, list, clock, c)
}

// inventoryOfRivers makes the devices and an inventory of them.
func inventoryOfRivers(t *testing.T, list map[string]*river, clock *fastClock, fleet *agent.Fleet) string {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	const password = "a long password"
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	access := agent.Access{Community: password, Users: []agent.User{{
		Name: "ops", Auth: "sha256", AuthPassword: password, Priv: "aes", PrivPassword: password,
	}}}
	var devices, links strings.Builder
	for i, id := range slices.Sorted(maps.Keys(list)) {
		r := list[id]
		r.flow = traffic.New(
			traffic.Curve{Seed: uint64(i), Night: r.peak / 20, Peak: r.peak, Noise: 0.1, Limit: r.peak}, traffic.Times{Start: clock.start},
			traffic.Surge{At: 10 * time.Minute, For: 5 * time.Minute, Every: 20 * time.Minute, Over: time.Minute, Factor: 1.3},
		)
		r.wan0.Name, r.wan0.Index, r.wan0.In.Flow = "wan0", 5, r.flow
		address := netip.AddrFrom4([4]byte{198, 18, 0, byte(i + 1)})
		if i%2 == 1 {
			address = netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1))
		}
		var err error
		if r.device, err = agent.NewDevice(agent.Spec{
			Name: id, Addresses: []netip.Addr{address}, Access: access,
			Interfaces: []agent.Interface{r.wan0, {Name: "wan1", Index: 6, Speed: 1e9}},
		}, clock.now); err != nil {
			t.Fatal(err)
		}
		fleet.Devices = append(fleet.Devices, r.device)
		credential := "v2"
		if r.v3 {
			credential = "v3"
		}
		fmt.Fprintf(&devices, "  rt-%s: {site: far, address: %q, credential: %s}\n", id, address, credential)
		fmt.Fprintf(&links, "  %s: {from: hub, to: far, bandwidth: 1Gbps, interface: rt-%s/wan0}\n", id, id)
	}
	return fmt.Sprintf(`organization: Proof
defaults: {snmp: {interval: %v, timeout: %v}}
credentials:
  v2: {snmp: {version: 2c, community: {file: %[3]q}}}
  v3: {snmp: {version: 3, user: ops, auth: sha256, auth_password: {file: %[3]q}, priv: aes, priv_password: {file: %[3]q}}}
sites: {hub: {}, far: {}}
devices:
%slinks:
%s`, pollEvery, pollEvery-50*ms, secret, devices.String(), links.String())
}

func answered(list map[string]*river, n uint64) bool {
	for _, r := range list {
		if r.device.Counts().Answers < n {
			return false
		}
	}
	return true
}

// befall lets the events happen whose time has come.
func befall(t *testing.T, list map[string]*river, clock *fastClock) {
	t.Helper()
	for id, r := range list {
		for after, event := range r.events {
			if clock.now().Before(clock.start.Add(after)) {
				continue
			}
			delete(r.events, after)
			at := clock.now()
			if err := event(r.device); err != nil {
				t.Fatal(err)
			}
			if r.resets > 0 {
				// From a poll before to a poll after, however slow the machine.
				r.untold = r.flow.Bytes(at.Add(-3*pollPlan), at.Add(3*pollPlan))
			}
			t.Logf("%s: befallen after %v of its time", id, at.Sub(clock.start))
		}
	}
}

// checkNoSpike wants no more bytes told than have passed until now.
func checkNoSpike(t *testing.T, list map[string]*river, clock *fastClock, told map[string]float64) {
	t.Helper()
	for id, r := range list {
		if passed := float64(r.flow.Bytes(clock.start, clock.now())); told[id] > passed+1 {
			t.Fatalf("%s: %.0f bytes are told, %.0f have passed", id, told[id], passed)
		}
	}
}

// checkHour compares the bytes of the hour.
func checkHour(t *testing.T, list map[string]*river, clock *fastClock, c *trial) {
	t.Helper()
	told, resets := c.received(), c.interfaces("wanwatch_interface_resets_total")
	packets := c.interfaces("wanwatch_interface_receive_packets_total")
	for _, id := range slices.Sorted(maps.Keys(list)) {
		r := list[id]
		passed := float64(r.flow.Bytes(clock.start, clock.start.Add(time.Hour)))
		t.Logf("%-13s %.0f bytes passed, %.0f are told: %.3f %%; %.0f resets", id, passed, told[id], 100*told[id]/passed, resets[id])
		if told[id] > 1.001*passed || told[id] < 0.999*passed-float64(r.untold) {
			t.Errorf("%s: %.0f bytes are told, %.0f have passed", id, told[id], passed)
		}
		if off := packets[id]*800 - told[id]; math.Abs(off) > 0.001*passed {
			t.Errorf("%s: %.0f packets of 800 bytes are told beside %.0f bytes", id, packets[id], told[id])
		}
		if resets[id] != r.resets {
			t.Errorf("%s: %.0f resets are told, want %.0f", id, resets[id], r.resets)
		}
	}
}

// received returns the bytes that interfaces received, by link.
func (c *trial) received() map[string]float64 {
	c.t.Helper()
	return c.interfaces("wanwatch_interface_receive_bytes_total")
}

// interfaces returns a counter of interfaces, by link.
func (c *trial) interfaces(name string) map[string]float64 {
	c.t.Helper()
	response, err := c.get("/metrics")
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	values := map[string]float64{}
	decoder := expfmt.NewDecoder(response.Body, expfmt.ResponseFormat(response.Header))
	for {
		var family dto.MetricFamily
		if err := decoder.Decode(&family); errors.Is(err, io.EOF) {
			return values
		} else if err != nil {
			c.t.Fatal(err)
		}
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "target" {
					values[l.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
}
