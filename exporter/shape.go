package exporter

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"wanwatch/probes/metric"
)

// shape is the layout of a block: which series it has, and where each one's
// numbers are. Blocks with the same series share one shape; a shape never
// changes.
type shape struct {
	// series are sorted by family and then by label values, the order of
	// exposition.
	series []series
	// first is where the series of each family start, by the family's index;
	// they end where the next family's start.
	first []int16
	// width is how many numbers a block of this shape holds, natives how many
	// native histograms.
	width, natives int

	mu sync.Mutex
	// with holds the shapes that have one more series without own labels.
	with map[*family]*shape
}

// series is one time series of a shape, or a whole histogram.
type series struct {
	family *family
	labels []string // values of the metric's own labels
	text   string   // the same, written out, with a comma in front
	proto  string
	at     int // where its numbers start
	native int // which of the block's native histograms, or -1
}

// newShape lays out series; duplicates are dropped.
func newShape(list []series) *shape {
	slices.SortStableFunc(list, compareSeries)
	list = slices.CompactFunc(list, func(a, b series) bool { return compareSeries(a, b) == 0 })
	s := &shape{series: list}
	if len(list) > 0 {
		s.first = make([]int16, list[len(list)-1].family.index+2)
	}
	for i := range list {
		s.first[list[i].family.index+1]++
	}
	for i := 1; i < len(s.first); i++ {
		s.first[i] += s.first[i-1]
	}
	s.place()
	return s
}

// place gives each series its place among the numbers. What every result
// touches stands together, since each further cache line costs a result as much
// as a dozen samples do: single series first, then histograms, then the series
// that have labels of their own, such as failures by reason.
func (s *shape) place() {
	for turn := range 3 {
		for i := range s.series {
			e := &s.series[i]
			if e.turn() != turn {
				continue
			}
			e.at, e.native = s.width, -1
			s.width += e.family.width()
			if e.family.desc.Native {
				e.native = s.natives
				s.natives++
			}
		}
	}
}

func (e *series) turn() int {
	switch {
	case e.family.desc.Type == metric.Histogram:
		return 1
	case len(e.labels) == 0:
		return 0
	default:
		return 2
	}
}

func newSeries(f *family, labels []string) series {
	s := series{family: f}
	if len(labels) > 0 {
		for _, value := range labels {
			s.labels = append(s.labels, strings.Clone(valid(value)))
		}
		s.text = "," + textLabels(f.desc.Labels, s.labels)
		s.proto = protoLabels(f.desc.Labels, s.labels)
	}
	return s
}

func compareSeries(a, b series) int {
	return cmp.Or(cmp.Compare(a.family.index, b.family.index), slices.Compare(a.labels, b.labels))
}

// find returns the place of a series in the shape, or -1.
func (s *shape) find(f *family, labels []string) int {
	if f.index+1 >= len(s.first) {
		return -1
	}
	low, end := int(s.first[f.index]), int(s.first[f.index+1])
	if low == end {
		return -1
	}
	if len(labels) == 0 {
		return low
	}
	for high := end; low < high; {
		middle := int(uint(low+high) >> 1)
		if slices.Compare(s.series[middle].labels, labels) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < end && slices.Equal(s.series[low].labels, labels) {
		return low
	}
	return -1
}

// plus returns the shape with one more series. For a series without own labels
// it returns the same shape each time, so that ten thousand blocks that each
// get such a series go on sharing one.
func (s *shape) plus(more series) *shape {
	if len(more.labels) > 0 {
		return newShape(append(slices.Clone(s.series), more))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.with[more.family]
	if next == nil {
		next = newShape(append(slices.Clone(s.series), more))
		if s.with == nil {
			s.with = map[*family]*shape{}
		}
		s.with[more.family] = next
	}
	return next
}

// minus returns the shape without the series at place i.
func (s *shape) minus(i int) *shape {
	return newShape(slices.Delete(slices.Clone(s.series), i, i+1))
}
