package ping

// queue holds the times at which targets want attention, the earliest first. It
// is a heap with four children a node, which keeps a node's children in one
// line of the processor's cache.
type queue []turn

// turn is when a target wants attention next. There is one for each target of
// the table; what is left of targets that went is known by its stamp.
type turn struct {
	at    int64 // monotonic
	place int32
	stamp uint32
}

// add puts a turn in.
func (q *queue) add(t turn) {
	*q = append(*q, t)
	h := *q
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if h[parent].at <= t.at {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = t
}

// first returns the earliest turn; there must be one.
func (q queue) first() turn { return q[0] }

// replace puts a turn in the place of the earliest.
func (q queue) replace(t turn) {
	i := 0
	for {
		child := 4*i + 1
		if child >= len(q) {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, len(q)); c++ {
			if q[c].at < q[least].at {
				least = c
			}
		}
		if q[least].at >= t.at {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = t
}

// remove takes the earliest turn out.
func (q *queue) remove() {
	h := *q
	last := h[len(h)-1]
	*q = h[:len(h)-1]
	if len(*q) > 0 {
		q.replace(last)
	}
}
