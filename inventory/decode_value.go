package inventory

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// value reads a node into v. The field says what is asked of the value; it is
// that of the list for an element of a list.
func (d *decoder) value(n *yaml.Node, v reflect.Value, f *field, at *place) {
	n, done := d.follow(n, at)
	if n == nil {
		return
	}
	defer done()
	t := v.Type()
	switch {
	case t == typeSecret:
		d.secret(n, v.Addr().Interface().(*Secret), at)
		return
	case badTag(n):
		d.problem(n, at, "%s", explainTag(n))
		return
	}
	switch {
	case t == typeString:
		d.scalar(n, v, f, at)
	case t == typeBandwidth && n.Kind != yaml.MappingNode:
		d.bandwidth(n, v.Addr().Interface().(*Bandwidth), f, at)
	case t == typeProbeSet:
		v.Set(reflect.ValueOf(d.probeSet(n, at)))
	case t == typeProbeList:
		v.Set(reflect.ValueOf(ProbeList(d.probeForms(n, f.probe, at))))
	case isBuiltin(t), isScalar(t), isPlain(t.Kind()):
		d.scalar(n, v, f, at)
	case t.Kind() == reflect.Pointer:
		d.pointer(n, v, f, at)
	case t.Kind() == reflect.Slice:
		d.list(n, v, f, at)
	case t.Kind() == reflect.Map:
		d.entries(n, v, f, at)
	default:
		d.structure(n, v, at)
	}
}

// follow returns what an alias stands for, or nil if it cannot be read, and what
// to do when it has been.
func (d *decoder) follow(n *yaml.Node, at *place) (target *yaml.Node, done func()) {
	if len(d.open) > 0 {
		d.aliased++
	}
	if d.aliased > maxAliased {
		if d.aliased == maxAliased+1 {
			d.problem(n, at, "the file's aliases stand for more than %d values: write fewer", maxAliased)
			d.aliased++
		}
		return nil, nil
	}
	if n.Kind != yaml.AliasNode {
		return n, func() {}
	}
	target = n.Alias
	if d.open[target] || len(d.open) > maxDepth {
		d.problem(n, at, "this alias stands for a value that holds the alias itself")
		return nil, nil
	}
	d.open[target] = true
	return target, func() { delete(d.open, target) }
}

// badTag reports whether a node has a tag that means anything.
func badTag(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle == 0 {
		return false
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp":
		return n.Kind != yaml.ScalarNode
	case "!!map":
		return n.Kind != yaml.MappingNode
	case "!!seq":
		return n.Kind != yaml.SequenceNode
	}
	return true
}

func (d *decoder) pointer(n *yaml.Node, v reflect.Value, f *field, at *place) {
	if e := v.Type().Elem(); isNull(n) && e.Kind() == reflect.Struct && !isScalar(e) && !isBuiltin(e) {
		// A key with everything under it commented out.
		return
	}
	p := reflect.New(v.Type().Elem())
	if !v.IsNil() {
		// What stands there is a default, which others share.
		p.Elem().Set(v.Elem())
	}
	d.value(n, p.Elem(), f, at)
	if ref, ok := reflect.TypeAssert[*InterfaceRef](p); ok {
		ref.Pos = d.doc.pos(n)
		d.refer(ref.Device, &field{section: "devices"}, n, at)
	}
	v.Set(p)
}
