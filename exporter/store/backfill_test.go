package store

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"wanwatch/exporter"
)

// ramp is a series that counts the moments, and one with a gap.
func ramp() Past {
	n := 0.0
	return func(moments []time.Time) []Column {
		all, some := make([]float64, len(moments)), make([]float64, len(moments))
		for i, at := range moments {
			n++
			all[i], some[i] = n, n
			if at.Hour() < 12 {
				some[i] = math.NaN()
			}
		}
		return []Column{
			{Labels: map[string]string{"__name__": "count", "target": "a"}, Values: all},
			{Labels: map[string]string{"__name__": "afternoon", "target": "a"}, Values: some},
			{Labels: map[string]string{"__name__": "between", "target": "a"}, Values: []float64{1, 2}, At: []time.Time{moments[0].Add(time.Second), moments[0].Add(8 * time.Second)}},
		}
	}
}

// What was written of the past is answered by a store that opens after it, together
// with what it is fed then.
func TestBackfill(t *testing.T) {
	path := t.TempDir()
	to := time.Now().Truncate(time.Minute).Add(-time.Minute)
	from := to.Add(-20 * 24 * time.Hour)
	var told []float64
	b := Backfilling{Path: path, From: from, To: to, Step: 5 * time.Minute, Series: []Past{ramp()}, Progress: func(share float64) { told = append(told, share) }}
	if err := Backfill(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if len(told) < 3 || told[len(told)-1] != 1 {
		t.Errorf("progress: %v", told)
	}
	s, err := Open(Options{Path: path, Source: exporter.New(exporter.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	s.feeder.all(time.Now())
	moments := float64(20 * 24 * 12)
	for expr, want := range map[string]float64{
		`count{target="a"}`:                 moments,
		`count_over_time(count[30d])`:       moments,
		`min_over_time(count[30d])`:         1,
		`count_over_time(afternoon[30d])`:   moments / 2,
		`resets(count[30d])`:                0,
		`count_over_time(between[30d]) % 2`: 0,
		`max_over_time(between[30d])`:       2,
	} {
		got, err := s.Query(t.Context(), expr, to.Add(-time.Second))
		if err != nil || len(got) != 1 || got[0].Value != want {
			t.Errorf("%s: %v (%v), want %v", expr, got, err, want)
		}
	}
	if got, err := s.Query(t.Context(), "wanwatch_build_info", time.Now()); err != nil || len(got) != 1 {
		t.Errorf("what is fed after the past: %v (%v)", got, err)
	}
}

func TestBackfillEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	to := time.Now()
	err := Backfill(ctx, Backfilling{Path: t.TempDir(), From: to.Add(-time.Hour), To: to, Step: time.Minute, Series: []Past{ramp()}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}
