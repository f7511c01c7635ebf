package inventory

import (
	"maps"
	"slices"
	"strings"

	"github.com/emersion/go-ical"
)

// rooms are the endpoints by what a calendar may call them, in lower case.
func (l *loader) rooms() map[string]string {
	names := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(l.inv.Endpoints)) {
		e := l.inv.Endpoints[id]
		for _, name := range append([]string{id, e.Name}, e.CalendarNames...) {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				names[name] = id
			}
		}
		if slices.ContainsFunc(e.CalendarNames, blank) {
			l.problems = append(l.problems, Problem{e.Pos, join(join("endpoints", id), "calendar_names"), "a name is empty: write what calendars call the endpoint, or remove it"})
		}
	}
	return names
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// participants are the endpoints that an event names as its place, as a resource or
// as an attendee: by name or by address.
func participants(c component, rooms map[string]string) (ids []string) {
	add := func(name string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if id, ok := rooms[name]; ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, name := range []string{ical.PropLocation, ical.PropResources} {
		for _, p := range c.Props.Values(name) {
			text := strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, ";", `\N`, ";").Replace(p.Value)
			add(text)
			for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
				add(part)
			}
		}
	}
	for _, p := range c.Props.Values(ical.PropAttendee) {
		add(p.Params.Get(ical.ParamCommonName))
		address := strings.TrimPrefix(strings.ToLower(p.Value), "mailto:")
		add(address)
		if user, _, ok := strings.Cut(address, "@"); ok {
			add(user)
		}
	}
	slices.Sort(ids)
	return ids
}
