package store

import (
	"math"

	"wanwatch/probes/metric"
)

// measure tells the store's own figures.
func (s *Store) measure() {
	head := s.db.Head()
	blocks := int64(0)
	for _, b := range s.db.Blocks() {
		blocks += b.Size()
	}
	meter := s.opts.Meter
	meter.Set(metric.StoreSeries, float64(head.NumSeries()))
	meter.Set(metric.StoreSize, float64(blocks+head.Size()))
	free := math.NaN()
	if bytes, ok := freeBytes(s.opts.Path); ok {
		free = float64(bytes)
	}
	meter.Set(metric.StoreFree, free)
}
