package write_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/write"
	"wanwatch/internal/testenv"
)

// A report as HTML asks no network for anything, fits a phone and a sheet of A4, and axe
// finds nothing in it against WCAG 2.1 AA. WANWATCH_PICTURES names a folder to keep the
// pictures in.
func TestHTMLInChromium(t *testing.T) {
	chromium := testenv.NeedProgram(t, "chromium", "chromium")
	node := testenv.NeedProgram(t, "node", "nodejs")
	modules := testenv.Modules(t, "../../pages/testdata/npm")
	args := []string{"testdata/read.js", chromium, os.Getenv("WANWATCH_PICTURES")}
	for name, d := range map[string]*document.Document{"report": sample(), "letter": letter()} {
		path := filepath.Join(t.TempDir(), name+".html")
		if err := write.File(path, write.Format{Name: "html", Write: write.HTML}, d); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
