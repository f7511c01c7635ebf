package inventory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// structure reads a mapping into a struct. Nothing at all is an empty mapping.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, at *place) {
	var pairs []pair
	if !isNull(n) {
		var ok bool
		if pairs, ok = d.pairsOf(n, d.model.structs[v.Type()], at); !ok {
			return
		}
	}
	d.structFrom(n, pairs, v, at)
}

// pairsOf returns the entries of a mapping that is read into a struct.
func (d *decoder) pairsOf(n *yaml.Node, info *structInfo, at *place) ([]pair, bool) {
	if info.quiet {
		return d.pairsBeside(n, info.names, at)
	}
	return d.pairs(n, at)
}

// structFrom reads the pairs of a mapping into a struct.
func (d *decoder) structFrom(n *yaml.Node, pairs []pair, v reflect.Value, at *place) {
	info, before := d.model.structs[v.Type()], len(d.problems)
	if info.pos != nil {
		v.FieldByIndex(info.pos).Set(reflect.ValueOf(d.doc.pos(at.nodeOr(n))))
	}
	meant := d.fields(pairs, v, info, at, nil)
	d.required(n, pairs, meant, info, at)
	for _, f := range info.fields {
		if f.def == "" {
			continue
		}
		if fv := v.FieldByIndex(f.index); fv.IsZero() {
			fv.SetString(f.def)
		}
	}
	if c, ok := reflect.TypeAssert[checked](v.Addr()); ok {
		c.check(&report{decoder: d, node: n, pairs: pairs, meant: meant, place: at, before: before})
	}
}

// fields reads the pairs that are not among the common keys. It returns the keys
// that unknown ones were probably meant to be.
func (d *decoder) fields(pairs []pair, v reflect.Value, info *structInfo, at *place, common []string) (meant []string) {
	for _, p := range pairs {
		f := info.byName[p.key]
		if f == nil {
			if !slices.Contains(common, p.key) {
				if name := d.unknownKey(p, info, at, common); name != "" {
					meant = append(meant, name)
				}
			}
			continue
		}
		here := at.child(p.key, p.keyNode)
		fv := v.FieldByIndex(f.index)
		if info.quiet && f.typ.Kind() == reflect.String {
			d.quietText(p.value, fv, f, here)
			continue
		}
		d.value(p.value, fv, f, here)
	}
	if at == nil {
		d.misspelt = meant
	}
	return meant
}

// unknownKey reports a key and returns the one that was probably meant.
func (d *decoder) unknownKey(p pair, info *structInfo, at *place, common []string) string {
	names := append(append([]string(nil), info.names...), common...)
	near := d.suggest.nearest(p.key, names)
	hint := didYouMean(near)
	here := at.child(p.key, p.keyNode)
	switch {
	case info.quiet && hint == "":
		// It may be a secret in the wrong place.
		d.problem(p.keyNode, at, "unknown key: write %s", orList(names))
	case hint == "" && len(names) <= 8:
		d.problem(p.keyNode, here, "unknown key %s: write %s", quote(p.key), orList(names))
	default:
		d.problem(p.keyNode, here, "unknown key %s%s", quote(p.key), hint)
	}
	return near
}

// required reports keys that are missing, at the id or the mapping that lacks
// them.
func (d *decoder) required(n *yaml.Node, pairs []pair, meant []string, info *structInfo, at *place) {
	for _, f := range info.fields {
		if f.required && !hasKey(pairs, f.name) {
			d.lacks(n, f, meant, at)
		}
	}
}

// lacks reports a key that is missing, unless an unknown one was meant to be it.
func (d *decoder) lacks(n *yaml.Node, f *field, meant []string, at *place) {
	if !slices.Contains(meant, f.name) {
		d.problem(at.nodeOr(n), at, "%s is missing%s", quote(f.name), exampleOf(f))
	}
	d.missing = append(d.missing, at.child(f.name, nil).path())
}

func exampleOf(f *field) string {
	switch {
	case f.example != "":
		return fmt.Sprintf(": write one such as %s: %s", f.name, f.example)
	case f.section != "":
		return fmt.Sprintf(": write %s: and %s", f.name, idOf(f))
	}
	return ""
}

func idOf(f *field) string {
	if f.typ.Kind() == reflect.Slice {
		return "a list of ids of " + f.section
	}
	return "the id of " + article(singular(f.section))
}

// singular returns the name of one entry of a section.
func singular(section string) string { return strings.TrimSuffix(section, "s") }

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func hasKey(pairs []pair, key string) bool {
	for _, p := range pairs {
		if p.key == key {
			return true
		}
	}
	return false
}
