package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Modules installs the npm packages that a folder's package-lock.json names into a
// folder of the test's own, and returns that of the modules. No script of theirs runs.
func Modules(t testing.TB, folder string) string {
	t.Helper()
	program := NeedProgram(t, "npm", "npm")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, text)
	}
	return filepath.Join(dir, "node_modules")
}
