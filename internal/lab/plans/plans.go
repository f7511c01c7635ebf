// Package plans holds the simulated networks that ship with the program, one
// YAML file each.
package plans

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"wanwatch/inventory"
)

//go:embed *.yaml
var files embed.FS

// Default is the plan that is taken if none is named.
const Default = "city"

// Names returns the names of the plans, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are in the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
	}
	return names
}

// Read returns the YAML of a plan. The error is an [*UnknownError] if there is
// none of that name.
func Read(name string) ([]byte, error) {
	data, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return nil, &UnknownError{name}
	}
	return data, nil
}

// UnknownError says that no plan has a name.
type UnknownError struct{ Name string }

// Error says which there are.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("there is no plan %q%s: write %s, or the path of a file", e.Name,
		inventory.DidYouMean(e.Name, Names()), strings.Join(Names(), " or "))
}
