package inventory_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"wanwatch/inventory"
)

var update = flag.Bool("update", false, "write what the tests expect from what they get")

// Sections of a test case that are no files of the inventory.
const (
	wantProblems = "want problems"
	wantWarnings = "want warnings"
)

// testCase is one file of testdata: files of an inventory, and the problems or
// the warnings that they give.
type testCase struct {
	path    string
	archive *txtar.Archive
}

func testCases(t testing.TB) []testCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d test cases: %v", len(paths), err)
	}
	var cases []testCase
	for _, p := range paths {
		a, err := txtar.ParseFile(p)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, testCase{p, a})
	}
	return cases
}

func (c testCase) name() string { return strings.TrimSuffix(filepath.Base(c.path), ".txtar") }

// files returns the files of the inventory. The marks for bytes that an editor
// would mangle are replaced.
func (c testCase) files() []inventory.File {
	bytes := strings.NewReplacer("{{xFF}}", "\xff", "{{BOM}}", "\ufeff", "{{TAB}}", "\t", "{{CR}}", "\r", "{{BEL}}", "\a", "{{EOF}}\n", "")
	var files []inventory.File
	for _, f := range c.archive.Files {
		if f.Name != wantProblems && f.Name != wantWarnings {
			files = append(files, inventory.File{Name: f.Name, Data: []byte(bytes.Replace(string(f.Data)))})
		}
	}
	return files
}

func (c testCase) want(section string) string {
	for _, f := range c.archive.Files {
		if f.Name == section {
			return string(f.Data)
		}
	}
	return ""
}

func (c testCase) set(section, text string) {
	for i := range c.archive.Files {
		if c.archive.Files[i].Name == section {
			c.archive.Files[i].Data = []byte(text)
			return
		}
	}
	if text != "" {
		c.archive.Files = append(c.archive.Files, txtar.File{Name: section, Data: []byte(text)})
	}
}

func TestProblems(t *testing.T) {
	for _, c := range testCases(t) {
		t.Run(c.name(), func(t *testing.T) {
			inv, err := inventory.Parse(c.files(), allKinds())
			var problems inventory.Problems
			if err != nil && !errors.As(err, &problems) {
				t.Fatal(err)
			}
			if (inv == nil) != (len(problems) > 0) {
				t.Errorf("an inventory %t beside %d problems", inv != nil, len(problems))
			}
			warnings := ""
			if inv != nil {
				warnings = lines(inv.Warnings)
			}
			if *update {
				c.set(wantProblems, lines(problems))
				c.set(wantWarnings, warnings)
				if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(c.want(wantProblems), lines(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want(wantWarnings), warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func lines(problems []inventory.Problem) string {
	text := inventory.Problems(problems).Error()
	if text != "" {
		text += "\n"
	}
	return text
}
