package plan

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"wanwatch/inventory"
)

// Check returns everything that is wrong with the plan, joined, in a fixed
// order.
func (p *Plan) Check() error {
	var problems []error
	p.Verify(func(path, message string) {
		problems = append(problems, fmt.Errorf("%s: %s", path, message))
	})
	return errors.Join(problems...)
}

// Verify says everything that is wrong with the plan, and where: see
// [inventory.Verifier].
func (p *Plan) Verify(wrong func(path, message string)) {
	c := &checker{plan: p.WithDefaults(), owner: map[netip.Prefix]string{}, groups: map[string]bool{}, report: wrong}
	if c.plan.MTU < 1280 || c.plan.MTU > 9000 {
		c.wrong("mtu", "%d is not between 1280 and 9000", c.plan.MTU)
	}
	if len(p.Paths) == 0 {
		c.wrong("paths", "there is none: write at least one, with its prefixes")
	}
	for _, id := range slices.Sorted(maps.Keys(p.Paths)) {
		c.path("paths."+id, id, p.Paths[id])
	}
	for i, e := range p.Events {
		c.event(fmt.Sprintf("events[%d]", i), e)
	}
}

type checker struct {
	plan   *Plan
	owner  map[netip.Prefix]string
	groups map[string]bool
	report func(path, message string)
}

func (c *checker) wrong(where, format string, args ...any) {
	c.report(where, fmt.Sprintf(format, args...))
}

func (c *checker) path(where, id string, p *Path) {
	if p == nil || len(p.Prefixes) == 0 {
		c.wrong(where, "no prefixes: write the addresses at its end")
		return
	}
	for i, prefix := range p.Prefixes {
		c.prefix(fmt.Sprintf("%s.prefixes[%d]", where, i), id, prefix)
	}
	if p.Length < 0 || p.Routers() > 64 {
		c.wrong(where+".length", "%d is not between 0 and 64", p.Routers())
	}
	for _, g := range p.Groups {
		c.groups[g] = true
	}
	c.conditions(where+".both", &p.Both)
	c.conditions(where+".out", &p.Out)
	c.conditions(where+".back", &p.Back)
}

func (c *checker) prefix(where, id string, prefix netip.Prefix) {
	if !prefix.IsValid() {
		c.wrong(where, "an invalid prefix: write one such as 198.18.1.0/24")
		return
	}
	if prefix != prefix.Masked() {
		c.wrong(where, "%s has bits beyond its length: write %s", prefix, prefix.Masked())
	}
	if other, taken := c.owner[prefix.Masked()]; taken {
		c.wrong(where, "%s belongs to path %s already: an address has one path", prefix, other)
	}
	c.owner[prefix.Masked()] = id
	if prefix.Contains(c.plan.Prober.V4) || prefix.Contains(c.plan.Prober.V6) {
		c.wrong(where, "%s holds the prober's own address: choose another one", prefix)
	}
	inside := func(n netip.Prefix) bool { return n.Bits() <= prefix.Bits() && n.Contains(prefix.Addr()) }
	if !slices.ContainsFunc(c.plan.Networks, inside) {
		c.wrong(where, "%s is in none of the plan's networks, so that nobody would answer there: write it under networks too, or choose another one", prefix)
	}
}

func (c *checker) event(where string, e *Event) {
	if e == nil {
		c.wrong(where, "the event is empty: write what changes, or remove it")
		return
	}
	for i, id := range e.Paths {
		if c.plan.Paths[id] == nil {
			c.wrong(fmt.Sprintf("%s.paths[%d]", where, i), "there is no path %q", id)
		}
	}
	for i, g := range e.Groups {
		if !c.groups[g] {
			c.wrong(fmt.Sprintf("%s.groups[%d]", where, i), "no path is in a group %q%s", g, inventory.DidYouMean(g, slices.Sorted(maps.Keys(c.groups))))
		}
	}
	c.duration(where+".at", e.At, Forever)
	c.duration(where+".for", e.For, Forever)
	c.duration(where+".every", e.Every, Forever)
	c.duration(where+".over", e.Over, Forever)
	if e.Every > 0 && (e.For == 0 || e.For > e.Every) {
		c.wrong(where+".for", "an event that repeats every %s must end before it begins again: write for, at most %s", inventory.FormatDuration(e.Every), inventory.FormatDuration(e.Every))
	}
	c.conditions(where+".both", &e.Both)
	c.conditions(where+".out", &e.Out)
	c.conditions(where+".back", &e.Back)
}

func (c *checker) conditions(where string, k *Conditions) {
	if k.Delay != nil {
		c.duration(where+".delay", *k.Delay, time.Minute)
	}
	if k.Jitter != nil {
		c.jitter(where+".jitter", k.Jitter)
	}
	c.ratioPointer(where+".loss", k.Loss)
	c.ratioPointer(where+".duplicate", k.Duplicate)
	if k.Burst != nil {
		c.ratio(where+".burst.p", k.Burst.P)
		c.ratio(where+".burst.r", k.Burst.R)
		c.ratio(where+".burst.loss_good", k.Burst.LossGood)
		c.ratioPointer(where+".burst.loss_bad", k.Burst.LossBad)
	}
	if k.Reorder != nil {
		c.ratio(where+".reorder.share", k.Reorder.Share)
		c.duration(where+".reorder.by", k.Reorder.By, time.Minute)
	}
	if k.Corrupt != nil {
		c.ratio(where+".corrupt.share", k.Corrupt.Share)
	}
	c.bounds(where, k)
}

func (c *checker) bounds(where string, k *Conditions) {
	if k.Limit != nil && k.Limit.QueueBytes < 0 {
		c.wrong(where+".limit.queue_bytes", "is negative")
	}
	if k.Limit != nil {
		c.duration(where+".limit.queue_time", k.Limit.QueueTime, time.Minute)
	}
	if k.DSCP != nil && (k.DSCP.To > 63 || (k.DSCP.From != nil && *k.DSCP.From > 63)) {
		c.wrong(where+".dscp", "a code point is between 0 and 63")
	}
	if k.Refuse != nil && !slices.Contains([]string{Net, Host, Port, Prohibited}, k.Refuse.Code) {
		c.wrong(where+".refuse.code", "%q is none of net, host, port, prohibited", k.Refuse.Code)
	}
	if k.MTU != nil && k.MTU.Bytes != 0 && (k.MTU.Bytes < 68 || k.MTU.Bytes > 9000) {
		c.wrong(where+".mtu.bytes", "%d is not between 68 and 9000", k.MTU.Bytes)
	}
}

func (c *checker) jitter(where string, j *Jitter) {
	if !slices.Contains([]string{None, Uniform, Normal, Pareto, Table}, j.Distribution) {
		c.wrong(where+".distribution", "%q is none of none, uniform, normal, pareto, table", j.Distribution)
	}
	c.duration(where+".scale", j.Scale, 10*time.Second)
	if j.Shape < 0 {
		c.wrong(where+".shape", "is negative")
	}
	if j.Distribution == Table && (len(j.Table) < 2 || !slices.IsSorted(j.Table)) {
		c.wrong(where+".table", "a table has at least two values, from the smallest to the largest")
	}
}

func (c *checker) duration(where string, d, most time.Duration) {
	if d < 0 || d > most {
		c.wrong(where, "%s is not between 0s and %s", d, inventory.FormatDuration(most))
	}
}

func (c *checker) ratioPointer(where string, r *inventory.Ratio) {
	if r != nil {
		c.ratio(where, *r)
	}
}

func (c *checker) ratio(where string, r inventory.Ratio) {
	if !(r >= 0 && r <= 1) {
		c.wrong(where, "%g is no share; write 0%% to 100%%", float64(r))
	}
}
