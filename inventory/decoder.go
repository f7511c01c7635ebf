package inventory

import (
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// The bounds of one document, against files that are made to eat memory.
const (
	maxAliased  = 1_000_000 // values read through aliases
	maxProblems = 100_000   // problems kept
	maxDepth    = 50        // mappings and lists in each other
)

// decoder turns the nodes of one document into values of Go and collects every
// problem on the way.
type decoder struct {
	model *model
	doc   document
	zone  *time.Location
	// defaults are the settings that each kind's probes start from.
	defaults map[string]*Probe
	// broken is what is wrong with the defaults of a kind.
	broken map[string]fault

	problems []Problem
	missing  []string // paths of required keys that are not there
	misspelt []string // keys of the top level that unknown ones were meant to be
	refs     references
	rules    []repetition
	open     map[*yaml.Node]bool // anchors that are being read
	aliased  int                 // values read through aliases
	excess   bool                // too many of them have been reported
	shown    []string            // keys that messages may repeat; nil: all
	suggest  suggester
	probeAt  map[*Probe]*place
	// badAddress are the probes whose address has been reported.
	badAddress map[*Probe]bool
	// faulty are the probes of which something has been reported.
	faulty   map[*Probe]bool
	warnings []Problem
}

func newDecoder(m *model, doc document, s settings) *decoder {
	return &decoder{
		model: m, doc: doc, refs: references{file: doc.file}, zone: s.zone, defaults: s.defaults,
		open: map[*yaml.Node]bool{}, probeAt: map[*Probe]*place{}, badAddress: map[*Probe]bool{}, faulty: map[*Probe]bool{}, broken: s.broken,
		suggest: suggester{left: maxComparisons / 10},
	}
}

// problem notes what is wrong with a node.
func (d *decoder) problem(n *yaml.Node, at *place, format string, args ...any) {
	d.problemAt(d.doc.pos(n), at, fmt.Sprintf(format, args...))
}

// warn notes a remark on the value of a key.
func (d *decoder) warn(r *report, key, message string) {
	pos := r.pos()
	at := r.place
	for _, p := range r.pairs {
		if p.key == key {
			pos, at = d.doc.pos(p.value), r.place.child(key, p.keyNode)
		}
	}
	d.warnings = append(d.warnings, Problem{pos, at.path(), message})
}

func (d *decoder) problemAt(pos Pos, at *place, message string) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, Problem{pos, at.path(), message})
	}
}
