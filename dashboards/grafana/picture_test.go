package grafana

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter/store"
	"wanwatch/internal/testenv"
)

// drawn is what a panel's query gave, as the page that draws it reads it.
type drawn struct {
	Labels map[string]string `json:"labels"`
	Points [][2]float64      `json:"points"` // milliseconds, value
}

// TestPictures draws every dashboard, so that people can look at it. It runs only
// with WANWATCH_PICTURES, which names the folder for the pictures. What draws is not
// Grafana: see testdata/picture.
func TestPictures(t *testing.T) {
	out := os.Getenv("WANWATCH_PICTURES")
	if out == "" {
		t.Skip("draws pictures only with WANWATCH_PICTURES=folder")
	}
	chromium := testenv.NeedProgram(t, "chromium", "chromium")
	modules := testenv.Modules(t, "testdata/npm")
	s := open(t, busyWorld())
	for _, l := range texts.Languages() {
		for i, f := range boards(t, l) {
			d := every(t, l)[i]
			page := filepath.Join(t.TempDir(), "page.html")
			height := writePage(t, page, modules, f.Data, &d, s)
			picture := filepath.Join(out, string(l)+"-"+f.Name[:len(f.Name)-len(".json")]+".png")
			text, err := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-background-networking",
				"--disable-sync", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files", "--virtual-time-budget=4000",
				"--user-data-dir="+t.TempDir(), fmt.Sprintf("--window-size=1600,%d", height), "--screenshot="+picture, "file://"+page).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	}
}

// writePage writes the page of a dashboard and returns how high it is, in pixels.
func writePage(t *testing.T, page, modules string, board []byte, d *shape, s *store.Store) int {
	t.Helper()
	answers, spans, low := map[int]any{}, map[int]any{}, 0
	for _, p := range d.Panels {
		low = max(low, p.GridPos.Y+p.GridPos.H)
		list := make([][]drawn, len(p.Targets))
		for i := range p.Targets {
			a := ask(t, s, d, &p, i)
			list[i] = a.drawn
			spans[p.ID] = map[string]any{"from": a.from.UnixMilli(), "to": a.to.UnixMilli(), "step": a.step.Seconds()}
		}
		answers[p.ID] = list
	}
	from, to := d.span(&panel{})
	data, err := json.Marshal(map[string]any{
		"dashboard": json.RawMessage(board), "answers": answers, "spans": spans, "from": from.UnixMilli(), "to": to.UnixMilli(), "offset": 7 * 60,
	})
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("testdata/picture")
	if err != nil {
		t.Fatal(err)
	}
	html := `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="file://` + here + `/picture.css"><body>
<script src="file://` + modules + `/echarts/dist/echarts.min.js"></script>
<script>window.picture = ` + string(data) + `;</script>
<script src="file://` + here + `/picture.js"></script>`
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	return low*38 + 60
}
