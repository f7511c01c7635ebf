// Package client sends one HTTP request over a connection of its own and tells how
// long each part took; http and websocket share it. No proxy is used, no connection
// is kept, no cookie is remembered.
package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/metric"
)

// Port returns the port of HTTP, if the settings give none.
func Port(own int, secure bool) int {
	switch {
	case own != 0:
		return own
	case secure:
		return 443
	default:
		return 80
	}
}

// URLHost returns an address as a URL and the Host header have it: without the port
// that the scheme implies, as browsers do (RFC 9110, section 7.2), and with the zone
// of a link-local address as RFC 6874 has it.
func URLHost(address string, secure bool) string {
	address = strings.ReplaceAll(address, "%", "%25")
	if host, found := strings.CutSuffix(address, ":"+strconv.Itoa(Port(0, secure))); found {
		return host
	}
	return address
}

// The phases of a request: the values of the label "phase".
const (
	Resolve    = "resolve"
	Connect    = "connect"
	TLS        = "tls"
	Processing = "processing"
	Transfer   = "transfer"
)

// phases are all of them, in their order.
func phases() []string { return []string{Resolve, Connect, TLS, Processing, Transfer} }

// Client makes the requests of one probe, one after the other.
type Client struct {
	Dialer    dial.Dialer
	TLSConfig *dial.TLSConfig
	Name      string   // of the server, for TLS; empty: the dialer's host
	Protocols []string // offered by ALPN
	Trace     *probes.Trace

	// Session is that of the last handshake.
	Session dial.Session
	// Secure: a handshake was made, or should have been.
	Secure bool

	conn *dial.Conn
	mu   sync.Mutex
	took map[string]time.Duration
}

// Open connects, and makes it secure if wanted.
func (c *Client) Open(ctx context.Context, secure bool) error {
	c.Secure = c.Secure || secure
	conn, err := c.Dialer.TCP(ctx, c.Trace)
	if err != nil {
		return err
	}
	c.conn = conn
	c.Add(Resolve, conn.Lookup)
	c.Add(Connect, conn.Took)
	if !secure {
		return nil
	}
	name := c.Name
	if name == "" {
		name = c.Dialer.Host
	}
	c.Session, err = conn.Handshake(ctx, dial.Security{Name: name, Config: c.TLSConfig, Protocols: c.Protocols}, c.Trace)
	c.Add(TLS, c.Session.Took)
	return err
}

// errSecond is why a transport opens no connection of its own.
var errSecond = errors.New("the connection was closed before the request was sent")

// Transport returns what sends one request over the connection that Open made. The
// address in the request's URL has no part in it. net/http dials in a goroutine that
// may outlive the request, and Close; so it only takes what was there.
func (c *Client) Transport() *http.Transport {
	opened := c.conn.Conn
	var once sync.Once
	take := func(context.Context, string, string) (conn net.Conn, err error) {
		err = errSecond
		once.Do(func() { conn, err = opened, nil })
		return conn, err
	}
	return &http.Transport{DialContext: take, DialTLSContext: take, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10}
}

// Add adds to the time of a phase.
func (c *Client) Add(phase string, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.took == nil {
		c.took = map[string]time.Duration{}
	}
	c.took[phase] += took
}

// Timed returns a context that measures the processing of a request.
func (c *Client) Timed(ctx context.Context) context.Context {
	var mu sync.Mutex
	var wrote time.Time
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) {
			mu.Lock()
			defer mu.Unlock()
			wrote = time.Now()
		},
		GotFirstResponseByte: func() {
			mu.Lock()
			defer mu.Unlock()
			if !wrote.IsZero() {
				c.Add(Processing, time.Since(wrote))
			}
		},
	})
}

// Failure explains why a request had no answer.
func (c *Client) Failure(ctx context.Context, err error) error {
	if broken, ok := errors.AsType[*url.Error](err); ok {
		err = broken.Err
	}
	if ctx.Err() != nil || isNetwork(err) {
		return c.conn.ReadFailure(ctx, err)
	}
	return dial.Failf(probes.ReasonProtocol, "%s did not answer in HTTP: %v", c.conn.Remote, err)
}

// isNetwork tells what went wrong on the connection from an answer that is none.
func isNetwork(err error) bool {
	var operation net.Error
	var alert tls.AlertError
	return errors.As(err, &operation) || errors.As(err, &alert) || strings.HasSuffix(err.Error(), "EOF") ||
		strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "server closed")
}

// Close ends the connection of the last request.
func (c *Client) Close(ctx context.Context) {
	if c.conn != nil {
		c.conn.Close(ctx)
		c.conn = nil
	}
}

// Remote is who was connected to last.
func (c *Client) Remote() string {
	if c.conn == nil {
		return c.Dialer.Host
	}
	return c.conn.Remote
}

// Samples are the phases, and what the last handshake told. An unknown phase is taken
// away.
func (c *Client) Samples() []probes.Sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	var samples []probes.Sample
	for _, phase := range phases() {
		value := dial.Unknown
		if took, ok := c.took[phase]; ok {
			value = took.Seconds()
		}
		samples = append(samples, probes.Sample{Metric: metric.HTTPPhase, Labels: []string{phase}, Value: value})
	}
	if c.Secure {
		samples = append(samples, c.Session.Samples()...)
	}
	return samples
}
