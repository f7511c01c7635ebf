package http_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/peertest"
	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/http"
	"wanwatch/probes/kinds"
	"wanwatch/probes/metric"
	"wanwatch/probes/probetest"
)

// serve starts a server; secure also writes its certificate to a file.
func serve(t testing.TB, secure bool, handler nethttp.HandlerFunc) (address, ca string) {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = nil
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

func endpoint(address, settings string) string {
	return fmt.Sprintf("credentials: {c: {http: {user: an, password: {env: HTTP_TEST_PASSWORD}}}}\nsites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {http: {address: %q, timeout: 900ms%s}}\n", address, settings)
}

func TestSuite(t *testing.T) {
	const password = "mat-khau-rat-dai"
	t.Setenv("HTTP_TEST_PASSWORD", password)
	t.Setenv("HTTP_TEST_LINES", password+"\nX-A: b")
	bad := func(reason probes.Reason, settings string, handler nethttp.HandlerFunc) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			address, _ := serve(t, false, handler)
			return probetest.Case{Inventory: endpoint(address, settings), Reason: reason, Secrets: []string{password}}
		}
	}
	hello := func(w nethttp.ResponseWriter, _ *nethttp.Request) { _, _ = io.WriteString(w, "hello") }
	raw := func(text string) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(probetest.Raw(t, true, text), ""), Reason: probes.ReasonProtocol}
		}
	}
	cut := raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
	probetest.Run(t, probetest.Subject{
		Kind: http.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			address, ca := serve(t, true, hello)
			return probetest.Case{Inventory: endpoint(address, fmt.Sprintf(", tls: true, host: example.com, tls_config: {ca_file: %q}, body: hel+o", ca))}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent": bad(probes.ReasonTimeout, "", func(_ nethttp.ResponseWriter, r *nethttp.Request) { <-r.Context().Done() }),
			"stops midway": bad(probes.ReasonTimeout, "", func(w nethttp.ResponseWriter, r *nethttp.Request) {
				hello(w, r)
				w.(nethttp.Flusher).Flush()
				<-r.Context().Done()
			}),
			"in trouble": bad(probes.ReasonStatus, "", func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(503) }),
			"not found":  bad(probes.ReasonStatus, "", nethttp.NotFound),
			"redirect":   bad(probes.ReasonStatus, "", func(w nethttp.ResponseWriter, r *nethttp.Request) { nethttp.Redirect(w, r, "/x", nethttp.StatusFound) }),
			"for ever": bad(probes.ReasonStatus, ", redirects: 5", func(w nethttp.ResponseWriter, r *nethttp.Request) {
				nethttp.Redirect(w, r, r.URL.Path+"x", nethttp.StatusFound)
			}),
			"other body":            bad(probes.ReasonContent, ", body: ^bye", hello),
			"other header":          bad(probes.ReasonContent, ", expect_headers: {Server: nginx}", hello),
			"wrong password":        bad(probes.ReasonAuth, ", credential: c", func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(401) }),
			"wrong key in a header": bad(probes.ReasonStatus, ", headers: {X-Api-Key: {env: HTTP_TEST_PASSWORD}}", func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(403) }),
			"key of two lines":      bad(probes.ReasonCredential, ", headers: {X-Api-Key: {env: HTTP_TEST_LINES}}", hello),
			"not HTTP":              raw("SSH-2.0-OpenSSH\r\n"),
			"huge header":           raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 100<<10) + "\r\n\r\n"),
			"to nowhere": bad(probes.ReasonProtocol, ", redirects: 1", func(w nethttp.ResponseWriter, _ *nethttp.Request) {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(302)
			}),
			"cut off": func(t testing.TB) probetest.Case {
				t.Helper()
				c := cut(t)
				c.Reason = probes.ReasonReset
				return c
			},
			"self-signed": func(t testing.TB) probetest.Case {
				t.Helper()
				address, _ := serve(t, true, hello)
				return probetest.Case{Inventory: endpoint(address, ", tls: true"), Reason: probes.ReasonTLS}
			},
			"no TLS": func(t testing.TB) probetest.Case {
				t.Helper()
				address, _ := serve(t, false, hello)
				return probetest.Case{Inventory: endpoint(address, ", tls: true"), Reason: probes.ReasonTLS}
			},
		},
	})
}

// once runs the probe of an inventory.
func once(t testing.TB, text string) (probes.Result, map[string]float64, string) {
	t.Helper()
	o := probetest.Once(t, kinds.All(), kinds.Inventory(), text)
	return o.Result, o.Values, o.Said
}

// What the first server may know goes to no other, and a redirect is followed with
// the name, the certificate and the phases of each server.
func TestRedirect(t *testing.T) {
	t.Setenv("HTTP_TEST_PASSWORD", "dung")
	var told nethttp.Header
	second, _ := serve(t, false, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		told = r.Header.Clone()
		_, _ = io.WriteString(w, "the other one")
	})
	var first nethttp.Header
	address, _ := serve(t, false, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		first = r.Header.Clone()
		nethttp.Redirect(w, r, "http://"+second+"/y", nethttp.StatusMovedPermanently)
	})
	t.Setenv("HTTP_TEST_KEY", "abc")
	r, values, said := once(t, endpoint(address, ", redirects: 1, credential: c, headers: {X-Key: {env: HTTP_TEST_KEY}, X-Other: def}, body: other"))
	if r.Outcome != probes.Success || values[metric.HTTPStatus.Name] != 200 || values[metric.HTTPVersion.Name] != 1.1 || values[metric.HTTPBody.Name] != 13 {
		t.Errorf("%s %s: %v\n%s", r.Outcome, r.Detail, values, said)
	}
	if first.Get("X-Key") != "abc" || first.Get("X-Other") != "def" || first.Get("Authorization") == "" || first.Get("User-Agent") != "wanwatch" {
		t.Errorf("the first server was sent %v", first)
	}
	if told.Get("X-Key") != "" || told.Get("X-Other") != "" || told.Get("Authorization") != "" || told.Get("Referer") != "" {
		t.Errorf("the second server was told %v", told)
	}
	for _, phase := range []string{"connect", "processing", "transfer"} {
		if !(values[metric.HTTPPhase.Name+phase] > 0) {
			t.Errorf("%s took %g s", phase, values[metric.HTTPPhase.Name+phase])
		}
	}
}

const nginx = `
daemon off;
pid %[1]s/pid;
error_log stderr;
worker_processes 1;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	server { listen %[2]s; return 301 https://hop.example:%[7]s/; }
	server { listen %[3]s ssl http2; ssl_certificate %[4]s; ssl_certificate_key %[5]s; location / { return 200 "xin chao"; } location /bad { proxy_pass http://%[6]s; } }
	server { listen %[8]s ssl; ssl_certificate %[9]s; ssl_certificate_key %[10]s; return 200 "old"; }
}
`

// nginx: HTTP/2, a redirect to TLS, a dead server behind it, a certificate that ended.
func TestNginx(t *testing.T) {
	program := testenv.NeedProgram(t, "nginx", "nginx-light")
	dir := t.TempDir()
	cert, key := peertest.Certificate(t, time.Now().AddDate(1, 0, 0), "hop.example")
	oldCert, oldKey := peertest.Certificate(t, time.Now().Add(-time.Hour), "hop.example")
	plain, secure, old := peertest.FreeTCP(t), peertest.FreeTCP(t), peertest.FreeTCP(t)
	_, port, _ := net.SplitHostPort(secure)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, nginx, dir, plain, secure, cert, key, peertest.FreeTCP(t), port, old, oldCert, oldKey), 0o600); err != nil {
		t.Fatal(err)
	}
	peertest.Daemon(t, peertest.Place{}, func() error {
		c, err := net.Dial("tcp", old)
		if err == nil {
			_ = c.Close()
		}
		return err
	}, program, "-e", "stderr", "-p", dir, "-c", file)
	trust := ", tls: true, host: hop.example, tls_config: {ca_file: " + cert + "}"
	for name, c := range map[string]struct {
		address, settings string
		reason            probes.Reason
		says              string
		version           float64
	}{
		"HTTP/2":           {secure, trust + ", body: xin chao, expect_headers: {Server: nginx}", "", "HTTP/2.0", 2},
		"dead behind":      {secure, trust + ", path: /bad", probes.ReasonStatus, "502 Bad Gateway", 2},
		"redirect":         {plain, ", status: [301]", "", "Location: https://hop.example:", 1.1},
		"expired":          {old, ", tls: true, host: hop.example, tls_config: {ca_file: " + oldCert + "}", probes.ReasonTLS, "it expired on", 0},
		"expired, ignored": {old, ", tls: true, tls_config: {insecure: true}", "", "HTTP/1.1", 1.1},
		"another name":     {secure, ", tls: true, host: other.example, tls_config: {ca_file: " + cert + "}", probes.ReasonTLS, "not for other.example", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, values, said := once(t, endpoint(c.address, c.settings))
			if r.Reason != c.reason || !strings.Contains(said+r.Detail, c.says) {
				t.Errorf("%s %s: %s\n%s", r.Outcome, r.Reason, r.Detail, said)
			}
			if v := values[metric.HTTPVersion.Name]; c.version > 0 && v != c.version {
				t.Errorf("version %g, want %g", v, c.version)
			}
			if _, told := values[metric.CertificateExpiry.Name]; told != (c.address != plain) {
				t.Errorf("the certificate's expiry is told: %v", told)
			}
		})
	}
}

// The API of BigBlueButton, as its documentation shows it.
func TestBigBlueButton(t *testing.T) {
	address, _ := serve(t, false, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/bigbluebutton/api" {
			_, _ = io.WriteString(w, "<response><returncode>SUCCESS</returncode><version>2.0</version></response>")
		} else {
			_, _ = io.WriteString(w, "<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>")
		}
	})
	if r, _, said := once(t, endpoint(address, ", service: bigbluebutton")); r.Outcome != probes.Success {
		t.Errorf("%s: %s\n%s", r.Reason, r.Detail, said)
	}
	if r, _, _ := once(t, endpoint(address, ", service: bigbluebutton, path: /bigbluebutton/api/getMeetings")); r.Reason != probes.ReasonContent {
		t.Errorf("%s: %s", r.Reason, r.Detail)
	}
}
