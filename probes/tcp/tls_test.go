package tcp

import (
	"crypto/tls"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

// day is a date as messages write it.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

const year = 365 * 24 * time.Hour

func TestCertificates(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	ca := newAuthority(t, now.Add(5*year))
	dying := newAuthority(t, now.Add(30*24*time.Hour))
	dead := newAuthority(t, now.Add(-24*time.Hour))
	for name, c := range map[string]struct {
		from, until time.Time
		signer      *authority
		trusted     *authority
		names       []string
		config      dial.TLSConfig
		outcome     probes.Outcome
		detail      []string
		expiry      time.Time
	}{
		"valid": {from: now.Add(-year), until: now.Add(year), signer: ca, trusted: ca, names: []string{"hop.example"},
			outcome: probes.Success, detail: []string{"certificate for hop.example valid until"}, expiry: now.Add(year)},
		"authority expires first": {from: now.Add(-year), until: now.Add(year), signer: dying, trusted: dying, names: []string{"hop.example"},
			outcome: probes.Success, expiry: now.Add(30 * 24 * time.Hour)},
		"expired": {from: now.Add(-2 * year), until: now.Add(-year), signer: ca, trusted: ca, names: []string{"hop.example", "b.example"},
			outcome: probes.Failure, detail: []string{"it expired on " + day(now.Add(-year)), "for hop.example, b.example"}, expiry: now.Add(-year)},
		"expired and unchecked": {from: now.Add(-2 * year), until: now.Add(-year), signer: ca, names: []string{"hop.example"}, config: dial.TLSConfig{Insecure: true},
			outcome: probes.Success, expiry: now.Add(-year)},
		"not yet valid": {from: now.Add(24 * time.Hour), until: now.Add(year), signer: ca, trusted: ca, names: []string{"hop.example"},
			outcome: probes.Failure, detail: []string{"valid only from", "clock"}, expiry: now.Add(year)},
		"wrong name": {from: now.Add(-year), until: now.Add(year), signer: ca, trusted: ca, names: []string{"other.example"},
			outcome: probes.Failure, detail: []string{"it is for other.example, not for hop.example"}, expiry: now.Add(year)},
		"name given": {from: now.Add(-year), until: now.Add(year), signer: ca, trusted: ca, names: []string{"other.example"}, config: dial.TLSConfig{ServerName: "other.example"},
			outcome: probes.Success, expiry: now.Add(year)},
		"self-signed": {from: now.Add(-year), until: now.Add(year), names: []string{"hop.example"},
			outcome: probes.Failure, detail: []string{"self-signed", "ca_file"}, expiry: now.Add(year)},
		"unknown authority": {from: now.Add(-year), until: now.Add(year), signer: ca, names: []string{"hop.example"},
			outcome: probes.Failure, detail: []string{"its issuer CN=Test Authority is not trusted"}, expiry: now.Add(year)},
		"authority expired": {from: now.Add(-year), until: now.Add(year), signer: dead, trusted: dead, names: []string{"hop.example"},
			outcome: probes.Failure, detail: []string{"the certificate of its issuer"}, expiry: now.Add(-24 * time.Hour)},
		"everything": {from: now.Add(-2 * year), until: now.Add(-year), names: []string{"other.example"},
			outcome: probes.Failure, detail: []string{"expired on", "not for hop.example", "self-signed"}, expiry: now.Add(-year)},
	} {
		t.Run(name, func(t *testing.T) {
			cert := c.signer.issue(t, c.from, c.until, c.names...)
			address := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}})
			_, port, _ := net.SplitHostPort(address)
			if c.trusted != nil {
				c.config.CAFile = c.trusted.file
			}
			r, steps := probeOnce(t, probes.Env{Resolver: hosts{"hop.example": {"127.0.0.1"}}},
				job("hop.example:"+port, Config{TLS: true, TLSConfig: &c.config}))
			reason := probes.Reason("")
			if c.outcome == probes.Failure {
				reason = probes.ReasonTLS
			}
			for _, d := range append(c.detail, "") {
				check(t, r, c.outcome, reason, d)
			}
			if v, ok := sample(r, metric.CertificateExpiry); !ok || v != float64(c.expiry.Unix()) {
				t.Errorf("expiry %v, want %s", v, c.expiry)
			}
			if v, ok := sample(r, metric.TLSHandshake); !ok || !(v > 0) {
				t.Errorf("handshake took %g s", v)
			}
			if _, ok := sample(r, metric.TCPConnect); !ok {
				t.Error("no connect time")
			}
			if all := strings.Join(steps, "\n"); !strings.Contains(all, "certificate 1: for "+c.names[0]) {
				t.Errorf("steps: %s", all)
			}
		})
	}
}

func TestHandshakesThatFail(t *testing.T) {
	cert := newAuthority(t, time.Now().Add(year)).issue(t, time.Now().Add(-year), time.Now().Add(year))
	for name, c := range map[string]struct {
		handle func(net.Conn)
		config dial.TLSConfig
		reason probes.Reason
		detail string
	}{
		"no answer": {silent, dial.TLSConfig{}, probes.ReasonTimeout, "did not finish the TLS handshake"},
		"closed":    {func(c net.Conn) { _, _ = c.Read(make([]byte, 64<<10)) }, dial.TLSConfig{}, probes.ReasonReset, "closed the connection during the TLS handshake"},
		"reset":     {func(c net.Conn) { _, _ = c.Read(make([]byte, 1)); _ = c.(*net.TCPConn).SetLinger(0) }, dial.TLSConfig{}, probes.ReasonReset, "during the TLS handshake"},
		"no TLS":    {func(c net.Conn) { _, _ = io.WriteString(c, "220 ready\r\n"); silent(c) }, dial.TLSConfig{}, probes.ReasonTLS, "does not speak TLS"},
		"too old": {func(c net.Conn) {
			_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12}).Handshake()
			silent(c)
		}, dial.TLSConfig{MinVersion: "TLS13"}, probes.ReasonTLS, "protocol version"},
		"asks for a client's": {func(c net.Conn) {
			_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}).Handshake()
			silent(c)
		}, dial.TLSConfig{}, probes.ReasonTLS, "ended the TLS handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			j := job(serve(t, "tcp4", c.handle), Config{TLS: true, TLSConfig: &c.config})
			j.Probe.Timeout = 500 * time.Millisecond
			r, steps := probeOnce(t, probes.Env{}, j)
			check(t, r, probes.Failure, c.reason, c.detail)
			if v, _ := sample(r, metric.TLSHandshake); !math.IsNaN(v) {
				t.Errorf("handshake time %g, want NaN", v)
			}
			if _, ok := sample(r, metric.CertificateExpiry); ok {
				t.Error("an expiry without a certificate")
			}
			if len(steps) < 3 {
				t.Errorf("steps: %q", steps)
			}
		})
	}
}

// The client says goodbye and reads the session tickets of TLS 1.3, so that
// the server sees an orderly end.
func TestTLSEndsInOrder(t *testing.T) {
	cert := (*authority)(nil).issue(t, time.Now().Add(-year), time.Now().Add(year))
	ended := make(chan error, 1)
	address := serve(t, "tcp4", func(c net.Conn) {
		s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}})
		_, err := io.Copy(io.Discard, s)
		if err == nil {
			_, err = io.Copy(io.Discard, c) // after close_notify: FIN, no reset
		}
		ended <- err
	})
	r, _ := probeOnce(t, probes.Env{}, job(address, Config{TLS: true, TLSConfig: &dial.TLSConfig{Insecure: true}}))
	check(t, r, probes.Success, "", "TLS 1.3")
	if err := <-ended; err != nil {
		t.Errorf("the server saw %v", err)
	}
}

// A file of authorities that is missing, or holds none, fails its own probe,
// and the next one after it has come succeeds.
func TestCAFileIsReadAtEachProbe(t *testing.T) {
	ca := newAuthority(t, time.Now().Add(year))
	address := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.issue(t, time.Now().Add(-year), time.Now().Add(year), "hop.example")}})
	file := filepath.Join(t.TempDir(), "ca.pem")
	j := job(address, Config{TLS: true, TLSConfig: &dial.TLSConfig{CAFile: file, ServerName: "hop.example"}})
	r, _ := probeOnce(t, probes.Env{}, j)
	check(t, r, probes.Unknown, probes.ReasonCredential, "reading ca_file")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ = probeOnce(t, probes.Env{}, j)
	check(t, r, probes.Unknown, probes.ReasonCredential, "holds no certificate")
	pem, err := os.ReadFile(ca.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ = probeOnce(t, probes.Env{}, j)
	check(t, r, probes.Success, "", "")
}
