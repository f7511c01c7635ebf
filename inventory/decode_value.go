package inventory

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// value reads a node into v. The field says what is asked of the value; it is
// that of the list for an element of a list.
func (d *decoder) value(n *yaml.Node, v reflect.Value, f *field, at *place) {
	if target := d.follow(n, at); target != nil {
		d.target(target, v, f, at)
		d.leave(n)
	}
}

// target reads a node that is no alias into v.
func (d *decoder) target(n *yaml.Node, v reflect.Value, f *field, at *place) {
	s := d.model.shapeOf(v.Type())
	switch {
	case s == shapeSecret:
		d.secret(n, v.Addr().Interface().(*Secret), at)
		return
	case badTag(n):
		d.problem(n, at, "%s", explainTag(n))
		return
	}
	switch s {
	case shapeTextOrSecret:
		d.textOrSecret(n, v.Addr().Interface().(*TextOrSecret), f, at)
	case shapeBandwidth:
		d.bandwidth(n, v, f, at)
	case shapeProbeSet:
		v.Set(reflect.ValueOf(d.probeSet(n, at)))
	case shapeProbeList:
		v.Set(reflect.ValueOf(ProbeList(d.probeForms(n, f.probe, at))))
	case shapePointer:
		d.pointer(n, v, f, at)
	case shapeList:
		d.list(n, v, f, at)
	case shapeMapping:
		d.entries(n, v, f, at)
	case shapeStruct:
		d.structure(n, v, at)
	default:
		d.scalar(n, v, f, at)
	}
}

// follow returns what an alias stands for, or nil if it cannot be read; other
// nodes stand for themselves. When the node has been read, leave is called.
func (d *decoder) follow(n *yaml.Node, at *place) *yaml.Node {
	if len(d.open) > 0 {
		d.aliased++
	}
	if d.aliased > maxAliased {
		if !d.excess {
			d.problem(n, at, "the file's aliases stand for more than %d values: write fewer", maxAliased)
			d.excess = true
		}
		return nil
	}
	if n.Kind != yaml.AliasNode {
		return n
	}
	target := n.Alias
	if d.open[target] || len(d.open) > maxDepth {
		d.problem(n, at, "this alias stands for a value that holds the alias itself")
		return nil
	}
	d.open[target] = true
	return target
}

// leave ends the reading of a node.
func (d *decoder) leave(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		delete(d.open, n.Alias)
	}
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
		d.refer(ref.Device, interfaceField, n, at)
	}
	v.Set(p)
}

// interfaceField says that an interface names a device.
var interfaceField = &field{section: "devices"}
