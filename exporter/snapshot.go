package exporter

// snapshot is a copy of all values at one scrape. It is used again and again.
type snapshot struct {
	rows    []row
	values  []float64
	natives []native
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

// take copies the values of all targets that are shown. Native histograms are
// copied only if the format has them.
func (s *snapshot) take(from *set, now func() moment, natives bool) {
	s.rows, s.values = s.rows[:0], s.values[:0]
	used := 0
	if from == nil {
		return
	}
	for _, t := range from.targets {
		t.mu.Lock()
		if t.shown {
			t.refresh(now())
			used = s.add(&t.core, natives, used)
			used = s.add(&t.texts, natives, used)
			for _, f := range t.feeds {
				used = s.add(&f.about, natives, used)
				used = s.add(&f.probe, natives, used)
			}
		}
		t.mu.Unlock()
	}
}

// add copies a block and returns how many native histograms are in use.
func (s *snapshot) add(b *block, natives bool, used int) int {
	if len(b.shape.series) == 0 {
		return used
	}
	s.rows = append(s.rows, row{
		family: int32(b.shape.series[0].family.index),
		values: int32(len(s.values)), native: int32(used),
		labels: b.labels, shape: b.shape,
	})
	s.values = append(s.values, b.values...)
	if !natives {
		return used
	}
	for i := range b.natives {
		if used == len(s.natives) {
			s.natives = append(s.natives, native{})
		}
		s.natives[used].copyFrom(&b.natives[i])
		used++
	}
	return used
}

// copyFrom copies n into memory that the receiver has already.
func (n *native) copyFrom(from *native) {
	n.zero = from.zero
	n.positive = append(n.positive[:0], from.positive...)
	n.negative = append(n.negative[:0], from.negative...)
}
