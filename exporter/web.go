package exporter

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// WebOptions are what the program's web server is made of.
type WebOptions struct {
	Exporter *Exporter
	// Reload reads the inventory again; what it returns is shown to the client. It is
	// inventory.Problems or a [*SettingsError] if files have mistakes.
	Reload func(context.Context) error
	// Check runs the probes of one target now.
	Check func(ctx context.Context, target string) ([]probes.Report, error)
	// Ready reports whether the program has started.
	Ready func() bool
	// Pprof serves /debug/pprof.
	Pprof bool
	// Home is what "/" shows; nil: a page that names nothing of the network.
	Home http.Handler
	// More are further handlers, by the pattern of an http.ServeMux.
	More map[string]http.Handler
	// Logger takes what goes wrong; nil: nothing is logged.
	Logger *slog.Logger
}

// NewWeb returns the handler of everything that the program serves over HTTP.
// TLS and passwords are the server's business: it is meant to be handed to
// exporter-toolkit's web.Serve.
func NewWeb(o WebOptions) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	if o.Home == nil {
		o.Home = http.HandlerFunc(landing)
	}
	mux.Handle("GET /{$}", o.Home)
	mux.Handle("GET /metrics", o.Exporter.Metrics())
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, "wanwatch is healthy")
	})
	mux.HandleFunc("GET /-/ready", o.ready)
	mux.HandleFunc("POST /-/reload", o.reload)
	mux.Handle("GET /probe", newProbeHandler(o))
	for pattern, handler := range o.More {
		mux.Handle(pattern, handler)
	}
	if o.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	// A browser must not reload for a page of somebody else.
	return hardened(http.NewCrossOriginProtection().Handler(mux))
}

// hardened adds the headers that keep a browser from doing more with an answer
// than showing it.
func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// say answers with one paragraph of text.
func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = io.WriteString(w, text+"\n") //nolint:gosec // plain text, and nosniff is set: no browser runs it
}

func (o WebOptions) ready(w http.ResponseWriter, _ *http.Request) {
	if o.Ready != nil && !o.Ready() {
		say(w, http.StatusServiceUnavailable, "wanwatch is not ready: it is starting or ending")
		return
	}
	say(w, http.StatusOK, "wanwatch is ready")
}

// SettingsError says that a file beside the inventory has a mistake: the program did
// its work, and who wrote the file mends it.
type SettingsError struct {
	What string // the kind of file, such as "the quality profile"
	Err  error  // names the file
}

func (e *SettingsError) Error() string { return e.Err.Error() }

func (e *SettingsError) Unwrap() error { return e.Err }

// reload answers 422 with the problems if the inventory, or a file beside it, is at
// fault, and 500 if something else is.
func (o WebOptions) reload(w http.ResponseWriter, r *http.Request) {
	if o.Reload == nil {
		say(w, http.StatusNotImplemented, "there is nothing to reload")
		return
	}
	err := o.Reload(r.Context())
	var (
		problems inventory.Problems
		settings *SettingsError
	)
	switch {
	case err == nil:
		say(w, http.StatusOK, "the inventory was reloaded")
	case errors.As(err, &problems):
		say(w, http.StatusUnprocessableEntity, "the inventory was not reloaded, the one before stays in force:\n"+problems.Error())
	case errors.As(err, &settings):
		say(w, http.StatusUnprocessableEntity, "the inventory was not reloaded, the one before stays in force:\n"+settings.Error())
	default:
		say(w, http.StatusInternalServerError, "the inventory was not reloaded, the one before stays in force: "+err.Error())
	}
}
