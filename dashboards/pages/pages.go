// Package pages is what people look at without Grafana: every target by site with
// its state, the open alerts, and a page with charts for each target. The pages are
// drawn on the server and need no script; a small one keeps them up to date.
package pages

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/exporter"
	"wanwatch/inventory"
)

// History answers PromQL over a span of time.
type History interface {
	Range(ctx context.Context, expr string, from, to time.Time, step time.Duration) ([]Series, error)
}

// Series is the values of a series in the order of time.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Point is a value at a moment.
type Point struct {
	Time  time.Time
	Value float64
}

// Alert is an open alert.
type Alert struct {
	Name, Severity, Target, Kind, Site, Provider string
	// Title and Summary are in the language of the inventory.
	Title, Summary map[texts.Language]string
	Since          time.Time
	// Hidden is true behind another alert, Silenced if somebody silenced it.
	Hidden, Silenced bool
}

// Options are what the pages draw from.
type Options struct {
	// Inventory returns the one in force.
	Inventory func() *inventory.Inventory
	// States returns what is concluded about every target now.
	States func() []exporter.TargetState
	// Alerts returns the open alerts, History what was; both nil where no history is
	// kept.
	Alerts  func(context.Context) []Alert
	History History
	// Silencer makes silences; nil where there are none to make.
	Silencer Silencer
	// Conferences are the meetings; nil: there are no pages of them.
	Conferences Conferences
	// Ending is closed when the program ends; nil: never.
	Ending <-chan struct{}
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// Logger takes what goes wrong; nil: nothing is logged.
	Logger *slog.Logger
}

type pages struct {
	Options
	templates *template.Template
	followers chan struct{} // a value for each page that follows what happens
	every     time.Duration
}

//go:embed *.html style.css live.js
var files embed.FS

// New returns the handler of "/", "/targets/", "/alerts", "/meetings" and "/live". What changes something is
// done only for forms of these pages, not for those of another origin.
func New(o Options) http.Handler { return newPages(o, liveEvery) }

func newPages(o Options, every time.Duration) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &pages{Options: o, followers: make(chan struct{}, maxLive), every: every}
	style, err := files.ReadFile("style.css")
	if err == nil {
		p.templates, err = template.New("pages").Funcs(template.FuncMap{
			"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // it is a file of ours
		}).ParseFS(files, "*.html")
	}
	if err != nil {
		panic("pages: the templates that are built in cannot be parsed: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /targets/{kind}/{id}", p.target)
	mux.HandleFunc("GET /alerts", p.alerts)
	if p.Conferences != nil {
		mux.HandleFunc("GET /meetings", p.meetings)
		mux.HandleFunc("GET /meetings/{id}", p.meeting)
	}
	mux.HandleFunc("GET /live", p.live)
	mux.HandleFunc("GET /live.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "live.js") })
	if p.Silencer != nil {
		mux.HandleFunc("POST /alerts/silences", p.silence)
		mux.HandleFunc("POST /alerts/silences/end", p.unsilence)
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

// frame is what every page has.
type frame struct {
	Language     texts.Language
	Other        texts.Language // the one that can be changed to
	Title        string
	Organization string
	Now          string
	Wall         bool
	zone         *time.Location
}

func (f *frame) say(t texts.Text, args ...any) string { return f.Language.Say(t, args...) }

// words are texts in the page's language.
func (f *frame) words(list map[string]texts.Text) map[string]string {
	said := make(map[string]string, len(list))
	for name, t := range list {
		said[name] = f.say(t)
	}
	return said
}

func (p *pages) frame(w http.ResponseWriter, r *http.Request) frame {
	inv := p.Inventory()
	f := frame{Language: language(w, r, texts.Language(inv.Language)), Organization: inv.Organization, zone: cmp.Or(inv.Timezone, time.UTC)}
	f.Other = texts.EN
	if f.Language == texts.EN {
		f.Other = texts.VI
	}
	f.Now = f.Language.Clock(p.Now().In(f.zone))
	f.Wall = r.URL.Query().Has("wall")
	return f
}

// language is the one asked for, or asked for before, or that the browser prefers,
// or that of the inventory.
func language(w http.ResponseWriter, r *http.Request, fallback texts.Language) texts.Language {
	const name = "lang"
	if asked := r.URL.Query().Get(name); asked != "" {
		if l, ok := texts.ParseLanguage(asked); ok {
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // it is no secret, and must work on the loopback without TLS
				Name: name, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode,
			})
			return l
		}
	}
	if c, err := r.Cookie(name); err == nil {
		if l, ok := texts.ParseLanguage(c.Value); ok {
			return l
		}
	}
	if l, ok := texts.ParseLanguage(r.Header.Get("Accept-Language")); ok {
		return l
	}
	return fallback
}

// show writes a page.
func (p *pages) show(w http.ResponseWriter, name string, data any) {
	p.showWith(w, http.StatusOK, name, data)
}

func (p *pages) showWith(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := p.templates.ExecuteTemplate(&b, name, data); err != nil {
		p.Logger.Error("a page could not be drawn; please report it", "page", name, "error", err)
		http.Error(w, "this page could not be drawn; the log of wanwatch says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	w.WriteHeader(status)
	// A client that went away needs no answer.
	_, _ = w.Write(b.Bytes())
}
