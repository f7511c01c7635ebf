package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wanwatch/dashboards/pages"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/alerts"
	"wanwatch/exporter/store"
	"wanwatch/inventory"
)

// pages are what people look at.
func (a *App) pages() http.Handler {
	o := pages.Options{
		Inventory: func() *inventory.Inventory { return a.running.Load().inv },
		States:    a.exporter.States, Logger: a.opts.Logger, Ending: a.life.Done(), Conferences: conferences{a},
	}
	if a.history != nil {
		o.History, o.Alerts = past{a.history}, a.openAlerts
	}
	if a.alertmanager != nil {
		o.Silencer = silencer{a.alertmanager}
	}
	return pages.New(o)
}

// silencer is the Alertmanager as the pages ask it.
type silencer struct{ *alerts.Manager }

// Silences are those in force.
func (s silencer) Silences(ctx context.Context) ([]pages.Silence, error) {
	found, err := s.Manager.Silences(ctx)
	list := make([]pages.Silence, len(found))
	for i, x := range found {
		list[i] = pages.Silence{ID: x.ID, Matchers: x.Matchers, Until: x.To, By: x.By, Comment: x.Comment}
	}
	return list, err
}

// Silence makes one.
func (s silencer) Silence(ctx context.Context, x pages.Silence) error {
	_, err := s.Manager.Silence(ctx, alerts.Silence{Matchers: x.Matchers, To: x.Until, By: x.By, Comment: x.Comment})
	return err
}

// past is the store as the pages ask it.
type past struct{ *store.Store }

// Range answers PromQL over a span of time.
func (p past) Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) ([]pages.Series, error) {
	found, err := p.QueryRange(ctx, expr, from, to, step)
	list := make([]pages.Series, len(found))
	for i, s := range found {
		list[i].Labels = s.Labels
		list[i].Points = make([]pages.Point, len(s.Points))
		for j, at := range s.Points {
			list[i].Points[j] = pages.Point(at)
		}
	}
	return list, err
}

// openAlerts are the alerts that fire, the gravest and newest first, those that are
// hidden or silenced last.
func (a *App) openAlerts(ctx context.Context) []pages.Alert {
	var list []pages.Alert
	for _, s := range a.history.Alerts() {
		if !s.Firing || s.Labels["heartbeat"] != "" {
			continue
		}
		one := pages.Alert{
			Name: s.Labels["alertname"], Severity: s.Labels["severity"], Target: s.Labels["target"], Kind: s.Labels["kind"], Site: s.Labels["site"], Provider: s.Labels["provider"],
			Title: map[texts.Language]string{}, Summary: map[texts.Language]string{}, Since: s.Active,
		}
		for _, l := range texts.Languages() {
			one.Title[l], one.Summary[l] = s.Annotations["title_"+string(l)], s.Annotations["summary_"+string(l)]
		}
		if a.alertmanager != nil {
			one.Hidden, one.Silenced = a.alertmanager.Muted(ctx, s.Labels)
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(x, y pages.Alert) int {
		return cmp.Or(cmp.Compare(urgency(x), urgency(y)), y.Since.Compare(x.Since), strings.Compare(x.Name+x.Target+x.Site, y.Name+y.Target+y.Site))
	})
	return list
}

func urgency(a pages.Alert) int {
	rank := max(0, slices.Index([]string{"critical", "warning", "info"}, a.Severity))
	if a.Hidden || a.Silenced {
		rank += 3
	}
	return rank
}
