package alerts_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/texts"
)

// A reload that changes the language of the inventory changes that of the notices.
func TestLanguageIsReloaded(t *testing.T) {
	said := make(chan string, 10)
	chat := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		said <- string(body)
	}))
	t.Cleanup(chat.Close)
	m := open(t, configured(t, "  slack_configs: [{api_url: '"+chat.URL+"', channel: c, title: '{{ template \"wanwatch.text\" . }}'}]\n"), t.TempDir())
	for _, l := range []texts.Language{texts.VI, texts.EN} {
		next, err := m.Prepare(notices.Templates(l))
		if err != nil {
			t.Fatal(err)
		}
		m.Apply(next)
		put(t, m, fired("EndpointDown", "target", string(l), "site", string(l)))
		if text := <-said; !strings.Contains(text, l.Say(texts.NoticeSince)) {
			t.Errorf("in %s: %s", l, text)
		}
	}
}
