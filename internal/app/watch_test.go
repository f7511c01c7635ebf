package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder is a folder of a test, in which no step may fail.
type folder struct {
	t   *testing.T
	dir string
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) write(name, text string)  { rewrite(f.t, f.path(name), text) }
func (f folder) mkdir(name string)        { f.check(os.Mkdir(f.path(name), 0o700)) }
func (f folder) link(to, name string)     { f.check(os.Symlink(to, f.path(name))) }
func (f folder) rename(from, name string) { f.check(os.Rename(f.path(from), f.path(name))) }
func (f folder) remove(name string)       { f.check(os.RemoveAll(f.path(name))) }

// TestWatch goes through the ways in which files change.
func TestWatch(t *testing.T) {
	target := listener(t)
	one, two := uplinks(target, "one"), uplinks(target, "two")
	for _, c := range []struct {
		name          string
		inventory     string // in the folder
		setup, change func(folder)
	}{
		{
			"written in place", "i.yaml",
			func(f folder) { f.write("i.yaml", one) },
			func(f folder) { f.write("i.yaml", two) },
		},
		{
			"replaced by renaming, as editors do", "i.yaml",
			func(f folder) { f.write("i.yaml", one) },
			func(f folder) {
				f.write(".i.yaml.swp", two)
				f.rename("i.yaml", "i.yaml~")
				f.rename(".i.yaml.swp", "i.yaml")
			},
		},
		{
			"links swapped, as Kubernetes does", "i.yaml",
			func(f folder) {
				f.mkdir("..v1")
				f.write("..v1/i.yaml", one)
				f.link("..v1", "..data")
				f.link("..data/i.yaml", "i.yaml")
			},
			func(f folder) {
				f.mkdir("..v2")
				f.write("..v2/i.yaml", two)
				f.link("..v2", "..data_tmp")
				f.rename("..data_tmp", "..data")
				f.remove("..v1")
			},
		},
		{
			"behind a link", "link/i.yaml",
			func(f folder) {
				f.mkdir("real")
				f.mkdir("link")
				f.write("real/r.yaml", one)
				f.link("../real/r.yaml", "link/i.yaml")
			},
			func(f folder) { f.write("real/r.yaml", two) },
		},
		{
			"a folder", ".",
			func(f folder) { f.write("i.yaml", one) },
			func(f folder) {
				f.remove("i.yaml")
				f.write("j.yaml", two)
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := folder{t, t.TempDir()}
			c.setup(f)
			a := start(t, Options{Inventory: f.path(c.inventory), Watch: true})
			c.change(f)
			eventually(t, "the change is taken over", func() bool {
				_, body := get(t, a, "/metrics")
				return strings.Contains(body, `target="two"`) && !strings.Contains(body, `target="one"`)
			})
		})
	}
}

// TestDigest checks that a sum changes with all that a reload would see, and
// with nothing else.
func TestDigest(t *testing.T) {
	f := folder{t, t.TempDir()}
	seen := map[any]string{digest(f.dir): "empty"}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"a file", func() { f.write("a.yaml", "x") }},
		{"other contents of the same length", func() { f.write("a.yaml", "y") }},
		{"a second file", func() { f.write("b.yaml", "") }},
		{"what stood in one file stands in the other", func() { f.write("a.yaml", ""); f.write("b.yaml", "y") }},
		{"renamed", func() { f.rename("b.yaml", "c.yaml") }},
		{"a link to nothing", func() { f.link("nowhere", "d.yaml") }},
	} {
		step.do()
		sum := digest(f.dir)
		if before, ok := seen[sum]; ok {
			t.Errorf("%s: the same sum as %s", step.name, before)
		}
		seen[sum] = step.name
		if digest(f.dir) != sum {
			t.Errorf("%s: the sum is not stable", step.name)
		}
	}
}
