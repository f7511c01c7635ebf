package inventory

import (
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
	pairs := make([]pair, 0, len(n.Content)/2)
	seen := &seenKeys{list: make([]pair, 0, len(n.Content)/2)}
	var merges []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := pair{n.Content[i].Value, n.Content[i], n.Content[i+1]}
		if !d.checkKey(&p, at) {
			continue
		}
		if first := seen.add(p); first != nil {
			pos := d.doc.pos(first)
			d.problem(p.keyNode, at.child(p.key, p.keyNode), "duplicate key %s, first at %s", quote(p.key), pos.seenFrom(d.doc.pos(p.keyNode)))
			continue
		}
		if isMerge(p.keyNode) {
			merges = append(merges, p)
			continue
		}
		pairs = append(pairs, p)
	}
	for _, m := range merges {
		pairs = d.merge(m.value, pairs, seen, at)
	}
	return pairs, true
}

// seenKeys are the keys of a mapping so far: a list, and an index of it once it
// is long.
type seenKeys struct {
	list  []pair
	index map[string]*yaml.Node
}

// add returns the earlier node of the same key, if there is one.
func (s *seenKeys) add(p pair) *yaml.Node {
	if isMerge(p.keyNode) {
		// "<<" in quotes is another key.
		p.key = "\x00<<"
	}
	if first := s.find(p.key); first != nil {
		return first
	}
	s.list = append(s.list, p)
	if s.index != nil {
		s.index[p.key] = p.keyNode
	}
	return nil
}

func (s *seenKeys) find(key string) *yaml.Node {
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
func (d *decoder) merge(n *yaml.Node, pairs []pair, seen *seenKeys, at *place) []pair {
	n, done := d.follow(n, at)
	if n == nil {
		return pairs
	}
	defer done()
	switch n.Kind {
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if inner, done := d.follow(c, at); inner != nil {
				if inner.Kind == yaml.MappingNode {
					pairs = d.mergeMapping(inner, pairs, seen, at)
				} else {
					d.problem(c, at, mergeMessage, nodeName(inner))
				}
				done()
			}
		}
		return pairs
	case yaml.MappingNode:
		return d.mergeMapping(n, pairs, seen, at)
	}
	d.problem(n, at, mergeMessage, nodeName(n))
	return pairs
}

const mergeMessage = "<< takes a mapping or a list of mappings, such as *NAME, not %s"

func (d *decoder) mergeMapping(n *yaml.Node, pairs []pair, seen *seenKeys, at *place) []pair {
	inner, _ := d.pairs(n, at)
	for _, p := range inner {
		if seen.add(p) == nil {
			pairs = append(pairs, p)
		}
	}
	return pairs
}
