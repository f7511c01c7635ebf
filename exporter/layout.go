package exporter

import (
	"strconv"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// layout is the series that a feed has from the start. Feeds of one kind have
// mostly the same ones, and share it.
type layout struct {
	key   string
	probe *shape // series that name the probe
	about *shape // series of the target
}

// sampleOf names a series.
type sampleOf struct {
	metric *metric.Desc
	labels []string
}

// layoutFor returns the layout of a job, or of one of a job's subjects: one of
// the sets given if they have it.
func (e *Exporter) layoutFor(job probes.Job, kind *probes.Kind, sets ...*set) *layout {
	var samples []probes.Sample
	if kind != nil && kind.Series != nil {
		samples = kind.Series(job)
	}
	key := e.layoutKey(job.Probe.Kind, samples)
	for _, s := range sets {
		if s != nil && s.layouts[string(key)] != nil {
			return s.layouts[string(key)]
		}
	}
	l := &layout{key: string(key)}
	var probe, about []series
	for _, s := range startSeries(kind) {
		probe = append(probe, newSeries(e.families.of[s.metric], s.labels))
	}
	for i := range samples {
		s := &samples[i]
		f := e.families.of[s.Metric]
		switch {
		case f == nil || len(s.Labels) != len(f.desc.Labels):
			e.misuse(s)
		case f.desc.Scope == metric.Target:
			about = append(about, newSeries(f, s.Labels))
		default:
			probe = append(probe, newSeries(f, s.Labels))
		}
	}
	l.probe, l.about = newShape(probe), newShape(about)
	return l
}

// layoutKey names a layout by what it is made of.
func (e *Exporter) layoutKey(kind string, samples []probes.Sample) []byte {
	key := append(make([]byte, 0, 1024), kind...)
	for i := range samples {
		index := -1
		if f := e.families.of[samples[i].Metric]; f != nil {
			index = f.index
		}
		key = strconv.AppendInt(append(key, '\n'), int64(index), 10)
		for _, label := range samples[i].Labels {
			key = strconv.AppendQuote(append(key, ' '), label)
		}
	}
	return key
}

// startSeries are the series that every job of a kind has.
func startSeries(kind *probes.Kind) []sampleOf {
	list := []sampleOf{
		{metric.ProbeSuccess, nil}, {metric.ProbeDuration, nil}, {metric.ProbeAttempts, nil},
		// The scheduler reports these two for every kind.
		{metric.ProbeFailures, []string{string(probes.ReasonInternal)}}, {metric.ProbeFailures, []string{string(probes.ReasonStalled)}},
	}
	if kind != nil {
		for _, r := range kind.Reasons {
			list = append(list, sampleOf{metric.ProbeFailures, []string{string(r)}})
		}
	}
	return list
}
