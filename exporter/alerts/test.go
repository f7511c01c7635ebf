package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"
)

// Delivery is what became of a test at one integration of a receiver.
type Delivery struct {
	Receiver    string
	Integration string // "email", "webhook" and so on
	Took        time.Duration
	Err         error // nil: it was taken
}

// Test sends one alert to every receiver to which the configuration's routes lead
// it, at once and without a grouping, a silence or a log, and says what became of it.
// A receiver without integrations is among the deliveries, with none named. It
// needs no running manager.
func Test(ctx context.Context, o Options, a Alert) ([]Delivery, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	m := &Manager{opts: o, logger: slog.New(redactor{o.Logger.Handler()}), external: &url.URL{}}
	p, err := m.read(o.Templates)
	if err != nil {
		return nil, err
	}
	var list []Delivery
	told := map[string]bool{}
	for _, route := range p.routes.Match(labelSet(a.Labels)) {
		name := route.RouteOpts.Receiver
		if told[name] {
			continue
		}
		told[name] = true
		if len(p.receivers[name]) == 0 {
			list = append(list, Delivery{Receiver: name})
		}
		for _, i := range p.receivers[name] {
			list = append(list, deliver(ctx, name, i, convert(a, time.Now())))
		}
	}
	return list, nil
}

func deliver(ctx context.Context, receiver string, i notify.Integration, a *alert.Alert) Delivery {
	began := time.Now()
	ctx = notify.WithGroupKey(ctx, "wanwatch alert test")
	ctx = notify.WithGroupLabels(ctx, model.LabelSet{model.AlertNameLabel: a.Labels[model.AlertNameLabel]})
	ctx = notify.WithReceiverName(ctx, receiver)
	ctx = notify.WithNow(ctx, began)
	ctx = notify.WithRepeatInterval(ctx, time.Hour)
	_, err := i.Notify(ctx, a)
	if err != nil {
		err = fmt.Errorf("receiver %s, %s: %w", receiver, i.Name(), redactError(err))
	}
	return Delivery{receiver, i.Name(), time.Since(began), err}
}
