// Package testenv lets tests say what they need beyond Go: root, a program from
// Debian, the recordings beside the project. What is missing skips the test
// with one line that says how to have it; with WANWATCH_TEST_REQUIRE_ALL=1, as
// in CI, it fails the test instead. WANWATCH_TEST_PLAIN=1 makes a machine look as
// one that has only Go and git: CI tries the README's command so.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// NeedRoot asks for root on Linux, for raw sockets and network namespaces.
func NeedRoot(t testing.TB) {
	t.Helper()
	if plain() || runtime.GOOS != "linux" || os.Geteuid() != 0 {
		miss(t, "needs root on Linux: run the tests with sudo")
	}
}

// NeedProgram asks for a program and returns its path; debian names the package
// that has it.
func NeedProgram(t testing.TB, name, debian string) string {
	t.Helper()
	if plain() {
		miss(t, "needs the program "+name+": apt-get install "+debian)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		// Debian keeps daemons where a user's PATH does not look.
		path = filepath.Join("/usr/sbin", name)
		if _, err := os.Stat(path); err != nil {
			miss(t, "needs the program "+name+": apt-get install "+debian)
		}
	}
	return path
}

// Shared returns the path of a folder of the material that stands beside the
// project's checkout, in ../shared.
func Shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Root(t), "..", "shared", name)
	if _, err := os.Stat(path); err != nil || plain() {
		miss(t, "needs ../shared/"+name+" beside the checkout, which only the project's own machines have")
	}
	return path
}

// Root returns the folder of the module.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}

func plain() bool { return os.Getenv("WANWATCH_TEST_PLAIN") != "" }

func miss(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("WANWATCH_TEST_REQUIRE_ALL") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
