package inventory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// loader puts the documents of an inventory together.
type loader struct {
	model    *model
	files    []string
	docs     []document
	problems Problems
	warnings []Problem
	refs     []reference
	rules    []repetition
	suggest  suggester

	inv     *Inventory
	root    reflect.Value  // of inv
	first   map[string]Pos // of the single values of the top level
	planned map[string]*plannedUse
}

// settings are what values are read with.
type settings struct {
	zone     *time.Location
	defaults map[string]*Probe
}

// part is what one document says.
type part struct {
	*decoder
	inv   *Inventory
	first map[string]Pos // of the keys of the top level
}

// load reads all documents, merges them, and checks what only shows in the
// whole.
func (l *loader) load() *Inventory {
	l.inv = &Inventory{}
	l.root = reflect.ValueOf(l.inv).Elem()
	l.first = map[string]Pos{}
	l.planned = map[string]*plannedUse{}
	s := l.settings()
	parts := make([]*part, len(l.docs))
	parallel(len(l.docs), func(i int) { parts[i] = readPart(newDecoder(l.model, l.docs[i], s)) })
	for _, p := range parts {
		l.merge(p)
	}
	l.inv.Timezone, l.inv.Defaults = s.zone, s.defaults
	if l.inv.Language == "" {
		l.inv.Language = l.model.root.byName["language"].def
	}
	l.resolve()
	l.bind(s.zone)
	l.checkTargets()
	if len(l.problems) == 0 {
		l.build()
		l.remark()
	}
	return l.inv
}

// settings reads the time zone and the defaults of all documents, which the rest
// is read with.
func (l *loader) settings() settings {
	s := settings{zone: time.UTC, defaults: map[string]*Probe{}}
	for _, doc := range l.docs {
		d := newDecoder(l.model, doc, s)
		for _, p := range d.topLevel("timezone") {
			var zone *time.Location
			d.value(p.value, reflect.ValueOf(&zone).Elem(), &field{}, (*place)(nil).child(p.key, p.keyNode))
			if zone != nil {
				s.zone = zone
			}
		}
	}
	for i := range l.model.kinds {
		k := &l.model.kinds[i]
		s.defaults[k.Name] = newDecoder(l.model, document{}, s).newProbe("", k, nil)
	}
	first := map[string]Pos{}
	for _, doc := range l.docs {
		d := newDecoder(l.model, doc, s)
		for _, p := range d.topLevel("defaults") {
			d.readDefaults(p, first)
		}
		l.problems = append(l.problems, d.problems...)
		l.refs = append(l.refs, d.refs...)
	}
	return s
}

// topLevel returns the entries of a key of the top level; what is wrong there is
// reported when the whole document is read.
func (d *decoder) topLevel(key string) []pair {
	quiet := newDecoder(d.model, d.doc, settings{})
	pairs, _ := quiet.pairs(d.doc.root, nil)
	return slices.DeleteFunc(pairs, func(p pair) bool { return p.key != key })
}

// readDefaults reads the defaults of each kind.
func (d *decoder) readDefaults(top pair, first map[string]Pos) {
	at := (*place)(nil).child(top.key, top.keyNode)
	n, done := d.follow(top.value, at)
	if n == nil {
		return
	}
	defer done()
	if isNull(n) {
		return
	}
	pairs, _ := d.pairs(n, at)
	for _, p := range pairs {
		here := at.child(p.key, p.keyNode)
		kind := d.model.kind[p.key]
		switch pos, ok := first[p.key]; {
		case kind == nil:
			d.problem(p.keyNode, here, "unknown kind of probe %s%s: write %s", quote(p.key), d.suggest.didYouMean(p.key, d.model.names), orList(d.model.names))
		case ok:
			d.problem(p.keyNode, here, "duplicate key %s, first at %s", quote(p.key), pos.seenFrom(d.doc.pos(p.keyNode)))
		default:
			first[p.key] = d.doc.pos(p.keyNode)
			d.defaults[p.key] = d.kindDefaults(kind, p.value, here)
		}
	}
}

func (d *decoder) kindDefaults(k *ProbeKind, n *yaml.Node, at *place) *Probe {
	probe := d.newProbe("", k, nil)
	n, done := d.follow(n, at)
	if n == nil {
		return probe
	}
	defer done()
	if !isNull(n) {
		pairs, _ := d.pairs(n, at)
		d.settings(pairs, probe, k, at, []string{"interval", "timeout", "confirm"})
	}
	return probe
}

// readPart reads a whole document.
func readPart(d *decoder) *part {
	p := &part{decoder: d, inv: &Inventory{}, first: map[string]Pos{}}
	pairs, _ := d.pairs(d.doc.root, nil)
	pairs = slices.DeleteFunc(pairs, ownKey)
	for _, e := range pairs {
		p.first[e.key] = d.doc.pos(e.keyNode)
	}
	d.fields(pairs, reflect.ValueOf(p.inv).Elem(), d.model.root, nil, []string{"defaults"})
	return p
}

// ownKey reports whether a key of the top level is the user's own: a place for
// anchors.
func ownKey(p pair) bool { return strings.HasPrefix(p.key, "x-") }

// merge adds a document to the inventory.
func (l *loader) merge(p *part) {
	l.problems = append(l.problems, p.problems...)
	l.warnings = append(l.warnings, p.warnings...)
	l.refs = append(l.refs, p.refs...)
	l.rules = append(l.rules, p.rules...)
	for name, use := range p.planned {
		if l.planned[name] == nil {
			l.planned[name] = &plannedUse{problem: use.problem}
		}
		l.planned[name].count += use.count
	}
	from := reflect.ValueOf(p.inv).Elem()
	for _, f := range l.model.root.fields {
		to, v := l.root.FieldByIndex(f.index), from.FieldByIndex(f.index)
		switch {
		case v.IsZero():
		case to.Kind() == reflect.Map:
			l.mergeSection(f.name, to, v)
		case to.Kind() == reflect.Slice:
			to.Set(reflect.AppendSlice(to, v))
		default:
			l.mergeValue(f.name, to, v, p.first[f.name])
		}
	}
}

// mergeSection adds entries, each of which may be there only once.
func (l *loader) mergeSection(section string, to, from reflect.Value) {
	if to.IsNil() {
		to.Set(from)
		return
	}
	for it := from.MapRange(); it.Next(); {
		if old := to.MapIndex(it.Key()); old.IsValid() {
			id := it.Key().String()
			l.duplicate(join(section, id), id, posOf(old), posOf(it.Value()))
			continue
		}
		to.SetMapIndex(it.Key(), it.Value())
	}
}

func (l *loader) duplicate(path, key string, first, second Pos) {
	l.problems = append(l.problems, Problem{second, path, fmt.Sprintf("duplicate key %s, first at %s", quote(key), first.seenFrom(second))})
}

func posOf(entry reflect.Value) Pos {
	return entry.Elem().FieldByName("Pos").Interface().(Pos)
}

// mergeValue sets a single value of the top level, which may stand in several
// files if it is the same.
func (l *loader) mergeValue(name string, to, v reflect.Value, pos Pos) {
	first, ok := l.first[name]
	if ok && fmt.Sprint(to) != fmt.Sprint(v) {
		l.problems = append(l.problems, Problem{pos, name, fmt.Sprintf("it is %s already, at %s: write it in one file only", quote(fmt.Sprint(to)), first.seenFrom(pos))})
		return
	}
	if !ok {
		to.Set(v)
		l.first[name] = pos
	}
}
