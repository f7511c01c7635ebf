package inventory

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// document is one parsed piece of a file: the whole of it, or a part of a large
// one.
type document struct {
	file string
	line int // lines of the file before the piece
	root *yaml.Node
}

func (d document) pos(n *yaml.Node) Pos {
	return Pos{d.file, max(1, n.Line+d.line), max(1, n.Column)}
}

// wording is what the messages about a whole document say of its kind.
type wording struct {
	empty  string // what to write into an empty one
	shape  string // what it should hold, and how that is written
	second string // what to do with a second document
}

func inventoryWording() wording {
	return wording{
		empty:  "write at least one section, such as sites or links",
		shape:  "sections: write keys such as sites: or links: at the start of lines",
		second: "remove the line ---, or write a second file into the same folder",
	}
}

// parseText parses a whole file.
func parseText(name string, data []byte, w wording) (*yaml.Node, *Problem) {
	start := Pos{name, 1, 1}
	root, second, err := decodeYAML(data)
	switch {
	case err != nil:
		p := syntaxProblem(name, data, err)
		return nil, &p
	case root == nil:
		return nil, &Problem{Pos: start, Message: "the file is empty: " + w.empty}
	case second != nil:
		pos := Pos{name, max(1, second.Line), max(1, second.Column)}
		return nil, &Problem{Pos: pos, Message: "a second YAML document begins here, and only the first would be read: " + w.second}
	case root.Kind != yaml.MappingNode:
		pos := Pos{name, max(1, root.Line), max(1, root.Column)}
		return nil, &Problem{Pos: pos, Message: "the file holds " + nodeName(root) + " and not " + w.shape}
	}
	return root, nil
}

// decodeYAML returns the root of the first document, nil if there is none or
// only an empty one, and the second document if there is one. It never panics.
func decodeYAML(data []byte) (root, second *yaml.Node, err error) {
	defer func() {
		// The library panics on some broken input.
		if recover() != nil {
			root, second, err = nil, nil, errors.New("yaml: the parser gave up")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var first, next yaml.Node
	switch err := dec.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, nil, nil
	case err != nil:
		return nil, nil, err
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		second = &next
	case !errors.Is(err, io.EOF):
		return nil, nil, err
	}
	if len(first.Content) == 0 || isNull(first.Content[0]) && second == nil {
		return nil, second, nil
	}
	return first.Content[0], second, nil
}

// maxExact bounds the size of the files in which the exact place of an error is
// looked for.
const maxExact = 512 << 10

var yamlLine = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?`)

// syntaxProblem makes a problem of an error of the library. The library's
// messages hold no text of the file but for the name of an unknown anchor,
// which is left out: it may be a secret that begins with an asterisk.
func syntaxProblem(name string, data []byte, err error) Problem {
	pos := Pos{name, 1, 1}
	m := yamlLine.FindStringSubmatch(err.Error())
	message := err.Error()
	if m != nil {
		message = message[len(m[0]):]
		if line, err := strconv.Atoi(m[1]); err == nil {
			pos = lineStart(name, data, line)
		}
	}
	if anchor, ok := strings.CutPrefix(message, "unknown anchor '"); ok {
		anchor = strings.TrimSuffix(anchor, "' referenced")
		return Problem{Pos: aliasPos(name, data, anchor), Message: "no anchor of this name stands above: write &NAME where the value is, or put text that begins with * in quotes"}
	}
	if len(data) <= maxExact {
		pos = errorPos(name, data, err.Error())
	}
	return Problem{Pos: pos, Message: "this is not valid YAML: " + explainSyntax(message, charAt(data, pos))}
}

// explainSyntax says in other words what the library's messages mean.
func explainSyntax(message string, at byte) string {
	if at == '\t' && strings.Contains(message, "cannot start any token") {
		message = "found a tab character"
	}
	for _, e := range []struct{ has, say string }{
		{"mapping values are not allowed", "a second colon on this line, or a wrong indentation; put text that holds \": \" in quotes"},
		{"found character that cannot start any token", "a sign that no value begins with; put text that begins with @, ` or % in quotes"},
		{"found a tab character", "a tab; indent with spaces"},
		{"did not find expected key", "the indentation does not fit the lines above, or a quote or bracket is missing"},
		{"did not find expected '-' indicator", "a list ends here by its indentation, but the next line does not fit"},
		{"did not find expected ',' or ']'", "a list in [ ] is not closed, or a comma is missing"},
		{"did not find expected ',' or '}'", "a mapping in { } is not closed, or a comma is missing"},
		{"could not find expected ':'", "a key without a colon; write key: value"},
		{"found unexpected end of stream", "a quote is not closed"},
		{"found unknown escape character", "an unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"},
		{"did not find expected hexdecimal number", "a \\x, \\u or \\U in double quotes without its digits; write \\\\ for a backslash, or use single quotes"},
		{"block sequence entries are not allowed", "a list cannot begin here; put it on the next line, indented"},
		{"did not find expected node content", "a value is missing, or a sign stands where a value should"},
		{"did not find expected <document start>", "text at the start of a line that belongs to no key"},
		{"did not find expected alphabetic or numeric character", "a * or & without a name; put text that begins with one in quotes"},
		{"exceeded max depth", "it is nested too deeply"},
		{"found incompatible YAML document", "a %YAML line for a version other than 1.1; remove the line"},
		{"found undefined tag handle", "a tag (a word that begins with !) that is not known; put text that begins with ! in quotes"},
	} {
		if strings.Contains(message, e.has) {
			return e.say
		}
	}
	return message
}

// charAt returns the byte at a place, or 0.
func charAt(data []byte, pos Pos) byte {
	ends := lineEnds(data)
	start := 0
	if pos.Line > 1 {
		start = ends[pos.Line-2]
	}
	text := string(data[start:ends[pos.Line-1]])
	for range pos.Col - 1 {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	if text == "" {
		return 0
	}
	return text[0]
}

// errorPos finds the place that makes the text wrong: the shortest beginning of
// it that ends in the same error, by lines and then by characters. The library
// itself names a line only, and often that of the start of the section.
func errorPos(name string, data []byte, want string) Pos {
	fails := func(n int) bool {
		_, _, err := decodeYAML(data[:n])
		return err != nil && err.Error() == want
	}
	ends := lineEnds(data)
	line := sort.Search(len(ends), func(i int) bool { return fails(ends[i]) })
	line = min(line, len(ends)-1)
	start := 0
	if line > 0 {
		start = ends[line-1]
	}
	text := data[start:ends[line]]
	n := sort.Search(len(text), func(i int) bool { return fails(start + i) })
	n = min(n, len(bytes.TrimRight(text, "\r\n")))
	// The last character of the beginning is the one that is wrong.
	col := max(1, utf8.RuneCount(text[:n]))
	return Pos{name, line + 1, col}
}

// lineEnds returns the offsets behind each line's end.
func lineEnds(data []byte) []int {
	var ends []int
	for i, c := range data {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	if len(ends) == 0 || ends[len(ends)-1] < len(data) {
		ends = append(ends, len(data))
	}
	return ends
}

// lineStart returns the place of the first character of a line that is no space.
func lineStart(name string, data []byte, line int) Pos {
	ends := lineEnds(data)
	line = min(max(line, 1), len(ends))
	start := 0
	if line > 1 {
		start = ends[line-2]
	}
	text := data[start:ends[line-1]]
	indent := len(text) - len(bytes.TrimLeft(text, " \t"))
	return Pos{name, line, indent + 1}
}

// aliasPos finds the first *anchor in the text.
func aliasPos(name string, data []byte, anchor string) Pos {
	alias := []byte("*" + anchor)
	for from := 0; ; {
		i := bytes.Index(data[from:], alias)
		if i < 0 {
			return Pos{name, 1, 1}
		}
		i += from
		from = i + len(alias)
		before := i == 0 || strings.IndexByte(" \t\r\n[{,:-", data[i-1]) >= 0
		after := from == len(data) || strings.IndexByte(" \t\r\n]},:", data[from]) >= 0
		if before && after {
			start := bytes.LastIndexByte(data[:i], '\n') + 1
			return Pos{name, 1 + bytes.Count(data[:i], []byte("\n")), 1 + utf8.RuneCount(data[start:i])}
		}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// nodeName says what a node is, for messages.
func nodeName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return nodeName(n.Alias)
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	default:
		return "text"
	}
}

// explainTag is what to do about a tag, of which inventories have none. It does
// not repeat the tag: a secret that begins with an exclamation mark is one.
func explainTag(n *yaml.Node) string {
	if strings.HasPrefix(n.Tag, "!!") {
		return "the tag (a word that begins with !!) is not supported: write the value alone"
	}
	return "the tag (a word that begins with !) is not supported: write the value alone, or in quotes if it begins with !"
}
