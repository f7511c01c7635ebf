package inventory

import "fmt"

// Pos is a place in a file. Line and Col count from 1; Col counts characters.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns file:line:col.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// IsZero reports whether the place is not known, as for what the program adds
// by default.
func (p Pos) IsZero() bool { return p == Pos{} }

// seenFrom returns how to name the place in a message about another place: only
// by its line if both are in one file.
func (p Pos) seenFrom(other Pos) string {
	if p.File == other.File {
		return fmt.Sprintf("line %d", p.Line)
	}
	return p.String()
}
