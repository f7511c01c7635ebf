package exporter

import (
	"log/slog"
	"math"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"wanwatch/probes/metric"
)

// meter keeps the metrics of the process itself, in a client_golang registry
// together with those of the Go runtime. It implements probes.Meter.
type meter struct {
	logger     *slog.Logger
	registry   *prometheus.Registry
	counters   map[*metric.Desc]*prometheus.CounterVec
	gauges     map[*metric.Desc]*prometheus.GaugeVec
	histograms map[*metric.Desc]*prometheus.HistogramVec
}

// newMeter registers the process metrics of the catalog. Those without labels
// exist from the start, at 0.
func newMeter(catalog []*metric.Desc, logger *slog.Logger) *meter {
	m := &meter{
		logger:     logger,
		registry:   prometheus.NewPedanticRegistry(),
		counters:   map[*metric.Desc]*prometheus.CounterVec{},
		gauges:     map[*metric.Desc]*prometheus.GaugeVec{},
		histograms: map[*metric.Desc]*prometheus.HistogramVec{},
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, d := range catalog {
		if d.Scope == metric.Process {
			m.register(d)
		}
	}
	return m
}

func (m *meter) register(d *metric.Desc) {
	alone := len(d.Labels) == 0
	switch d.Type {
	case metric.Counter:
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.Name, Help: d.Help}, d.Labels)
		m.counters[d] = v
		m.registry.MustRegister(v)
		if alone {
			v.WithLabelValues()
		}
	case metric.Gauge:
		v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name, Help: d.Help}, d.Labels)
		m.gauges[d] = v
		m.registry.MustRegister(v)
		if alone {
			v.WithLabelValues()
		}
	case metric.Histogram:
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: d.Name, Help: d.Help, Buckets: d.Buckets}, d.Labels)
		m.histograms[d] = v
		m.registry.MustRegister(v)
		if alone {
			v.WithLabelValues()
		}
	}
}

// Add increases a counter, or moves a gauge.
func (m *meter) Add(d *metric.Desc, delta float64, labels ...string) {
	if v := m.counters[d]; v != nil && delta >= 0 {
		if c, err := v.GetMetricWithLabelValues(labels...); err == nil {
			c.Add(delta)
			return
		}
	}
	if v := m.gauges[d]; v != nil {
		if g, err := v.GetMetricWithLabelValues(labels...); err == nil {
			g.Add(delta)
			return
		}
	}
	m.misuse("Add", d, delta, labels)
}

// Set sets a gauge; NaN takes it away.
func (m *meter) Set(d *metric.Desc, value float64, labels ...string) {
	v := m.gauges[d]
	if v == nil {
		m.misuse("Set", d, value, labels)
		return
	}
	if math.IsNaN(value) {
		v.DeleteLabelValues(labels...)
		return
	}
	g, err := v.GetMetricWithLabelValues(labels...)
	if err != nil {
		m.misuse("Set", d, value, labels)
		return
	}
	g.Set(value)
}

// Observe adds an observation to a histogram.
func (m *meter) Observe(d *metric.Desc, value float64, labels ...string) {
	if v := m.histograms[d]; v != nil {
		if h, err := v.GetMetricWithLabelValues(labels...); err == nil {
			h.Observe(value)
			return
		}
	}
	m.misuse("Observe", d, value, labels)
}

// only makes the labels given the only ones of an info metric.
func (m *meter) only(d *metric.Desc, labels ...string) {
	v := m.gauges[d]
	v.Reset()
	v.WithLabelValues(labels...).Set(1)
}

func (m *meter) misuse(call string, d *metric.Desc, value float64, labels []string) {
	m.logger.Error("a process metric was used in a way that the catalog does not allow; please report it",
		"call", call, "metric", d.Name, "value", value, "labels", labels)
}
