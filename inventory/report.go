package inventory

import (
	"fmt"
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
	place   *place
}

// has reports whether a key stands in the mapping.
func (r *report) has(key string) bool { return hasKey(r.pairs, key) }

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

// repeats binds a rule of repetition to its start.
func (r *report) repeats(rule *Recurrence, start time.Time) {
	if rule == nil || rule.parts == nil || start.IsZero() {
		return
	}
	if err := rule.bind(start, r.decoder.zone); err != nil {
		r.problem("repeat", "%s", err)
		return
	}
	if !rule.first.Equal(start) {
		r.decoder.warn(r, "repeat", fmt.Sprintf("the rule does not begin on the start: the first one is at %s", rule.first.Format(writtenTime)))
	}
}
