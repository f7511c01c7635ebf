package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Load reads a plan from a YAML file and checks it. Every line of the error
// begins with the file.
func Load(path string) (*Plan, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a plan: %w", err)
	}
	return Decode(path, data)
}

// Decode reads a plan from YAML and checks it. The name stands in errors.
// Unknown and duplicate keys, values of the wrong type, a second document and
// an empty file are errors.
func Decode(name string, data []byte) (*Plan, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var p Plan
	switch err := decoder.Decode(&p); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: the file is empty; a plan needs paths", name)
	case err != nil:
		return nil, explain(name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second document after ---; a plan is one document", name)
	}
	if err := p.Check(); err != nil {
		return nil, prefixed(name, strings.Split(err.Error(), "\n"))
	}
	return &p, nil
}

var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

// explain puts the library's errors as file:line: message, without names of Go
// types.
func explain(name string, err error) error {
	lines := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if many := new(yaml.TypeError); errors.As(err, &many) {
		lines = many.Errors
	}
	for i, line := range lines {
		line = unknownKey.ReplaceAllString(line, `unknown key "$1"`)
		line = strings.NewReplacer("plan.", "", "[]netip.", "list of ", "netip.", "").Replace(line)
		lines[i] = strings.TrimPrefix(line, "line ")
	}
	return prefixed(name, lines)
}

func prefixed(name string, lines []string) error {
	errs := make([]error, len(lines))
	for i, line := range lines {
		separator := ": "
		if line != "" && line[0] >= '0' && line[0] <= '9' {
			separator = ":" // a line number follows
		}
		errs[i] = errors.New(name + separator + line)
	}
	return errors.Join(errs...)
}
