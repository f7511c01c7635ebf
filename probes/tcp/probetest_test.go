package tcp_test

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/tcp"
)

// listen answers connections until the test ends.
func listen(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer c.Close()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		group.Wait()
	})
	return l.Addr().String()
}

func discard(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// endpoint is an inventory with one tcp probe.
func endpoint(address, settings string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {tcp: {address: %q, timeout: 500ms%s}}\n", address, settings)
}

func TestSuite(t *testing.T) {
	probetest.Run(t, probetest.Subject{
		Kind:  tcp.Kind(),
		Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			server := httptest.NewTLSServer(nil)
			t.Cleanup(server.Close)
			ca := filepath.Join(t.TempDir(), "ca.pem")
			if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
				t.Fatal(err)
			}
			return probetest.Case{Inventory: endpoint(server.Listener.Addr().String(), fmt.Sprintf(", tls: true, tls_config: {ca_file: %q, server_name: example.com}", ca))}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"refused": func(t testing.TB) probetest.Case {
				t.Helper()
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				return probetest.Case{Inventory: endpoint(l.Addr().String(), ""), Reason: probes.ReasonRefused}
			},
			"silent in the handshake": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(listen(t, discard), ", tls: true"), Reason: probes.ReasonTimeout}
			},
			"self-signed": func(t testing.TB) probetest.Case {
				t.Helper()
				server := httptest.NewTLSServer(nil)
				t.Cleanup(server.Close)
				return probetest.Case{Inventory: endpoint(server.Listener.Addr().String(), ", tls: true"), Reason: probes.ReasonTLS}
			},
			"no TLS": func(t testing.TB) probetest.Case {
				t.Helper()
				address := listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 ready\r\n"); discard(c) })
				return probetest.Case{Inventory: endpoint(address, ", tls: true"), Reason: probes.ReasonTLS}
			},
			"too old": func(t testing.TB) probetest.Case {
				t.Helper()
				server := httptest.NewUnstartedServer(nil)
				server.TLS = &tls.Config{MaxVersion: tls.VersionTLS12}
				server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
				server.StartTLS()
				t.Cleanup(server.Close)
				return probetest.Case{Inventory: endpoint(server.Listener.Addr().String(), ", tls: true, tls_config: {insecure: true, min_version: TLS13}"), Reason: probes.ReasonTLS}
			},
			"no authorities": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(listen(t, discard), ", tls: true, tls_config: {ca_file: /nonexistent/ca.pem}"), Reason: probes.ReasonCredential}
			},
		},
	})
}
