package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/schedule"
)

// checkConcurrency is how many targets are asked at a time when each is asked
// once: enough that dead ones, which take their whole time-out, do not hold up
// the rest.
const checkConcurrency = 64

// CheckOptions say which probes to run once. Inventory is required.
type CheckOptions struct {
	// Inventory is the path of the inventory, a file or a folder.
	Inventory string
	// Agent is the id of the agent whose share is meant; empty: everything.
	Agent string
	// Targets are the ids of the targets to ask; empty: all.
	Targets []string
	// Probe is the name of the only probe to run; empty: all.
	Probe string
	// ASTable is a file that names networks by their prefixes; empty: none is named.
	ASTable string
	// Logger takes the log; without one nothing is logged.
	Logger *slog.Logger
	// Kinds are the kinds of probe that run; all, if nil.
	Kinds []probes.Kind
	// Resolver finds the addresses of names; that of the host, if nil.
	Resolver probes.Resolver
}

// Check is a number of probes to be run once.
type Check struct {
	env   probes.Env
	kinds []probes.Kind
	jobs  []probes.Job
}

// NewCheck loads the inventory and selects the probes. The error is
// inventory.Problems if the inventory has any, and an [*UnknownError] if it has
// no such target, probe or agent.
func NewCheck(o CheckOptions) (*Check, error) {
	c, all, err := newCheck(o)
	if err != nil {
		return nil, err
	}
	c.jobs, err = selectJobs(all, o.Targets, o.Probe)
	return c, err
}

// newCheck loads the inventory and selects nothing yet.
func newCheck(o CheckOptions) (*Check, *generation, error) {
	networks, err := readNetworks(o.ASTable)
	if err != nil {
		return nil, nil, err
	}
	c := &Check{env: probes.Env{Logger: o.Logger, Resolver: o.Resolver, Network: networks.Name}.WithDefaults(), kinds: o.Kinds}
	if c.kinds == nil {
		c.kinds = kinds.All()
	}
	all, err := load(fromPath(o.Inventory), o.Agent, c.kinds)
	return c, all, err
}

// Len returns the number of probes.
func (c *Check) Len() int { return len(c.jobs) }

// Run runs the probes and hands over the report of each, in the order of the
// inventory. The error is about the checking itself, such as a socket that may
// not be opened; a probe that fails is no error.
func (c *Check) Run(ctx context.Context, done func(probes.Report)) error {
	return once(ctx, c.env, c.kinds, c.jobs, done)
}

// once runs each job once, several at a time, and hands over their reports in
// the jobs' order.
func once(ctx context.Context, env probes.Env, kinds []probes.Kind, jobs []probes.Job, done func(probes.Report)) error {
	early := make(map[probes.Key]probes.Report)
	next := 0
	return schedule.Once(ctx, env, kinds, jobs, checkConcurrency, func(r probes.Report) {
		early[r.Job.Key()] = r
		for next < len(jobs) {
			key := jobs[next].Key()
			r, ok := early[key]
			if !ok {
				return
			}
			delete(early, key)
			next++
			done(r)
		}
	})
}

// UnknownError says that the inventory has no target, probe or agent of a name.
type UnknownError struct {
	What string // "target", "probe" or "agent"
	Name string
	Near string // what was probably meant, or empty
}

// Error says what was not found, and what was probably meant.
func (e *UnknownError) Error() string {
	if e.Near == "" {
		return fmt.Sprintf("no %s %q in the inventory", e.What, e.Name)
	}
	return fmt.Sprintf("no %s %q in the inventory (did you mean %q?)", e.What, e.Name, e.Near)
}

// selectJobs returns the jobs of the targets and of the probe that are named,
// or all where nothing is named.
func selectJobs(all *generation, targets []string, probe string) ([]probes.Job, error) {
	var ids []string
	for _, t := range all.inv.Targets() {
		ids = append(ids, t.ID)
	}
	for _, id := range targets {
		if !slices.Contains(ids, id) {
			return nil, &UnknownError{"target", id, inventory.Nearest(id, ids)}
		}
	}
	selected := make([]probes.Job, 0, len(all.jobs))
	var names []string
	for _, j := range all.jobs {
		if len(targets) > 0 && !slices.Contains(targets, j.Target.ID) {
			continue
		}
		names = append(names, j.Probe.Name)
		if probe == "" || probe == j.Probe.Name {
			selected = append(selected, j)
		}
	}
	if probe != "" && len(selected) == 0 {
		return nil, &UnknownError{"probe", probe, inventory.Nearest(probe, names)}
	}
	return selected, nil
}
