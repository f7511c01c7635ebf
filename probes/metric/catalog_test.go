package metric

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestCatalogIsComplete compares All with the variables in the source.
func TestCatalogIsComplete(t *testing.T) {
	var listed []string
	for _, d := range All() {
		listed = append(listed, d.Name)
	}
	declared := declaredNames(t)
	for _, name := range declared {
		if n := count(listed, name); n != 1 {
			t.Errorf("%s is listed %d times in All, want once", name, n)
		}
	}
	if len(listed) != len(declared) {
		t.Errorf("All lists %d metrics, the source declares %d", len(listed), len(declared))
	}
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

// declaredNames returns the field Name of every Desc written in the source.
func declaredNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, descNames(t, file)...)
	}
	return names
}

func descNames(t *testing.T, file *ast.File) (names []string) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if id, ok := literal.Type.(*ast.Ident); !ok || id.Name != "Desc" {
			return true
		}
		for _, e := range literal.Elts {
			field := e.(*ast.KeyValueExpr)
			if field.Key.(*ast.Ident).Name == "Name" {
				name, err := strconv.Unquote(field.Value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
		}
		return true
	})
	return names
}

var (
	goodName  = regexp.MustCompile(`^wanwatch(_[a-z][a-z0-9]*)+$`)
	goodLabel = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	// badUnits are units that have a base unit to be written in instead.
	badUnits = regexp.MustCompile(`_(bits|ms|milliseconds|us|microseconds|ns|nanoseconds|minutes|hours|days|percent|percentage|kilobytes|megabytes|kbps|mbps|kb|mb)(_|$)`)
)

func TestCatalogNames(t *testing.T) {
	for _, d := range All() {
		if !goodName.MatchString(d.Name) {
			t.Errorf("%s is no good name", d.Name)
		}
		if badUnits.MatchString(d.Name) {
			t.Errorf("%s is not in a base unit", d.Name)
		}
		if total := strings.HasSuffix(d.Name, "_total"); total != (d.Type == Counter) {
			t.Errorf("%s: counters, and only they, end in _total", d.Name)
		}
		if info := strings.HasSuffix(d.Name, "_info"); info && d.Type != Gauge || d.Info && !info {
			t.Errorf("%s: info metrics are gauges that end in _info", d.Name)
		}
		for _, suffix := range []string{"_bucket", "_sum", "_count", "_created"} {
			if strings.HasSuffix(d.Name, suffix) {
				t.Errorf("%s ends like a part of a histogram", d.Name)
			}
		}
	}
}

func TestCatalogHelp(t *testing.T) {
	for _, d := range All() {
		if !strings.HasSuffix(d.Help, ".") || strings.ContainsAny(d.Help, "\n|") || d.Help != strings.TrimSpace(d.Help) {
			t.Errorf("%s: help is one line of text with a dot at its end: %q", d.Name, d.Help)
		}
	}
}

func TestCatalogLabels(t *testing.T) {
	for _, d := range All() {
		all := slices.Concat(d.Scope.Labels(), d.Labels)
		for i, label := range all {
			if !goodLabel.MatchString(label) || label == "le" || label == "quantile" || label == "job" || label == "instance" {
				t.Errorf("%s: %s is no good label", d.Name, label)
			}
			if slices.Contains(all[:i], label) {
				t.Errorf("%s has the label %s twice", d.Name, label)
			}
		}
		if d.Key > len(d.Labels) || d.Key > 0 && !d.Info {
			t.Errorf("%s: Key is %d", d.Name, d.Key)
		}
	}
}

func TestCatalogBuckets(t *testing.T) {
	for _, d := range All() {
		if (d.Type == Histogram) != (len(d.Buckets) > 0) || d.Native && d.Type != Histogram {
			t.Errorf("%s: histograms, and only they, have buckets", d.Name)
		}
		if !slices.IsSorted(d.Buckets) || len(slices.Compact(slices.Clone(d.Buckets))) != len(d.Buckets) {
			t.Errorf("%s: the buckets do not ascend", d.Name)
		}
	}
}
