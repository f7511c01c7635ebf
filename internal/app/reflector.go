package app

import (
	"context"
	"fmt"

	"wanwatch/probes/metric"
	"wanwatch/probes/stamp/reflector"
)

// openReflector opens the sockets at which STAMP senders are answered.
func (a *App) openReflector(ctx context.Context) error {
	o := a.opts.Reflector
	if len(o.Listen) == 0 {
		return nil
	}
	r, err := reflector.Open(ctx, reflector.Options{
		Listen: o.Listen, Allow: o.Allow, Logger: a.opts.Logger.With("component", "stamp"), Meter: a.exporter.Meter(),
	})
	if err != nil {
		return fmt.Errorf("open the STAMP reflector: %w", err)
	}
	a.exporter.Meter().Add(metric.StampReflected, 0)
	for _, why := range reflector.Refusals() {
		a.exporter.Meter().Add(metric.StampRefused, 0, why)
	}
	a.reflector = r
	return nil
}
