package app

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// What net/http itself says of a connection is a line of the program's log.
func TestLogOfTheWebServer(t *testing.T) {
	dir := t.TempDir()
	encrypted, _ := certificate(t, dir)
	file := filepath.Join(dir, "web.yaml")
	rewrite(t, file, encrypted)
	var log syncBuffer
	a := start(t, Options{
		Inventory: write(t, uplinks("127.0.0.1:1", "x")), WebConfigFile: file,
		Logger: slog.New(slog.NewJSONHandler(&log, nil)),
	})
	// Not encrypted: the answer is not of interest.
	_, _, _ = request(t.Context(), http.MethodGet, "http://"+a.Addr().String()+"/")
	eventually(t, "the log tells of the handshake", func() bool { return strings.Contains(log.String(), "TLS handshake error") })
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
