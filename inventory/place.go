package inventory

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

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
	default:
		return join(parent, written(p.key))
	}
}

// written returns a key as paths have it.
func written(key string) string {
	if !plainKey.MatchString(key) {
		return quote(key)
	}
	return key
}

func join(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// within reports whether a path is another one, or leads on from it.
func within(path, around string) bool {
	rest, ok := strings.CutPrefix(path, around)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

var plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,60}$`)

func (p *place) nodeOr(n *yaml.Node) *yaml.Node {
	if p == nil || p.node == nil {
		return n
	}
	return p.node
}
