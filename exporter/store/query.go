package store

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// Sample is a value of a series at a moment.
type Sample struct {
	Labels map[string]string
	Time   time.Time
	Value  float64
}

// Series is the values of a series in the order of time.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Point is a value at a moment.
type Point struct {
	Time  time.Time
	Value float64
}

// Query evaluates a PromQL expression at a moment. A scalar has no labels. Native
// histograms are left out.
func (s *Store) Query(ctx context.Context, expr string, at time.Time) ([]Sample, error) {
	query, err := s.engine.NewInstantQuery(ctx, s.db, nil, expr, at)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	defer query.Close()
	result := query.Exec(ctx)
	if result.Err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, result.Err)
	}
	switch v := result.Value.(type) {
	case promql.Vector:
		list := make([]Sample, 0, len(v))
		for _, sample := range v {
			if sample.H == nil {
				list = append(list, Sample{sample.Metric.Map(), time.UnixMilli(sample.T), sample.F})
			}
		}
		return list, nil
	case promql.Scalar:
		return []Sample{{nil, time.UnixMilli(v.T), v.V}}, nil
	default:
		return nil, fmt.Errorf("query %s: it gives a %s, not one value for each series", expr, result.Value.Type())
	}
}

// QueryRange evaluates a PromQL expression at each step from one moment to another,
// both included.
func (s *Store) QueryRange(ctx context.Context, expr string, from, to time.Time, step time.Duration) ([]Series, error) {
	query, err := s.engine.NewRangeQuery(ctx, s.db, nil, expr, from, to, step)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	defer query.Close()
	matrix, err := query.Exec(ctx).Matrix()
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", expr, err)
	}
	list := make([]Series, 0, len(matrix))
	for _, series := range matrix {
		points := make([]Point, len(series.Floats))
		for i, p := range series.Floats {
			points[i] = Point{time.UnixMilli(p.T), p.F}
		}
		list = append(list, Series{series.Metric.Map(), points})
	}
	return list, nil
}
