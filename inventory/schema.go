package inventory

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// schemaNode is a piece of a JSON Schema.
type schemaNode = map[string]any

// Schema returns the JSON Schema (draft 2020-12) of an inventory, for editors
// and other programs. It comes from the same tags as the decoder and accepts
// whatever the decoder does; what only the decoder sees, such as unknown ids,
// it accepts too.
func Schema(kinds []ProbeKind) ([]byte, error) {
	m, err := newModel(kinds)
	if err != nil {
		return nil, err
	}
	g := &schemaGenerator{model: m, defs: schemaNode{}, names: map[reflect.Type]string{}}
	root := g.object(m.structs[reflect.TypeFor[Inventory]()])
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Inventory of wanwatch"
	root["description"] = "What is watched. See docs/inventory.md."
	root["patternProperties"] = schemaNode{"^x-": schemaNode{"description": "Ignored: a place for anchors."}}
	root["properties"].(schemaNode)["defaults"] = g.defaults()
	root["$defs"] = g.defs
	data, err := json.MarshalIndent(root, "", "  ")
	return append(data, '\n'), err
}

type schemaGenerator struct {
	model *model
	defs  schemaNode
	names map[reflect.Type]string // of the structs among the definitions
}

// ref returns a reference to a definition, which is made when first needed.
func (g *schemaGenerator) ref(name string, define func() schemaNode) schemaNode {
	if g.defs[name] == nil {
		// Set first, for definitions that refer to themselves.
		g.defs[name] = schemaNode{}
		g.defs[name] = define()
	}
	return schemaNode{"$ref": "#/$defs/" + name}
}

// object describes a struct.
func (g *schemaGenerator) object(info *structInfo) schemaNode {
	properties, required := schemaNode{}, []string{}
	for _, f := range info.fields {
		properties[f.name] = g.field(f)
		if f.required {
			required = append(required, f.name)
		}
	}
	node := schemaNode{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		node["required"] = required
	}
	return node
}

// field describes the value of a key.
func (g *schemaGenerator) field(f *field) schemaNode {
	node := g.value(f.typ, f)
	if f.doc != "" {
		node["description"] = f.doc
	}
	if f.def != "" {
		node["default"] = f.def
	}
	if f.example != "" {
		node["examples"] = []string{f.example}
	}
	return node
}

func (g *schemaGenerator) value(t reflect.Type, f *field) schemaNode {
	switch {
	case t == typeSecret:
		return g.ref("secret", secretSchema)
	case t == typeTextOrSecret:
		return schemaNode{"anyOf": []any{textSchema(f), g.ref("secret", secretSchema)}}
	case t == typeBandwidth:
		return g.ref("bandwidth-of-a-link", func() schemaNode { return g.bandwidth() })
	case t == typeProbeSet:
		return g.ref("probes", g.probeSet)
	case t == typeProbeList:
		if k := g.model.kind[f.probe]; k != nil {
			return g.probeForms(k)
		}
		return schemaNode{"not": schemaNode{}}
	case f.host:
		return g.ref("address", func() schemaNode { return formatSchema(hostFormat()) })
	}
	if t.Kind() == reflect.Pointer && isScalar(t.Elem()) {
		t = t.Elem()
	}
	if format, ok := formatOf(t); ok {
		return g.ref(defName(format), func() schemaNode { return formatSchema(format) })
	}
	switch t.Kind() {
	case reflect.Pointer:
		// A key with everything under it commented out is as good as none.
		return schemaNode{"anyOf": []any{schemaNode{"type": "null"}, g.value(t.Elem(), f)}}
	case reflect.Slice:
		return g.list(t, f)
	case reflect.Map:
		return g.entries(t, f)
	case reflect.Struct:
		return g.structure(t)
	case reflect.String:
		return textSchema(f)
	case reflect.Bool:
		return schemaNode{"type": "boolean"}
	case reflect.Float64:
		return bounded(schemaNode{"type": "number"}, f)
	default:
		return bounded(schemaNode{"type": "integer"}, f)
	}
}

// defName returns the name of a format's definition: "a bandwidth" becomes
// "bandwidth".
func defName(f Format) string {
	_, name, _ := strings.Cut(f.Name, " ")
	return strings.ReplaceAll(name, " ", "-")
}

func formatSchema(f Format) schemaNode {
	node := schemaNode{"type": "string", "pattern": f.Pattern, "description": f.Doc, "examples": f.Examples}
	if f.Name == durationFormat().Name {
		node["type"] = []string{"string", "integer"}
		node["minimum"], node["maximum"] = 0, 0
	}
	if f.Number {
		node["type"] = []string{"string", "number"}
	}
	return node
}

// textSchema describes text. YAML reads a telephone number as a number, and the
// decoder takes it as it is written.
func textSchema(f *field) schemaNode {
	if len(f.enum) == 0 {
		node := schemaNode{"type": []string{"string", "number"}}
		if f.section != "" || f.required {
			node["minLength"] = 1
		}
		return node
	}
	words := []any{}
	for _, w := range f.enum {
		words = append(words, w)
		if isDigits(w) {
			words = append(words, json.Number(w))
		}
	}
	return schemaNode{"enum": words}
}

func bounded(node schemaNode, f *field) schemaNode {
	if f.min != nil {
		node["minimum"] = f.min.value
	}
	if f.max != nil {
		node["maximum"] = f.max.value
	}
	return node
}

func (g *schemaGenerator) list(t reflect.Type, f *field) schemaNode {
	e := t.Elem()
	if e.Kind() == reflect.Pointer {
		e = e.Elem()
	}
	node := schemaNode{"type": "array", "items": g.value(e, f), "minItems": 1}
	if t.Elem().Kind() == reflect.String {
		node["uniqueItems"] = true
	}
	if f.name == "maintenance" {
		node["type"] = []string{"array", "null"}
		delete(node, "minItems")
	}
	return node
}

func (g *schemaGenerator) entries(t reflect.Type, f *field) schemaNode {
	node := schemaNode{"type": []string{"object", "null"}}
	if t.Elem().Kind() == reflect.Pointer {
		node["propertyNames"] = idSchema()
		node["additionalProperties"] = g.structure(t.Elem().Elem())
	} else {
		node["additionalProperties"] = g.value(t.Elem(), f)
	}
	return node
}

func idSchema() schemaNode { return schemaNode{"pattern": idPattern, "maxLength": maxID} }

// structure refers to the definition of a struct. Nothing at all stands for a
// mapping without keys.
func (g *schemaGenerator) structure(t reflect.Type) schemaNode {
	info := g.model.structs[t]
	return g.ref(g.structName(t), func() schemaNode {
		node := g.object(info)
		if node["required"] == nil {
			node["type"] = []string{"object", "null"}
		}
		return node
	})
}

var wordStart = regexp.MustCompile(`([a-z])([A-Z])`)

// structName names the definition of a struct; two of one name get numbers.
func (g *schemaGenerator) structName(t reflect.Type) string {
	if name, ok := g.names[t]; ok {
		return name
	}
	base := strings.ToLower(wordStart.ReplaceAllString(t.Name(), "$1-$2"))
	if base == "snmpcredential" {
		base = "snmp-credential"
	}
	name := base
	for i := 2; g.defs[name] != nil; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	g.names[t] = name
	return name
}

func secretSchema() schemaNode {
	text := schemaNode{"type": []string{"string", "number"}, "minLength": 1}
	return schemaNode{
		"description": "A reference to a secret, which never stands in the inventory itself.",
		"type":        "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
		"properties": schemaNode{"file": text, "env": schemaNode{"type": "string", "pattern": envName.String()}},
	}
}

func (g *schemaGenerator) bandwidth() schemaNode {
	object := g.object(g.model.structs[typeBandwidth])
	object["minProperties"] = 1
	return schemaNode{"anyOf": []any{g.value(reflect.TypeFor[BitRate](), &field{}), object}}
}

// probeForms describes the settings of one kind under its own name: an address,
// settings, or a list of either.
func (g *schemaGenerator) probeForms(k *ProbeKind) schemaNode {
	one := []any{
		g.ref("address", func() schemaNode { return formatSchema(hostFormat()) }),
		g.settings(k),
	}
	return schemaNode{
		"description": k.Doc,
		"anyOf": append([]any{
			schemaNode{"type": "null"},
			schemaNode{"type": "array", "minItems": 1, "items": schemaNode{"anyOf": one}},
		}, one...),
	}
}

// settings refers to the settings of a kind.
func (g *schemaGenerator) settings(k *ProbeKind) schemaNode {
	return g.ref("probe-"+k.Name, func() schemaNode {
		node := g.ownSettings(k)
		p := node["properties"].(schemaNode)
		p["kind"] = schemaNode{"const": k.Name, "description": "The kind of probe, where the probe has a name of its own."}
		p["address"] = g.ref("address", func() schemaNode { return formatSchema(hostFormat()) })
		return node
	})
}

// ownSettings describes the settings that defaults may have, too. None is
// required, because defaults may give it.
func (g *schemaGenerator) ownSettings(k *ProbeKind) schemaNode {
	info := g.model.config(k)
	if info == nil {
		info = &structInfo{}
	}
	node := g.object(info)
	delete(node, "required")
	p := node["properties"].(schemaNode)
	duration := func(doc string, def any) schemaNode {
		n := g.value(typeDuration, &field{})
		n["description"], n["default"] = doc, def
		return n
	}
	p["interval"] = duration("From the start of one probe to the start of the next.", FormatDuration(k.Interval))
	p["timeout"] = duration("How long an answer is waited for.", FormatDuration(k.Timeout))
	p["confirm"] = schemaNode{"type": "integer", "minimum": 1, "maximum": 100, "default": max(1, k.Confirm),
		"description": "How many equal results in a row change the verdict."}
	return node
}

// probeSet describes probes by name: those named like a kind, and others that
// say their kind.
func (g *schemaGenerator) probeSet() schemaNode {
	named, others := schemaNode{}, []any{}
	for i := range g.model.kinds {
		k := &g.model.kinds[i]
		named[k.Name] = g.probeForms(k)
		own := g.settings(k)
		own["required"] = []string{"kind"}
		others = append(others, own)
	}
	one := schemaNode{"anyOf": others}
	return schemaNode{
		"type": []string{"object", "null"}, "propertyNames": idSchema(), "properties": named,
		"additionalProperties": schemaNode{"anyOf": []any{one, schemaNode{"type": "array", "minItems": 1, "items": one}}},
	}
}

func (g *schemaGenerator) defaults() schemaNode {
	properties := schemaNode{}
	for i := range g.model.kinds {
		k := &g.model.kinds[i]
		node := g.ownSettings(k)
		node["type"] = []string{"object", "null"}
		properties[k.Name] = node
	}
	return schemaNode{
		"description": "Settings that all probes of a kind start from.",
		"type":        []string{"object", "null"}, "additionalProperties": false, "properties": properties,
	}
}
