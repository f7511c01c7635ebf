package inventory

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// model is what the struct tags say of every type that can stand in an
// inventory, or in another document that is read like one. The decoder, the JSON
// Schema and the documentation read it. It does not change once made.
type model struct {
	root    *structInfo
	kinds   []ProbeKind
	kind    map[string]*ProbeKind
	names   []string               // of the kinds, in order
	configs map[string]*structInfo // the settings of kinds
	structs map[reflect.Type]*structInfo
	shapes  map[reflect.Type]shape
	// sections are what a ref tag may name.
	sections []string
}

// structInfo is a struct that is written as a mapping.
type structInfo struct {
	fields []*field
	byName map[string]*field
	names  []string
	id     []int // index of the field ID, if there is one
	pos    []int // index of the field Pos, if there is one
	quiet  bool  // a secret stands in it, so that no value of it is repeated
}

// field is one key of a mapping.
type field struct {
	name     string
	index    []int
	typ      reflect.Type
	required bool
	doc      string
	example  string
	def      string   // what a text is if it is left out
	enum     []string // the words allowed
	min, max *bound
	section  string // the section of which it is an id
	part     string // the part that the credential must have
	host     bool   // it is an address
	probe    string // the kind of a ProbeList
}

// bound is the smallest or the largest value of a number, or of a duration in
// nanoseconds.
type bound struct {
	value float64
	text  string
}

// String returns the bound as the tag has it.
func (b *bound) String() string { return b.text }

var (
	typeString       = reflect.TypeFor[string]()
	typeTime         = reflect.TypeFor[time.Time]()
	typeDuration     = reflect.TypeFor[time.Duration]()
	typeZone         = reflect.TypeFor[*time.Location]()
	typeAddr         = reflect.TypeFor[netip.Addr]()
	typePrefix       = reflect.TypeFor[netip.Prefix]()
	typeSecret       = reflect.TypeFor[Secret]()
	typeTextOrSecret = reflect.TypeFor[TextOrSecret]()
	typeBandwidth    = reflect.TypeFor[Bandwidth]()
	typeProbeSet     = reflect.TypeFor[ProbeSet]()
	typeProbeList    = reflect.TypeFor[ProbeList]()
	typePos          = reflect.TypeFor[Pos]()
	typeScalar       = reflect.TypeFor[Scalar]()
)

// newModel reads the tags of the inventory and of the kinds' settings. An error
// is a mistake in the program.
func newModel(kinds []ProbeKind) (*model, error) {
	m, err := modelOf(reflect.TypeFor[Inventory](), sectionNames())
	if err != nil {
		return nil, err
	}
	m.kinds = kinds
	for i := range kinds {
		k := &kinds[i]
		if m.kind[k.Name] != nil {
			return nil, fmt.Errorf("kind of probe %q is listed twice", k.Name)
		}
		m.kind[k.Name] = k
		m.names = append(m.names, k.Name)
		if err := m.addKind(k); err != nil {
			return nil, fmt.Errorf("kind of probe %q: %w", k.Name, err)
		}
	}
	return m, nil
}

// modelOf reads the tags of a struct and of all that it holds.
func modelOf(root reflect.Type, sections []string) (*model, error) {
	m := &model{kind: map[string]*ProbeKind{}, configs: map[string]*structInfo{}, structs: map[reflect.Type]*structInfo{}, shapes: map[reflect.Type]shape{}, sections: sections}
	if err := m.add(root); err != nil {
		return nil, err
	}
	m.root = m.structs[root]
	return m, nil
}

func (m *model) addKind(k *ProbeKind) error {
	info, err := m.readConfig(k)
	if err != nil || info == nil {
		return err
	}
	m.configs[k.Name] = info
	for _, name := range commonKeys() {
		if info.byName[name] != nil {
			return fmt.Errorf("its setting %q has the name of a common one", name)
		}
	}
	return nil
}

// config returns the settings of a kind, or nil if it has none.
func (m *model) config(k *ProbeKind) *structInfo { return m.configs[k.Name] }

// readConfig reads the tags of the settings of a kind.
func (m *model) readConfig(k *ProbeKind) (*structInfo, error) {
	if k.NewConfig == nil {
		return nil, nil
	}
	t := reflect.TypeOf(k.NewConfig())
	if t == nil {
		return nil, nil
	}
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("its settings are a %s and no pointer to a struct", t)
	}
	if err := m.add(t.Elem()); err != nil {
		return nil, err
	}
	return m.structs[t.Elem()], nil
}

// add reads the tags of a type and of all that it holds.
func (m *model) add(t reflect.Type) error {
	m.shapes[t] = findShape(t)
	switch {
	case isScalar(t), isBuiltin(t), t == typeProbeSet, t == typeProbeList:
		return nil
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice:
		return m.add(t.Elem())
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return m.add(t.Elem())
	case t.Kind() == reflect.Struct:
		return m.addStruct(t)
	case isPlain(t.Kind()):
		return nil
	}
	return fmt.Errorf("the type %s cannot stand in an inventory", t)
}

// isBuiltin reports whether a type of the standard library is written as one
// word.
func isBuiltin(t reflect.Type) bool {
	return t == typeTime || t == typeDuration || t == typeZone || t == typeAddr || t == typePrefix
}

func isScalar(t reflect.Type) bool {
	// Only named types have methods; looking for methods takes its time.
	return t.PkgPath() != "" && reflect.PointerTo(t).Implements(typeScalar)
}

func isPlain(k reflect.Kind) bool {
	return k == reflect.String || k == reflect.Bool || k == reflect.Float64 || isInt(k)
}

func isInt(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uint64 }

func (m *model) addStruct(t reflect.Type) error {
	if m.structs[t] != nil {
		return nil
	}
	info := &structInfo{byName: map[string]*field{}}
	m.structs[t] = info
	for _, sf := range reflect.VisibleFields(t) {
		if err := m.addField(info, sf); err != nil {
			return fmt.Errorf("field %s of %s: %w", sf.Name, t, err)
		}
	}
	return nil
}

func (m *model) addField(info *structInfo, sf reflect.StructField) error {
	switch {
	case !sf.IsExported() || sf.Anonymous:
		return nil
	case sf.Name == "ID" && sf.Type.Kind() == reflect.String:
		info.id = sf.Index
	case sf.Name == "Pos" && sf.Type == typePos:
		info.pos = sf.Index
	}
	f, err := m.readTags(sf)
	if f == nil || err != nil {
		return err
	}
	if info.byName[f.name] != nil {
		return fmt.Errorf("the key %q is taken", f.name)
	}
	info.fields = append(info.fields, f)
	info.byName[f.name] = f
	info.names = append(info.names, f.name)
	info.quiet = info.quiet || f.typ == typeSecret
	return m.add(f.typ)
}

// readTags returns nil for a field that is not written in the inventory.
func (m *model) readTags(sf reflect.StructField) (*field, error) {
	name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
	if name == "-" {
		return nil, nil
	}
	if name == "" {
		return nil, fmt.Errorf("it has no yaml tag")
	}
	f := &field{
		name: name, index: sf.Index, typ: sf.Type, required: options == "required",
		doc: sf.Tag.Get("doc"), example: sf.Tag.Get("example"), def: sf.Tag.Get("default"),
		host: sf.Tag.Get("format") == "host", probe: sf.Tag.Get("probe"),
	}
	f.section, f.part, _ = strings.Cut(sf.Tag.Get("ref"), ".")
	if enum := sf.Tag.Get("enum"); enum != "" {
		f.enum = strings.Split(enum, "|")
	}
	var err error
	if f.min, err = readBound(sf, "min"); err == nil {
		f.max, err = readBound(sf, "max")
	}
	switch {
	case err != nil:
	case f.section != "" && !slices.Contains(m.sections, f.section):
		err = fmt.Errorf("there is no section %q to refer to", f.section)
	case f.part != "" && !slices.Contains(m.sections, "targets"):
		err = fmt.Errorf("only credentials of an inventory have parts")
	case f.def != "" && sf.Type.Kind() != reflect.String:
		err = fmt.Errorf("only text has a default in its tag")
	}
	return f, err
}

func readBound(sf reflect.StructField, key string) (*bound, error) {
	text, ok := sf.Tag.Lookup(key)
	if !ok {
		return nil, nil
	}
	if elem(sf.Type) == typeDuration {
		d, err := ParseDuration(text)
		return &bound{float64(d), text}, err
	}
	n, err := strconv.ParseFloat(text, 64)
	return &bound{n, text}, err
}

// elem returns what a list or a pointer holds.
func elem(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer && t != typeZone {
		t = t.Elem()
	}
	return t
}

// targetSections are the sections whose entries are targets.
func targetSections() []string { return []string{"links", "uplinks", "endpoints", "devices"} }

// sectionNames are what a ref tag may name: the sections with ids, and all
// targets together.
func sectionNames() []string {
	return append([]string{"agents", "providers", "credentials", "sites", "meetings", "targets"}, targetSections()...)
}

// commonKeys are the settings that every probe has.
func commonKeys() []string { return []string{"kind", "address", "interval", "timeout", "confirm"} }
