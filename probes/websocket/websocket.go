// Package websocket is the kind of probe that opens a WebSocket connection (RFC 6455)
// and closes it at once; no message is sent. It succeeds if the server switches
// protocols, proves by Sec-WebSocket-Accept that it understood, and, where
// subprotocols are offered, chooses one of them.
package websocket

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/http/client"
	"wanwatch/probes/metric"
)

// Kind describes the kind "websocket".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "websocket",
			Doc:       "WebSocket upgrade (RFC 6455).",
			NewConfig: func() any { return &Config{Path: "/"} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonTLS, probes.ReasonProtocol, probes.ReasonStatus, probes.ReasonContent),
		// All metrics of this kind are gauges, unknown until the first answer.
		Series:    func(probes.Job) []probes.Sample { return nil },
		NewProber: newProber,
	}
}

type prober struct {
	dialer dial.Dialer
	job    probes.Job
	config Config
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	config, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	d.Source, d.DSCP = config.Source, config.DSCP
	return &prober{dialer: d, job: job, config: *config}, nil
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	c := &client.Client{Dialer: p.dialer, TLSConfig: p.config.TLSConfig, Protocols: []string{"http/1.1"}, Trace: trace}
	if p.config.Host != "" {
		c.Name, _, _ = strings.Cut(p.config.Host, ":")
	}
	status, detail, err := p.open(ctx, c)
	result.Detail = detail
	if err != nil {
		dial.Fail(&result, err)
	}
	result.Duration = time.Since(result.Start)
	result.Samples = append(c.Samples(), probes.Sample{Metric: metric.HTTPStatus, Value: status})
	emit(&result)
	c.Close(ctx)
}

// open opens a connection and closes it. The status is that of the answer, if any.
func (p *prober) open(ctx context.Context, c *client.Client) (status float64, detail string, err error) {
	header, err := p.header()
	if err != nil {
		c.Trace.Logf("nothing is sent: %v", err)
		return dial.Unknown, "", err
	}
	if err := c.Open(ctx, p.config.TLS); err != nil {
		return dial.Unknown, "", err
	}
	transport := c.Transport()
	defer transport.CloseIdleConnections()
	address := p.address()
	c.Trace.Logf("GET %s, Upgrade: websocket, subprotocols %v", address, p.config.Subprotocols)
	//nolint:bodyclose // Dial: «You never need to close resp.Body yourself»
	conn, response, err := websocket.Dial(c.Timed(ctx), address, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		HTTPHeader: header, Host: p.config.Host, Subprotocols: p.config.Subprotocols,
		CompressionMode: websocket.CompressionDisabled,
	})
	if response == nil {
		return dial.Unknown, "", c.Failure(ctx, err)
	}
	status = float64(response.StatusCode)
	c.Trace.Logf("received %s, subprotocol %q", response.Status, response.Header.Get("Sec-Websocket-Protocol"))
	switch {
	case response.StatusCode != http.StatusSwitchingProtocols:
		return status, "", dial.Failf(probes.ReasonStatus, "%s answered %s, and not 101", c.Remote(), response.Status)
	case err != nil:
		return status, "", dial.Failf(probes.ReasonProtocol, "%s answered 101, but not as RFC 6455 wants it: %v", c.Remote(), err)
	}
	chosen := conn.Subprotocol()
	_ = conn.CloseNow() // the client's Close says goodbye to the connection below
	if len(p.config.Subprotocols) > 0 && !slices.Contains(p.config.Subprotocols, chosen) {
		return status, "", dial.Failf(probes.ReasonContent, "%s upgrades, but chooses none of the subprotocols %s", c.Remote(), strings.Join(p.config.Subprotocols, ", "))
	}
	return status, fmt.Sprintf("%s upgrades to WebSocket, subprotocol %q", c.Remote(), chosen), nil
}

func (p *prober) address() string {
	scheme := "ws://"
	if p.config.TLS {
		scheme = "wss://"
	}
	return scheme + client.URLHost(p.job.Probe.Address, p.config.TLS) + p.config.Path
}

func (p *prober) header() (http.Header, error) {
	h := http.Header{"User-Agent": {"wanwatch"}}
	if err := client.SetHeaders(h, p.config.Headers); err != nil {
		return nil, err
	}
	if p.config.Origin != "" {
		h.Set("Origin", p.config.Origin)
	}
	return h, nil
}
