package schedule

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// Plan returns one job for each probe of each target that the agent probes,
// sorted by key. The empty name stands for all agents. It fails for an agent
// that the inventory does not have, and for two probes that could not be told
// apart. It reads nothing but its arguments.
func Plan(inv *inventory.Inventory, agent string) ([]probes.Job, error) {
	if _, ok := inv.Agents[agent]; agent != "" && !ok {
		return nil, unknownAgent(inv, agent)
	}
	return plan(inv.Targets(), agent)
}

// plan is Plan for an agent that exists.
func plan(targets []*inventory.Target, agent string) ([]probes.Job, error) {
	size := 0
	for _, t := range targets {
		size += len(t.Probes)
	}
	jobs := make([]probes.Job, 0, size)
	var d digester
	for _, t := range targets {
		if agent != "" && len(t.Agents) > 0 && !slices.Contains(t.Agents, agent) {
			continue
		}
		for _, p := range t.Probes {
			j := probes.Job{Target: t, Probe: p}
			j.Phase = phase(j.Key(), agent, p.Interval)
			j.Fingerprint = d.fingerprint(&j)
			jobs = append(jobs, j)
		}
	}
	slices.SortStableFunc(jobs, compareJobs)
	for i := 1; i < len(jobs); i++ {
		if compareJobs(jobs[i-1], jobs[i]) == 0 {
			return nil, duplicate(jobs[i-1], jobs[i])
		}
	}
	return jobs, nil
}

func unknownAgent(inv *inventory.Inventory, agent string) error {
	if len(inv.Agents) == 0 {
		return fmt.Errorf("the inventory has no agents, so there is none named %q: leave the name out", agent)
	}
	names := make([]string, 0, len(inv.Agents))
	for name := range inv.Agents {
		names = append(names, name)
	}
	slices.Sort(names)
	return fmt.Errorf("the inventory has no agent %q; it has %s", agent, strings.Join(names, ", "))
}

func duplicate(a, b probes.Job) error {
	first, second := a.Probe.Pos, b.Probe.Pos
	return fmt.Errorf("%s: the %s %s has the probe %s of %s twice, also at %s: give one of them another name", second, b.Target.Kind, b.Target.ID, b.Probe.Name, b.Probe.Address, first)
}

// compareJobs compares the keys of two jobs.
func compareJobs(a, b probes.Job) int {
	if n := cmp.Compare(a.Target.Kind, b.Target.Kind); n != 0 {
		return n
	}
	if n := cmp.Compare(a.Target.ID, b.Target.ID); n != 0 {
		return n
	}
	return cmp.Or(
		cmp.Compare(a.Target.Site, b.Target.Site),
		cmp.Compare(a.Probe.Name, b.Probe.Name),
		cmp.Compare(a.Probe.Address, b.Probe.Address),
	)
}

// phase spreads the jobs over their interval. It depends on nothing but the
// key and the agent, so that a job keeps its place whatever comes or goes
// beside it, and two agents do not ask one target at the same moment.
func phase(k probes.Key, agent string, interval time.Duration) time.Duration {
	h := xxhash.Sum64String(strings.Join([]string{string(k.Kind), k.Target, k.Site, k.Probe, k.Address, agent}, "\x00"))
	share, _ := bits.Mul64(h, uint64(max(interval, 0)))
	return time.Duration(share)
}

// nextStart returns the first moment, now or later, at which the Unix time
// modulo the interval is the phase. The result keeps the monotonic reading of
// now: what follows is counted on from it, so that a step of the wall clock
// neither bunches nor skips probes.
func nextStart(now time.Time, phase, interval time.Duration) time.Time {
	wait := (int64(phase) - now.UnixNano()) % int64(interval)
	if wait < 0 {
		wait += int64(interval)
	}
	return now.Add(time.Duration(wait))
}
