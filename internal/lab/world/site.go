package world

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// site is one place, the hub included: index 0.
type site struct {
	index    int
	id, name string
	area     string // id; empty for the hub
}

// sites returns the hub and all other sites, area by area. Sites of one name get
// the id of their area behind their own, and then a number.
func (w *World) sites() []site {
	list := []site{{id: w.Hub.ID, name: w.Hub.Name}}
	taken := map[string]bool{w.Hub.ID: true}
	counted := 0
	for _, area := range slices.Sorted(maps.Keys(w.Areas)) {
		a := w.Areas[area]
		names := slices.Clone(a.Sites)
		for range a.Count {
			names = append(names, w.Words.name(counted))
			counted++
		}
		for _, name := range names {
			id := freeID(slug(name), area, taken)
			taken[id] = true
			list = append(list, site{index: len(list), id: id, name: name, area: area})
		}
	}
	return list
}

func freeID(id, area string, taken map[string]bool) string {
	if !taken[id] {
		return id
	}
	id += "-" + area
	for n, first := 2, id; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", first, n)
	}
	return id
}

// name returns the name number n: the second word changes fastest.
func (w *Words) name(n int) string {
	part := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		word := list[n%len(list)]
		n /= len(list)
		return word
	}
	second := part(w.Second)
	first := part(w.First)
	words := slices.DeleteFunc([]string{part(w.Kinds), first, second}, func(s string) bool { return s == "" })
	return strings.Join(words, " ")
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// slug returns the id that a Vietnamese name is written as without its marks.
func slug(name string) string {
	bare, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), strings.ToLower(name))
	if err != nil {
		bare = name // its other letters still make an id
	}
	bare = strings.ReplaceAll(bare, "đ", "d")
	return strings.Trim(notWord.ReplaceAllString(bare, "-"), "-")
}
