package quality

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/testenv"
)

// The golden values of the reference's table: G.711 with concealment, random loss.
func TestEModel(t *testing.T) {
	c := Codec{Ie: 0, Bpl: 25.1}
	for _, x := range []struct{ delay, loss, r, mos float64 }{
		{20, 0, 92.7, 4.40}, {60, 0.1, 91.4, 4.37}, {100, 0.5, 88.9, 4.31}, {150, 1, 86.0, 4.23},
		{200, 1, 82.3, 4.11}, {250, 2, 72.2, 3.70}, {150, 5, 73.8, 3.77}, {400, 3, 49.0, 2.52},
	} {
		r := c.R(time.Duration(x.delay*float64(time.Millisecond)), x.loss/100, 1)
		if math.Abs(r-x.r) > 0.05 || math.Abs(MOS(r)-x.mos) > 0.006 {
			t.Errorf("%g ms, %g %%: R %.2f, MOS %.3f, want %g and %g", x.delay, x.loss, r, MOS(r), x.r, x.mos)
		}
	}
	if MOS(-5) != 1 || MOS(0) != 1 || MOS(3) != 1 || MOS(120) != 4.5 || !math.IsNaN(MOS(math.NaN())) {
		t.Error("the ends of MOS are wrong")
	}
	// Losses in bursts hurt more (G.107, section 7.3), and never less than random ones.
	if random, bursts, even := c.R(0, 0.05, 1), c.R(0, 0.05, 4), c.R(0, 0.05, 0.2); !(bursts < random) || even != random {
		t.Errorf("R of bursts %g, at random %g, evenly spread %g", bursts, random, even)
	}
}

func TestBurstRatio(t *testing.T) {
	for _, x := range []struct {
		packets, lost, runs int
		want                float64
	}{{100, 0, 0, 1}, {100, 10, 10, 1}, {100, 10, 2, 4.5}, {100, 100, 1, 1}, {0, 0, 0, 1}, {1000, 10, 1, 9.9}} {
		if got := BurstRatio(x.packets, x.lost, x.runs); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("%+v: %g", x, got)
		}
	}
}

// rated runs a window over delays in milliseconds; a negative one is lost.
func rated(t *testing.T, w *Window, delays []float64) Rating {
	t.Helper()
	p := Standard()
	for i, d := range delays {
		delay := time.Duration(d * float64(time.Millisecond))
		late := d >= 0 && w.Hear(delay, p.Buffer)
		if full := w.Judge(d < 0, late); full != (i == WindowPackets-1) {
			t.Fatalf("full at packet %d", i)
		}
	}
	return p.Rate(w.Take(time.Millisecond))
}

func TestWindow(t *testing.T) {
	steady := func() []float64 {
		list := make([]float64, WindowPackets)
		for i := range list {
			list[i] = 40
		}
		return list
	}
	var w Window
	if r := rated(t, &w, steady()); r.Loss != 0 || r.Burst != 1 || r.Delay != 105*time.Millisecond || math.Abs(r.R-90.68) > 0.01 {
		t.Errorf("a steady path: %+v", r)
	}
	d := steady()
	d[10], d[11], d[12] = -1, 101, 100 // lost, late by 1 ms more than the buffer, just in time
	d[59] = -1
	r := rated(t, &w, d)
	if r.Loss != 3.0/60 || r.Late != 1.0/60 || math.Abs(r.Burst-1.5*0.95) > 1e-9 {
		t.Errorf("%+v", r)
	}
	// The least delay of the window before still counts, and is then forgotten.
	slow := steady()
	for i := range slow {
		slow[i] = 140
	}
	if r := rated(t, &w, slow); r.Late != 1 {
		t.Errorf("a path that became slower by more than the buffer: %+v", r)
	}
	if r := rated(t, &w, slow); r.Late != 0 {
		t.Errorf("after a window the buffer has adapted: %+v", r)
	}
	dead := make([]float64, WindowPackets)
	for i := range dead {
		dead[i] = -1
	}
	if r := rated(t, &w, dead); !math.IsNaN(r.R) || !math.IsNaN(r.MOS) || r.Loss != 1 || r.Verdicts[0] != Poor {
		t.Errorf("a dead path: %+v", r)
	}
}

func TestVerdicts(t *testing.T) {
	p := Standard()
	ms := time.Millisecond
	for _, x := range []struct {
		name string
		s    Stretch
		want string // audio, mcu, 1080p, 720p
	}{
		{"clean", Stretch{Packets: 500, RTT: 20 * ms, Jitter: ms}, "0000"},
		{"far", Stretch{Packets: 500, RTT: 200 * ms, Jitter: ms}, "0110"},
		{"one of sixty", Stretch{Packets: 60, Lost: 1, Runs: 1, RTT: 20 * ms}, "0000"},
		{"two of sixty", Stretch{Packets: 60, Lost: 2, Runs: 2, RTT: 20 * ms}, "2221"},
		{"shaking", Stretch{Packets: 60, RTT: 20 * ms, Jitter: 45 * ms}, "1211"},
		{"satellite", Stretch{Packets: 60, RTT: 600 * ms, Jitter: ms}, "2222"},
		{"nothing", Stretch{Packets: 60, Lost: 60, Runs: 1}, "2222"},
	} {
		r := p.Rate(x.s)
		got := ""
		for _, v := range r.Verdicts {
			got += string(rune('0' + v))
		}
		if got != x.want {
			t.Errorf("%s: %s (R %.1f), want %s of %v", x.name, got, r.R, x.want, p.Names())
		}
	}
	good, bad := p.Rate(Stretch{Packets: 60, RTT: 20 * ms}), p.Rate(Stretch{Packets: 60, Lost: 60, Runs: 1})
	if w := Worse(good, bad); !math.IsNaN(w.R) || w.Verdicts[0] != Poor {
		t.Errorf("%+v", w)
	}
	if w := Worse(bad, good); !math.IsNaN(w.R) || w.Verdicts[0] != Poor {
		t.Errorf("%+v", w)
	}
}

func TestGather(t *testing.T) {
	x, o := true, false
	s := Gather([]bool{x, o, x, x, o, x}, 1, time.Second, time.Millisecond)
	if s != (Stretch{Packets: 6, Lost: 3, Late: 1, Runs: 3, RTT: time.Second, Jitter: time.Millisecond}) {
		t.Errorf("%+v", s)
	}
}

// A profile is a file; what is wrong in one is told with its line.
func TestProfiles(t *testing.T) {
	if p, err := Read(""); err != nil || len(p.Names()) != 4 {
		t.Fatal(p, err)
	}
	at := filepath.Join(t.TempDir(), "mine.yaml")
	if _, err := Read(at); err == nil {
		t.Error("a file that is not there was read")
	}
	for text, want := range map[string]string{
		"codec: {name: x, bpl: 10, source: y}\nde_jitter_buffer: 5s\nclasses: {}\n":                                                                  "2:19",
		"codec: {name: x, bpl: 10, source: y}\nde_jitter_buffer: 50ms\nclasses:\n  a: {source: s, good: {rtt: 1ms}, fair: {rtt: 2ms}, better: {}}\n": "better",
		"codec: {name: x, bpl: 0, source: y}\n": "bpl",
	} {
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(at); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mine.yaml:") {
			t.Errorf("%q: %v, want something with %q", text, err, want)
		}
	}
}

// docs/quality.md shows the profile as it is.
func TestDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(testenv.Root(t), "docs", "quality.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := ""
	for line := range strings.Lines(string(standard)) {
		shown += strings.TrimRight("    "+line, " ")
		if line == "\n" {
			shown = strings.TrimSuffix(shown, "    \n") + "\n"
		}
	}
	if !strings.Contains(string(doc), strings.TrimSpace(shown)) {
		t.Errorf("docs/quality.md does not hold the profile:\n%s", shown)
	}
}
