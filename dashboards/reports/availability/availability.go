// Package availability is the arithmetic of how long targets worked, of their outages and
// of what was promised. It knows neither where figures come from nor how a report looks.
package availability

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Tally is how long a target was in each state.
type Tally struct{ Up, Degraded, Down, Unknown, Maintenance time.Duration }

// Period is the sum of all states.
func (t Tally) Period() time.Duration { return t.Up + t.Degraded + t.Down + t.Unknown + t.Maintenance }

// Add returns the sum of two tallies.
func (t Tally) Add(o Tally) Tally {
	return Tally{t.Up + o.Up, t.Degraded + o.Degraded, t.Down + o.Down, t.Unknown + o.Unknown, t.Maintenance + o.Maintenance}
}

// Fill counts what no state accounts for as unknown: then nobody measured. What the states
// have too much of by rounding is taken from the largest.
func (t Tally) Fill(period time.Duration) Tally {
	if missing := period - t.Period(); missing >= 0 {
		t.Unknown += missing
		return t
	}
	most := &t.Up
	for _, d := range []*time.Duration{&t.Degraded, &t.Down, &t.Unknown, &t.Maintenance} {
		if *d > *most {
			most = d
		}
	}
	*most -= min(t.Period()-period, *most)
	return t
}

// Worked is the time in which the target did its work, well or badly.
func (t Tally) Worked() time.Duration { return t.Up + t.Degraded }

// Raw is the share of the known time in which the target worked, from 0 to 1: maintenance
// counts as not working. NaN if nothing is known.
func (t Tally) Raw() float64 { return share(t.Worked(), t.Worked()+t.Down+t.Maintenance) }

// Agreed is that share as contracts have it: maintenance is left out.
func (t Tally) Agreed() float64 { return share(t.Worked(), t.Worked()+t.Down) }

func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}

// Over is by how much the downtime is over what a promised share, from 0 to 1, allows in
// the time that counts; negative: what is left.
func (t Tally) Over(promised float64) time.Duration {
	return t.Down - time.Duration(math.Round((1-promised)*float64(t.Worked()+t.Down)))
}

// Outage is a stretch of time in which a target was down.
type Outage struct {
	From, To time.Time
	// Before and After say that it had begun before the period, and that it goes on after.
	Before, After bool
}

// Length is how long it lasted within the period.
func (o Outage) Length() time.Duration { return o.To.Sub(o.From) }

// Overlaps reports whether two outages have time in common.
func (o Outage) Overlaps(other Outage) bool {
	return o.From.Before(other.To) && other.From.Before(o.To)
}

// Outages finds the outages in a series of moments in order, each with whether the target
// was down then; every is how far apart they usually are. A moment stands for the time
// until the next; where two are further apart than twice the usual, nothing is known of
// what lies between.
func Outages(at []time.Time, down []bool, from, to time.Time, every time.Duration) []Outage {
	var list []Outage
	open := -1
	end := func(t time.Time) {
		if open >= 0 {
			list[open].To = t
			open = -1
		}
	}
	for i, t := range at {
		if i > 0 && t.Sub(at[i-1]) > 2*every {
			end(at[i-1].Add(every))
		}
		switch {
		case down[i] && open < 0:
			list, open = append(list, Outage{From: t, Before: !t.After(from.Add(every))}), len(list)
		case !down[i]:
			end(t)
		}
	}
	if open >= 0 {
		last := at[len(at)-1]
		list[open].After = !last.Before(to.Add(-every))
		end(minTime(last.Add(every), to))
	}
	return list
}

// Every is how far apart moments in order usually are: the median; 0 with less than two.
func Every(at []time.Time) time.Duration {
	if len(at) < 2 {
		return 0
	}
	apart := make([]time.Duration, len(at)-1)
	for i := range apart {
		apart[i] = at[i+1].Sub(at[i])
	}
	slices.Sort(apart)
	return apart[len(apart)/2]
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Repair is the mean time to restore of outages (MTTR); 0 without any.
func Repair(list []Outage) time.Duration {
	if len(list) == 0 {
		return 0
	}
	var sum time.Duration
	for _, o := range list {
		sum += o.Length()
	}
	return sum / time.Duration(len(list))
}

// Between is the mean time worked between outages (MTBF); 0 without any.
func Between(t Tally, list []Outage) time.Duration {
	if len(list) == 0 {
		return 0
	}
	return t.Worked() / time.Duration(len(list))
}

// Union is how long at least one of the outages was on: what several lines lost by one
// cause counts once.
func Union(list []Outage) time.Duration {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b Outage) int { return a.From.Compare(b.From) })
	var sum time.Duration
	var end time.Time
	for _, o := range sorted {
		from := o.From
		if from.Before(end) {
			from = end
		}
		if o.To.After(from) {
			sum += o.To.Sub(from)
			end = o.To
		}
	}
	return sum
}

// Cause is why a target was down, as far as the outages of others tell.
type Cause string

// The causes.
const (
	Own      Cause = "own"      // the target alone
	Provider Cause = "provider" // lines of its provider at three sites or more went together
	Site     Cause = "site"     // all that the site has went: its power, or its only line
	Line     Cause = "line"     // the lines of the target's site
)

// Fault is an outage of a target.
type Fault struct {
	Outage
	Target, Site, Provider string
	IsLine                 bool
	Cause                  Cause
}

// together is how far apart the beginnings of outages with one cause may be.
const together = 2 * time.Minute

// providerSites is at how many sites lines of a provider fail for it to be the provider.
const providerSites = 3

// Explain finds the cause of each fault. siteOf counts the targets of each site, and its
// lines.
func Explain(faults []Fault, targets, lines map[string]int) {
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Target, b.Target)) })
	var longest time.Duration
	for i := range faults {
		longest = max(longest, faults[i].Length())
	}
	first := 0 // that may still be on when the fault begins
	for i := range faults {
		f := &faults[i]
		f.Cause = Own
		sites, siteTargets, siteLines := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for f.From.Sub(faults[first].From) > longest {
			first++
		}
		for j := first; j < len(faults) && faults[j].From.Sub(f.To) <= together; j++ {
			g := &faults[j]
			if !f.Overlaps(g.Outage) {
				continue
			}
			if g.Site == f.Site {
				siteTargets[g.Target] = true
				if g.IsLine {
					siteLines[g.Target] = true
				}
			}
			if f.IsLine && g.IsLine && f.Provider != "" && g.Provider == f.Provider && g.From.Sub(f.From).Abs() <= together {
				sites[g.Site] = true
			}
		}
		switch {
		case len(sites) >= providerSites:
			f.Cause = Provider
		case targets[f.Site] > 1 && len(siteTargets) >= targets[f.Site]:
			f.Cause = Site
		case !f.IsLine && lines[f.Site] > 0 && len(siteLines) >= lines[f.Site]:
			f.Cause = Line
		}
	}
}
