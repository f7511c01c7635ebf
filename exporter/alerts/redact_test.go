package alerts_test

import (
	"log/slog"
	"strings"
	"testing"

	"wanwatch/dashboards/notices"
	"wanwatch/dashboards/texts"
	"wanwatch/exporter/alerts"
)

// telegram cannot be reached, which its client says with the whole URL.
const telegram = "  telegram_configs: [{api_url: 'http://127.0.0.1:1', bot_token: '123:hunter2', chat_id: 1, message: m}]\n"

// A test of the receivers does not say the token of a bot.
func TestSampleHidesToken(t *testing.T) {
	config := configured(t, telegram)
	got, err := alerts.Test(t.Context(), alerts.Options{ConfigFile: config, Templates: notices.Templates(texts.VI)}, fired("EndpointDown", "site", "s"))
	if err != nil || len(got) != 1 || got[0].Err == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if text := got[0].Err.Error(); strings.Contains(text, "hunter2") || !strings.Contains(text, "/bot<redacted>/") {
		t.Error(text)
	}
}

// The log of a notice that was not taken does not say it either.
func TestLogHidesToken(t *testing.T) {
	log := make(lines, 1000)
	m, err := alerts.Open(alerts.Options{
		Path: t.TempDir(), ConfigFile: configured(t, telegram), Templates: notices.Templates(texts.VI), ExternalURL: "http://127.0.0.1:9476",
		Logger: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, m, fired("EndpointDown", "target", "room", "site", "s"))
	for text := range log {
		if strings.Contains(text, "hunter2") {
			t.Error(text)
		}
		if strings.Contains(text, "sendMessage") {
			break
		}
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// lines are those of a log.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
