// Package peertest starts the programs of Debian that tests hold wanwatch against.
package peertest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"wanwatch/internal/testenv"
)

// Place is where a program shall run; the zero value is here.
type Place struct {
	// Do runs a function there: in a network namespace of the test's own.
	Do func(func() error) error
	// Dial connects from there.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

func (p Place) complete() Place {
	if p.Do == nil {
		p.Do = func(f func() error) error { return f() }
	}
	if p.Dial == nil {
		p.Dial = (&net.Dialer{}).DialContext
	}
	return p
}

// Peer is a program that runs and answers over HTTP until the test ends.
type Peer struct {
	t      testing.TB
	URL    string
	client *http.Client
}

// Prometheus starts Debian's Prometheus on a database, with the text of a
// prometheus.yml and files that lie beside it.
func Prometheus(t testing.TB, at Place, data, config string, beside ...string) *Peer {
	t.Helper()
	program := testenv.NeedProgram(t, "prometheus", "prometheus")
	return start(t, at, program, configure(t, "prometheus.yml", config, beside), func(address string) []string {
		return []string{
			"--storage.tsdb.path=" + data, "--storage.tsdb.retention.time=400d", "--web.listen-address=" + address, "--log.level=warn",
		}
	})
}

// VictoriaMetrics starts Debian's VictoriaMetrics on an empty database.
func VictoriaMetrics(t testing.TB, at Place) *Peer {
	t.Helper()
	data := t.TempDir()
	program := testenv.NeedProgram(t, "victoria-metrics", "victoria-metrics")
	return start(t, at, program, "", func(address string) []string {
		return []string{"-storageDataPath=" + data, "-retentionPeriod=100y", "-httpListenAddr=" + address, "-search.latencyOffset=0s", "-search.disableCache", "-loggerLevel=WARN"}
	})
}

// Alertmanager starts Debian's Alertmanager with the text of an alertmanager.yml and
// files that lie beside it.
func Alertmanager(t testing.TB, at Place, config string, beside ...string) *Peer {
	t.Helper()
	data := t.TempDir()
	program := testenv.NeedProgram(t, "prometheus-alertmanager", "prometheus-alertmanager")
	return start(t, at, program, configure(t, "alertmanager.yml", config, beside), func(address string) []string {
		return []string{"--storage.path=" + data, "--cluster.listen-address=", "--web.listen-address=" + address, "--log.level=warn"}
	})
}

// configure writes a configuration and what lies beside it.
func configure(t testing.TB, name, text string, beside []string) string {
	t.Helper()
	files := map[string][]byte{name: []byte(text)}
	for _, path := range beside {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, name)
}

func start(t testing.TB, at Place, program, file string, flags func(address string) []string) *Peer {
	t.Helper()
	at = at.complete()
	var address string
	if err := at.Do(func() (err error) {
		address, err = free(t.Context())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: at.Dial}
	t.Cleanup(transport.CloseIdleConnections)
	p := &Peer{t: t, URL: "http://" + address, client: &http.Client{Transport: transport}}
	args := flags(address)
	if file != "" {
		args = append(args, "--config.file="+file)
	}
	Daemon(t, at, p.ready, program, args...)
	return p
}

// ready reports whether the program answers.
func (p *Peer) ready() error {
	status, _, err := p.get("/-/ready")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	return err
}

// Query asks the HTTP API of Prometheus: path is query or query_range.
func (p *Peer) Query(path string, with url.Values) json.RawMessage {
	p.t.Helper()
	status, body, err := p.get("/api/v1/" + path + "?" + with.Encode())
	if err != nil {
		p.t.Fatal(err)
	}
	var answer struct{ Data json.RawMessage }
	if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: status %d: %s", path, status, body)
	}
	return answer.Data
}

func (p *Peer) get(path string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.URL+path, http.NoBody)
	if err != nil {
		return 0, nil, fmt.Errorf("get %s: %w", path, err)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("get %s: %w", path, err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return 0, nil, fmt.Errorf("get %s: %w", path, err)
	}
	return answer.StatusCode, body, nil
}
