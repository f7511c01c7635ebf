package inventory

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// pair is an entry of a mapping, with merge keys resolved.
type pair struct {
	key     string
	keyNode *yaml.Node
	value   *yaml.Node
}

// pairs returns the entries of a mapping. It reports keys that are no text or
// stand twice, and is false if the node is no mapping.
func (d *decoder) pairs(n *yaml.Node, at *place) ([]pair, bool) {
	if n.Kind != yaml.MappingNode {
		d.problem(n, at, "keys with values are expected here, not %s", nodeName(n))
		return nil, false
	}
	keys := keySet{list: make([]pair, 0, len(n.Content)/2)}
	var merges []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := pair{n.Content[i].Value, n.Content[i], n.Content[i+1]}
		if !d.checkKey(&p, at) {
			continue
		}
		merge := isMerge(p.keyNode) // "<<" in quotes is another key
		first := keys.find(p.key)
		if merge {
			first = nil
		}
		if merge && len(merges) > 0 {
			first = merges[0].keyNode
		}
		switch {
		case first != nil:
			d.duplicate(p, first, at)
		case merge:
			merges = append(merges, p)
		default:
			keys.add(p)
		}
	}
	for _, m := range merges {
		d.merge(m.value, &keys, at)
	}
	return keys.list, true
}

// pairsBeside returns the entries of a mapping that holds secrets. A key that is
// none of the names may be one in the wrong place, and no message repeats it.
func (d *decoder) pairsBeside(n *yaml.Node, names []string, at *place) ([]pair, bool) {
	d.shown = names
	defer func() { d.shown = nil }()
	return d.pairs(n, at)
}

// duplicate reports a key that stands twice.
func (d *decoder) duplicate(p pair, first *yaml.Node, at *place) {
	pos := d.doc.pos(p.keyNode)
	seen := d.doc.pos(first).seenFrom(pos)
	if d.shown != nil && !isMerge(p.keyNode) && !slices.Contains(d.shown, p.key) {
		d.problem(p.keyNode, at, "duplicate key, first at %s", seen)
		return
	}
	d.problem(p.keyNode, at.child(p.key, p.keyNode), "duplicate key %s, first at %s", quote(p.key), seen)
}

// keySet holds the entries of a mapping so far: a list, and an index of it once
// it is long.
type keySet struct {
	list  []pair
	index map[string]*yaml.Node
}

// add adds an entry whose key is not there yet.
func (s *keySet) add(p pair) {
	s.list = append(s.list, p)
	if s.index != nil {
		s.index[p.key] = p.keyNode
	}
}

// find returns the node of a key, if it is there.
func (s *keySet) find(key string) *yaml.Node {
	const long = 24
	if s.index == nil && len(s.list) >= long {
		s.index = make(map[string]*yaml.Node, cap(s.list))
		for _, p := range s.list {
			s.index[p.key] = p.keyNode
		}
	}
	if s.index != nil {
		return s.index[key]
	}
	for _, p := range s.list {
		if p.key == key {
			return p.keyNode
		}
	}
	return nil
}

func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

// checkKey reports a key that is no text. A number is taken as it is written,
// so that 00123 may be an id.
func (d *decoder) checkKey(p *pair, at *place) bool {
	k := p.keyNode
	if k.Kind == yaml.AliasNode {
		k = k.Alias
		p.key = k.Value
	}
	switch {
	case k.Kind != yaml.ScalarNode:
		d.problem(p.keyNode, at, "%s stands where a key should: write text before the colon, and put text that begins with { or [ in quotes", nodeName(k))
		return false
	case badTag(k):
		d.problem(p.keyNode, at, "%s", explainTag(k))
		return false
	case k.Value == "":
		d.problem(p.keyNode, at, "a key is missing before the colon")
		return false
	}
	return true
}

// merge adds what a merge key brings: keys that are already there win, and of
// several mappings the first. https://yaml.org/type/merge.html
func (d *decoder) merge(alias *yaml.Node, keys *keySet, at *place) {
	n := d.follow(alias, at)
	if n == nil {
		return
	}
	defer d.leave(alias)
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if inner := d.follow(c, at); inner != nil {
				d.mergeMapping(inner, c, keys, at)
				d.leave(c)
			}
		}
	default:
		d.mergeMapping(n, n, keys, at)
	}
}

const mergeMessage = "<< takes a mapping or a list of mappings, such as *NAME, not %s"

// mergeMapping adds the entries of a mapping; what else it is, is a problem of
// the node that stands for it.
func (d *decoder) mergeMapping(n, alias *yaml.Node, keys *keySet, at *place) {
	if n.Kind != yaml.MappingNode {
		d.problem(alias, at, mergeMessage, nodeName(n))
		return
	}
	inner, _ := d.pairs(n, at)
	d.aliased += len(inner)
	for _, p := range inner {
		if keys.find(p.key) == nil {
			keys.add(p)
		}
	}
}
