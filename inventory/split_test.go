package inventory

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
)

// flat lists the top level and the second one of a file, each value with its
// place, however it was parsed.
func flat(docs []document) []string {
	var list []string
	for _, d := range docs {
		for i := 0; i+1 < len(d.root.Content); i += 2 {
			key, value := d.root.Content[i], d.root.Content[i+1]
			if isNull(value) {
				// A section, of which only the key is in this piece.
				continue
			}
			if value.Kind != yaml.MappingNode {
				list = append(list, describe(d, key, value))
				continue
			}
			for j := 0; j+1 < len(value.Content); j += 2 {
				list = append(list, key.Value+"."+describe(d, value.Content[j], value.Content[j+1]))
			}
		}
	}
	return list
}

func describe(d document, key, value *yaml.Node) string {
	return fmt.Sprint(key.Value, " ", d.pos(key), " ", dump(d, value))
}

func dump(d document, n *yaml.Node) string {
	s := fmt.Sprintf("%s %q@%s", n.Tag, n.Value, d.pos(n))
	for _, c := range n.Content {
		s += " (" + dump(d, c) + ")"
	}
	return s
}

// TestPiecesAreTheWhole parses files whole and in the smallest pieces, and
// compares every value and its place.
func TestPiecesAreTheWhole(t *testing.T) {
	inputs := map[string][]byte{
		"block":    []byte("---\n# c\na:\n  x: |\n    y: 1\n    z: 2\n  w: >-\n    v\nb: # c\n  - p: 1\n    q: 2\n  - r\nc:\n- s\n- t\nd: 1\ne:\n  f: {g: 1,\n    h: 2}\n  i: \"j\n    k: l\"\n  m: n\n"),
		"crlf":     []byte("a:\r\n  x: {y: 1}\r\n  z: {y: 2}\r\nb:\r\n  w: 1\r\n"),
		"quotes":   []byte("a:\n  x: \"one\n  y: two\"\n  z: 3\n"),
		"flow":     []byte("a:\n  x: {p: 1,\n  q: 2}\n  z: 3\n"),
		"root":     []byte("a: |\n  b:\n  c: 1\n  d: 2\ne: 1\n"),
		"folded":   []byte("a:\n  b\n  c\nd: 1\n"),
		"indented": []byte("a:\n    x: 1\n    y:\n        z: 2\n    w: 3\nb:\n x: 1\n y: 2\n"),
		"sequence": []byte("a:\n  - x: 1\n  - y: 2\nb:\n  [1,\n  2]\nc: 3\n"),
	}
	paths, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples", err)
	}
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no test cases", err)
	}
	for _, p := range append(cases, paths...) {
		a, err := txtar.ParseFile(p)
		if err != nil {
			t.Fatal(err)
		}
		inputs[p] = a.Comment
		for _, f := range a.Files {
			inputs[p+"/"+f.Name] = f.Data
		}
	}
	cut := 0
	for name, data := range inputs {
		cut += comparePieces(t, name, data)
	}
	if cut < 30 {
		t.Errorf("only %d files were parsed in pieces", cut)
	}
}

// comparePieces returns 1 if the file was parsed in pieces.
func comparePieces(t *testing.T, name string, data []byte) int {
	t.Helper()
	source := &source{name: name, data: data}
	var docs []document
	for _, text := range source.texts(1) {
		if text.parse(); source.whole || source.torn.Load() {
			return 0
		}
		docs = append(docs, text.document())
	}
	root, problem := parseText(name, data, inventoryWording())
	if problem != nil {
		t.Errorf("%s: in pieces it parses, whole it does not: %s\n%s", name, problem, data)
		return 1
	}
	if diff := cmp.Diff(flat([]document{{file: name, root: root}}), flat(docs)); diff != "" {
		t.Errorf("%s: whole (-) and in pieces (+):\n%s\n%s", name, diff, data)
	}
	return 1
}

// FuzzPieces looks for files that mean another thing in pieces.
func FuzzPieces(f *testing.F) {
	cases, _ := filepath.Glob("testdata/*.txtar")
	for _, p := range cases {
		a, err := txtar.ParseFile(p)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Data)
		}
	}
	f.Add([]byte("a:\n  x: |\n    y: 1\n  w: >-\n    v\nb: # c\n  - p: 1\n- s\nd: 1\ne:\n  f: {g: 1,\n    h: 2}\n  i: \"j\n    k: l\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		clean, problem := clean(File{Name: "x", Data: data})
		if problem != nil || bytes.Contains(clean, []byte("<<")) {
			return
		}
		comparePieces(t, "x", clean)
	})
}
