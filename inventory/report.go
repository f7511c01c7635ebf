package inventory

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// checked is implemented by the structs of the inventory that have rules across
// their fields. A rule that needs other entries is not among them.
type checked interface{ check(r *report) }

// report takes what is wrong with a mapping.
type report struct {
	decoder *decoder
	node    *yaml.Node
	pairs   []pair
	meant   []string // keys that unknown ones were probably meant to be
	place   *place
	before  int // problems of the decoder that are none of the mapping
}

// faulty reports whether something within the mapping, or within a part of it,
// has been found wrong.
func (r *report) faulty(at *place) bool {
	found := r.decoder.problems[r.before:]
	if len(found) == 0 {
		return false
	}
	path := at.path()
	return slices.ContainsFunc(found, func(p Problem) bool { return within(p.Path, path) })
}

// has reports whether a key stands in the mapping.
func (r *report) has(key string) bool { return hasKey(r.pairs, key) }

// given reports whether a key stands in the mapping, or one that was probably
// meant to be it, so that it is not missing as well.
func (r *report) given(key string) bool { return r.has(key) || slices.Contains(r.meant, key) }

// sound reports whether nothing has been found wrong within the mapping.
func (r *report) sound() bool { return len(r.decoder.problems) == r.before }

// problem notes what is wrong with the value of a key, or with the whole
// mapping if it lacks the key.
func (r *report) problem(key, format string, args ...any) {
	for _, p := range r.pairs {
		if p.key == key {
			r.decoder.problem(p.value, r.place.child(key, p.keyNode), format, args...)
			return
		}
	}
	r.whole(format, args...)
}

// whole notes what is wrong with the mapping.
func (r *report) whole(format string, args ...any) {
	r.decoder.problem(r.place.nodeOr(r.node), r.place, format, args...)
}

// pos returns where the mapping begins, as far as the user is concerned: at its
// id.
func (r *report) pos() Pos { return r.decoder.doc.pos(r.place.nodeOr(r.node)) }

// repeats notes a rule of repetition, which is bound to its start when all is
// read.
func (r *report) repeats(rule *Recurrence, start time.Time) {
	if rule == nil || rule.parts == nil || start.IsZero() {
		return
	}
	for _, p := range r.pairs {
		if p.key == "repeat" {
			r.decoder.rules = append(r.decoder.rules, repetition{rule, start, r.decoder.doc.pos(p.value), r.place.child(p.key, p.keyNode)})
		}
	}
}

// repetition is a rule that waits for being bound to its start.
type repetition struct {
	rule  *Recurrence
	start time.Time
	pos   Pos
	at    *place
}

// maxNever bounds how many rules that never come are looked for in one load:
// each takes some milliseconds to find out.
const maxNever = 20

// bind binds the rules to their starts.
func (l *loader) bind(zone *time.Location) {
	never := 0
	for _, r := range l.rules {
		if never == maxNever {
			return
		}
		if err := r.rule.bind(r.start, zone); err != nil {
			never++
			l.problems = append(l.problems, Problem{r.pos, r.at.path(), err.Error()})
			continue
		}
		if !r.rule.first.Equal(r.start) {
			l.warnings = append(l.warnings, Problem{r.pos, r.at.path(),
				"the rule does not begin on the start: the first one is at " + r.rule.first.Format(writtenTime)})
		}
	}
}
