package app

import (
	"cmp"
	"time"

	"wanwatch/dashboards/meetings"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/schedule"
)

const (
	// mostShare is the share of a site's slowest line that may be spent on asking more
	// often while a meeting is on.
	mostShare = 0.01
	// unknownLine stands in for a line whose bandwidth the inventory does not say, in
	// bits a second.
	unknownLine = 4e6
)

// quicken has what the meetings that are on depend on asked more often, as far as the
// lines of each site bear it.
func (a *App) quicken(all *generation, now time.Time) {
	wanted := map[*inventory.Target]bool{}
	for _, o := range upcoming(all.inv, now) {
		if now.Before(o.Start) {
			continue
		}
		for _, t := range meetings.ScopeOf(all.inv, o.Meeting).Targets() {
			wanted[t] = true
		}
	}
	n := a.runner.Quicken(bearable(all, wanted, a.opts.Kinds))
	if n != a.quickened {
		a.opts.Logger.Info("probes of meetings that are on are made more often", "probes", n)
		a.quickened = n
	}
}

// bearable returns the jobs of the targets, but for those of sites where that would
// take more than [mostShare] of the slowest line.
func bearable(all *generation, wanted map[*inventory.Target]bool, kinds []probes.Kind) map[probes.Key]bool {
	if len(wanted) == 0 {
		return nil
	}
	slowest := map[string]float64{} // bytes a second, by site
	for _, t := range all.inv.Targets() {
		if b, ok := bandwidthOf(t); ok && (slowest[t.Site] == 0 || b < slowest[t.Site]) {
			slowest[t.Site] = b
		}
	}
	known := map[string]probes.Kind{}
	for _, k := range kinds {
		known[k.Name] = k
	}
	load := map[string]float64{}
	for _, j := range all.jobs {
		if wanted[j.Target] {
			kind := known[j.Probe.Kind]
			more := (schedule.Quickest(kind, j) - 1) * cmp.Or(kind.Octets, probes.UsualOctets)
			load[j.Target.Site] += float64(more) / j.Probe.Interval.Seconds()
		}
	}
	keys := map[probes.Key]bool{}
	for _, j := range all.jobs {
		site := j.Target.Site
		if wanted[j.Target] && load[site] <= mostShare*cmp.Or(slowest[site], unknownLine/8) {
			keys[j.Key()] = true
		}
	}
	return keys
}

// bandwidthOf returns the bytes a second of a line, in its slower direction.
func bandwidthOf(t *inventory.Target) (bytes float64, ok bool) {
	var b inventory.Bandwidth
	switch {
	case t.Link != nil:
		b = t.Link.Bandwidth
	case t.Uplink != nil:
		b = t.Uplink.Bandwidth
	default:
		return 0, false
	}
	if b.Down == 0 || b.Up == 0 {
		return unknownLine / 8, true
	}
	return float64(min(b.Down, b.Up)) / 8, true
}
