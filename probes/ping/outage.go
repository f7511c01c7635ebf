package ping

// outage is a time in which answers may have been missed through our own fault.
type outage struct {
	from, to int64 // monotonic
	all      bool  // both families
	family   family
}

// outages are the last ones; older than the longest time-out they are of no use.
type outages struct {
	list []outage
}

// outageMost bounds the list. Beyond it, two neighbours become one.
const outageMost = 16

func (o *outages) add(w outage) {
	keep := o.list[:0]
	for _, old := range o.list {
		if w.to-old.to <= int64(maxTimeout)*2 {
			keep = append(keep, old)
		}
	}
	if n := len(keep); n == outageMost {
		keep[n-1] = outage{from: keep[n-1].from, to: w.to, all: true}
		o.list = keep
		return
	}
	o.list = append(keep, w)
}

// during reports whether one overlaps the time between two moments.
func (o *outages) during(f family, from, to int64) bool {
	for _, w := range o.list {
		if (w.all || w.family == f) && w.from < to && w.to > from {
			return true
		}
	}
	return false
}
