package inventory

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// resolve finds what ids refer to.
func (l *loader) resolve() {
	r := resolver{loader: l, names: map[string][]string{}}
	for _, ref := range l.refs {
		r.resolve(ref)
	}
}

type resolver struct {
	*loader
	names map[string][]string // ids of a section, sorted; made when first needed
}

func (r *resolver) resolve(ref reference) {
	switch {
	case !r.exists(ref.section, ref.id):
		hint := ""
		if len(ref.id) > 2 {
			// Among many ids, any is near to a short one.
			hint = r.suggest.didYouMean(ref.id, r.ids(ref.section))
		}
		r.add(ref, fmt.Sprintf("unknown %s %s%s", nounOf(ref.section), quote(ref.id), hint))
	case ref.part != "" && !slices.Contains(r.inv.Credentials[ref.id].parts(), ref.part):
		r.add(ref, fmt.Sprintf("credential %s has no %s: name one that has", quote(ref.id), ref.part))
	}
}

func (r *resolver) add(ref reference, message string) {
	r.problems = append(r.problems, Problem{ref.pos, ref.at.path(), message})
}

func (r *resolver) exists(section, id string) bool {
	for _, s := range sectionsOf(section) {
		if r.section(s).MapIndex(reflect.ValueOf(id)).IsValid() {
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
	uses := map[string][]use{}
	files := fileOrder(l.files)
	for _, s := range targetSections() {
		for it := l.section(s).MapRange(); it.Next(); {
			uses[it.Key().String()] = append(uses[it.Key().String()], use{s, posOf(it.Value())})
		}
	}
	for id, list := range uses {
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
	path string
	name string // "link hai-chau-vnpt"
	ref  *InterfaceRef
}

func (l *loader) carriers() []carrier {
	var list []carrier
	for _, id := range slices.Sorted(maps.Keys(l.inv.Links)) {
		if ref := l.inv.Links[id].Interface; ref != nil {
			list = append(list, carrier{"links." + id + ".interface", "link " + id, ref})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.inv.Uplinks)) {
		if ref := l.inv.Uplinks[id].Interface; ref != nil {
			list = append(list, carrier{"uplinks." + id + ".interface", "uplink " + id, ref})
		}
	}
	files := fileOrder(l.files)
	slices.SortStableFunc(list, func(a, b carrier) int { return files.compare(a.ref.Pos, b.ref.Pos) })
	return list
}

// checkInterfaces checks that an interface carries one link only, and that its
// device can be asked about it.
func (l *loader) checkInterfaces() {
	first := map[string]carrier{}
	reported := map[string]bool{}
	for _, p := range l.problems {
		reported[p.Path] = true
	}
	for _, c := range l.carriers() {
		d := l.inv.Devices[c.ref.Device]
		if d == nil {
			// Reported as an unknown id.
			continue
		}
		if why := d.cannotRead(d.Credential != "" || reported["devices."+d.ID+".credential"]); why != "" {
			l.problems = append(l.problems, Problem{c.ref.Pos, c.path, why})
		}
		key := c.ref.String()
		if old, ok := first[key]; ok {
			l.problems = append(l.problems, Problem{c.ref.Pos, c.path, fmt.Sprintf("%s carries the %s already, at %s: one interface is for one link",
				quote(key), old.name, old.ref.Pos.seenFrom(c.ref.Pos))})
			continue
		}
		first[key] = c
	}
}
