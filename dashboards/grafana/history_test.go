package grafana

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	expr "wanwatch/dashboards/query"
	"wanwatch/dashboards/rules"
	"wanwatch/exporter"
	"wanwatch/exporter/store"
)

// end is when the history ends: a Monday at 11:00 in Viet Nam.
var end = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// Distances of samples: of the last hours, and before that of what is measured and of
// what rules would have recorded.
const (
	fine   = time.Minute
	recent = 7 * time.Hour
	sparse = 6 * time.Hour
	coarse = time.Hour
	// hours is how far back recorded series are made from the rules themselves.
	hours = recent - time.Hour
)

// stamp is the timestamp of samples of a moment: a little before it, as in life. On
// the very edge of a range Prometheus 3 leaves a sample out that Prometheus 2 takes.
func stamp(at time.Time) int64 { return at.UnixMilli() - 137 }

// writer writes a history.
type writer struct {
	t      *testing.T
	db     *tsdb.DB
	engine *promql.Engine
	refs   map[string]storage.SeriesRef
}

// outOfOrder is by how much recorded samples come after those that they are made of.
const outOfOrder = 24 * time.Hour

// write writes a world's history into a folder.
func write(t *testing.T, path string, w *world) {
	t.Helper()
	o := tsdb.DefaultOptions()
	o.OutOfOrderTimeWindow = outOfOrder.Milliseconds()
	o.RetentionDuration = (400 * 24 * time.Hour).Milliseconds()
	db, err := tsdb.Open(path, slog.New(slog.DiscardHandler), nil, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	db.DisableCompactions()
	h := &writer{t: t, db: db, refs: map[string]storage.SeriesRef{}, engine: promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: time.Minute, EnableNegativeOffset: true, Parser: parser.NewParser(parser.Options{}),
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	})}
	h.samples(w)
	h.record(min(hours, w.begins))
	h.alerts(min(30*time.Minute, w.begins))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// samples writes what is measured, and before the last hours what rules would have
// recorded of it.
func (h *writer) samples(w *world) {
	list := members(h.t)
	known := slices.DeleteFunc(slices.Clone(list), func(m *member) bool { return m.name != "wanwatch_target_info" })
	at := end.Add(-w.begins)
	before := newLongAgo()
	for dt := coarse; !at.After(end); at = at.Add(dt) {
		if end.Sub(at) <= recent {
			dt = fine
		}
		a := h.db.Appender(h.t.Context())
		switch {
		case dt == fine:
			h.measure(a, w, list, at, fine)
		case end.Sub(at)%sparse == 0:
			h.measure(a, w, list, at, sparse)
			before.put(h, a, w, at)
		default: // what is recorded is shown with what is known of its target
			h.measure(a, w, known, at, coarse)
			before.put(h, a, w, at)
		}
		if err := a.Commit(); err != nil {
			h.t.Fatal(err)
		}
	}
}

// measure puts what is measured at a moment, dt after the last one.
func (h *writer) measure(a storage.Appender, w *world, list []*member, at time.Time, dt time.Duration) {
	h.t.Helper()
	for _, m := range list {
		if h.absent(w, m, at) {
			continue
		}
		ref, err := a.Append(m.ref, m.set, stamp(at), m.next(w, at, end, dt))
		if err != nil {
			h.t.Fatalf("%s at %s: %v", m.set, at, err)
		}
		m.ref = ref
	}
}

// absent: what is not in the inventory is not there.
func (*writer) absent(_ *world, m *member, _ time.Time) bool {
	switch m.name {
	case "wanwatch_contract_lead_time_seconds":
		return m.target == "hoa-vang-viettel"
	case "wanwatch_tls_certificate_expiry_timestamp_seconds":
		return m.target != "hop"
	case "wanwatch_endpoint_call_bandwidth_bytes_per_second":
		return m.target == "hop"
	default:
		return false
	}
}

func (h *writer) put(a storage.Appender, set labels.Labels, at time.Time, v float64) {
	key := set.String()
	ref, err := a.Append(h.refs[key], set, stamp(at), v)
	if err != nil {
		h.t.Fatalf("%s at %s: %v", set, at, err)
	}
	h.refs[key] = ref
}

// longAgo makes what rules would have recorded long ago.
type longAgo struct{ use map[string][]float64 }

func newLongAgo() *longAgo { return &longAgo{map[string][]float64{}} }

func (p *longAgo) put(h *writer, a storage.Appender, w *world, at time.Time) {
	for target, site := range map[string]string{
		"hai-chau-vnpt": "hai-chau", "hai-chau-viettel": "hai-chau", "son-tra-vnpt": "son-tra", "hoa-vang-viettel": "hoa-vang", "thanh-uy-internet": "thanh-uy",
	} {
		kind := map[bool]string{true: "uplink", false: "link"}[target == "thanh-uy-internet"]
		for _, direction := range []string{"down", "up"} {
			set := func(name string) labels.Labels {
				return labels.FromStrings(model.MetricNameLabel, name, "target", target, "kind", kind, "site", site, "direction", direction)
			}
			u := use(target, direction, at)
			h.put(a, set(expr.Utilization5m), at, u)
			h.put(a, set(expr.Throughput5m), at, u*bandwidthOf(target, direction))
			h.put(a, set(expr.UtilizationWeek7d), at, p.p95(target+direction, u))
		}
		p.seconds(h, a, w, at, target, kind, site)
	}
}

// seconds puts the time in each state that was recorded of an hour, at once, and what
// counts of six hours with their month.
func (*longAgo) seconds(h *writer, a storage.Appender, w *world, at time.Time, target, kind, site string) {
	state := func(hours int) exporter.State { return w.state(target, end.Sub(at)+time.Duration(hours)*time.Hour) }
	put := func(name string, seconds float64, more ...string) {
		set := append([]string{model.MetricNameLabel, name, "target", target, "kind", kind, "site", site}, more...)
		h.put(a, labels.FromStrings(set...), at, seconds)
	}
	for _, s := range []exporter.State{exporter.Up, exporter.Degraded, exporter.Down, exporter.Unknown, exporter.Maintenance} {
		seconds := 0.0
		if state(0) == s {
			seconds = 3600
		}
		put(expr.Seconds5m, seconds, "state", s.String())
		put(expr.Seconds1h, seconds, "state", s.String())
	}
	if at.Hour()%6 != 0 {
		return
	}
	worked, counted := 0.0, 0.0
	for n := range 6 {
		switch state(n) {
		case exporter.Up, exporter.Degraded:
			worked, counted = worked+3600, counted+3600
		case exporter.Down:
			counted += 3600
		default:
		}
	}
	month := at.Add(-3 * time.Hour).Format("200601")
	put(expr.Worked6h, worked, "month", month)
	put(expr.Counted6h, counted, "month", month)
}

// p95 is that of the last week.
func (p *longAgo) p95(key string, u float64) float64 {
	list := append(p.use[key], u)
	list = list[max(0, len(list)-7*24):]
	p.use[key] = list
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)*95/100]
}

// record evaluates the recording rules, as they stand, over the last hours.
func (h *writer) record(since time.Duration) {
	for _, g := range rules.Groups() {
		step := max(g.Interval, fine)
		for _, r := range g.Records {
			h.keep(r.Expr, since, step, model.MetricNameLabel, r.Name)
		}
	}
}

// alerts evaluates the alerting rules, without waiting for how long they must hold.
func (h *writer) alerts(since time.Duration) {
	for _, g := range rules.Groups() {
		for _, r := range g.Alerts {
			more := []string{model.MetricNameLabel, "ALERTS", "alertname", r.Name, "alertstate", "firing", "severity", string(r.Severity)}
			for name, value := range r.Labels {
				more = append(more, name, value)
			}
			h.keepAs(r.Expr, since, fine, func(float64) float64 { return 1 }, more...)
		}
	}
}

func (h *writer) keep(expr string, since, step time.Duration, more ...string) {
	h.keepAs(expr, since, step, func(v float64) float64 { return v }, more...)
}

// keepAs appends what an expression gives as a series with further labels.
func (h *writer) keepAs(expr string, since, step time.Duration, value func(float64) float64, more ...string) {
	h.t.Helper()
	q, err := h.engine.NewRangeQuery(h.t.Context(), h.db, nil, expr, end.Add(-since), end, step)
	if err != nil {
		h.t.Fatalf("%s: %v", expr, err)
	}
	defer q.Close()
	matrix, err := q.Exec(context.WithoutCancel(h.t.Context())).Matrix()
	if err != nil {
		h.t.Fatalf("%s: %v", expr, err)
	}
	a := h.db.Appender(h.t.Context())
	for _, series := range matrix {
		b := labels.NewBuilder(series.Metric)
		for i := 0; i+1 < len(more); i += 2 {
			b.Set(more[i], more[i+1])
		}
		set := b.Labels()
		for _, p := range series.Floats {
			if _, err := a.Append(0, set, stamp(time.UnixMilli(p.T)), value(p.F)); err != nil && !strings.Contains(err.Error(), "duplicate sample") {
				h.t.Fatalf("%s: %v", set, err)
			}
		}
	}
	if err := a.Commit(); err != nil {
		h.t.Fatal(err)
	}
}

// open opens the store on a world's history.
func open(t *testing.T, w *world) *store.Store {
	t.Helper()
	path := t.TempDir()
	write(t, path, w)
	s, err := store.Open(store.Options{
		Path: path, Source: exporter.New(exporter.Options{}), RemoteWrite: true, OutOfOrder: outOfOrder,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// always is a world in which every target is in one state.
func always(name string, s exporter.State, begins time.Duration) *world {
	return &world{name: name, begins: begins, state: func(string, time.Duration) exporter.State { return s }}
}

// month is longer than what any expression looks back for.
const month = 40 * 24 * time.Hour

// busyWorld has something of everything.
func busyWorld() *world {
	return &world{name: "busy", begins: month, restarted: 5 * time.Hour, state: func(target string, ago time.Duration) exporter.State {
		switch {
		case ago > 5*time.Hour && ago < 5*time.Hour+10*time.Minute:
			return exporter.Unknown
		case target == "hai-chau-vnpt" && ago < 50*time.Minute:
			return exporter.Down
		case target == "phong-hop-hoa-vang" && ago < 2*time.Hour:
			return exporter.Degraded
		case target == "hoa-vang-viettel" && ago > 3*time.Hour && ago < 4*time.Hour:
			return exporter.Maintenance
		case target == "phong-hop-son-tra" && ago < 20*time.Minute:
			return exporter.Down
		case target == "son-tra-vnpt" && ago > 9*24*time.Hour && ago < 9*24*time.Hour+3*time.Hour:
			return exporter.Down
		default:
			return exporter.Up
		}
	}}
}

// worlds are the states of the world in which every panel must draw something
// sensible, or nothing.
func worlds() []*world {
	restarted := always("after a counter reset", exporter.Up, month)
	restarted.restarted = 10 * time.Minute
	return []*world{
		busyWorld(),
		always("all up", exporter.Up, month),
		always("all down", exporter.Down, month),
		always("in maintenance", exporter.Maintenance, month),
		always("nothing known", exporter.Unknown, month),
		always("just started", exporter.Up, 2*time.Minute),
		restarted,
	}
}
