package inventory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// loader puts the texts of an inventory together.
type loader struct {
	model    *model
	files    []string
	ics      []File
	texts    []*text
	problems Problems
	warnings []Problem
	refs     []references // by text
	rules    []repetition
	suggest  suggester
	misspelt []string // keys of the top level that unknown ones were meant to be
	lost     bool     // a file could not be read, so that what it defines is not known

	inv   *Inventory
	root  reflect.Value  // of inv
	first map[string]Pos // of the single values of the top level
}

// newLoader returns a loader that has found some problems already.
func newLoader(m *model, files []File, problems Problems) *loader {
	l := &loader{
		model: m, problems: slices.Clone(problems), suggest: suggester{left: maxComparisons},
		inv: &Inventory{}, first: map[string]Pos{}, lost: len(problems) > 0,
	}
	l.root = reflect.ValueOf(l.inv).Elem()
	for _, f := range files {
		l.files = append(l.files, f.Name)
	}
	return l
}

// settings are what values are read with.
type settings struct {
	zone     *time.Location
	defaults map[string]*Probe
	broken   map[string]fault // by kind
}

// part is what one text says.
type part struct {
	*decoder
	root  reflect.Value  // of an Inventory
	first map[string]Pos // of the keys of the top level
}

// load reads all texts, merges them, and checks what only shows in the whole. It
// returns nil if a file was cut in the wrong place; then it has to be called
// again, on a new loader.
func (l *loader) load(sources []*source) *Inventory {
	for _, s := range sources {
		l.texts = append(l.texts, s.texts(pieceSize)...)
	}
	s := l.settings()
	parts := l.read(s)
	torn := false
	for _, s := range sources {
		s.whole = s.whole || s.torn.Load()
		torn = torn || s.torn.Swap(false)
	}
	if torn {
		return nil
	}
	l.merge(parts)
	l.inv.Timezone, l.inv.Defaults = s.zone, s.defaults
	if l.inv.Language == "" {
		l.inv.Language = l.model.root.byName["language"].def
	}
	l.resolve()
	l.bind(s.zone)
	l.checkTargets()
	l.calendars(l.ics)
	if len(l.problems) == 0 {
		l.build()
		l.remark()
	}
	return l.inv
}

// read parses and decodes all texts on all cores, each text in one go, so that
// the nodes of only a few of them are in memory at a time.
func (l *loader) read(s settings) []*part {
	parts := make([]*part, len(l.texts))
	parallel(len(l.texts), func(i int) {
		t := l.texts[i]
		if t.parse(); t.root != nil {
			parts[i] = readPart(newDecoder(l.model, t.document(), s))
			t.root = nil
		}
	})
	for _, t := range l.texts {
		if t.problem != nil {
			l.problems = append(l.problems, *t.problem)
			l.lost = true
		}
	}
	return slices.DeleteFunc(parts, func(p *part) bool { return p == nil })
}

// settings reads the time zone and the defaults of all texts, which the rest is
// read with. The texts that may hold them are parsed for it. What is wrong with
// their syntax is told when they are read.
func (l *loader) settings() settings {
	var texts []*text
	for _, t := range l.texts {
		if t.maySet() {
			texts = append(texts, t)
		}
	}
	parallel(len(texts), func(i int) { texts[i].parse() })
	texts = slices.DeleteFunc(texts, func(t *text) bool { return t.root == nil })
	s := settings{zone: time.UTC, defaults: map[string]*Probe{}, broken: map[string]fault{}}
	for _, t := range texts {
		d := newDecoder(l.model, t.document(), s)
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
	for _, t := range texts {
		d := newDecoder(l.model, t.document(), s)
		for _, p := range d.topLevel("defaults") {
			d.readDefaults(p, first)
		}
		l.problems = append(l.problems, d.problems...)
		l.refs = append(l.refs, d.refs)
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
	alias := top.value
	n := d.follow(alias, at)
	if n == nil {
		return
	}
	defer d.leave(alias)
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
			d.defaults[p.key], d.broken[p.key] = d.kindDefaults(kind, p.value, here)
		}
	}
}

// readPart reads a whole text.
func readPart(d *decoder) *part {
	p := &part{decoder: d, root: reflect.ValueOf(&Inventory{}).Elem(), first: map[string]Pos{}}
	pairs, _ := d.pairs(d.doc.root, nil)
	pairs = slices.DeleteFunc(pairs, ownKey)
	for _, e := range pairs {
		p.first[e.key] = d.doc.pos(e.keyNode)
	}
	d.fields(pairs, p.root, d.model.root, nil, []string{"defaults"})
	// The nodes are let go.
	d.doc.root, d.open, d.probeAt, d.badAddress, d.faulty = nil, nil, nil, nil, nil
	return p
}

// ownKey reports whether a key of the top level is the user's own: a place for
// anchors.
func ownKey(p pair) bool { return strings.HasPrefix(p.key, "x-") }

// merge adds what the texts say to the inventory.
func (l *loader) merge(parts []*part) {
	for _, p := range parts {
		l.problems = append(l.problems, p.problems...)
		l.warnings = append(l.warnings, p.warnings...)
		l.refs = append(l.refs, p.refs)
		l.rules = append(l.rules, p.rules...)
		l.misspelt = append(l.misspelt, p.misspelt...)
	}
	for _, f := range l.model.root.fields {
		to, size := l.root.FieldByIndex(f.index), 0
		for _, p := range parts {
			if v := p.root.FieldByIndex(f.index); v.Kind() == reflect.Map {
				size += v.Len()
			}
		}
		for _, p := range parts {
			switch v := p.root.FieldByIndex(f.index); {
			case v.IsZero():
			case to.Kind() == reflect.Map:
				l.mergeSection(f.name, to, v, size)
			case to.Kind() == reflect.Slice:
				to.Set(reflect.AppendSlice(to, v))
			default:
				l.mergeValue(f.name, to, v, p.first[f.name])
			}
		}
	}
}

// mergeSection adds entries, each of which may be there only once, to a section
// that will have so many.
func (l *loader) mergeSection(section string, to, from reflect.Value, size int) {
	switch {
	case to.IsNil() && from.Len() == size:
		to.Set(from)
		return
	case to.IsNil():
		to.Set(reflect.MakeMapWithSize(to.Type(), size))
	}
	for it := from.MapRange(); it.Next(); {
		if old := to.MapIndex(it.Key()); old.IsValid() {
			id := it.Key().String()
			l.duplicate(join(section, id), id, l.posOf(old), l.posOf(it.Value()))
			continue
		}
		to.SetMapIndex(it.Key(), it.Value())
	}
}

func (l *loader) duplicate(path, key string, first, second Pos) {
	l.problems = append(l.problems, Problem{second, path, fmt.Sprintf("duplicate key %s, first at %s", quote(key), first.seenFrom(second))})
}

// posOf returns where an entry of a section stands.
func (l *loader) posOf(entry reflect.Value) Pos {
	index := l.model.structs[entry.Type().Elem()].pos
	return *entry.Elem().FieldByIndex(index).Addr().Interface().(*Pos)
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
