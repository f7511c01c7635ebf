package exporter

// snapshot is a copy of all values at one scrape, and the memory to encode it.
// It is used again and again.
type snapshot struct {
	rows    []row
	values  []float64
	natives []native
	buckets []bucket // of the native histograms

	encoded []byte
	one     Native // the native histogram being fed
}

// newSnapshot returns a snapshot with the memory that a set needs, and has used it
// once: else the first scrapes would wait for the kernel to hand it out, and for the
// garbage collector that it wakes.
func newSnapshot(set *set, now func() moment) *snapshot {
	rows, values := 0, 0
	each := func(b *block) {
		rows++
		values += len(b.values)
	}
	for _, t := range set.targets {
		t.mu.Lock()
		each(&t.core)
		each(&t.texts)
		for _, f := range t.feeds {
			each(&f.about)
			each(&f.probe)
		}
		t.mu.Unlock()
	}
	// A tenth more, for series that turn up later.
	s := &snapshot{rows: make([]row, 0, rows), values: make([]float64, 0, values+values/10)}
	s.take(set.targets, now, false)
	return s
}

// row is a block in a snapshot. Families are written in order, and each row
// keeps which of its series comes next, so that a family's turn costs a row
// without it a comparison.
type row struct {
	family int32 // index of the family of the next series; -1 after the last one
	next   int32 // place of the next series
	values int32 // where the block's values start
	native int32 // where its native histograms start
	labels *labelSet
	shape  *shape
}

// take copies the values of those targets that are shown. Native histograms are
// copied only if they are wanted.
func (s *snapshot) take(targets []*target, now func() moment, natives bool) {
	s.rows, s.values, s.natives, s.buckets = s.rows[:0], s.values[:0], s.natives[:0], s.buckets[:0]
	for _, t := range targets {
		t.mu.Lock()
		if t.shown {
			t.refresh(now())
			s.add(&t.core, natives)
			s.add(&t.texts, natives)
			for _, f := range t.feeds {
				s.add(&f.about, natives)
				s.add(&f.probe, natives)
			}
		}
		t.mu.Unlock()
	}
}

// add copies a block.
func (s *snapshot) add(b *block, natives bool) {
	if len(b.shape.series) == 0 {
		return
	}
	s.rows = append(s.rows, row{
		family: int32(b.shape.series[0].family.index),
		values: int32(len(s.values)), native: int32(len(s.natives)),
		labels: b.labels, shape: b.shape,
	})
	s.values = append(s.values, b.values...)
	if !natives {
		return
	}
	for i := range b.natives {
		n := &b.natives[i]
		s.natives = append(s.natives, native{n.zero, s.keep(n.positive), s.keep(n.negative)})
	}
}

// keep copies buckets.
func (s *snapshot) keep(b sparse) sparse {
	start := len(s.buckets)
	s.buckets = append(s.buckets, b...)
	return sparse(s.buckets[start:len(s.buckets):len(s.buckets)])
}
