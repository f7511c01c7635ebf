// Package alerts sends alerts to people: Alertmanager's routing, grouping,
// inhibition, silences and integrations in this process, configured by an ordinary
// alertmanager.yml, or an Alertmanager elsewhere.
//
// It is the only room that knows Alertmanager's packages, which change between
// versions.
package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/api"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/marker"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"
)

// Times that Alertmanager has as flags, with its defaults; retention bounds how
// long the log of notifications, and silences that are over, are kept.
const (
	retention   = 120 * time.Hour
	gcInterval  = 30 * time.Minute
	maintenance = 15 * time.Minute
	apiTimeout  = 30 * time.Second
)

// Alert is an alert that somebody raised.
type Alert struct {
	Labels, Annotations map[string]string
	// StartsAt is since when it fires, EndsAt when it is over, or when it counts as
	// over if nothing more is heard.
	StartsAt, EndsAt time.Time
	// GeneratorURL leads to where it comes from.
	GeneratorURL string
}

// Options say where alerts go. Path is required.
type Options struct {
	// Path is the folder of the silences and of the log of notifications.
	Path string
	// ConfigFile is an alertmanager.yml; empty: Default is used.
	ConfigFile string
	Default    []byte
	// Templates are Go templates beside Alertmanager's own and those that the
	// configuration names.
	Templates []byte
	// ExternalURL stands before the links in notifications.
	ExternalURL string
	// Logger takes the log; nil: nothing is logged.
	Logger *slog.Logger
}

// Manager routes alerts. All its methods are safe for concurrent use.
type Manager struct {
	opts   Options
	logger *slog.Logger

	alerts   *mem.Alerts
	silences *silence.Silences
	silencer *silence.Silencer
	sent     *nflog.Log
	marker   marker.GroupMarker
	pipes    *notify.PipelineBuilder
	metrics  *dispatch.DispatcherMetrics
	api      *api.API
	handler  http.Handler
	external *url.URL
	savers   []*saver

	reloading sync.Mutex
	routing   routing // swapped at a reload

	end   context.CancelFunc
	parts sync.WaitGroup
	close sync.Once
	err   error
}

// Open reads the configuration and what was kept, and starts to route. It sends
// nothing to anybody but whom the configuration names.
func Open(o Options) (_ *Manager, err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	m := &Manager{opts: o, logger: slog.New(redactor{o.Logger.Handler()}).With("component", "alerts"), marker: marker.NewGroupMarker()}
	if m.external, err = url.Parse(o.ExternalURL); err != nil {
		return nil, fmt.Errorf("the external URL of alerts: %w", err)
	}
	first, err := m.read(o.Templates)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Path, 0o750); err != nil {
		return nil, fmt.Errorf("a folder for silences and the log of notifications: %w", err)
	}
	ctx, end := context.WithCancel(context.Background())
	m.end = end
	if err := m.assemble(ctx); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	m.routing.apply(m, first)
	return m, nil
}

// assemble makes the parts that stay the same across reloads.
func (m *Manager) assemble(ctx context.Context) error {
	// Alertmanager's own metrics are many; they are nobody's here.
	registry, flags, recorder := prometheus.NewRegistry(), featurecontrol.NoopFlags{}, eventrecorder.NopRecorder()
	var err error
	if m.silences, err = silence.New(silence.Options{
		SnapshotFile: m.file("silences"), Retention: retention, Logger: m.logger, Metrics: registry, EventRecorder: recorder,
		Limits: silence.Limits{MaxSilences: func() int { return 0 }, MaxSilenceSizeBytes: func() int { return 0 }},
	}); err != nil {
		return fmt.Errorf("the silences in %s: %w; move the file away to start without", m.file("silences"), err)
	}
	if m.sent, err = nflog.New(nflog.Options{
		SnapshotFile: m.file("notifications"), Retention: retention, Logger: m.logger, Metrics: registry,
	}); err != nil {
		return fmt.Errorf("the log of notifications in %s: %w; move the file away to start without", m.file("notifications"), err)
	}
	m.keep(ctx, "silences", m.silences.Snapshot, m.silences.SetBroadcast)
	m.keep(ctx, "notifications", m.sent.Snapshot, m.sent.SetBroadcast)
	m.parts.Go(func() { m.forget(ctx) })
	m.silencer = silence.NewSilencer(m.silences, m.logger, recorder)
	if m.alerts, err = mem.NewAlerts(ctx, gcInterval, 0, m.silencer, m.logger, recorder, registry, flags); err != nil {
		return fmt.Errorf("keep alerts: %w", err)
	}
	m.pipes = notify.NewPipelineBuilder(registry, flags, recorder)
	m.metrics = dispatch.NewDispatcherMetrics(false, registry, flags)
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "alertmanager_http_request_duration_seconds", Help: "Not exposed."}, []string{"handler", "method", "code"})
	m.api, err = api.New(api.Options{
		Alerts: m.alerts, Silences: m.silences, GroupMutedFunc: m.marker.Muted, Timeout: apiTimeout,
		Logger: m.logger, Registry: registry, RequestDuration: durations, GroupFunc: m.routing.groups,
	})
	if err != nil {
		return fmt.Errorf("the API of alerts: %w", err)
	}
	m.handler = m.api.Register(route.New(), "/")
	return nil
}

func (m *Manager) file(name string) string { return filepath.Join(m.opts.Path, name) }

// forget drops what is too old.
func (m *Manager) forget(ctx context.Context) {
	ticks := time.NewTicker(maintenance)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			if _, err := m.silences.GC(); err != nil {
				m.logger.Error("old silences could not be dropped", "error", err)
			}
			if _, err := m.sent.GC(); err != nil {
				m.logger.Error("old notifications could not be dropped", "error", err)
			}
		}
	}
}

// Put takes alerts: new ones, ones that go on, and ones that are over.
func (m *Manager) Put(ctx context.Context, list ...Alert) error {
	now := time.Now()
	converted := make([]*alert.Alert, len(list))
	for i, a := range list {
		converted[i] = convert(a, now)
	}
	if err := m.alerts.Put(ctx, converted...); err != nil {
		return fmt.Errorf("take alerts: %w", err)
	}
	return nil
}

func convert(a Alert, now time.Time) *alert.Alert {
	return &alert.Alert{
		Alert: model.Alert{
			Labels: labelSet(a.Labels), Annotations: labelSet(a.Annotations),
			StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		},
		UpdatedAt: now,
	}
}

// labelSet leaves out labels without a value, as Alertmanager's API does.
func labelSet(m map[string]string) model.LabelSet {
	set := make(model.LabelSet, len(m))
	for name, value := range m {
		if value != "" {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	return set
}

// Handler answers under /api/v2 as Alertmanager does: amtool and Grafana speak it.
func (m *Manager) Handler() http.Handler { return m.handler }

// Close stops routing and keeps silences and the log of notifications.
func (m *Manager) Close() error {
	m.close.Do(func() {
		m.routing.stop()
		m.end()
		m.parts.Wait()
		if m.alerts != nil {
			m.alerts.Close()
		}
		for _, s := range m.savers {
			m.err = errors.Join(m.err, s.save())
		}
	})
	return m.err
}
