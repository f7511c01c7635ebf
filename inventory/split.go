package inventory

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"gopkg.in/yaml.v3"
)

// pieceSize is the size in bytes of the pieces in which a large file is parsed.
// The YAML library reads some 6 MB a second, so that a country's inventory is
// parsed on all cores and not on one.
const pieceSize = 64 << 10

// piece is a part of a file that is a YAML document of its own.
type piece struct {
	data    []byte
	line    int    // lines of the file before it
	section string // the section that it goes on with, or empty
}

// split cuts a file between the entries of its sections. It returns nil for a
// file that is small or written in such a way that a cut might change its
// meaning; whatever it overlooks makes a piece fail, and then the file is
// parsed as a whole.
func split(data []byte, size int) []piece {
	if len(data) < 2*size || !splittable(data) {
		return nil
	}
	s := splitter{data: data, size: size, seen: map[string]bool{}}
	for start, number := 0, 0; start < len(data); number++ {
		end := start + 1 + bytes.IndexByte(data[start:], '\n')
		if end == start {
			end = len(data)
		}
		if !s.line(data[start:end], start, number) {
			return nil
		}
		start = end
	}
	return s.finish()
}

type splitter struct {
	data    []byte
	size    int
	start   int // of the current piece
	number  int // of its first line, from 0
	section string
	header  string // the section that the current piece goes on with
	indent  int    // of the entries of the current section; -1: not known yet, -2: no cut within it
	sets    bool   // the rest is read with what the current section says: it is cut off
	seen    map[string]bool
	pieces  []piece
}

// line looks at a line and cuts before it if it may. It returns false for a file
// that is better parsed as a whole.
func (s *splitter) line(line []byte, offset, number int) bool {
	indent, end := 0, len(line)
	for end > 0 && (line[end-1] == ' ' || line[end-1] == '\r' || line[end-1] == '\n') {
		end--
	}
	for indent < end && line[indent] == ' ' {
		indent++
	}
	text := line[indent:end]
	switch {
	case len(text) == 0 || text[0] == '#':
		return true
	case text[0] == '?':
		return false // a key on several lines, through which a cut may go
	case indent == 0 && startsKey(text[0]):
		return s.key(text, offset, number)
	case indent == 0 && bytes.HasPrefix(text, []byte("- ")):
		// A list whose dashes are not indented; what stands under a dash is indented
		// like the entries of a section.
		s.indent = -2
		return true
	case indent == 0:
		// "---" is harmless before the first section.
		return s.section == "" && string(text) == "---"
	case s.section == "":
		return false
	case s.indent == -1:
		s.indent = indent
		if !startsKey(text[0]) {
			s.indent = -2
		}
	}
	if indent == s.indent && startsKey(text[0]) && offset-s.start >= s.size {
		s.cut(offset, number, s.section)
	}
	return true
}

// key begins a section.
func (s *splitter) key(text []byte, offset, number int) bool {
	name, rest, ok := bytes.Cut(text, []byte(":"))
	if !ok || s.seen[string(name)] || len(rest) > 0 && rest[0] != ' ' {
		return false
	}
	s.section = string(name)
	s.seen[s.section] = true
	s.indent = -1
	if rest = bytes.TrimLeft(rest, " "); len(rest) > 0 && rest[0] != '#' {
		s.indent = -2
	}
	sets := s.section == "timezone" || s.section == "defaults"
	if offset-s.start >= s.size || s.sets && !sets {
		s.cut(offset, number, "")
	}
	s.sets = sets
	return true
}

// cut ends the current piece before a line; the next one goes on with a section.
func (s *splitter) cut(offset, number int, section string) {
	s.add(offset)
	s.start, s.number, s.header = offset, number, section
}

func (s *splitter) add(end int) {
	p := piece{data: s.data[s.start:end], line: s.number, section: s.header}
	if s.header != "" {
		p.data = append([]byte(s.header+":\n"), p.data...)
		p.line--
	}
	s.pieces = append(s.pieces, p)
}

func (s *splitter) finish() []piece {
	s.add(len(s.data))
	return s.pieces
}

func startsKey(c byte) bool {
	return c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)))
}

// splittable refuses files with anchors and aliases, which reach over cuts, with
// directives, and with line breaks other than \n, by which lines are counted.
func splittable(data []byte) bool {
	if bytes.Contains(data, []byte("\u0085")) || bytes.Contains(data, []byte("\u2028")) ||
		bytes.Contains(data, []byte("\u2029")) || bytes.Contains(data, []byte("\n%")) {
		return false
	}
	return bytes.Count(data, []byte("\r")) == bytes.Count(data, []byte("\r\n")) && !hasAnchor(data)
}

// hasAnchor reports whether something looks like an anchor or an alias.
func hasAnchor(data []byte) bool {
	for _, sign := range []byte("&*") {
		for at := 0; ; at++ {
			i := bytes.IndexByte(data[at:], sign)
			if i < 0 {
				break
			}
			at += i
			before := at == 0 || strings.IndexByte(" \t\n[{,:-?", data[at-1]) >= 0
			if before && at+1 < len(data) && data[at+1] > ' ' {
				return true
			}
		}
	}
	return false
}

// fits reports whether a parsed piece begins with its section and holds entries.
func (p piece) fits(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode || len(root.Content) < 2 {
		return false
	}
	if last := root.Content[len(root.Content)-1]; last.Kind == yaml.ScalarNode && last.Style == 0 && !isNull(last) && last.Line != root.Content[len(root.Content)-2].Line {
		// A text on several lines, through which the cut may go.
		return false
	}
	return p.section == "" || root.Content[0].Value == p.section && root.Content[1].Kind == yaml.MappingNode
}

// parallel calls f with 0 to n-1, on as many goroutines as there are cores, and
// returns when all calls have.
func parallel(n int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	wg.Wait()
}
