package exporter

import (
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Apply makes the exporter expose an inventory as one agent of it sees it, with
// the jobs that this agent runs; agent may be empty. Targets and probes that
// were there before keep their values and their state; those that are gone
// vanish from the next scrape. It sets the metrics of a successful reload.
func (e *Exporter) Apply(inv *inventory.Inventory, agent string, kinds []probes.Kind, jobs []probes.Job) {
	e.applying.Lock()
	defer e.applying.Unlock()
	b := &builder{e: e, old: e.set.Load(), now: e.moment(), inv: inv}
	s := b.build(agent, kinds, jobs)
	e.set.Store(s)
	e.changes.keep(s)
	e.borrow() // and drop it: the new set may be much smaller, or larger
	e.giveBack(newSnapshot(s, e.moment))
	e.count(inv, s, kinds, jobs)
	e.meter.Set(metric.ReloadSuccessful, 1)
	e.meter.Set(metric.ReloadSuccessTime, float64(b.now.wall.UnixMilli())/1000)
}

// ReloadFailed notes that an inventory could not be loaded. Nothing else
// changes.
func (e *Exporter) ReloadFailed() { e.meter.Set(metric.ReloadSuccessful, 0) }

// count sets the metrics that tell the size of the set.
func (e *Exporter) count(inv *inventory.Inventory, s *set, kinds []probes.Kind, jobs []probes.Job) {
	byTarget := map[inventory.TargetKind]int{
		inventory.LinkTarget: 0, inventory.UplinkTarget: 0, inventory.EndpointTarget: 0, inventory.DeviceTarget: 0,
	}
	for _, t := range s.targets {
		if t.watched {
			byTarget[t.key.kind]++
		}
	}
	for kind, n := range byTarget {
		e.meter.Set(metric.Targets, float64(n), string(kind))
	}
	byProbe := map[string]int{}
	for i := range kinds {
		byProbe[kinds[i].Name] = 0
	}
	for _, job := range jobs {
		byProbe[job.Probe.Kind]++
	}
	for kind, n := range byProbe {
		e.meter.Set(metric.Jobs, float64(n), kind)
	}
	site := ""
	if a := inv.Agents[s.agent]; a != nil {
		site = a.Site
	}
	e.meter.only(metric.AgentInfo, s.agent, site)
}
