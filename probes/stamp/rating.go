package stamp

import (
	"slices"

	"wanwatch/probes/quality"
)

// rate says what the stream means for a call: that of the worse direction, since each
// carries one side's voice. Losses whose direction is not known count in both.
func (s *stream) rate(f figures, p *quality.Profile) quality.Rating {
	there, back := s.gone()
	one := func(d int, gone []bool) quality.Rating {
		late := 0
		for j, i := range s.order {
			if len(f.ways[d].variation) > 0 && f.ways[d].variation[j] > p.Buffer {
				gone[i] = true
				late++
			}
		}
		return p.Rate(quality.Gather(gone, late, f.rtt, seconds(f.ways[d].jitter)))
	}
	return quality.Worse(one(out, there), one(home, back))
}

// gone tells of each packet of the stream whether it was lost on the way there, and
// whether on the way back. Between two answered packets only the numbers of both are
// known: those lost on the way there are taken to be the first.
func (s *stream) gone() (there, back []bool) {
	there, back = make([]bool, len(s.packets)), make([]bool, len(s.packets))
	counts, _ := s.stateful()
	before, counter := -1, int64(-1)
	for _, i := range slices.Sorted(slices.Values(s.order)) {
		missing := i - before - 1
		answered := int(min(max(int64(s.packets[i].counter)-counter-1, 0), int64(missing)))
		for n := range missing {
			switch {
			case !counts:
				there[before+1+n], back[before+1+n] = true, true
			case n < missing-answered:
				there[before+1+n] = true
			default:
				back[before+1+n] = true
			}
		}
		before, counter = i, int64(s.packets[i].counter)
	}
	for i := before + 1; i < len(s.packets); i++ {
		there[i], back[i] = true, true
	}
	return there, back
}
