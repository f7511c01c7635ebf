package inventory

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// reference is an id that must exist in a section.
type reference struct {
	id      string
	section string
	part    string // the part that the credential must have
	pos     Pos
	at      *place
}

// refer notes that a text is an id of a section.
func (d *decoder) refer(id string, f *field, n *yaml.Node, at *place) {
	if id != "" && slices.Contains(d.model.sections, f.section) {
		d.refs = append(d.refs, reference{id, f.section, f.part, d.doc.pos(n), at})
	}
}
