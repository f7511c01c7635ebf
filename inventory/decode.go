package inventory

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Verifier is implemented by a document that has rules across its parts, for
// [Decode].
//
// Verify calls wrong for each problem, with where it is, written as in messages
// (events[2].paths[0], or nothing for the whole document), what is wrong and
// what to write instead. It is called even if other problems were found, and
// must stand values that are not set. What it says of a value that is known to
// be wrong or missing is left out.
type Verifier interface {
	Verify(wrong func(path, message string))
}

// Decode reads one YAML document into a struct as strictly as an inventory is
// read: tagged as the package comment says, with did-you-mean, anchors and merge
// keys. A ref tag may name any of its top-level mappings. Defaults are what
// stands in the struct already; lists and mappings are replaced, not extended.
//
// The error is [Problems], or says that the struct's tags are wrong, which is a
// mistake in the program. Name stands in positions. After an error the struct
// holds what could be read.
func Decode(name string, data []byte, into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decode %s: into a %T and no pointer to a struct", name, into)
	}
	v = v.Elem()
	m, err := modelOf(v.Type(), mappingsOf(v.Type()))
	if err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	data, problem := clean(File{name, data})
	if problem != nil {
		return Problems{*problem}
	}
	root, problem := parseText(name, data, m.wording())
	if problem != nil {
		return Problems{*problem}
	}
	d := newDecoder(m, document{file: name, root: root}, settings{zone: time.UTC})
	return d.decodeDocument(v, into)
}

// decodeDocument reads the document and checks what only shows in the whole.
func (d *decoder) decodeDocument(v reflect.Value, into any) error {
	pairs, _ := d.pairs(d.doc.root, nil)
	d.structFrom(d.doc.root, slices.DeleteFunc(pairs, ownKey), v, nil)
	l := &loader{model: d.model, root: v, suggest: suggester{left: maxComparisons}, problems: d.problems, refs: []references{d.refs}, rules: d.rules, misspelt: d.misspelt}
	l.resolve()
	l.bind(d.zone)
	if c, ok := into.(Verifier); ok {
		d.verify(c, l)
	}
	if len(l.problems) == 0 {
		return nil
	}
	return l.problems.sorted([]string{d.doc.file})
}

// verify adds what the document says of itself, but for what follows from
// problems that are known: those of the same value, within it or around it.
func (d *decoder) verify(c Verifier, l *loader) {
	known, around := map[string]bool{}, map[string]bool{}
	note := func(path string) {
		known[path] = true
		for p := range prefixes(path) {
			around[p] = true
		}
	}
	for _, p := range l.problems {
		note(p.Path)
	}
	for _, path := range d.missing {
		note(path)
	}
	c.Verify(func(path, message string) {
		follows := known[path] || around[path]
		for p := range prefixes(path) {
			follows = follows || known[p]
		}
		if !follows && len(l.problems) < maxProblems {
			l.problems = append(l.problems, Problem{d.doc.pos(d.locate(path)), path, message})
		}
	})
}

// prefixes yields the paths around a path, but for that of the whole document:
// links and links.a of links.a.ping.
func prefixes(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 1; i < len(path); i++ {
			if (path[i] == '.' || path[i] == '[') && !yield(path[:i]) {
				return
			}
		}
	}
}

// locate returns the node at a path, or the nearest one around it.
func (d *decoder) locate(path string) *yaml.Node {
	quiet := newDecoder(d.model, d.doc, settings{})
	return quiet.nearest(d.doc.root, d.doc.root, path)
}

// nearest looks for a path in a node. Around is what stands for the node itself:
// of an entry with an id its key.
func (d *decoder) nearest(n, around *yaml.Node, path string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		pairs, _ := d.pairs(n, nil)
		for _, p := range pairs {
			if rest, ok := cutKey(path, p.key); ok {
				return d.nearest(p.value, standsFor(p, rest), rest)
			}
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if rest, ok := strings.CutPrefix(path, fmt.Sprintf("[%d]", i)); ok {
				return d.nearest(c, c, rest)
			}
		}
	}
	return around
}

// standsFor returns the node that a problem of an entry points at: its value if
// that is a word or a list, and else its key.
func standsFor(p pair, rest string) *yaml.Node {
	if rest == "" && p.value.Kind != yaml.MappingNode && !isNull(p.value) {
		return p.value
	}
	return p.keyNode
}

// cutKey takes a key from the beginning of a path.
func cutKey(path, key string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(strings.TrimPrefix(path, "."), written(key))
	return rest, ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// mappingsOf returns the names of the mappings with ids of a document.
func mappingsOf(t reflect.Type) []string {
	var names []string
	for _, sf := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(sf.Tag.Get("yaml"), ","); sf.Type.Kind() == reflect.Map && name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// wording names the keys of a document that it needs, or else its first ones.
func (m *model) wording() wording {
	var keys []string
	for _, f := range m.root.fields {
		if f.required {
			keys = append(keys, f.name)
		}
	}
	empty := "write " + andList(keys)
	if len(keys) == 0 {
		keys = m.root.names[:min(2, len(m.root.names))]
		empty = "write at least one key, such as " + orList(keys)
	}
	return wording{
		empty:  empty,
		shape:  "keys with values: write keys such as " + orList(keys) + " at the start of lines, each with a colon",
		second: "remove the line ---",
	}
}
