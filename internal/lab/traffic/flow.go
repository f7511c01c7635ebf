package traffic

import (
	"math"
	"slices"
	"sync"
	"time"

	"wanwatch/inventory"
)

// The grid of the knots.
const (
	step     = 5 * time.Minute
	stepsDay = int64(24 * time.Hour / step)
)

// Times say where in time a curve lies.
type Times struct {
	// Zone is that of the working hours; nil: UTC.
	Zone *time.Location
	// Start is when the rates are as the curve says, before growth, and what the
	// times of surges count from.
	Start time.Time
	// Epoch is when [Flow.Count] is 0. It may be before Start, for a history;
	// zero: Start.
	Epoch time.Time
}

// Flow is a curve in time. It is safe for concurrent use.
//
// It keeps the sum of each day since the epoch and that of the last step asked
// for. So the first question about a day 90 days on costs some milliseconds, one
// about a day known some microseconds, and the next in order of time less than
// one.
type Flow struct {
	curve  Curve
	surges []Surge
	zone   *time.Location
	start  time.Time
	origin int64 // the knot at or before the epoch

	mu   sync.Mutex
	days []sum // at the first knot of each day since the origin
	last mark
}

// sum is a number of bytes: whole ones, and a fraction, so that nothing is lost
// however long it is added to.
type sum struct {
	whole int64
	part  float64 // less than 1
}

func (s sum) plus(bytes float64) sum {
	bytes += s.part
	whole := math.Floor(bytes)
	return sum{s.whole + int64(whole), bytes - whole}
}

// mark is the sum at a knot.
type mark struct {
	knot int64 // since the origin
	sum  sum
}

// New places a curve in time. The surges are applied in their order, each to
// what the one before it left.
func New(c Curve, t Times, surges ...Surge) *Flow {
	f := &Flow{curve: c, surges: surges, zone: t.Zone, start: t.Start}
	if f.zone == nil {
		f.zone = time.UTC
	}
	epoch := t.Epoch
	if epoch.IsZero() {
		epoch = t.Start
	}
	f.origin = knotOf(epoch)
	before := f.bytes(f.origin, epoch.Sub(timeOf(f.origin)))
	f.days = []sum{sum{}.plus(-before)}
	f.last = mark{0, f.days[0]}
	return f
}

// knotOf returns the last knot that is not after t, by its number since 1970.
func knotOf(t time.Time) int64 {
	const seconds = int64(step / time.Second)
	n := t.Unix()
	knot := n / seconds
	if n%seconds < 0 {
		knot--
	}
	return knot
}

func timeOf(knot int64) time.Time { return time.Unix(knot*int64(step/time.Second), 0) }

// Rate returns the rate at time t.
func (f *Flow) Rate(t time.Time) inventory.BitRate {
	knot := knotOf(t)
	s := f.segment(knot)
	return inventory.BitRate(s.rate(t.Sub(timeOf(knot))))
}

// Count returns the bytes from the epoch up to time t, 0 before the epoch. It
// never falls as time goes on.
func (f *Flow) Count(t time.Time) uint64 {
	knot := knotOf(t)
	if knot < f.origin {
		return 0
	}
	before := f.sumAt(knot - f.origin)
	total := before.plus(f.bytes(knot, t.Sub(timeOf(knot))))
	return uint64(max(total.whole, 0))
}

// Bytes returns the bytes from one time up to another. Those of neighbouring
// spans add up exactly. The spans lie behind the epoch.
func (f *Flow) Bytes(from, to time.Time) uint64 {
	if !to.After(from) {
		return 0
	}
	return f.Count(to) - f.Count(from)
}

// sumAt returns the sum at a knot, by its number since the origin.
func (f *Flow) sumAt(n int64) sum {
	f.mu.Lock()
	defer f.mu.Unlock()
	for day := int64(len(f.days)); day <= n/stepsDay; day++ {
		at := f.last
		if first := (day - 1) * stepsDay; at.knot < first || at.knot > day*stepsDay {
			at = mark{first, f.days[day-1]}
		}
		f.last = f.advance(at, day*stepsDay)
		f.days = append(f.days, f.last.sum)
	}
	if first := n / stepsDay * stepsDay; f.last.knot < first || f.last.knot > n {
		f.last = mark{first, f.days[n/stepsDay]}
	}
	f.last = f.advance(f.last, n)
	return f.last.sum
}

func (f *Flow) advance(m mark, to int64) mark {
	if m.knot >= to {
		return m
	}
	for s := f.segment(f.origin + m.knot); ; s = f.after(s) {
		m.sum = m.sum.plus(s.bytes(step))
		if m.knot++; m.knot == to {
			return m
		}
	}
}

// segment is the step after a knot.
type segment struct {
	from, to float64 // rates at its ends, without surges
	knot     int64
	begin    time.Duration // after the start
	surges   []Surge
}

func (f *Flow) segment(knot int64) segment {
	at := timeOf(knot).In(f.zone)
	return segment{
		from: f.curve.at(knot, at, f.start), to: f.curve.at(knot+1, at.Add(step), f.start),
		knot: knot, begin: at.Sub(f.start), surges: f.surges,
	}
}

// after returns the segment after another.
func (f *Flow) after(s segment) segment {
	s.knot, s.from, s.begin = s.knot+1, s.to, s.begin+step
	s.to = f.curve.at(s.knot+1, timeOf(s.knot+1).In(f.zone), f.start)
	return s
}

func (s *segment) rate(x time.Duration) float64 {
	rate := s.from + (s.to-s.from)*float64(x)/float64(step)
	for i := range s.surges {
		rate = s.surges[i].apply(rate, s.begin+x)
	}
	return rate
}

// bytes returns the integral over the first part of a step, of length x.
func (f *Flow) bytes(knot int64, x time.Duration) float64 {
	if x <= 0 {
		return 0
	}
	s := f.segment(knot)
	return s.bytes(x)
}

func (s *segment) bytes(x time.Duration) float64 {
	if len(s.surges) == 0 {
		return (s.from + s.rate(x)) / 2 * x.Seconds() / 8
	}
	var room [32]time.Duration
	bends := append(room[:0], s.begin)
	for i := range s.surges {
		bends = s.surges[i].bends(bends, s.begin, s.begin+x)
	}
	bends = append(bends, s.begin+x)
	slices.Sort(bends)
	total := 0.0
	for i, to := range bends[1:] {
		total += s.between(bends[i]-s.begin, to-s.begin)
	}
	return total
}

// between returns the integral over a piece without corners. There each surge
// multiplies the rate by a straight line, so it is a polynomial; Gauss' rule of
// three points is exact up to the fifth degree, which four surges at once make.
// Its points lie inside, so that steps at the ends do no harm.
func (s *segment) between(from, to time.Duration) float64 {
	half, mid := float64(to-from)/2, float64(from)+float64(to-from)/2
	at := func(x float64) float64 { return s.rate(time.Duration(mid + x*half)) }
	const node = 0.774596669241483377035853079956 // √(3/5)
	mean := (5*at(-node) + 8*at(0) + 5*at(node)) / 18
	return mean * (to - from).Seconds() / 8
}
