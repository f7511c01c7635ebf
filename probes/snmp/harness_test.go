package snmp

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// rig is a prober, the agent that it polls over UDP, and a clock that only the
// test moves.
type rig struct {
	t      testing.TB
	agent  *snmptest.Agent
	mib    *snmptest.MIB
	job    probes.Job
	prober *prober
	clock  time.Time
	last   []probes.Result
	totals map[string]float64 // counters since the start, gauges as they are
}

// newRig polls the interfaces that selectors name, each for a link of its own
// but for those with an equals sign before them, which the device lists itself.
func newRig(t testing.TB, mib *snmptest.MIB, selectors ...string) *rig {
	t.Helper()
	return newRigConfig(t, mib, Config{}, selectors...)
}

func newRigConfig(t testing.TB, mib *snmptest.MIB, config Config, selectors ...string) *rig {
	t.Helper()
	return newRigOf(t, inventory.DeviceTarget, mib, config, selectors...)
}

func newRigOf(t testing.TB, kind inventory.TargetKind, mib *snmptest.MIB, config Config, selectors ...string) *rig {
	t.Helper()
	agent, err := snmptest.Start("127.0.0.1:0", "public", mib)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	r := &rig{t: t, agent: agent, mib: mib, clock: time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), totals: map[string]float64{}}
	r.job = deviceJob(agent.Addr(), community(t, "public"), &config, selectors...)
	r.job.Target.Kind = kind
	remote, err := newRemote(r.job.Probe.Address, &config, r.job.Target.Credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return r.clock }
	r.prober = newProberOver(newSession(remote, new(engines), now), r.job, &config, now)
	t.Cleanup(func() { r.prober.Close() })
	return r
}

// deviceJob is the job of a device rt that carries a link for each selector.
func deviceJob(address string, credential *inventory.SNMPCredential, config *Config, selectors ...string) probes.Job {
	target := &inventory.Target{ID: "rt", Kind: inventory.DeviceTarget, Site: "here", Address: address, Credential: credential}
	for _, s := range selectors {
		s, own := strings.CutPrefix(s, "=")
		i := inventory.Interface{Selector: s, Owner: target}
		if !own {
			i.Owner = &inventory.Target{
				ID: "link-" + s, Kind: inventory.LinkTarget,
				Link: &inventory.Link{Interface: &inventory.InterfaceRef{Device: "rt", Selector: s}},
			}
		}
		target.Interfaces = append(target.Interfaces, i)
	}
	return probes.Job{Target: target, Probe: &inventory.Probe{
		Name: "snmp", Kind: "snmp", Address: address, Interval: 30 * time.Second, Timeout: 400 * time.Millisecond, Confirm: 2, Config: config,
	}}
}

// poll lets an interval pass and polls once.
func (r *rig) poll() {
	r.t.Helper()
	r.clock = r.clock.Add(30 * time.Second)
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	r.pollIn(ctx)
}

func (r *rig) pollIn(ctx context.Context) {
	r.last = nil
	r.prober.Probe(ctx, r.take, nil)
}

func (r *rig) take(result *probes.Result) {
	kept := *result
	kept.Samples = slices.Clone(result.Samples)
	r.last = append(r.last, kept)
	for _, s := range result.Samples {
		key := result.Target.ID + " " + s.Metric.Name
		if s.Metric == metric.InterfaceInfo || s.Metric == metric.DeviceInfo {
			for k := range maps.Keys(r.totals) {
				if strings.HasPrefix(k, key+"{") {
					delete(r.totals, k)
				}
			}
			key += "{" + strings.Join(s.Labels, ",") + "}"
		} else if len(s.Labels) == 2 && result.Target.Kind == inventory.DeviceTarget {
			key += " " + s.Labels[1]
		}
		switch {
		case s.Metric.Type == metric.Counter:
			if s.Value < 0 || math.IsNaN(s.Value) {
				r.t.Errorf("%s grew by %v", key, s.Value)
			}
			r.totals[key] += s.Value
		case math.IsNaN(s.Value):
			delete(r.totals, key)
		default:
			r.totals[key] = s.Value
		}
	}
}

// total returns a counter's sum or a gauge's value; NaN if it is not known.
func (r *rig) total(target string, d *metric.Desc) float64 {
	v, ok := r.totals[target+" "+d.Name]
	if !ok {
		return math.NaN()
	}
	return v
}

func (r *rig) want(target string, d *metric.Desc, want float64) {
	r.t.Helper()
	if got := r.total(target, d); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
		r.t.Errorf("%s %s = %v, want %v", target, d.Name, got, want)
	}
}

// outcome returns the verdict about a target as "success" or "failure reason"
// with the detail.
func (r *rig) outcome(target string) (verdict, detail string) {
	r.t.Helper()
	for _, result := range r.last {
		if result.Target.ID != target || result.Outcome == probes.Note {
			continue
		}
		word := [...]string{probes.Success: "success", probes.Failure: "failure", probes.Unknown: "unknown"}[result.Outcome]
		return strings.TrimSpace(fmt.Sprintf("%s %s", word, result.Reason)), result.Detail
	}
	return "none", ""
}

func (r *rig) wantOutcome(target, want string, texts ...string) {
	r.t.Helper()
	got, detail := r.outcome(target)
	if got != want {
		r.t.Errorf("%s: %s (%s), want %s", target, got, detail, want)
	}
	for _, text := range texts {
		if !strings.Contains(detail, text) {
			r.t.Errorf("%s: the detail %q does not say %q", target, detail, text)
		}
	}
}

// requests returns the types of the requests since the last call.
func (r *rig) requests() string {
	var list []string
	for _, q := range r.agent.Requests() {
		list = append(list, fmt.Sprintf("%s %d", q.Type, q.Varbinds))
	}
	return strings.Join(list, ", ")
}
