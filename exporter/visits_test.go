package exporter

import (
	"slices"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// TestTargetsAreMadeInTurn: targets are made in the order in which results come
// to them, and each once; those without jobs come last.
func TestTargetsAreMadeInTurn(t *testing.T) {
	a, b, c, d := &inventory.Target{ID: "a"}, &inventory.Target{ID: "b"}, &inventory.Target{ID: "c"}, &inventory.Target{ID: "d"}
	ping, snmp := &inventory.Probe{Interval: time.Second}, &inventory.Probe{Interval: time.Minute}
	jobs := []probes.Job{
		{Target: a, Probe: snmp, Phase: 0},
		{Target: b, Probe: ping, Phase: 700 * time.Millisecond},
		{Target: c, Probe: ping, Phase: 200 * time.Millisecond},
		{Target: c, Probe: snmp, Phase: 10 * time.Second},
	}
	before := slices.Clone(jobs)
	got := visits([]*inventory.Target{d, a, b, c}, inTurn(jobs))
	if want := []*inventory.Target{c, b, a, d}; !slices.Equal(got, want) {
		for _, target := range got {
			t.Log(target.ID)
		}
		t.Error("want c b a d")
	}
	if !slices.Equal(jobs, before) {
		t.Error("the caller's jobs were sorted")
	}
}
