// Package metric is the catalog: the name, type, unit, help and labels of every
// metric that wanwatch exports. The registry, docs/metrics.md and the checks of
// dashboards and rules all come from it. It imports nothing of the project.
package metric

// Type is a Prometheus metric type.
type Type int

// The types in use.
const (
	Counter Type = iota
	Gauge
	Histogram
)

// Scope says which labels stand before a metric's own.
type Scope int

// The scopes.
const (
	// Process metrics describe the program itself and have no further labels.
	Process Scope = iota
	// Target metrics have the labels target, kind and site.
	Target
	// Probe metrics have the labels target, kind, site, probe and address.
	Probe
)

// Labels returns the names of the labels that a scope adds.
func (s Scope) Labels() []string {
	switch s {
	case Target:
		return []string{"target", "kind", "site"}
	case Probe:
		return []string{"target", "kind", "site", "probe", "address"}
	default:
		return nil
	}
}

// Desc describes one metric. Descs are compared by pointer; there is one of
// each, in the variables of this package.
type Desc struct {
	// Name is the full name, with unit and _total.
	Name string
	Type Type
	// Help is one sentence.
	Help  string
	Scope Scope
	// Labels are the metric's own labels, after those of the scope.
	Labels []string
	// Info marks a metric whose value is always 1 and whose labels carry texts:
	// a new sample replaces the one with the same first Key labels.
	Info bool
	Key  int
	// Buckets are the upper edges of a classic histogram, without +Inf.
	Buckets []float64
	// Native says that the histogram is also kept as a native one (schema 3).
	Native bool
}
