package tcp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// session is what a TLS handshake told.
type session struct {
	took   time.Duration // 0 if the handshake failed
	expiry time.Time     // zero if no certificate was presented
	detail string
}

func (s session) samples() []probes.Sample {
	took := unknown
	if s.took > 0 {
		took = s.took.Seconds()
	}
	samples := []probes.Sample{{Metric: metric.TLSHandshake, Value: took}}
	if !s.expiry.IsZero() {
		samples = append(samples, probes.Sample{Metric: metric.CertificateExpiry, Value: float64(s.expiry.Unix())})
	}
	return samples
}

// handshake makes a TLS handshake and checks the certificate. The session is
// filled as far as it went, whatever the error.
func (p *prober) handshake(ctx context.Context, conn *connection, trace *probes.Trace) (session, error) {
	settings := p.config.TLSConfig
	if settings == nil {
		settings = new(TLSConfig)
	}
	roots, err := settings.roots()
	if err != nil {
		return session{}, &failure{probes.ReasonCredential, err.Error()}
	}
	name := settings.ServerName
	if name == "" {
		name = p.host
	}
	client := tls.Client(conn.Conn, &tls.Config{
		ServerName: name,
		MinVersion: settings.minVersion(),
		// The chain is verified below, after its dates were read: a handshake
		// that Go ends itself would not tell when the certificate expired.
		InsecureSkipVerify: true, //nolint:gosec // see above
	})
	trace.Logf("TLS handshake for %s", name)
	start := time.Now()
	if err := client.HandshakeContext(ctx); err != nil {
		f := handshakeFailure(ctx, conn.remote, err)
		trace.Logf("TLS handshake: %s", f.detail)
		return session{}, f
	}
	state := client.ConnectionState()
	s := session{took: time.Since(start), expiry: earliestExpiry(state.PeerCertificates)}
	// Tells the server that no more will come (RFC 8446, section 6.1); the
	// connection itself is closed by the caller.
	_ = client.CloseWrite()

	leaf := state.PeerCertificates[0]
	s.detail = fmt.Sprintf("%s: %s, certificate for %s valid until %s", conn.remote, tls.VersionName(state.Version), names(leaf), day(leaf.NotAfter))
	trace.Logf("TLS handshake: %s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	for i, c := range state.PeerCertificates {
		trace.Logf("certificate %d: for %s, issued by %s, valid from %s to %s", i+1, names(c), c.Issuer, day(c.NotBefore), day(c.NotAfter))
	}
	if settings.Insecure {
		trace.Logf("certificate not checked: insecure is set")
		return s, nil
	}
	if faults := verify(state.PeerCertificates, roots, name, time.Now()); faults != "" {
		trace.Logf("certificate refused: %s", faults)
		return s, &failure{probes.ReasonTLS, fmt.Sprintf("%s answered, but its certificate is not valid: %s", conn.remote, faults)}
	}
	trace.Logf("certificate accepted for %s", name)
	return s, nil
}

// roots reads the authorities to trust; nil means this host's.
func (c *TLSConfig) roots() (*x509.CertPool, error) {
	if c.CAFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("reading ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s holds no certificate in PEM", c.CAFile)
	}
	return pool, nil
}

func (c *TLSConfig) minVersion() uint16 {
	switch c.MinVersion {
	case "TLS10":
		return tls.VersionTLS10
	case "TLS11":
		return tls.VersionTLS11
	case "TLS13":
		return tls.VersionTLS13
	default:
		return tls.VersionTLS12
	}
}

// handshakeFailure explains why a handshake did not end well.
func handshakeFailure(ctx context.Context, remote string, err error) *failure {
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	var remoteError *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return explain(ctx.Err())
	case isTimeout(err):
		return &failure{probes.ReasonTimeout, fmt.Sprintf("%s accepted the connection but did not finish the TLS handshake within the time-out", remote)}
	case errors.Is(err, errReset), errors.Is(err, errAborted):
		return &failure{probes.ReasonReset, fmt.Sprintf("%s broke the connection (RST) during the TLS handshake", remote)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &failure{probes.ReasonReset, fmt.Sprintf("%s closed the connection during the TLS handshake", remote)}
	case errors.As(err, &notTLS):
		return &failure{probes.ReasonTLS, fmt.Sprintf("%s does not speak TLS on this port", remote)}
	case errors.As(err, &alert), errors.As(err, &remoteError):
		return &failure{probes.ReasonTLS, fmt.Sprintf("%s ended the TLS handshake: %v", remote, rootCause(err))}
	default:
		return &failure{probes.ReasonTLS, fmt.Sprintf("TLS handshake with %s: %v", remote, err)}
	}
}
