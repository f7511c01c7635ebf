package grafana

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
	"wanwatch/internal/testenv"
)

// span is the time that a dashboard shows at first, seen from the end of the history.
func (d *shape) span(p *panel) (from, to time.Time) { return d.spanAt(p, end) }

func (d *shape) spanAt(p *panel, end time.Time) (from, to time.Time) {
	if d.Time.To != "now" {
		panic("what is to come has no samples: " + d.Time.To)
	}
	spec := d.Time.From
	if p.TimeFrom != "" {
		spec = "now-" + p.TimeFrom
	}
	if spec == "now/M" {
		return time.Date(end.Year(), end.Month(), 1, 0, 0, 0, 0, time.UTC).Add(-midnight), end
	}
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'y': 365 * 24 * time.Hour}
	text := strings.TrimPrefix(spec, "now-")
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil {
		panic("a span of time that the test does not read: " + spec)
	}
	return end.Add(-time.Duration(n) * units[text[len(text)-1]]), end
}

// fill puts in what Grafana would, with everything chosen; of the dashboard of a site
// that site.
func (d *shape) fill(expr string, from, to time.Time) string {
	length := int(to.Sub(from).Seconds())
	pairs := []string{"$__rate_interval", "5m", "$__range_s", strconv.Itoa(length), "$__range", strconv.Itoa(length) + "s"}
	for _, v := range d.Templating.List {
		value := everything
		switch {
		case v.Name == varSite && v.AllValue == "":
			value = "hai-chau"
		case v.AllValue != "":
			value = v.AllValue
		case v.Type == "custom":
			value = fmt.Sprint(v.Query)
		}
		pairs = append(pairs, "$"+v.Name, value)
	}
	return strings.NewReplacer(pairs...).Replace(expr)
}

// answer is what a query of a panel gives.
type answer struct {
	drawn    []drawn
	from, to time.Time
	step     time.Duration
	took     time.Duration
}

// step is the distance of points that Grafana would ask for, about.
func (p *panel) step(i int, from, to time.Time) time.Duration {
	most := p.MaxDataPoints
	if most == 0 {
		most = 300 // about the pixels of a panel
	}
	step := max(to.Sub(from)/time.Duration(most), fine).Truncate(fine)
	for _, text := range []string{p.Interval, p.Targets[i].Interval} {
		switch text {
		case "1h":
			step = max(step, time.Hour).Truncate(time.Hour)
		case "1d":
			step = 24 * time.Hour
		}
	}
	return step
}

// midnight is how far the offices' midnight lies from that of UTC: Grafana begins
// steps of a day there.
const midnight = 7 * time.Hour

func ask(t testing.TB, s *store.Store, d *shape, p *panel, i int) answer {
	t.Helper()
	return askAt(t, s, d, p, i, end)
}

// askAt asks on a history with another end.
func askAt(t testing.TB, s *store.Store, d *shape, p *panel, i int, end time.Time) answer {
	t.Helper()
	from, to := d.spanAt(p, end)
	q := p.Targets[i]
	text := d.fill(q.Expr, from, to)
	a := answer{from: from, to: to, step: p.step(i, from, to)}
	began := time.Now()
	var err error
	if q.Instant {
		a.drawn, err = once(t, s, text, to)
	} else {
		a.drawn, err = overTime(t, s, text, from, to, a.step)
	}
	if err != nil {
		t.Errorf("%s: %q: %v", d.UID, p.Title, err)
	}
	a.took = time.Since(began)
	return a
}

// once asks for a moment.
func once(t testing.TB, s *store.Store, text string, at time.Time) ([]drawn, error) {
	t.Helper()
	samples, err := s.Query(t.Context(), text, at)
	list := []drawn{}
	for _, v := range samples {
		list = append(list, drawn{v.Labels, [][2]float64{{float64(at.UnixMilli()), v.Value}}})
	}
	return list, err
}

func overTime(t testing.TB, s *store.Store, text string, from, to time.Time, step time.Duration) ([]drawn, error) {
	t.Helper()
	whole := func(at time.Time) time.Time { return at.Add(midnight).Truncate(step).Add(-midnight) }
	series, err := s.QueryRange(t.Context(), text, whole(from), whole(to), step)
	list := []drawn{}
	for _, v := range series {
		var points [][2]float64
		for _, p := range v.Points {
			points = append(points, [2]float64{float64(p.Time.UnixMilli()), p.Value})
		}
		list = append(list, drawn{v.Labels, points})
	}
	return list, err
}

// Every query of every panel gives something where something of everything happens,
// and in no state of the world a number that is none: nothing is divided by zero.
func TestEveryQueryGivesSense(t *testing.T) {
	all := worlds()
	for _, w := range all[:testenv.Amount(len(all), 2)] {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, w)
			var slowest time.Duration
			for _, d := range every(t, texts.VI) {
				for _, p := range d.Panels {
					for i := range p.Targets {
						a := ask(t, s, &d, &p, i)
						slowest = max(slowest, a.took)
						if w.name == "busy" && len(a.drawn) == 0 {
							t.Errorf("%s: %q: query %s gives nothing: %s", d.UID, p.Title, p.Targets[i].RefID, p.Targets[i].Expr)
						}
						sensible(t, &d, &p, i, a)
					}
				}
			}
			checkNumbers(t, s, w)
			t.Logf("the slowest query took %s", slowest.Round(time.Millisecond))
		})
	}
}

func (a *answer) points() [][2]float64 {
	var all [][2]float64
	for _, series := range a.drawn {
		all = append(all, series.Points...)
	}
	return all
}

// grows is the one share that may be negative.
var grows = expr.PanelGrowth

func sensible(t *testing.T, d *shape, p *panel, i int, a answer) {
	t.Helper()
	unit := p.unit(i)
	for _, point := range a.points() {
		switch v := point[1]; {
		case math.IsNaN(v) || math.IsInf(v, 0):
			t.Errorf("%s: %q: query %s gives %v", d.UID, p.Title, p.Targets[i].RefID, v)
			return
		case unit == unitShare && !strings.Contains(p.Targets[i].Expr, grows) && (v < 0 || v > 1.6):
			t.Errorf("%s: %q: query %s gives the share %v", d.UID, p.Title, p.Targets[i].RefID, v)
			return
		case strings.HasPrefix(unit, "time:") && (v < 1e12 || v > 1e13):
			t.Errorf("%s: %q: query %s gives the moment %v", d.UID, p.Title, p.Targets[i].RefID, v)
			return
		}
	}
}

// unit is that of a query's values.
func (p *panel) unit(i int) string {
	for _, o := range p.FieldConfig.Overrides {
		if o.Matcher.Options != valueOf(i, len(p.Targets)) {
			continue
		}
		for _, property := range o.Properties {
			if property.ID == "unit" {
				return fmt.Sprint(property.Value)
			}
		}
	}
	return p.FieldConfig.Defaults.Unit
}

// What some numbers are in the plain states of the world, in each series; nil: there
// is none.
var numbers = map[string][]struct {
	expr string
	want []float64
}{
	"all up": {
		{expr.PanelAvailability, []float64{1}},
		{expr.PanelAvailabilityAll, []float64{1}},
		{expr.PanelInState(expr.Up), []float64{14}},
		{expr.PanelInState(expr.Down), []float64{0}},
		{expr.PanelBelowSLA, []float64{0}},
		{expr.PanelLoss, []float64{0}},
		{expr.PanelWrong, nil},
	},
	"all down": {
		{expr.PanelAvailability, []float64{0}},
		{expr.PanelLoss, []float64{1}},
		{expr.PanelRTTP95, nil},
		{expr.PanelRating, nil},
		{expr.PanelBelowSLA, []float64{5}},
	},
	"in maintenance": {
		{expr.PanelAvailability, nil},
		{expr.PanelWrong, nil},
		{expr.PanelSeconds("down"), []float64{0}},
	},
	"nothing known": {
		{expr.PanelAvailability, nil},
		{expr.PanelLoss, nil},
		{expr.PanelBlind, []float64{1}},
	},
	"just started":          {{expr.PanelAvailability, []float64{1}}},
	"after a counter reset": {{expr.PanelAvailability, []float64{1}}, {expr.PanelLoss, []float64{0}}},
}

func checkNumbers(t *testing.T, s *store.Store, w *world) {
	t.Helper()
	choose := strings.NewReplacer("$__range_s", "86400", "$__range", "1d", "$site", ".*", "$kind", ".*", "$target", ".*", "$provider", ".*")
	for _, c := range numbers[w.name] {
		got, err := s.Query(t.Context(), choose.Replace(c.expr), end)
		if err != nil {
			t.Fatal(err)
		}
		if (len(got) == 0) != (len(c.want) == 0) {
			t.Errorf("%s: %d series: %v", c.expr, len(got), got)
			continue
		}
		for _, v := range got {
			if math.Abs(v.Value-c.want[0]) > 1e-6 {
				t.Errorf("%s: %v: %v, want %v", c.expr, v.Labels, v.Value, c.want[0])
			}
		}
	}
}

// R is that of the worked examples: one way in milliseconds, loss, R.
func TestRating(t *testing.T) {
	s := open(t, always("rating", exporter.Up, 2*time.Minute))
	series := regexp.MustCompile(`max by \(target, kind, site\) \(` + `(` + expr.RTTP955m + `|` + expr.Loss5m + `)\{[^}]*\}\)`)
	for _, c := range []struct{ delay, loss, want float64 }{
		{60, 0.001, 91.4}, {100, 0.005, 88.9}, {150, 0.01, 86.0}, {200, 0.01, 82.3}, {250, 0.02, 72.2}, {150, 0.05, 73.8}, {400, 0.03, 49.0},
	} {
		text, _, _ := strings.Cut(expr.PanelRating, " * on (target, kind, site)")
		text = series.ReplaceAllStringFunc(text, func(match string) string {
			if strings.Contains(match, expr.Loss5m) {
				return fmt.Sprintf("vector(%v)", c.loss)
			}
			return fmt.Sprintf("vector(%v)", (c.delay-60)/500)
		})
		got, err := s.Query(t.Context(), text, end)
		if err != nil || len(got) != 1 || math.Abs(got[0].Value-c.want) > 0.06 {
			t.Errorf("%v ms, loss %v: %v, want %v (%v)", c.delay, c.loss, got, c.want, err)
		}
	}
}
