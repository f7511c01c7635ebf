package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"wanwatch/inventory"
)

// verifier says what is wrong with a world beyond its single values.
type verifier struct {
	world  *World
	report func(path, message string)
	sites  []string // ids
}

// Verify implements [inventory.Verifier].
func (w *World) Verify(wrong func(path, message string)) {
	v := &verifier{world: w, report: wrong}
	if _, err := time.LoadLocation(w.Timezone); err != nil {
		v.wrong("timezone", "there is no time zone %q: write one such as Asia/Ho_Chi_Minh", w.Timezone)
	}
	v.size()
	for i, s := range w.Story {
		if s != nil {
			v.scene(fmt.Sprintf("story[%d]", i), s)
		}
	}
}

func (v *verifier) wrong(path, format string, args ...any) {
	v.report(path, fmt.Sprintf(format, args...))
}

// size bounds what there are addresses for, and collects the ids of the sites.
func (v *verifier) size() {
	w := v.world
	if len(w.Lines) == 0 {
		v.wrong("lines", "there is none: write what joins the sites to the hub")
	}
	if len(w.Lines) > maxLines {
		v.wrong("lines", "there are %d: at most %d have addresses", len(w.Lines), maxLines)
	}
	if len(w.Providers) > maxProviders {
		v.wrong("providers", "there are %d: at most %d have addresses", len(w.Providers), maxProviders)
	}
	if len(w.Areas) == 0 || len(w.Areas) > maxAreas {
		v.wrong("areas", "there are %d: write at least one and at most %d", len(w.Areas), maxAreas)
	}
	n := 1
	for id, a := range w.Areas {
		if a == nil {
			continue
		}
		n += len(a.Sites) + a.Count
		if a.Count > 0 && (len(w.Words.First) == 0 || len(w.Words.Second) == 0) {
			v.wrong("areas."+id+".count", "the sites have no names: write the lists first and second of words, or name the sites")
		}
	}
	if n > maxSites {
		v.wrong("areas", "there are %d sites with the hub: at most %d have addresses", n, maxSites)
		return
	}
	v.ids()
}

// maxID is the longest id that an inventory takes.
const maxID = 63

// ids checks the ids that are made of names.
func (v *verifier) ids() {
	w := v.world
	if w.Hub.ID != slug(w.Hub.ID) {
		v.wrong("hub.id", "%q is no id: write lower-case letters a to z and digits, with single hyphens between words, such as %s", w.Hub.ID, cmp.Or(slug(w.Hub.ID), "trung-tam"))
	}
	longest := max(len(roomPrefix), len(mcuPrefix), len(routerPrefix), len(uplinkSuffix))
	for id := range w.Lines {
		longest = max(longest, len(id)+1)
	}
	for _, s := range w.sites() {
		v.sites = append(v.sites, s.id)
		where := "areas." + s.area
		if s.index == 0 {
			where = "hub.id"
		}
		switch {
		case strings.Trim(s.id, "-") == "" || slug(s.name) == "" && s.index > 0:
			v.wrong(where, "no id can be made of the name %q: write one with letters or digits", s.name)
		case len(s.id)+longest > maxID:
			v.wrong(where, "the ids made of %q would have %d characters, and at most %d are taken: write a shorter name or shorter ids of lines", s.name, len(s.id)+longest, maxID)
		}
	}
}

func (v *verifier) scene(path string, s *Scene) {
	choices := 0
	for _, c := range []struct {
		key string
		*Choice
	}{{"lines", s.Lines}, {"rooms", s.Rooms}, {"uplinks", s.Uplinks}} {
		if c.Choice != nil {
			choices++
			v.choice(path+"."+c.key, c.Choice)
		}
	}
	switch {
	case choices != 1:
		v.wrong(path, "a scene happens to lines, rooms or uplinks: write exactly one of them")
	case s.Rooms != nil && s.Traffic != nil:
		v.wrong(path+".traffic", "rooms have no traffic of their own: write the lines that carry it")
	}
	if s.Every > 0 && (s.For == 0 || s.For > s.Every) {
		most := inventory.FormatDuration(s.Every)
		v.wrong(path+".for", "a scene that repeats every %s must end before it begins again: write for, at most %s", most, most)
	}
}

func (v *verifier) choice(path string, c *Choice) {
	for i, id := range c.Sites {
		if !slices.Contains(v.sites, id) {
			v.wrong(fmt.Sprintf("%s.sites[%d]", path, i), "there is no site %q%s", id, inventory.DidYouMean(id, v.sites))
		}
	}
}
