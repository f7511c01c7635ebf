package app

import (
	"context"
	"log/slog"
	"path/filepath"

	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/alerts"
	"wanwatch/exporter/store"
	"wanwatch/inventory"
)

// router is what takes alerts: the Alertmanager in this program, or one elsewhere.
type router interface {
	Put(ctx context.Context, list ...alerts.Alert) error
}

// openAlarm makes ready what takes the alerts of the rules.
func (a *App) openAlarm(inv *inventory.Inventory) (err error) {
	if a.history == nil {
		return nil
	}
	o := a.opts.Alerting
	if o.URL != "" {
		forwarder, err := alerts.NewForwarder(o.URL, a.opts.Logger)
		if err != nil {
			return err
		}
		a.router = forwarder
		a.forward = forwarder.Run
		return nil
	}
	a.alertmanager, err = alerts.Open(alerts.Options{
		Path: filepath.Join(a.opts.Storage.Path, "alerts"), ConfigFile: o.ConfigFile, Default: notices.Config(),
		Templates: notices.Templates(texts.Language(inv.Language)), ExternalURL: a.externalURL(), Logger: a.opts.Logger,
	})
	if err != nil {
		return AlertsMistake(err)
	}
	a.router = a.alertmanager
	return nil
}

// runAlarm starts what needs a goroutine of its own.
func (a *App) runAlarm() {
	if a.forward != nil {
		a.parts.Go(func() error {
			a.forward(a.life)
			return nil
		})
	}
}

// prepareAlarm reads the configuration of alerts again; nil if there is none here.
func (a *App) prepareAlarm(inv *inventory.Inventory) (*alerts.Plan, error) {
	if a.alertmanager == nil {
		return nil, nil
	}
	next, err := a.alertmanager.Prepare(notices.Templates(texts.Language(inv.Language)))
	if err != nil {
		return nil, AlertsMistake(err)
	}
	return next, nil
}

// applyAlarm takes over what prepareAlarm made.
func (a *App) applyAlarm(next *alerts.Plan) {
	if next != nil {
		a.alertmanager.Apply(next)
	}
}

func (a *App) closeAlarm() error {
	if a.alertmanager == nil {
		return nil
	}
	return a.alertmanager.Close()
}

// alarm hands on the alerts that rules raise, and logs those that begin or end.
func (a *App) alarm(ctx context.Context, raised []store.Alert) {
	list := make([]alerts.Alert, len(raised))
	for i, r := range raised {
		list[i] = alerts.Alert{Labels: r.Labels, Annotations: r.Annotations, StartsAt: r.Fired, EndsAt: r.Until, GeneratorURL: r.Source}
		if !r.Ended.IsZero() {
			list[i].EndsAt = r.Ended
		}
		a.logAlert(&r)
	}
	if err := a.router.Put(ctx, list...); err != nil {
		a.opts.Logger.Error("alerts could not be handed on", "error", err)
	}
}

// logAlert logs an alert when it begins and when it ends, not each time that it is
// raised again.
func (a *App) logAlert(r *store.Alert) {
	if r.Labels["heartbeat"] != "" {
		return
	}
	what := []any{
		slog.String("alert", r.Labels["alertname"]), slog.String("severity", r.Labels["severity"]),
		slog.String("target", r.Labels["target"]), slog.String("site", r.Labels["site"]),
		slog.String("summary", r.Annotations["summary"]), slog.Time("since", r.Active),
	}
	switch {
	case r.First:
		a.opts.Logger.Info("alert", what...)
	case !r.Ended.IsZero() && r.Last:
		a.opts.Logger.Info("alert is over", what...)
	}
}
