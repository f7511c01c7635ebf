package exporter

import (
	"slices"
	"strings"

	"wanwatch/probes/metric"
)

// family is a metric of the catalog that describes targets, with everything
// that its lines have in common written out.
type family struct {
	desc *metric.Desc
	// index is the place in the order of names, in which families are exposed.
	index int
	// head and headOM are the comment lines of the two text formats.
	head, headOM string
	// open is the metric's name with the opening brace; the others are those of
	// a histogram's parts.
	open, openBucket, openSum, openCount string
	// le and leOM close the label set of each bucket of a histogram, +Inf
	// included.
	le, leOM []string
}

// families are all metrics of targets and probes, by name and by description.
type families struct {
	list []*family
	of   map[*metric.Desc]*family

	attempts, success, duration, failures *family // of every probe
}

func newFamilies(catalog []*metric.Desc) *families {
	fs := &families{of: map[*metric.Desc]*family{}}
	for _, d := range catalog {
		if d.Scope == metric.Process {
			continue
		}
		f := newFamily(d)
		fs.list = append(fs.list, f)
		fs.of[d] = f
	}
	slices.SortFunc(fs.list, func(a, b *family) int { return strings.Compare(a.desc.Name, b.desc.Name) })
	for i, f := range fs.list {
		f.index = i
	}
	fs.attempts, fs.success = fs.of[metric.ProbeAttempts], fs.of[metric.ProbeSuccess]
	fs.duration, fs.failures = fs.of[metric.ProbeDuration], fs.of[metric.ProbeFailures]
	return fs
}

func newFamily(d *metric.Desc) *family {
	f := &family{
		desc:       d,
		open:       d.Name + "{",
		openBucket: d.Name + "_bucket{",
		openSum:    d.Name + "_sum{",
		openCount:  d.Name + "_count{",
	}
	// OpenMetrics names a counter's family without the suffix of its samples
	// and escapes quotes in HELP (OpenMetrics 1.0, sections "Counter" and
	// "ABNF"); the older text format does neither.
	typ := [...]string{metric.Counter: "counter", metric.Gauge: "gauge", metric.Histogram: "histogram"}[d.Type]
	nameOM := d.Name
	if d.Type == metric.Counter {
		nameOM = strings.TrimSuffix(nameOM, "_total")
	}
	f.head = "# HELP " + d.Name + " " + escapeHelp(d.Help) + "\n# TYPE " + d.Name + " " + typ + "\n"
	f.headOM = "# HELP " + nameOM + " " + escapeValue(d.Help) + "\n# TYPE " + nameOM + " " + typ + "\n"
	if d.Type == metric.Histogram {
		for _, edge := range d.Buckets {
			f.le = append(f.le, `,le="`+string(appendFloat(nil, edge))+`"} `)
			f.leOM = append(f.leOM, `,le="`+string(appendFloatOM(nil, edge))+`"} `)
		}
		f.le = append(f.le, `,le="+Inf"} `)
		f.leOM = append(f.leOM, `,le="+Inf"} `)
	}
	return f
}

// width is how many numbers one series of the family takes in a block: one,
// and for a histogram a count for each bucket, +Inf included, and the sum.
func (f *family) width() int {
	if f.desc.Type == metric.Histogram {
		return len(f.desc.Buckets) + 2
	}
	return 1
}
