package pages

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wanwatch/dashboards/query"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/inventory"
)

// targetPage is the page of one target.
type targetPage struct {
	frame
	Skip, Home, FactsTitle, NoHistory string
	State                             badge
	Since                             string
	Facts                             []fact
	Periods                           []period
	Charts                            []chart
	HasHistory                        bool
}

type fact struct{ Name, Value string }

// period is a span of time that the charts can show.
type period struct {
	Name, Link string
	Chosen     bool
	length     time.Duration
}

// points is how many a chart has across.
const points = 240

func (p *pages) target(w http.ResponseWriter, r *http.Request) {
	states := p.States()
	i := slices.IndexFunc(states, func(s exporter.TargetState) bool {
		return string(s.Target.Kind) == r.PathValue("kind") && s.Target.ID == r.PathValue("id")
	})
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	s := states[i]
	t := targetPage{frame: p.frame(w, r), HasHistory: p.History != nil}
	t.Title, t.State = nameOf(s), t.badge(s.State)
	t.Skip, t.Home, t.FactsTitle, t.NoHistory = t.say(texts.PageSkip), t.say(texts.PageHome), t.say(texts.PageFacts), t.say(texts.PageNoHistory)
	now := p.Now()
	t.Since = t.say(texts.PageSince, t.moment(now.Add(-s.For), now))
	t.Facts = t.facts(p.Inventory(), s.Target)
	length := t.periods(r.URL.Query().Get("period"))
	if p.History != nil {
		t.Charts = p.charts(r.Context(), &t.frame, s.Target, now, length)
	}
	p.show(w, "target.html", &t)
}

func (f *frame) facts(inv *inventory.Inventory, t *inventory.Target) []fact {
	site, provider := t.Site, t.Provider
	if s := inv.Sites[t.Site]; s != nil {
		site = cmp.Or(s.Name, t.Site)
	}
	if v := inv.Providers[t.Provider]; v != nil {
		provider = cmp.Or(v.Name, t.Provider)
	}
	var probed []string
	for _, p := range t.Probes {
		probed = append(probed, strings.TrimSpace(p.Name+" "+p.Address))
	}
	var list []fact
	for _, one := range []fact{
		{f.say(texts.PageKind), f.say(texts.Kind(string(t.Kind)))},
		{f.say(texts.PageSite), site},
		{f.say(texts.PageProvider), provider},
		{f.say(texts.PageRole), t.Role},
		{f.say(texts.PageAddress), t.Address},
		{f.say(texts.PageProbes), strings.Join(probed, ", ")},
	} {
		if one.Value != "" {
			list = append(list, one)
		}
	}
	return list
}

// periods offers the spans of time, and returns the one asked for.
func (t *targetPage) periods(asked string) time.Duration {
	const day = 24 * time.Hour
	chosen := time.Hour
	for _, one := range []struct {
		name   string
		text   texts.Text
		length time.Duration
	}{{"1h", texts.PageHour, time.Hour}, {"1d", texts.PageDay, day}, {"7d", texts.PageWeek, 7 * day}, {"30d", texts.PageMonth, 30 * day}} {
		if asked == one.name {
			chosen = one.length
		}
		t.Periods = append(t.Periods, period{Name: t.say(one.text), Link: "?period=" + one.name, length: one.length})
	}
	for i := range t.Periods {
		t.Periods[i].Chosen = t.Periods[i].length == chosen
	}
	return chosen
}

// charts draws what is known of a target; what was never measured is left out.
func (p *pages) charts(ctx context.Context, f *frame, t *inventory.Target, now time.Time, length time.Duration) []chart {
	step := max(length/points, 15*time.Second)
	to := now.Truncate(step)
	from := to.Add(-length)
	ask := func(name, expr string) line {
		series, err := p.History.Range(ctx, query.Of(expr, string(t.Kind), t.ID), from, to, step)
		if err != nil {
			p.Logger.Error("a chart could not be drawn", "target", t.ID, "error", err)
		}
		l := line{Name: name}
		if len(series) > 0 {
			l.points = series[0].Points
		}
		return l
	}
	list := []chart{
		{Title: f.say(texts.PageRTT), unit: milliseconds, lines: []line{ask(f.say(texts.PageMean), query.RTTMean5m), ask(f.say(texts.PageP95), query.RTTP955m)}},
		{Title: f.say(texts.PageLoss), unit: percent, lines: []line{ask(f.say(texts.PageLoss), query.Loss5m)}},
		{Title: f.say(texts.PageJitter), unit: milliseconds, lines: []line{ask(f.say(texts.PageJitter), query.Jitter5m)}},
		{Title: f.say(texts.PageThroughput), unit: megabits, lines: []line{
			ask(f.say(texts.PageDown), query.Throughput5m+`{direction="down"}`), ask(f.say(texts.PageUp), query.Throughput5m+`{direction="up"}`),
			ask(f.say(texts.PageContract)+" ("+f.say(texts.PageDown)+")", `wanwatch_link_bandwidth_bytes_per_second{direction="down"}`),
		}},
	}
	var drawn []chart
	for _, c := range list {
		if len(c.lines[0].points) > 0 {
			c.draw(f, from, to)
			drawn = append(drawn, c)
		}
	}
	return drawn
}
