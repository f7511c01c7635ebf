package capacity

import (
	"math"
	"slices"
	"time"
)

// Tier is an offer of a provider.
type Tier struct {
	Bandwidth float64 // bytes a second, each way
	Monthly   float64 // price a month
}

// Advice is what to do about a line.
type Advice string

// The kinds of advice, from the most urgent on.
const (
	BadLine   Advice = "bad_line"  // loss is what limits it, not volume
	Now       Advice = "now"       // P95 at 90 % or more
	Order     Advice = "order"     // P95 at 80 %, or there before a larger one could be
	Plan      Advice = "plan"      // P95 at 70 %, or it comes to 80 % within the horizon
	Keep      Advice = "keep"      // nothing to do
	Downgrade Advice = "downgrade" // a smaller tier would do
	NoData    Advice = "no_data"   // too few samples, or no contracted bandwidth
)

// Line is a line and what was agreed about it.
type Line struct {
	Down, Up Figures
	// Loss is the share of packets lost in the period while the line was filled below
	// half, and LossLimit what the contract allows; NaN: not known, 0: not agreed.
	Loss, LossLimit float64
	// LeadTime is from an order to delivery.
	LeadTime time.Duration
	// Tiers are the provider's offers; none: no price list.
	Tiers []Tier
	// Horizon is how long a recommended bandwidth is to suffice.
	Horizon time.Duration
	// Call is what one more call takes each way, in bytes a second; 0: nobody calls there.
	Call float64
}

const week = 7 * 24 * time.Hour

// badLoss is the loss at which a line that carries little is a bad one, where the
// contract says nothing.
const badLoss = 0.01

// Need is the P95 at the end of the horizon, in bytes a second: of the fuller direction, by
// its trend if that is certain; NaN if nothing is known.
func (l *Line) Need() float64 {
	need := math.NaN()
	for _, f := range []Figures{l.Down, l.Up} {
		p := f.P95 + f.Growth(l.Horizon)
		if math.IsNaN(need) || p > need {
			need = p
		}
	}
	return need
}

// Recommended is the smallest offer that keeps the need under 70 % and has room for one
// more call beside it. ok is false if there is none, or nothing is known.
func (l *Line) Recommended() (t Tier, ok bool) {
	need := l.Need()
	if math.IsNaN(need) {
		return t, false
	}
	sorted := slices.SortedFunc(slices.Values(l.Tiers), func(a, b Tier) int {
		return int(math.Copysign(1, a.Bandwidth-b.Bandwidth))
	})
	for _, t := range sorted {
		if need < Watch*t.Bandwidth && t.Bandwidth-need >= l.Call {
			return t, true
		}
	}
	return t, false
}

// Wanted is the bandwidth that the need asks for, in bytes a second, whoever offers it.
func (l *Line) Wanted() float64 { return math.Max(l.Need()/Watch, l.Need()+l.Call) }

// Limit is the contract, of the two directions the smaller.
func (l *Line) Limit() float64 { return math.Min(l.Down.Limit, l.Up.Limit) }

// Advise says what to do.
func (l *Line) Advise() Advice {
	share := math.Max(l.Down.P95Share, l.Up.P95Share) // NaN if one is
	switch {
	case math.IsNaN(share) || l.Limit() <= 0:
		return NoData
	case l.bad() && share < Propose:
		return BadLine
	case share >= Urgent:
		return Now
	case share >= Propose, l.full(l.LeadTime), l.Call > 0 && l.Calls() < 1:
		return Order
	case share >= Watch, l.full(l.Horizon):
		return Plan
	case l.smaller():
		return Downgrade
	default:
		return Keep
	}
}

func (l *Line) bad() bool {
	limit := l.LossLimit
	if limit <= 0 {
		limit = badLoss
	}
	return l.Loss > limit
}

// full reports whether one direction comes to 80 % within a time.
func (l *Line) full(within time.Duration) bool {
	for _, f := range []Figures{l.Down, l.Up} {
		if f.Reaches && f.Reach.At <= float64(within)/float64(week) {
			return true
		}
	}
	return false
}

// smaller reports whether an offer of half the bandwidth or less would do.
func (l *Line) smaller() bool {
	t, ok := l.Recommended()
	return ok && t.Bandwidth <= l.Limit()/2
}

// Calls is how many more calls fit in the busy hour, of the fuller direction; NaN if that
// is not known.
func (l *Line) Calls() float64 {
	fewest := math.NaN()
	for _, f := range []Figures{l.Down, l.Up} {
		n := math.Floor(math.Max(f.Limit-f.BusyHour, 0) / l.Call)
		if math.IsNaN(fewest) || n < fewest {
			fewest = n
		}
	}
	return fewest
}

// OrderBy is the latest day to order, so that a larger line is there when this one comes
// to 80 %; ok is false if it does not come to that, or is there already.
func (l *Line) OrderBy(end time.Time) (day time.Time, ok bool) {
	first := math.Inf(1)
	for _, f := range []Figures{l.Down, l.Up} {
		if f.Reaches {
			first = math.Min(first, f.Reach.At)
		}
	}
	if math.IsInf(first, 1) || first > 520 {
		return day, false
	}
	return end.Add(time.Duration(first * float64(week))).Add(-l.LeadTime), true
}
