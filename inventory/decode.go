package inventory

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// The bounds of one document, against files that are made to eat memory.
const (
	maxAliased  = 1_000_000 // values read through aliases
	maxProblems = 100_000   // problems kept
	maxDepth    = 50        // mappings and lists in each other
)

// decoder turns the nodes of one document into values of Go and collects every
// problem on the way.
type decoder struct {
	model *model
	doc   document
	zone  *time.Location
	// defaults are the settings that each kind's probes start from.
	defaults map[string]*Probe

	problems []Problem
	refs     []reference
	rules    []repetition
	planned  map[string]*plannedUse // probes of kinds that do not run yet
	open     map[*yaml.Node]bool    // anchors that are being read
	aliased  int                    // values read through aliases
	suggest  suggester
	probeAt  map[*Probe]*place
	// badAddress are the probes whose address has been reported.
	badAddress map[*Probe]bool
	warnings   []Problem
}

// reference is an id that must exist in a section.
type reference struct {
	id      string
	section string
	part    string // the part that the credential must have
	pos     Pos
	at      *place
}

func newDecoder(m *model, doc document, s settings) *decoder {
	return &decoder{
		model: m, doc: doc, zone: s.zone, defaults: s.defaults,
		planned: map[string]*plannedUse{}, open: map[*yaml.Node]bool{}, probeAt: map[*Probe]*place{}, badAddress: map[*Probe]bool{},
		suggest: suggester{left: maxComparisons / 10},
	}
}

// place is where a value stands in a document. Its path is only written out for
// a problem.
type place struct {
	parent *place
	key    string
	index  int        // in a list, if key is empty
	node   *yaml.Node // the key of a mapping's entry, or the list's element
}

func (p *place) child(key string, n *yaml.Node) *place {
	return &place{parent: p, key: key, node: n}
}

func (p *place) element(i int, n *yaml.Node) *place {
	return &place{parent: p, index: i, node: n}
}

// path returns links.hai-chau-vnpt.contracts[1].
func (p *place) path() string {
	if p == nil {
		return ""
	}
	parent := p.parent.path()
	switch {
	case p.key == "":
		return fmt.Sprintf("%s[%d]", parent, p.index)
	case !plainKey.MatchString(p.key):
		return join(parent, quote(p.key))
	default:
		return join(parent, p.key)
	}
}

func join(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + key
}

var plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,60}$`)

// problem notes what is wrong with a node.
func (d *decoder) problem(n *yaml.Node, at *place, format string, args ...any) {
	d.problemAt(d.doc.pos(n), at, fmt.Sprintf(format, args...))
}

// warn notes a remark on the value of a key.
func (d *decoder) warn(r *report, key, message string) {
	pos := r.pos()
	at := r.place
	for _, p := range r.pairs {
		if p.key == key {
			pos, at = d.doc.pos(p.value), r.place.child(key, p.keyNode)
		}
	}
	d.warnings = append(d.warnings, Problem{pos, at.path(), message})
}

func (d *decoder) problemAt(pos Pos, at *place, message string) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, Problem{pos, at.path(), message})
	}
}

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
	case t == typeZone, t == typeTime, t == typeDuration, isScalar(t), isPlain(t.Kind()):
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
	if isNull(n) && v.Type().Elem().Kind() == reflect.Struct && !isScalar(v.Type().Elem()) {
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
		d.value(c, list.Index(i), f, at.element(i, c))
	}
	v.Set(list)
	if ids, ok := reflect.TypeAssert[[]string](list); ok {
		d.distinct(n, ids, at)
	}
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

// entries reads a section: a mapping from ids to structs, or a mapping from
// texts to values in the settings of a kind.
func (d *decoder) entries(n *yaml.Node, v reflect.Value, f *field, at *place) {
	if isNull(n) {
		return
	}
	pairs, ok := d.pairs(n, at)
	if !ok {
		return
	}
	t := v.Type()
	m := reflect.MakeMapWithSize(t, len(pairs))
	section := t.Elem().Kind() == reflect.Pointer
	for _, p := range pairs {
		here := at.child(p.key, p.keyNode)
		e := reflect.New(t.Elem()).Elem()
		if !section {
			d.value(p.value, e, f, here)
			m.SetMapIndex(reflect.ValueOf(p.key).Convert(t.Key()), e)
			continue
		}
		d.checkID(p, here)
		e.Set(reflect.New(t.Elem().Elem()))
		if info := d.model.structs[t.Elem().Elem()]; info != nil && info.id != nil {
			e.Elem().FieldByIndex(info.id).SetString(p.key)
		}
		d.value(p.value, e.Elem(), f, here)
		m.SetMapIndex(reflect.ValueOf(p.key), e)
	}
	v.Set(m)
}

// The syntax of ids. They are labels of metrics and parts of URLs.
const (
	maxID     = 63
	idPattern = `^[a-z0-9]+(-[a-z0-9]+)*$`
)

// isID reports whether a text matches idPattern.
func isID(text string) bool {
	hyphen := true
	for i := range len(text) {
		c := text[i]
		word := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !word && (hyphen || c != '-') {
			return false
		}
		hyphen = !word
	}
	return !hyphen
}

func (d *decoder) checkID(p pair, at *place) {
	switch {
	case len(p.key) > maxID && isID(p.key):
		d.problem(p.keyNode, at, "the id is too long: at most %d characters", maxID)
	case !isID(p.key):
		d.problem(p.keyNode, at, "%s is no id: write lower-case letters a to z and digits, with single hyphens between words%s", quote(p.key), likelyID(p.key))
	}
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

func likelyID(text string) string {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(plain(text)), "-"), "-")
	if id == "" || len(id) > maxID {
		return ""
	}
	return ", such as " + id
}

// structure reads a mapping into a struct. Nothing at all is an empty mapping.
func (d *decoder) structure(n *yaml.Node, v reflect.Value, at *place) {
	info := d.model.structs[v.Type()]
	var pairs []pair
	if !isNull(n) {
		var ok bool
		if pairs, ok = d.pairs(n, at); !ok {
			return
		}
	}
	if info.pos != nil {
		v.FieldByIndex(info.pos).Set(reflect.ValueOf(d.doc.pos(at.nodeOr(n))))
	}
	d.fields(pairs, v, info, at, nil)
	d.required(n, pairs, info, at)
	for _, f := range info.fields {
		if fv := v.FieldByIndex(f.index); f.def != "" && fv.IsZero() {
			fv.SetString(f.def)
		}
	}
	if c, ok := reflect.TypeAssert[checked](v.Addr()); ok {
		c.check(&report{decoder: d, node: n, pairs: pairs, place: at})
	}
}

func (p *place) nodeOr(n *yaml.Node) *yaml.Node {
	if p == nil || p.node == nil {
		return n
	}
	return p.node
}

// fields reads the pairs that are not among the common keys.
func (d *decoder) fields(pairs []pair, v reflect.Value, info *structInfo, at *place, common []string) {
	for _, p := range pairs {
		f := info.byName[p.key]
		if f == nil {
			if !slices.Contains(common, p.key) {
				d.unknownKey(p, info, at, common)
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
}

func (d *decoder) unknownKey(p pair, info *structInfo, at *place, common []string) {
	names := append(append([]string(nil), info.names...), common...)
	hint := d.suggest.didYouMean(p.key, names)
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
}

// required reports keys that are missing, at the id or the mapping that lacks
// them.
func (d *decoder) required(n *yaml.Node, pairs []pair, info *structInfo, at *place) {
	for _, f := range info.fields {
		if f.required && !hasKey(pairs, f.name) {
			d.problem(at.nodeOr(n), at, "%s is missing%s", quote(f.name), exampleOf(f))
		}
	}
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

// bandwidth reads the short form: one number for both directions.
func (d *decoder) bandwidth(n *yaml.Node, b *Bandwidth, f *field, at *place) {
	d.scalar(n, reflect.ValueOf(&b.Down).Elem(), f, at)
	b.Up = b.Down
}

// secret reads a reference to a secret. No message of it repeats anything that
// stands there.
func (d *decoder) secret(n *yaml.Node, s *Secret, at *place) {
	const how = "write {file: /run/secrets/NAME} or {env: NAME}"
	if isNull(n) {
		d.problem(n, at, "a value is missing: %s, or leave the key out", how)
		return
	}
	if n.Kind != yaml.MappingNode || badTag(n) {
		d.problem(n, at, "a secret must not stand in the inventory: %s", how)
		return
	}
	pairs, ok := d.pairs(n, at)
	if !ok {
		return
	}
	for _, p := range pairs {
		value, ok := d.secretWord(p.value)
		switch {
		case p.key != "file" && p.key != "env":
			d.problem(p.keyNode, at, "a reference to a secret has the key file or env and no other: %s", how)
		case !ok:
			d.problem(p.value, at, "the name of a file or an environment variable is expected here: %s", how)
		case p.key == "file":
			s.File = d.relative(value)
		case !envName.MatchString(value):
			d.problem(p.value, at, "this is no name of an environment variable: write letters, digits and underscores, such as SNMP_COMMUNITY")
		default:
			s.Env = value
		}
	}
	if len(pairs) != 1 {
		d.problem(n, at, "a reference to a secret has one key: %s", how)
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (d *decoder) secretWord(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode || isNull(n) || badTag(n) || strings.TrimSpace(n.Value) == "" {
		return "", false
	}
	return n.Value, true
}

// relative returns a path that is relative to the inventory file.
func (d *decoder) relative(path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, "/") {
		return path
	}
	return filepath.Join(filepath.Dir(d.doc.file), path)
}

// refer notes that a text is an id of a section.
func (d *decoder) refer(id string, f *field, n *yaml.Node, at *place) {
	if f.section != "" && id != "" {
		d.refs = append(d.refs, reference{id, f.section, f.part, d.doc.pos(n), at})
	}
}

// String returns the bound as the tag has it.
func (b *bound) String() string { return b.text }
