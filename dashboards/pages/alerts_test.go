package pages

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wanwatch/dashboards/texts"
)

// desk keeps the silences of a test.
type desk struct {
	list []Silence
	err  error
}

func (d *desk) Silences(context.Context) ([]Silence, error) { return d.list, nil }

func (d *desk) Silence(_ context.Context, s Silence) error {
	if d.err == nil {
		s.ID = "id"
		d.list = append(d.list, s)
	}
	return d.err
}

func (d *desk) Unsilence(_ context.Context, id string) error {
	if len(d.list) == 0 || d.list[0].ID != id {
		return errors.New("there is no such silence")
	}
	d.list = nil
	return nil
}

func send(t *testing.T, o Options, path, origin string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", origin)
	r.Host = "wanwatch:9476"
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, r)
	return w
}

const ours, strange = "http://wanwatch:9476", "http://elsewhere.example"

func TestSilencing(t *testing.T) {
	d := &desk{}
	o := options(&history{})
	o.Silencer = d
	form := url.Values{"alert": {"EndpointDown"}, "target": {"room"}, "kind": {"endpoint"}, "for": {"4h0m0s"}, "by": {" An "}, "why": {evil}}
	if w := send(t, o, "/alerts/silences", strange, form); w.Code != http.StatusForbidden || len(d.list) != 0 {
		t.Fatalf("a page elsewhere: status %d, %v", w.Code, d.list)
	}
	if w := send(t, o, "/alerts/silences", ours, form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/alerts" {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	s := d.list[0]
	if s.Matchers["alertname"] != "EndpointDown" || s.Matchers["target"] != "room" || len(s.Matchers) != 3 || s.By != "An" || s.Comment != evil || !s.Until.Equal(now.Add(4*time.Hour)) {
		t.Errorf("%+v", s)
	}
	page, w := fetch(t, o, "/alerts")
	if len(elements(page, "script")) != 1 || !strings.Contains(w.Body.String(), texts.PageSilenceEnd.VI) {
		t.Errorf("the page does not show the silence: %s", w.Body)
	}
	for field, wrong := range map[string]string{"for": "1000h", "by": ""} {
		bad := url.Values{"alert": {"EndpointDown"}, "for": {"1h0m0s"}, "by": {"An"}}
		bad.Set(field, wrong)
		if field == "by" {
			d.err = errors.New("a name is wanted")
		}
		if w := send(t, o, "/alerts/silences", ours, bad); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%s %q: status %d", field, wrong, w.Code)
		}
	}
	if w := send(t, o, "/alerts/silences/end", ours, url.Values{"id": {"other"}}); w.Code != http.StatusBadRequest {
		t.Errorf("another id: status %d", w.Code)
	}
	if w := send(t, o, "/alerts/silences/end", ours, url.Values{"id": {"id"}}); w.Code != http.StatusSeeOther || len(d.list) != 0 {
		t.Errorf("the end: status %d, %v", w.Code, d.list)
	}
}

// Without an Alertmanager of the program's own there is nothing to silence here.
func TestNoSilencing(t *testing.T) {
	o := options(&history{})
	page, _ := fetch(t, o, "/alerts")
	if len(elements(page, "form")) != 0 {
		t.Error("there is a form")
	}
	if w := send(t, o, "/alerts/silences", ours, url.Values{"by": {"An"}}); w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
