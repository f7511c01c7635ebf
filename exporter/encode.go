package exporter

import (
	"math"

	"wanwatch/probes/metric"
)

// encoder writes families in one of the formats. It is handed a family's
// samples between begin and end.
type encoder interface {
	begin(*family)
	// number writes a counter or a gauge.
	number(*family, *labelSet, *series, float64)
	// histogram writes a histogram: its classic numbers and, if the format has
	// native histograms, the native one.
	histogram(*family, *labelSet, *series, []float64, *native)
	end() error
}

// nothing is an encoder for families that nobody wants.
type nothing struct{}

func (nothing) begin(*family)                                             {}
func (nothing) number(*family, *labelSet, *series, float64)               {}
func (nothing) histogram(*family, *labelSet, *series, []float64, *native) {}
func (nothing) end() error                                                { return nil }

// write writes the snapshot's samples of a family; nothing if there are none. Each
// family must have its turn, in order.
func (s *snapshot) write(f *family, enc encoder) error {
	begun := false
	for i := range s.rows {
		r := &s.rows[i]
		if r.family != int32(f.index) {
			continue
		}
		all := r.shape.series
		for ; int(r.next) < len(all) && all[r.next].family == f; r.next++ {
			e := &all[r.next]
			at := int(r.values) + e.at
			if f.desc.Type != metric.Histogram && math.IsNaN(s.values[at]) {
				continue
			}
			if !begun {
				enc.begin(f)
				begun = true
			}
			s.sample(enc, r, e, at)
		}
		r.family = -1
		if int(r.next) < len(all) {
			r.family = int32(all[r.next].family.index)
		}
	}
	if !begun {
		return nil
	}
	return enc.end()
}

func (s *snapshot) sample(enc encoder, r *row, e *series, at int) {
	if e.family.desc.Type != metric.Histogram {
		enc.number(e.family, r.labels, e, s.values[at])
		return
	}
	var n *native
	if e.native >= 0 && int(r.native)+e.native < len(s.natives) {
		n = &s.natives[int(r.native)+e.native]
	}
	enc.histogram(e.family, r.labels, e, s.values[at:at+e.family.width()], n)
}
