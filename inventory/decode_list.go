package inventory

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

func (d *decoder) list(n *yaml.Node, v reflect.Value, f *field, at *place) {
	switch {
	case at.parent == nil && (isNull(n) || n.Kind == yaml.SequenceNode && len(n.Content) == 0):
		// A section with everything under it commented out.
		return
	case isNull(n), n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		d.problem(n, at, "the list is empty: write at least one element%s", f.orLeaveOut(at))
		return
	case n.Kind != yaml.SequenceNode:
		d.problem(n, at, "a list is expected here, not %s: write [%s]", nodeName(n), listHint(n, f))
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		d.element(c, list.Index(i), f, at.element(i, c))
	}
	v.Set(list)
	if ids, ok := reflect.TypeAssert[[]string](list); ok {
		d.distinct(n, ids, at)
	}
}

// element reads an element of a list. A bare dash stands for no mapping, as an
// id without anything under it does: it is a mistake, and leaves an empty
// element as any other that cannot be read.
func (d *decoder) element(n *yaml.Node, v reflect.Value, f *field, at *place) {
	bare := n
	if n.Kind == yaml.AliasNode {
		bare = n.Alias
	}
	if v.Kind() != reflect.Pointer || !isNull(bare) {
		d.value(n, v, f, at)
		return
	}
	d.problem(n, at, "an element is missing: write keys with values, or remove the dash")
	v.Set(reflect.New(v.Type().Elem()))
}

func listHint(n *yaml.Node, f *field) string {
	if n.Kind == yaml.ScalarNode && f.section != "" && isID(n.Value) {
		return n.Value
	}
	return "..."
}

// distinct refuses what stands twice in a list.
func (d *decoder) distinct(n *yaml.Node, words []string, at *place) {
	first := make(map[string]int, len(words))
	for i, w := range words {
		if j, ok := first[w]; ok && w != "" {
			d.problem(n.Content[i], at.element(i, n.Content[i]), "%s is in the list already, at %s", quote(w), d.doc.pos(n.Content[j]).seenFrom(d.doc.pos(n.Content[i])))
			continue
		}
		first[w] = i
	}
}
