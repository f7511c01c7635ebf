package inventory

import (
	"bytes"
	"sync/atomic"

	"gopkg.in/yaml.v3"
)

// text is what is parsed at once: a file, or a piece of a large one.
type text struct {
	file *source
	piece
	root    *yaml.Node // once parsed, and until decoded
	problem *Problem   // that keeps it from being parsed
}

// source is a file whose text is clean.
type source struct {
	name  string
	data  []byte
	whole bool        // it is one text
	torn  atomic.Bool // one of its pieces is not what it should be
}

// newSource cleans a file.
func newSource(f File) (*source, *Problem) {
	data, problem := clean(f)
	return &source{name: f.Name, data: data}, problem
}

// texts returns the pieces of a file that is large, or the whole of it.
func (s *source) texts(size int) []*text {
	var pieces []piece
	if !s.whole {
		pieces = split(s.data, size)
	}
	if pieces == nil {
		s.whole = true
		return []*text{{file: s, piece: piece{data: s.data}}}
	}
	texts := make([]*text, len(pieces))
	for i, p := range pieces {
		texts[i] = &text{file: s, piece: p}
	}
	return texts
}

// parse parses a text, if that has not been done yet. It leaves a root or a
// problem, or neither if the file was cut in the wrong place and has to be parsed
// as a whole.
func (t *text) parse() {
	switch {
	case t.root != nil || t.problem != nil || t.file.torn.Load():
		return
	case t.file.whole:
		root, problem := parseText(t.file.name, t.data, inventoryWording())
		t.root, t.problem = root, t.file.closer(problem)
		return
	}
	root, second, err := decodeYAML(t.data)
	if err != nil || second != nil || root == nil || !t.fits(root) {
		t.file.torn.Store(true)
		return
	}
	t.root = root
}

// document returns what was parsed.
func (t *text) document() document {
	return document{file: t.file.name, line: t.line, root: t.root}
}

// closer finds the exact place of an error of a large file in the first of its
// pieces that has one.
func (s *source) closer(problem *Problem) *Problem {
	if problem == nil || len(s.data) <= maxExact {
		return problem
	}
	for _, p := range split(s.data, pieceSize) {
		if _, _, err := decodeYAML(p.data); err != nil {
			exact := syntaxProblem(s.name, p.data, err)
			exact.Pos.Line += p.line
			return &exact
		}
	}
	return problem
}

// maySet reports whether the text may hold a key that all others are read with.
// A backslash may hide one.
func (t *text) maySet() bool {
	return bytes.Contains(t.data, []byte("timezone")) || bytes.Contains(t.data, []byte("defaults")) || bytes.IndexByte(t.data, '\\') >= 0
}
