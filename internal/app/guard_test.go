package app

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A web configuration file that loses its password while the program runs
// opens nothing to strangers.
func TestProtectionIsKept(t *testing.T) {
	dir := t.TempDir()
	encrypted, roots := certificate(t, dir)
	file := filepath.Join(dir, "web.yaml")
	rewrite(t, file, encrypted+user)
	var log syncBuffer
	a := start(t, Options{
		Inventory: write(t, uplinks("127.0.0.1:1", "x")), WebConfigFile: file, Listen: []string{"0.0.0.0:0"},
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	_, port, err := net.SplitHostPort(a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	ask := func(password string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://127.0.0.1:"+port+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		if password != "" {
			req.SetBasicAuth("it", password)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	for _, c := range []struct {
		text, password string
		status         int
		says           string
	}{
		{encrypted + user, "", http.StatusUnauthorized, ""},
		{encrypted + user, "test", http.StatusOK, "wanwatch_"},
		{encrypted, "", http.StatusServiceUnavailable, "sets up no password"},
		{encrypted, "test", http.StatusServiceUnavailable, "sets up no password"},
		{encrypted + user, "test", http.StatusOK, "wanwatch_"},
		{encrypted + user, "", http.StatusUnauthorized, ""},
	} {
		replace(t, file, c.text)
		if status, body := ask(c.password); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("password %q: %d %.100s, want %d with %q", c.password, status, body, c.status, c.says)
		}
	}
	if n := strings.Count(log.String(), "does not protect any more"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, log.String())
	}
}

// Loopback needs no guard, and whoever allows strangers wants none.
func TestUnguarded(t *testing.T) {
	for _, o := range []Options{
		{Listen: []string{"127.0.0.1:0"}},
		{Listen: []string{"0.0.0.0:0"}, AllowInsecure: true},
	} {
		o.Inventory = write(t, uplinks("127.0.0.1:1", "x"))
		a := start(t, o)
		_, port, err := net.SplitHostPort(a.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if code, _, err := request(t.Context(), http.MethodGet, "http://127.0.0.1:"+port+"/metrics"); err != nil || code != http.StatusOK {
			t.Errorf("%v: %d, %v", o.Listen, code, err)
		}
	}
}

// replace puts another file in the place of one, which is never seen half written:
// the web server reads it while it starts, and at each connection.
func replace(t *testing.T, path, text string) {
	t.Helper()
	next := path + ".next"
	rewrite(t, next, text)
	if err := os.Rename(next, path); err != nil {
		t.Fatal(err)
	}
}
