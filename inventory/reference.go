package inventory

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// reference is an id that must exist in a section.
type reference struct {
	id        string
	field     *field // says in which section
	line, col int
	at        *place
}

// references are those of one text.
type references struct {
	file string
	list []reference
}

func (r *references) pos(ref *reference) Pos { return Pos{r.file, ref.line, ref.col} }

// refer notes that a text is an id of a section.
func (d *decoder) refer(id string, f *field, n *yaml.Node, at *place) {
	if id != "" && f.section != "" && slices.Contains(d.model.sections, f.section) {
		pos := d.doc.pos(n)
		d.refs.list = append(d.refs.list, reference{id, f, pos.Line, pos.Col, at})
	}
}
