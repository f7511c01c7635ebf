package inventory

import (
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

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
		if t.Elem() == typeTextOrSecret && d.holdsValue(p, at) {
			continue
		}
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

// holdsValue reports a key that holds its value, as X-Api-Key:VALUE does. It may be a
// secret and is not repeated.
func (d *decoder) holdsValue(p pair, at *place) bool {
	if !strings.ContainsAny(p.key, ":= \t\n") {
		return false
	}
	d.problem(p.keyNode, at, "a colon, a space or an equals sign stands in a key: write NAME: VALUE, with a space behind the colon")
	return true
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

func slug(text string) string {
	return strings.Trim(notID.ReplaceAllString(strings.ToLower(plain(text)), "-"), "-")
}

func likelyID(text string) string {
	id := slug(text)
	if id == "" || len(id) > maxID {
		return ""
	}
	return ", such as " + id
}
