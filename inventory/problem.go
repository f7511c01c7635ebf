package inventory

import "fmt"

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
