package pages

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"wanwatch/dashboards/texts"
)

// Silencer keeps alerts from being told.
type Silencer interface {
	Silences(ctx context.Context) ([]Silence, error)
	// Silence makes one; an id in it is no matter.
	Silence(ctx context.Context, s Silence) error
	Unsilence(ctx context.Context, id string) error
}

// Silence keeps alerts with some labels from being told until a moment.
type Silence struct {
	ID          string
	Matchers    map[string]string
	Until       time.Time
	By, Comment string
}

// lengths of silences that can be chosen.
func lengths() []time.Duration {
	return []time.Duration{time.Hour, 4 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
}

// mostTyped bounds what is taken of what somebody typed.
const mostTyped = 200

// alertsPage is the page of alerts.
type alertsPage struct {
	frame
	Texts      map[string]string
	HasHistory bool
	CanSilence bool
	Alerts     []alertRow
	Quiet      []alertRow
	Silences   []silenceRow
	Lengths    []choice
	Failure    string
}

type silenceRow struct{ ID, What, Until, Why string }

// choice is what can be chosen in a form.
type choice struct{ Value, Word string }

func (p *pages) alerts(w http.ResponseWriter, r *http.Request) {
	p.showAlerts(w, r, http.StatusOK, nil)
}

func (p *pages) showAlerts(w http.ResponseWriter, r *http.Request, status int, failure error) {
	f := p.frame(w, r)
	f.Title = f.say(texts.PageAlerts)
	page := alertsPage{frame: f, HasHistory: p.Alerts != nil, CanSilence: p.Silencer != nil, Texts: f.words(map[string]texts.Text{
		"Skip": texts.PageSkip, "Home": texts.PageHome, "NoAlerts": texts.PageNoAlerts, "NoHistory": texts.PageNoHistory,
		"Silence": texts.PageSilence, "For": texts.PageSilenceFor, "By": texts.PageSilenceBy, "Why": texts.PageSilenceWhy,
		"Silences": texts.PageSilences, "End": texts.PageSilenceEnd, "None": texts.PageNoSilences, "Elsewhere": texts.PageSilenceElsewhere,
	})}
	for _, row := range p.alertRows(r.Context(), &f) {
		if row.Hidden || row.Silenced {
			page.Quiet = append(page.Quiet, row)
		} else {
			page.Alerts = append(page.Alerts, row)
		}
	}
	page.Texts["Quiet"] = f.say(texts.PageQuiet, len(page.Quiet))
	for _, d := range lengths() {
		page.Lengths = append(page.Lengths, choice{d.String(), f.say(texts.PageHours, int(d.Hours()))})
	}
	if p.Silencer != nil {
		list, err := p.Silencer.Silences(r.Context())
		if err != nil {
			p.Logger.Error("silences could not be listed", "error", err)
		}
		for _, s := range list {
			page.Silences = append(page.Silences, f.silence(s))
		}
	}
	if failure != nil {
		page.Failure = f.say(texts.PageSilenceFailed, failure)
	}
	p.showWith(w, status, "alerts.html", page)
}

func (f *frame) silence(s Silence) silenceRow {
	var what []string
	for _, name := range slices.Sorted(maps.Keys(s.Matchers)) {
		what = append(what, name+" = "+s.Matchers[name])
	}
	why := s.By
	if s.Comment != "" {
		why += ": " + s.Comment
	}
	return silenceRow{s.ID, strings.Join(what, ", "), f.say(texts.PageUntil, f.Language.Clock(s.Until.In(f.zone))), why}
}

// silence makes a silence of what the form says: an alert by its name, and its target,
// kind and site where it has them.
func (p *pages) silence(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	length, err := time.ParseDuration(r.PostFormValue("for"))
	if err == nil && !slices.Contains(lengths(), length) {
		err = fmt.Errorf("%q is no length that can be chosen", r.PostFormValue("for"))
	}
	s := Silence{Matchers: map[string]string{}, Until: p.Now().Add(length), By: typed(r, "by"), Comment: typed(r, "why")}
	for field, label := range map[string]string{"alert": "alertname", "target": "target", "kind": "kind", "site": "site", "provider": "provider"} {
		if v := typed(r, field); v != "" {
			s.Matchers[label] = v
		}
	}
	if err == nil {
		err = p.Silencer.Silence(r.Context(), s)
	}
	p.done(w, r, err)
}

func (p *pages) unsilence(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	p.done(w, r, p.Silencer.Unsilence(r.Context(), typed(r, "id")))
}

// done shows the page anew, by another request, so that going back does not send the
// form again.
func (p *pages) done(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		p.showAlerts(w, r, http.StatusBadRequest, err)
		return
	}
	http.Redirect(w, r, "/alerts", http.StatusSeeOther)
}

func typed(r *http.Request, field string) string {
	text := []rune(strings.TrimSpace(r.PostFormValue(field)))
	return string(text[:min(len(text), mostTyped)])
}
