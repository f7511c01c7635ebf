package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/exporter-toolkit/web"

	"wanwatch/exporter"
	"wanwatch/probes"
)

// Times of the web server. A scrape of 10,000 targets takes well under a
// second to make; the rest is for slow readers.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	// drainTimeout is how long scrapes in flight may take at the end; it
	// leaves time within StopTimeout to cut them off.
	drainTimeout = 3 * time.Second
)

// serve serves one listener until the program ends, with a server of its own:
// the toolkit writes TLS and passwords into the server that it is given, so two
// listeners must not share one.
func (a *App) serve(l net.Listener) {
	handler := a.handler()
	if !a.opts.AllowInsecure && !loopback(l.Addr().String()) {
		handler = a.guard.over(handler)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(a.opts.Logger.With("component", "web").Handler(), slog.LevelWarn),
	}
	a.parts.Go(func() error {
		err := web.Serve(l, server, &web.FlagConfig{WebConfigFile: &a.opts.WebConfigFile},
			a.opts.Logger.With("component", "web"))
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve %s: %w", l.Addr(), errors.Join(err, closeListener(l)))
	})
	a.parts.Go(func() error {
		<-a.life.Done()
		return shutdown(server)
	})
}

// shutdown lets the requests in flight finish, for a while.
func shutdown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("end the web server: %w", err)
	}
	return nil
}

// closeListener closes a listener that may be closed already.
func closeListener(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (a *App) handler() http.Handler {
	o := exporter.WebOptions{
		Exporter: a.exporter,
		Reload:   a.Reload,
		Check:    a.check,
		Ready:    a.ready.Load,
		Pprof:    a.opts.Pprof,
		Logger:   a.opts.Logger,
	}
	o.Home = a.pages()
	o.More = map[string]http.Handler{"GET /targets/": o.Home, "/alerts": o.Home, "/alerts/": o.Home, "GET /meetings": o.Home, "GET /meetings/": o.Home, "GET /live": o.Home, "GET /live.js": o.Home}
	if a.history != nil {
		o.More["/api/v1/"] = a.history.Handler()
	}
	if a.alertmanager != nil {
		o.More["/api/v2/"] = a.alertmanager.Handler()
	}
	return exporter.NewWeb(o)
}

// check probes one target now, beside its regular probes.
func (a *App) check(ctx context.Context, target string) ([]probes.Report, error) {
	jobs, err := selectJobs(a.running.Load(), []string{target}, "")
	if err != nil {
		return nil, err
	}
	reports := make([]probes.Report, 0, len(jobs))
	err = once(ctx, a.env, a.opts.Kinds, jobs, func(r probes.Report) { reports = append(reports, r) })
	return reports, err
}
