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
	if len(names) == 1 && names[0] == path {
		data, err := readFile(path)
		if err != nil {
			return nil, fmt.Errorf("read inventory: %w", err)
		}
		return Parse([]File{{path, data}}, kinds)
	}
	files, problems := readFolder(names)
	return parse(files, kinds, problems)
}

// readFolder reads the files of a folder. One that cannot be read is a problem
// beside those of the others. What is no file, such as a pipe, is not opened:
// that might wait for ever.
func readFolder(names []string) ([]File, Problems) {
	files := make([]File, len(names))
	var problems Problems
	for i, name := range names {
		files[i].Name = name
		info, err := os.Stat(name)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("it is no file")
		}
		if err == nil {
			files[i].Data, err = readFile(name)
		}
		if err != nil {
			message := fmt.Sprintf("the file cannot be read: %s: mend or remove it", cause(err))
			problems = append(problems, Problem{Pos: Pos{name, 1, 1}, Message: message})
		}
	}
	return files, problems
}

// cause returns an error without the name of the file, which stands before it.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
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
	if ext := strings.ToLower(filepath.Ext(base)); strings.HasPrefix(base, ".") || ext != ".yaml" && ext != ".yml" && !isCalendar(base) {
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
func Parse(files []File, kinds []ProbeKind) (*Inventory, error) { return parse(files, kinds, nil) }

// parse is Parse for files of which some could not be read.
func parse(files []File, kinds []ProbeKind, problems Problems) (*Inventory, error) {
	m, err := newModel(kinds)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	var sources []*source
	var calendars []File
	unread := map[string]bool{}
	for _, p := range problems {
		unread[p.Pos.File] = true
	}
	for _, f := range files {
		// The lengths keep a text that moves between files from going unseen.
		fmt.Fprintf(hash, "%d %d\n", len(files), len(f.Data))
		hash.Write(f.Data)
		if unread[f.Name] {
			continue
		}
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
