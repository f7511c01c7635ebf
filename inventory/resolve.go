package inventory

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// resolve finds what ids refer to.
func (l *loader) resolve() {
	if l.lost {
		// The ids may stand in what could not be read.
		return
	}
	r := resolver{loader: l, unread: l.unreadSections(), wrong: l.wrongCredentials(), names: map[string][]string{}, sections: map[string][]reflect.Value{}}
	for _, refs := range l.refs {
		for i := range refs.list {
			if message := r.resolve(&refs.list[i]); message != "" {
				ref := &refs.list[i]
				l.problems = append(l.problems, Problem{refs.pos(ref), ref.at.path(), message})
			}
		}
	}
}

type resolver struct {
	*loader
	unread   map[string]bool            // sections of which not all ids are known
	wrong    map[string]bool            // what wrongCredentials returns
	names    map[string][]string        // ids of a section, sorted; made when first needed
	sections map[string][]reflect.Value // what a ref tag stands for; made when first needed
}

// resolve returns what is wrong with a reference, or nothing.
func (r *resolver) resolve(ref *reference) string {
	section, part := ref.field.section, ref.field.part
	switch {
	case !r.exists(section, ref.id) && slices.ContainsFunc(sectionsOf(section), func(s string) bool { return r.unread[s] }):
		return ""
	case !r.exists(section, ref.id):
		hint := ""
		if len(ref.id) > 2 {
			// Among many ids, any is near to a short one.
			hint = r.suggest.didYouMean(ref.id, r.ids(section))
		}
		if section == "credentials" && hint == "" {
			// It may be the secret itself.
			return "unknown credential: write the id of one that stands under credentials"
		}
		return fmt.Sprintf("unknown %s %s%s", nounOf(section), quote(ref.id), hint)
	case part != "" && !r.wrong[ref.id] && !r.wrong[join(ref.id, part)] && !slices.Contains(r.inv.Credentials[ref.id].parts(), part):
		return fmt.Sprintf("credential %s has no %s: name one that has", quote(ref.id), part)
	}
	return ""
}

// unreadSections returns the sections that were misspelt or are none.
func (l *loader) unreadSections() map[string]bool {
	unread := map[string]bool{}
	for _, name := range l.misspelt {
		unread[name] = true
	}
	for _, p := range l.problems {
		if l.model.root.byName[p.Path] != nil {
			unread[p.Path] = true
		}
	}
	return unread
}

// wrongEntries returns the ids of a section within which something is wrong.
func (l *loader) wrongEntries(section string) map[string]bool {
	wrong := map[string]bool{}
	for _, p := range l.problems {
		if rest, ok := strings.CutPrefix(p.Path, section+"."); ok {
			id, _, _ := strings.Cut(rest, ".")
			wrong[id] = true
		}
	}
	return wrong
}

// wrongCredentials returns the credentials of which something is wrong, as ID, and
// their parts of which something is, as ID.snmp.
func (l *loader) wrongCredentials() map[string]bool {
	parts := l.model.structs[reflect.TypeFor[Credential]()]
	wrong := map[string]bool{}
	for _, p := range l.problems {
		rest, ok := strings.CutPrefix(p.Path, "credentials.")
		if !ok {
			continue
		}
		id, rest, _ := strings.Cut(rest, ".")
		part, _, _ := strings.Cut(rest, ".")
		if parts.byName[part] != nil {
			id = join(id, part)
		}
		wrong[id] = true
	}
	return wrong
}

func (r *resolver) exists(section, id string) bool {
	maps, ok := r.sections[section]
	if !ok {
		for _, s := range sectionsOf(section) {
			maps = append(maps, r.section(s))
		}
		r.sections[section] = maps
	}
	key := reflect.ValueOf(&id).Elem()
	for _, m := range maps {
		if m.MapIndex(key).IsValid() {
			return true
		}
	}
	return false
}

// ids returns the ids of a section in a fixed order.
func (r *resolver) ids(section string) []string {
	if names, ok := r.names[section]; ok {
		return names
	}
	var names []string
	for _, s := range sectionsOf(section) {
		for _, k := range r.section(s).MapKeys() {
			names = append(names, k.String())
		}
	}
	slices.Sort(names)
	r.names[section] = names
	return names
}

func (l *loader) section(name string) reflect.Value {
	return l.root.FieldByIndex(l.model.root.byName[name].index)
}

func sectionsOf(name string) []string {
	if name == "targets" {
		return targetSections()
	}
	return []string{name}
}

// nounOf returns the name of one entry of a section.
func nounOf(section string) string {
	if section == "targets" {
		return "link, uplink, endpoint or device"
	}
	return singular(section)
}

// checkTargets checks what concerns several targets.
func (l *loader) checkTargets() {
	l.checkUnique()
	l.checkInterfaces()
}

// checkUnique refuses one id for two targets of different sections: it is the
// label "target" of both.
func (l *loader) checkUnique() {
	type use struct {
		section string
		pos     Pos
	}
	size := 0
	for _, s := range targetSections() {
		size += l.section(s).Len()
	}
	first := make(map[string]use, size)
	more := map[string][]use{} // of the ids that are used more than once
	for _, s := range targetSections() {
		for it := l.section(s).MapRange(); it.Next(); {
			id, u := it.Key().String(), use{s, l.posOf(it.Value())}
			if other, ok := first[id]; !ok {
				first[id] = u
			} else {
				if more[id] == nil {
					more[id] = []use{other}
				}
				more[id] = append(more[id], u)
			}
		}
	}
	files := fileOrder(l.files)
	for id, list := range more {
		slices.SortFunc(list, func(a, b use) int { return files.compare(a.pos, b.pos) })
		for _, u := range list[1:] {
			l.problems = append(l.problems, Problem{u.pos, join(u.section, id), fmt.Sprintf(
				"%s is the id of the %s at %s already: ids of links, uplinks, endpoints and devices are labels of metrics, so each is used once",
				quote(id), singular(list[0].section), list[0].pos.seenFrom(u.pos))})
		}
	}
}

// carrier is a link or an uplink that names an interface.
type carrier struct {
	kind string // link or uplink
	id   string
	ref  *InterfaceRef
}

func (c *carrier) path() string { return join(c.kind+"s."+c.id, "interface") }

// carriers returns them in the order of their places.
func (l *loader) carriers() []carrier {
	list := make([]carrier, 0, len(l.inv.Links)+len(l.inv.Uplinks))
	for id, x := range l.inv.Links {
		if x.Interface != nil {
			list = append(list, carrier{"link", id, x.Interface})
		}
	}
	for id, x := range l.inv.Uplinks {
		if x.Interface != nil {
			list = append(list, carrier{"uplink", id, x.Interface})
		}
	}
	files := fileOrder(l.files)
	slices.SortFunc(list, func(a, b carrier) int {
		return cmp.Or(files.compare(a.ref.Pos, b.ref.Pos), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
	})
	return list
}

// checkInterfaces checks that an interface carries one link only, and that its
// device can be asked about it.
func (l *loader) checkInterfaces() {
	carriers := l.carriers()
	first := make(map[InterfaceRef]carrier, len(carriers))
	wrong := l.wrongEntries("devices")
	for _, c := range carriers {
		d := l.inv.Devices[c.ref.Device]
		if d == nil {
			// Reported as an unknown id.
			continue
		}
		if why := d.cannotRead(d.Credential != ""); why != "" && !wrong[d.ID] {
			l.problems = append(l.problems, Problem{c.ref.Pos, c.path(), why})
		}
		key := InterfaceRef{Device: c.ref.Device, Selector: c.ref.Selector}
		if old, ok := first[key]; ok {
			l.problems = append(l.problems, Problem{c.ref.Pos, c.path(), fmt.Sprintf("%s carries the %s %s already, at %s: one interface is for one link",
				quote(key.String()), old.kind, old.id, old.ref.Pos.seenFrom(c.ref.Pos))})
			continue
		}
		first[key] = c
	}
}
