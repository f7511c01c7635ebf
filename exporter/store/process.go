package store

import (
	"math"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"wanwatch/exporter"
)

// families appends the metrics of the process. There are a few hundred series.
func (a *appending) families() {
	families, err := a.store.opts.Source.Gatherer().Gather()
	if err != nil && a.err == nil {
		a.err = err // what could be gathered is kept all the same
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			a.member(family.GetName(), m)
		}
	}
}

// member appends a metric of a family: counters and gauges as one series,
// histograms and summaries as several.
func (a *appending) member(name string, m *dto.Metric) {
	switch {
	case m.Counter != nil:
		a.number(name, m, m.Counter.GetValue())
	case m.Gauge != nil:
		a.number(name, m, m.Gauge.GetValue())
	case m.Untyped != nil:
		a.number(name, m, m.Untyped.GetValue())
	case m.Histogram != nil:
		for _, b := range m.Histogram.GetBucket() {
			if !math.IsInf(b.GetUpperBound(), 1) {
				a.number(name+"_bucket", m, float64(b.GetCumulativeCount()), labels.BucketLabel, exporter.Edge(b.GetUpperBound()))
			}
		}
		a.number(name+"_bucket", m, float64(m.Histogram.GetSampleCount()), labels.BucketLabel, "+Inf")
		a.number(name+"_sum", m, m.Histogram.GetSampleSum())
		a.number(name+"_count", m, float64(m.Histogram.GetSampleCount()))
	case m.Summary != nil:
		for _, q := range m.Summary.GetQuantile() {
			a.number(name, m, q.GetValue(), "quantile", exporter.Edge(q.GetQuantile()))
		}
		a.number(name+"_sum", m, m.Summary.GetSampleSum())
		a.number(name+"_count", m, float64(m.Summary.GetSampleCount()))
	}
}

func (a *appending) number(name string, m *dto.Metric, v float64, more ...string) {
	builder := labels.NewScratchBuilder(len(m.GetLabel()) + 2)
	builder.Add(model.MetricNameLabel, name)
	for _, pair := range m.GetLabel() {
		builder.Add(pair.GetName(), pair.GetValue())
	}
	if len(more) == 2 {
		builder.Add(more[0], more[1])
	}
	builder.Sort()
	set := builder.Labels()
	key := set.String()
	e := a.process[key]
	if e == nil {
		e = &entry{labels: []labels.Labels{set}, refs: make([]storage.SeriesRef, 1), live: make([]bool, 1)}
		a.process[key] = e
	}
	e.round = a.round
	a.sample(e, 0, v, nil)
}
