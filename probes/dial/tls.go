package dial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/errno"
	"wanwatch/probes/metric"
)

// TLSConfig are the settings of a TLS client, named as Prometheus names them
// where it has them.
type TLSConfig struct {
	Insecure   bool   `yaml:"insecure" doc:"Do not check the certificate; its expiry is exported all the same."`
	ServerName string `yaml:"server_name" doc:"Name asked for and checked; the probe's host if left out."`
	CAFile     string `yaml:"ca_file" doc:"PEM file with the authorities to trust, in place of this host's; read at each probe."`
	MinVersion string `yaml:"min_version" enum:"TLS10|TLS11|TLS12|TLS13" doc:"Oldest version accepted; TLS12 if left out."`
}

// Check reports settings that contradict each other. A nil *TLSConfig has none.
func (c *TLSConfig) Check() []string {
	if c == nil || !c.Insecure {
		return nil
	}
	if c.CAFile != "" {
		return []string{"tls_config: insecure and ca_file contradict each other: leave one out"}
	}
	return nil
}

// CheckTransport reports settings of TLS beside another transport.
func (c *TLSConfig) CheckTransport(transport string) []string {
	if c != nil && transport != "tls" {
		return []string{"tls_config needs transport: tls"}
	}
	return c.Check()
}

// Security is how to make a connection secure.
type Security struct {
	Name      string // of the server, if the settings give none
	Config    *TLSConfig
	Protocols []string // offered by ALPN (RFC 7301)
}

// Session is what a TLS handshake told.
type Session struct {
	Took     time.Duration // 0 if the handshake failed
	Expiry   time.Time     // zero if no certificate was presented
	Detail   string
	Protocol string // chosen by ALPN
}

// Samples returns the handshake's metrics.
func (s Session) Samples() []probes.Sample {
	took := Unknown
	if s.Took > 0 {
		took = s.Took.Seconds()
	}
	samples := []probes.Sample{{Metric: metric.TLSHandshake, Value: took}}
	if !s.Expiry.IsZero() {
		samples = append(samples, probes.Sample{Metric: metric.CertificateExpiry, Value: float64(s.Expiry.Unix())})
	}
	return samples
}

// Unknown takes a gauge away until it is known again.
var Unknown = math.NaN()

// Handshake makes a TLS handshake and checks the certificate; what is read and
// written afterwards goes through it. The session is filled as far as it went,
// whatever the error.
func (c *Conn) Handshake(ctx context.Context, how Security, trace *probes.Trace) (Session, error) {
	settings, name := how.settings()
	roots, err := settings.roots()
	if err != nil {
		return Session{}, &Failure{Reason: probes.ReasonCredential, Detail: err.Error()}
	}
	client := tls.Client(c.raw, &tls.Config{
		ServerName: name,
		MinVersion: settings.minVersion(),
		NextProtos: how.Protocols,
		// The chain is verified below, after its dates were read: a handshake
		// that Go ends itself would not tell when the certificate expired.
		InsecureSkipVerify: true, //nolint:gosec // see above
	})
	trace.Logf("TLS handshake for %s", name)
	start := time.Now()
	if err := client.HandshakeContext(ctx); err != nil {
		f := handshakeFailure(ctx, c.Remote, err)
		trace.Logf("TLS handshake: %s", f.Detail)
		return Session{}, f
	}
	state := client.ConnectionState()
	c.Conn = client
	s := Session{Took: time.Since(start), Expiry: earliestExpiry(state.PeerCertificates), Protocol: state.NegotiatedProtocol}
	leaf := state.PeerCertificates[0]
	s.Detail = fmt.Sprintf("%s: %s, certificate for %s valid until %s", c.Remote, tls.VersionName(state.Version), names(leaf), day(leaf.NotAfter))
	trace.Logf("TLS handshake: %s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	for i, x := range state.PeerCertificates {
		trace.Logf("certificate %d: for %s, issued by %s, valid from %s to %s", i+1, names(x), x.Issuer, day(x.NotBefore), day(x.NotAfter))
	}
	if settings.Insecure {
		trace.Logf("certificate not checked: insecure is set")
		return s, nil
	}
	if faults := verify(state.PeerCertificates, roots, name, time.Now()); faults != "" {
		trace.Logf("certificate refused: %s", faults)
		return s, &Failure{Reason: probes.ReasonTLS, Detail: fmt.Sprintf("%s answered, but its certificate is not valid: %s", c.Remote, faults)}
	}
	trace.Logf("certificate accepted for %s", name)
	return s, nil
}

// settings returns the settings, and the name to ask for.
func (h Security) settings() (settings *TLSConfig, name string) {
	settings = h.Config
	if settings == nil {
		settings = new(TLSConfig)
	}
	if settings.ServerName != "" {
		return settings, settings.ServerName
	}
	return settings, h.Name
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
func handshakeFailure(ctx context.Context, remote string, err error) *Failure {
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	var remoteError *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Explain(ctx.Err())
	case isTimeout(err):
		return &Failure{Reason: probes.ReasonTimeout, Detail: fmt.Sprintf("%s accepted the connection but did not finish the TLS handshake within the time-out", remote)}
	case errors.Is(err, errno.Reset), errors.Is(err, errno.Aborted):
		return &Failure{Reason: probes.ReasonReset, Detail: fmt.Sprintf("%s broke the connection (RST) during the TLS handshake", remote)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Failure{Reason: probes.ReasonReset, Detail: fmt.Sprintf("%s closed the connection during the TLS handshake", remote)}
	case errors.As(err, &notTLS):
		return &Failure{Reason: probes.ReasonTLS, Detail: fmt.Sprintf("%s does not speak TLS on this port", remote)}
	case errors.As(err, &alert), errors.As(err, &remoteError):
		return &Failure{Reason: probes.ReasonTLS, Detail: fmt.Sprintf("%s ended the TLS handshake: %v", remote, rootCause(err))}
	default:
		return &Failure{Reason: probes.ReasonTLS, Detail: fmt.Sprintf("TLS handshake with %s: %v", remote, err)}
	}
}
