package stamp

import "fmt"

// losses are the packets of a stream that were not answered, by direction.
type losses struct {
	forward, backward, unknown int
	// stateful: the reflector counts its answers; known says whether that is known.
	stateful, known bool
}

// losses tells the directions apart, by what the reflector counted: what it answered
// and did not arrive was lost on the way back, the rest on the way there (RFC 8762,
// section 4.3). Behind the last answer that arrived, nothing is known.
func (s *stream) losses() losses {
	l := losses{unknown: len(s.packets) - len(s.order)}
	l.stateful, l.known = s.stateful()
	if !l.stateful || l.unknown == 0 {
		return l
	}
	last, highest := 0, uint32(0)
	for _, i := range s.order {
		last, highest = max(last, i), max(highest, s.packets[i].counter)
	}
	answered := int(highest) + 1
	l.backward = answered - len(s.order) - s.forked
	l.forward = last + 1 - (answered - s.forked)
	if l.backward < 0 || l.forward < 0 || l.backward+l.forward > l.unknown {
		l.forward, l.backward = 0, 0 // it began to count anew in the middle
		return l
	}
	l.unknown -= l.forward + l.backward
	return l
}

// stateful concludes from the number left out whether the reflector counts: one that
// does is behind the sender's numbers ever after, one that does not repeats them.
func (s *stream) stateful() (stateful, known bool) {
	behind, same := 0, 0
	for _, i := range s.order {
		switch counter, sent := s.packets[i].counter, number(i); {
		case sent <= leftOut:
		case counter == sent:
			same++
		case counter < sent:
			behind++
		}
	}
	switch {
	case s.forked > 0 && same > 0: // duplicates have made up for what was left out
		return false, false
	case behind > 0:
		return same == 0, same == 0
	default:
		return false, same > 0
	}
}

// by returns the losses by the value of the label direction.
func (l losses) by() map[string]int {
	return map[string]int{forward: l.forward, backward: l.backward, unknown: l.unknown}
}

func (l losses) String() string {
	switch {
	case l.known && !l.stateful:
		return ", lost in which direction the reflector does not tell: it does not count its answers"
	case l.unknown > 0:
		return fmt.Sprintf(", %d lost there, %d back and %d somewhere", l.forward, l.backward, l.unknown)
	default:
		return fmt.Sprintf(", %d lost there and %d back", l.forward, l.backward)
	}
}
