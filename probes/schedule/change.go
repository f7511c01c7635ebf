package schedule

import (
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"wanwatch/probes"
)

// Change is a prepared set of jobs. It is applied or discarded, once.
type Change struct {
	base    int // the generation it was prepared against
	jobs    map[string][]probes.Job
	entries map[string]map[probes.Key]*entry
	made    []*entry          // entries whose prober this change made
	opened  map[string]*fleet // fleets that this change opened
}

// Prepare makes the probers of new and of changed jobs and opens the fleets
// that are missing. It touches nothing that runs: after an error all is as it
// was before. Jobs of a kind that the Runner does not have are an error.
//
// The Change must be given to Apply or to Discard before Prepare is called
// again.
func (r *Runner) Prepare(jobs []probes.Job) (*Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == ended {
		return nil, errors.New("the scheduler has been stopped")
	}
	c := &Change{
		base: r.generation, jobs: map[string][]probes.Job{},
		entries: map[string]map[probes.Key]*entry{}, opened: map[string]*fleet{},
	}
	if err := r.prepare(c, jobs); err != nil {
		return nil, errors.Join(err, r.Discard(c))
	}
	return c, nil
}

func (r *Runner) prepare(c *Change, jobs []probes.Job) error {
	seen := &distinct{}
	for i, j := range jobs {
		kind, ok := r.kinds[j.Probe.Kind]
		switch {
		case !ok:
			return fmt.Errorf("%s: probe %s of %s: this version does not run probes of the kind %q", j.Probe.Pos, j.Probe.Name, j.Target.ID, j.Probe.Kind)
		case j.Probe.Interval <= 0:
			return fmt.Errorf("%s: probe %s of %s has no interval", j.Probe.Pos, j.Probe.Name, j.Target.ID)
		case !seen.add(jobs[:i+1]):
			return fmt.Errorf("%s: probe %s of %s is there twice", j.Probe.Pos, j.Probe.Name, j.Target.ID)
		}
		c.jobs[kind.Name] = append(c.jobs[kind.Name], j)
		if kind.NewProber != nil {
			if err := r.prepareProber(c, kind, j); err != nil {
				return err
			}
		}
	}
	return r.openFleets(c)
}

// distinct sees whether the jobs of a list differ in their keys. As long as they
// are sorted, as Plan's are, it compares neighbours.
type distinct struct{ keys map[probes.Key]bool }

// add is called with the list up to each of its jobs, and reports whether the
// last one is not in it already.
func (d *distinct) add(jobs []probes.Job) bool {
	last := len(jobs) - 1
	if d.keys == nil {
		if last == 0 || compareJobs(jobs[last-1], jobs[last]) < 0 {
			return true
		}
		d.keys = make(map[probes.Key]bool, len(jobs))
		for _, j := range jobs[:last] {
			d.keys[j.Key()] = true
		}
	}
	key := jobs[last].Key()
	if d.keys[key] {
		return false
	}
	d.keys[key] = true
	return true
}

// prepareProber keeps the entry of an unchanged job, or makes a new one.
func (r *Runner) prepareProber(c *Change, kind probes.Kind, j probes.Job) error {
	entries := c.entries[kind.Name]
	if entries == nil {
		entries = map[probes.Key]*entry{}
		c.entries[kind.Name] = entries
	}
	if e := r.pools[kind.Name].unchanged(j); e != nil {
		entries[j.Key()] = e
		return nil
	}
	prober, err := newProber(kind, r.env, j)
	if err != nil {
		return fmt.Errorf("preparing the probe %s of %s: %w", j.Probe.Name, j.Target.ID, err)
	}
	most := allowance(&kind, j)
	e := &entry{job: j, prober: prober, hurries: most, most: most}
	entries[j.Key()] = e
	c.made = append(c.made, e)
	return nil
}

// newProber makes a prober; a panic is an error, so that a reload lives on.
func newProber(kind probes.Kind, env probes.Env, j probes.Job) (p probes.Prober, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%s: making the probe panicked: %v\n%s", j.Probe.Pos, v, debug.Stack())
		}
	}()
	return kind.NewProber(env, j)
}

// unchanged returns the entry of a job that need not be made anew.
func (p *pool) unchanged(j probes.Job) *entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.entries[j.Key()]
	if e == nil || e.job.Fingerprint != j.Fingerprint || e.job.Phase != j.Phase {
		return nil
	}
	return e
}

// openFleets opens the fleets of kinds that have their first jobs.
func (r *Runner) openFleets(c *Change) error {
	names := make([]string, 0, len(c.jobs))
	for name := range c.jobs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		kind := r.kinds[name]
		if kind.NewFleet == nil || r.fleets[name] != nil {
			continue
		}
		f, err := kind.NewFleet(r.env)
		if err != nil {
			return fmt.Errorf("opening the engine of the kind %s: %w", name, err)
		}
		c.opened[name] = &fleet{kind: name, Fleet: f}
	}
	return nil
}

// Apply puts a prepared set of jobs in the place of the present one. Unchanged
// jobs keep their prober, its state and their place in time; probers of changed
// and removed ones are closed, once a run that is on has ended. Apply cannot
// fail. It panics if the Change was not the last one prepared, which is a
// mistake of the caller.
func (r *Runner) Apply(c *Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.base != r.generation {
		panic("schedule: Apply of a Change that is out of date or was used before")
	}
	r.generation++
	if r.state == ended {
		_ = r.Discard(c) // there is nobody left to tell
		return
	}
	for name, p := range r.pools {
		entries := c.entries[name]
		if entries == nil {
			entries = map[probes.Key]*entry{}
		}
		p.replace(entries)
	}
	r.haste.watch(c.jobs, r.pools)
	maps.Copy(r.fleets, c.opened)
	for name, f := range r.fleets {
		f.Set(c.jobs[name])
	}
	if r.state == running {
		for _, f := range c.opened {
			r.launch(f)
		}
	}
	c.made, c.opened = nil, nil // they belong to the Runner now
}

// Discard frees what Prepare made, if the Change is not to be applied. After
// Apply it does nothing.
func (r *Runner) Discard(c *Change) error {
	for _, e := range c.made {
		closeProber(e, r.env.Logger)
	}
	var errs []error
	for name, f := range c.opened {
		if err := f.Close(); err != nil {
			errs = append(errs, fmt.Errorf("closing the engine of the kind %s: %w", name, err))
		}
	}
	c.made, c.opened = nil, nil
	return errors.Join(errs...)
}
