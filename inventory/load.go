package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Load reads a file, or all files of a folder that end in .yaml or .yml, as one
// inventory; files of the folder that end in .ics are calendars of its meetings. Folders in it and hidden files are left out. The error is
// [Problems] if the inventory is wrong, or says what could not be read.
func Load(path string, kinds []ProbeKind) (*Inventory, error) {
	names, err := listFiles(path)
	if err != nil {
		return nil, err
	}
	files := make([]File, len(names))
	for i, name := range names {
		data, err := readFile(name)
		if err != nil {
			return nil, fmt.Errorf("read inventory: %w", err)
		}
		files[i] = File{name, data}
	}
	return Parse(files, kinds)
}

func listFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read inventory: %s does not exist: name a YAML file, or a folder of them", path)
	case err != nil:
		return nil, fmt.Errorf("read inventory: %w", err)
	case !info.IsDir():
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	var names []string
	for _, e := range entries {
		name := filepath.Join(path, e.Name())
		if isInventoryFile(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("read inventory: the folder %s has no file that ends in .yaml or .yml", path)
	}
	return names, nil
}

// isInventoryFile follows links, since a mounted folder may consist of them.
func isInventoryFile(name string) bool {
	base := filepath.Base(name)
	if ext := filepath.Ext(base); strings.HasPrefix(base, ".") || ext != ".yaml" && ext != ".yml" && !isCalendar(base) {
		return false
	}
	info, err := os.Stat(name)
	return err != nil || !info.IsDir()
}

// readFile reads one byte more than is allowed at most, for Parse to report.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFileSize+1))
}

// Parse reads files as one inventory. The error is [Problems], or a mistake in
// the kinds.
func Parse(files []File, kinds []ProbeKind) (*Inventory, error) {
	m, err := newModel(kinds)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	var sources []*source
	var problems Problems
	var calendars []File
	for _, f := range files {
		// The lengths keep a text that moves between files from going unseen.
		fmt.Fprintf(hash, "%d %d\n", len(files), len(f.Data))
		hash.Write(f.Data)
		if isCalendar(f.Name) {
			calendars = append(calendars, f)
			continue
		}
		s, problem := newSource(f)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		sources = append(sources, s)
	}
	l := newLoader(m, files, problems)
	l.ics = calendars
	inv := l.load(sources)
	if inv == nil {
		// A file was cut in the wrong place, and is not cut again.
		l = newLoader(m, files, problems)
		l.ics = calendars
		inv = l.load(sources)
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted(l.files)
	}
	inv.Files = l.files
	inv.Hash = hex.EncodeToString(hash.Sum(nil))
	inv.Warnings = Problems(l.warnings).sorted(l.files)
	return inv, nil
}
