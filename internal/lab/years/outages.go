package years

import (
	"math/rand/v2"
	"slices"
	"time"
)

// wide are the outages of each provider, which hit all of its lines: one in some fifty
// days.
func (p *Plan) wide() [providers][]Outage {
	var all [providers][]Outage
	for i := range all {
		r := rand.New(rand.NewPCG(p.Seed, uint64(i)<<48))
		all[i] = p.draw(r, 50*24*time.Hour)
	}
	return all
}

// draw draws outages so far apart on average, of one minute to two hours.
func (p *Plan) draw(r *rand.Rand, every time.Duration) (list []Outage) {
	at := p.From
	for {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(every))).Truncate(time.Second)
		end := at.Add(time.Minute + time.Duration(r.IntN(7140))*time.Second)
		if !end.Before(p.To) {
			return list
		}
		list = append(list, Outage{at, end})
		at = end
	}
}

// outages are those of a line: its provider's, and its own where they touch none.
func (p *Plan) outages(r *rand.Rand, wide []Outage) []Outage {
	all := slices.Clone(wide)
	for _, o := range p.draw(r, 40*24*time.Hour) {
		if !slices.ContainsFunc(wide, func(w Outage) bool { return o.From.Sub(w.To) < time.Hour && w.From.Sub(o.To) < time.Hour }) {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Outage) int { return a.From.Compare(b.From) })
	return all
}

// Down is how long the line was down in a span.
func (l *Line) Down(from, to time.Time) (total time.Duration) {
	for _, o := range l.Outages {
		begin, end := o.From, o.To
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		total += max(end.Sub(begin), 0)
	}
	return total
}

// isDown reports whether the line was down at a moment.
func (l *Line) isDown(at time.Time) bool {
	return slices.ContainsFunc(l.Outages, func(o Outage) bool { return !at.Before(o.From) && at.Before(o.To) })
}
