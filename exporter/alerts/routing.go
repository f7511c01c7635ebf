package alerts

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/config/receiver"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
)

// Plan is a configuration that was read whole: nothing about it can fail any more.
type Plan struct {
	config    *config.Config
	template  *template.Template
	routes    *dispatch.Route
	receivers map[string][]notify.Integration
	times     map[string][]timeinterval.TimeInterval
}

// ConfigError says that a configuration, or a file that it names, has a mistake: who
// wrote it mends it.
type ConfigError struct {
	File string
	Err  error
}

// Error begins with the file's name.
func (e *ConfigError) Error() string { return e.File + ": " + e.Err.Error() }

func (e *ConfigError) Unwrap() error { return e.Err }

// read reads the configuration and everything that it names. The error begins with
// the file's name; it is a [*ConfigError] if the file could be read.
func (m *Manager) read(templates []byte) (*Plan, error) {
	name, text := "the built-in alertmanager.yml", m.opts.Default
	if m.opts.ConfigFile != "" {
		name = m.opts.ConfigFile
		var err error
		if text, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("the configuration of alerts: %w; name another file with --alertmanager.config.file", err)
		}
	}
	p, err := m.plan(string(text), templates)
	if err != nil {
		return nil, &ConfigError{name, err}
	}
	return p, nil
}

// templates returns the built-in ones and, over them, those that a file of its own
// names.
func (m *Manager) templates(conf *config.Config, builtIn []byte) (*template.Template, error) {
	t, err := template.FromGlobs(nil)
	if err != nil {
		return nil, fmt.Errorf("the templates of Alertmanager: %w", err)
	}
	if err := t.Parse(bytes.NewReader(builtIn)); err != nil {
		return nil, fmt.Errorf("built-in templates: %w", err)
	}
	if m.opts.ConfigFile == "" {
		return t, nil // there is no folder in which to look for more
	}
	for _, pattern := range conf.Templates {
		if err := t.FromGlob(pattern); err != nil {
			return nil, fmt.Errorf("templates %s: %w", pattern, err)
		}
	}
	return t, nil
}

func (m *Manager) plan(text string, templates []byte) (*Plan, error) {
	conf, err := config.Load(text)
	if err == nil && m.opts.ConfigFile != "" {
		// Once more from the file: paths in it are relative to it.
		conf, err = config.LoadFile(m.opts.ConfigFile)
	}
	if err != nil {
		return nil, err
	}
	p := &Plan{config: conf, receivers: map[string][]notify.Integration{}, times: map[string][]timeinterval.TimeInterval{}}
	if p.template, err = m.templates(conf, templates); err != nil {
		return nil, err
	}
	p.template.ExternalURL = m.external
	p.routes = dispatch.NewRoute(conf.Route, nil)
	for _, r := range conf.Receivers {
		if p.receivers[r.Name], err = receiver.BuildReceiverIntegrations(r, p.template, m.logger); err != nil {
			return nil, fmt.Errorf("receiver %s: %w", r.Name, err)
		}
	}
	for _, t := range conf.MuteTimeIntervals {
		p.times[t.Name] = t.TimeIntervals
	}
	for _, t := range conf.TimeIntervals {
		p.times[t.Name] = t.TimeIntervals
	}
	return p, nil
}

// Prepare reads the configuration again, for other built-in templates if the language
// has changed, and changes nothing.
func (m *Manager) Prepare(templates []byte) (*Plan, error) { return m.read(templates) }

// Apply puts a configuration in the place of the present one. It cannot fail.
func (m *Manager) Apply(p *Plan) {
	m.reloading.Lock()
	defer m.reloading.Unlock()
	m.routing.apply(m, p)
}

// routing is what a configuration made: it is replaced as a whole.
type routing struct {
	dispatcher atomic.Pointer[dispatch.Dispatcher]
	inhibitor  atomic.Pointer[inhibit.Inhibitor]
}

// apply stops what runs and starts a plan. The inhibitor must know all alerts before
// the dispatcher starts, or an alert that is hidden would be told.
func (r *routing) apply(m *Manager, p *Plan) {
	r.stop()
	recorder := eventrecorder.NopRecorder()
	inhibitor := inhibit.NewInhibitor(m.alerts, p.config.InhibitRules, m.logger, recorder)
	pipeline := m.pipes.New(p.receivers, func() time.Duration { return 0 }, inhibitor, m.silencer,
		timeinterval.NewIntervener(p.times), m.marker, m.sent, nil)
	m.api.Update(p.config, func(ctx context.Context, set model.LabelSet) {
		r.inhibitor.Load().Mutes(ctx, set)
		m.silencer.Mutes(ctx, set)
	})
	dispatcher := dispatch.NewDispatcher(m.alerts, p.routes, pipeline, m.marker,
		func(d time.Duration) time.Duration { return max(d, notify.MinTimeout) },
		maintenance, nil, m.logger, recorder, m.metrics, p.template)
	m.parts.Go(inhibitor.Run)
	inhibitor.WaitForLoading()
	r.inhibitor.Store(inhibitor)
	m.parts.Go(func() { dispatcher.Run(time.Now()) })
	dispatcher.WaitForLoading()
	r.dispatcher.Store(dispatcher)
}

func (r *routing) stop() {
	if i := r.inhibitor.Load(); i != nil {
		i.Stop()
	}
	if d := r.dispatcher.Load(); d != nil {
		d.Stop()
	}
}

// Muted reports whether an alert is hidden behind another one, and whether a silence
// keeps it from being told.
func (m *Manager) Muted(ctx context.Context, labels map[string]string) (inhibited, silenced bool) {
	set := labelSet(labels)
	return m.routing.inhibitor.Load().Mutes(ctx, set), m.silencer.Mutes(ctx, set)
}

// groups answers the API.
func (r *routing) groups(ctx context.Context, routes func(*dispatch.Route) bool, alerts func(*alert.Alert, time.Time) bool) (dispatch.AlertGroups, map[model.Fingerprint][]string, error) {
	return r.dispatcher.Load().Groups(ctx, routes, alerts)
}
