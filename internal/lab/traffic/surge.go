package traffic

import (
	"math"
	"time"
)

// until returns how long an occurrence lasts.
func (s *Surge) until() time.Duration {
	switch {
	case s.For == 0 && s.Every == 0:
		return math.MaxInt64
	case s.For == 0:
		return s.Every
	case s.Every == 0:
		return s.For
	default:
		return min(s.For, s.Every)
	}
}

// apply returns the rate under the surge at time t after the start.
func (s *Surge) apply(rate float64, t time.Duration) float64 {
	w := s.weight(t)
	if w == 0 {
		return rate
	}
	var to float64
	switch {
	case s.To != nil:
		to = float64(*s.To)
	case s.Factor != 0:
		to = rate*s.Factor + float64(s.Add)
	default:
		to = rate + float64(s.Add)
	}
	return rate + w*(to-rate)
}

// weight returns how far the surge is there, from 0 to 1.
func (s *Surge) weight(t time.Duration) float64 {
	if t < s.At {
		return 0
	}
	t -= s.At
	if s.Every > 0 {
		t %= s.Every
	}
	end := s.until()
	switch {
	case t >= end:
		return 0
	case s.Over == 0:
		return 1
	}
	w := float64(t) / float64(s.Over)
	if s.For > 0 { // without an end it does not go
		w = min(w, float64(end-t)/float64(s.Over))
	}
	return min(w, 1)
}

// bends adds the times between from and to at which the weight's line has a
// corner or a step.
func (s *Surge) bends(list []time.Duration, from, to time.Duration) []time.Duration {
	begin := s.At
	if s.Every > 0 && from > begin {
		begin = from - (from-begin)%s.Every
	}
	for begin < to {
		end := s.until()
		corners := [...]time.Duration{0, s.Over, end / 2, end - s.Over, end}
		for _, c := range corners {
			if at := begin + c; at > from && at < to && at >= begin {
				list = append(list, at)
			}
		}
		if s.Every == 0 {
			break
		}
		begin += s.Every
	}
	return list
}
