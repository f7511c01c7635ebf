package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong in a file of the inventory.
type Problem struct {
	Pos     Pos
	Path    string // where in the document: links.hai-chau-vnpt.bandwidth
	Message string // what is wrong and what to write instead
}

// String returns file:line:col: path: message.
func (p Problem) String() string {
	if p.Path == "" {
		return fmt.Sprintf("%s: %s", p.Pos, p.Message)
	}
	return fmt.Sprintf("%s: %s: %s", p.Pos, p.Path, p.Message)
}

// Problems is everything that is wrong in an inventory, in the order of the
// files, lines and columns.
type Problems []Problem

// maxPrinted bounds the text of [Problems.Error].
const maxPrinted = 1000

// Error returns one problem a line: the first 1,000, then how many more there
// are.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i == maxPrinted {
			fmt.Fprintf(&b, "and %d more\n", len(ps)-i)
			break
		}
		b.WriteString(p.String())
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// sorted returns the problems in the order of files, and each only once: what
// stands behind an anchor is read once for each alias.
func (ps Problems) sorted(files []string) Problems {
	order := fileOrder(files)
	slices.SortStableFunc(ps, func(a, b Problem) int { return order.compare(a.Pos, b.Pos) })
	type key struct {
		pos     Pos
		message string
	}
	seen := make(map[key]bool, len(ps))
	return slices.DeleteFunc(ps, func(p Problem) bool {
		k := key{p.Pos, p.Message}
		dup := seen[k]
		seen[k] = true
		return dup
	})
}

// order is the place of each file in the order of reading.
type order map[string]int

func fileOrder(files []string) order {
	o := make(order, len(files))
	for i, f := range files {
		o[f] = i
	}
	return o
}

func (o order) compare(a, b Pos) int {
	if a.File != b.File {
		return cmp.Compare(o[a.File], o[b.File])
	}
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}
