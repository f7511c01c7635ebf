package websocket_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	wire "github.com/coder/websocket"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/schedule"
	"wanwatch/probes/websocket"
)

func serve(t testing.TB, secure bool, handler http.HandlerFunc) (address, ca string) {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	if !secure {
		s.Start()
	} else {
		s.StartTLS()
		ca = filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), ca
}

func endpoint(kind, address, settings string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {%s: {address: %q, timeout: 900ms%s}}\n", kind, address, settings)
}

// accept upgrades and waits for the end.
func accept(w http.ResponseWriter, r *http.Request) {
	c, err := wire.Accept(w, r, &wire.AcceptOptions{Subprotocols: []string{"xmpp"}})
	if err != nil {
		return
	}
	_, _, _ = c.Read(r.Context())
	_ = c.CloseNow()
}

func TestSuite(t *testing.T) {
	bad := func(reason probes.Reason, settings string, handler http.HandlerFunc) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			address, _ := serve(t, false, handler)
			return probetest.Case{Inventory: endpoint("websocket", address, settings), Reason: reason}
		}
	}
	probetest.Run(t, probetest.Subject{
		Kind: websocket.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			address, ca := serve(t, true, accept)
			return probetest.Case{Inventory: endpoint("websocket", address, fmt.Sprintf(", tls: true, host: example.com, tls_config: {ca_file: %q}, subprotocols: [xmpp]", ca))}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent":        bad(probes.ReasonTimeout, "", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }),
			"a page":        bad(probes.ReasonStatus, "", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }),
			"not there":     bad(probes.ReasonStatus, "", http.NotFound),
			"other service": bad(probes.ReasonContent, ", subprotocols: [sip]", accept),
			"wrong key": bad(probes.ReasonProtocol, "", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Upgrade", "websocket")
				w.Header().Set("Connection", "Upgrade")
				w.Header().Set("Sec-WebSocket-Accept", "bm90aGluZw==")
				w.WriteHeader(http.StatusSwitchingProtocols)
			}),
			"no secret": bad(probes.ReasonCredential, ", headers: {Cookie: {env: WEBSOCKET_TEST_UNSET}}", accept),
			"other cookie": func(t testing.TB) probetest.Case {
				t.Helper()
				const cookie = "mat-khau-rat-dai"
				address, _ := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Cookie") == cookie {
						w.WriteHeader(http.StatusForbidden)
					}
				})
				file := filepath.Join(t.TempDir(), "cookie")
				if err := os.WriteFile(file, []byte(cookie+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return probetest.Case{Inventory: endpoint("websocket", address, fmt.Sprintf(", headers: {Cookie: {file: %q}}", file)), Reason: probes.ReasonStatus, Secrets: []string{cookie}}
			},
			"refused": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint("websocket", peertest.FreeTCP(t), ""), Reason: probes.ReasonRefused}
			},
		},
	})
}

const prosody = `
pidfile = %[1]q
data_path = %[2]q
plugin_paths = {}
modules_enabled = { "bosh"; "websocket" }
modules_disabled = { "s2s"; "offline"; "posix" }
certificates = %[2]q
log = { info = "*console" }
http_ports = { %[3]s }
http_interfaces = { "127.0.0.1" }
https_ports = {}
c2s_ports = {}
s2s_ports = {}
consider_websocket_secure = true
consider_bosh_secure = true
VirtualHost "127.0.0.1"
`

// Prosody, the XMPP server of Jitsi Meet: BOSH and WebSocket.
func TestProsody(t *testing.T) {
	program := testenv.NeedProgram(t, "prosody", "prosody")
	dir := t.TempDir()
	address := peertest.FreeTCP(t)
	_, port, _ := net.SplitHostPort(address)
	file := filepath.Join(dir, "prosody.cfg.lua")
	if err := os.WriteFile(file, fmt.Appendf(nil, prosody, filepath.Join(dir, "pid"), dir, port), 0o600); err != nil {
		t.Fatal(err)
	}
	peertest.Daemon(t, peertest.Place{}, func() error {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err
	}, program, "--config", file, "-F", "--root")
	for kind, settings := range map[string]string{
		"websocket": ", path: /xmpp-websocket, subprotocols: [xmpp]",
		"http":      ", service: jitsi",
	} {
		inv, err := inventory.Parse([]inventory.File{{Name: "x.yaml", Data: []byte(endpoint(kind, address, settings))}}, kinds.Inventory())
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := schedule.Plan(inv, "")
		if err != nil {
			t.Fatal(err)
		}
		// Prosody opens its port before it has loaded what answers there.
		deadline := time.Now().Add(10 * time.Second)
		for {
			var report probes.Report
			if err := schedule.Once(t.Context(), probes.Env{}.WithDefaults(), kinds.All(), jobs, 1, func(r probes.Report) { report = r }); err != nil {
				t.Fatal(err)
			}
			if report.Results[0].Outcome == probes.Success {
				break
			}
			if time.Now().After(deadline) {
				var said strings.Builder
				_ = report.WriteText(&said)
				t.Errorf("%s: %s", kind, said.String())
				break
			}
		}
	}
}
