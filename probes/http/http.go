// Package http is the kind of probe that asks for a page: HTTP/1.1, or HTTP/2 where
// TLS agrees on it, and checks status, headers, body and certificate. It uses no
// proxy, keeps no connection and no cookie, and sends no body. Redirects are followed
// only as far as the settings say.
package http

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/dial"
	"wanwatch/probes/http/client"
	"wanwatch/probes/metric"
)

// maxBody bounds what is read of a body, in bytes.
const maxBody = 64 << 10

// Kind describes the kind "http".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:      "http",
			Doc:       "HTTP or HTTPS request with checks of status, headers and body.",
			NewConfig: func() any { return &Config{Path: "/", Method: "GET", Status: []int{200}} },
			Interval:  15 * time.Second,
			Timeout:   5 * time.Second,
			Confirm:   2,
		},
		Reasons: dial.Reasons(probes.ReasonCredential, probes.ReasonAuth, probes.ReasonTLS, probes.ReasonProtocol,
			probes.ReasonStatus, probes.ReasonContent),
		// All metrics of this kind are gauges, unknown until the first answer.
		Series:    func(probes.Job) []probes.Sample { return nil },
		Octets:    80 << 10, // a page, of which 64 KiB are read, and the handshake
		NewProber: newProber,
	}
}

type prober struct {
	dialer     dial.Dialer
	job        probes.Job
	config     Config
	credential *inventory.UserPassword
	first      *url.URL
	body       *regexp.Regexp
	headers    map[string]*regexp.Regexp
}

func newProber(env probes.Env, job probes.Job) (probes.Prober, error) {
	settings, d, err := dial.For[Config](env, job)
	if err != nil {
		return nil, err
	}
	config := settings.ready()
	d.Source, d.DSCP = config.Source, config.DSCP
	p := &prober{dialer: d, job: job, config: config, headers: map[string]*regexp.Regexp{}}
	if job.Probe.Credential != nil {
		p.credential = job.Probe.Credential.HTTP
	}
	if p.first, err = config.address(job.Probe.Address); err != nil {
		return nil, fmt.Errorf("%s: probe %s of %s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
	}
	if p.body, err = regexp.Compile(config.Body); err != nil {
		return nil, fmt.Errorf("%s: probe %s of %s: body: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, err)
	}
	for name, pattern := range config.Expect {
		if p.headers[name], err = regexp.Compile(pattern); err != nil {
			return nil, fmt.Errorf("%s: probe %s of %s: expect_headers.%s: %w", job.Probe.Pos, job.Probe.Name, job.Target.ID, name, err)
		}
	}
	return p, nil
}

// address returns the URL to ask for first.
func (c *Config) address(probe string) (*url.URL, error) {
	if c.URL != "" {
		return url.Parse(c.URL)
	}
	scheme := "http"
	if c.TLS {
		scheme = "https"
	}
	host := client.URLHost(probe, c.TLS)
	if c.Host != "" {
		host = c.Host
	}
	return url.Parse(scheme + "://" + host + c.Path)
}

// Close implements probes.Prober; there is nothing to free.
func (p *prober) Close() error { return nil }

// page is what was answered in the end.
type page struct {
	status  int
	version float64
	header  http.Header
	body    []byte
	from    string // who answered
	phrase  string
}

// Probe implements probes.Prober.
func (p *prober) Probe(ctx context.Context, emit probes.Emit, trace *probes.Trace) {
	result := probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now()}
	c := &client.Client{Dialer: p.dialer, TLSConfig: p.config.TLSConfig, Protocols: []string{"h2", "http/1.1"}, Trace: trace}
	answer, err := p.follow(ctx, c)
	status, version, length := dial.Unknown, dial.Unknown, dial.Unknown
	if answer != nil {
		status, version, length = float64(answer.status), answer.version, float64(len(answer.body))
		result.Detail = fmt.Sprintf("%s answered %s", answer.from, answer.phrase)
	}
	if err == nil {
		err = p.judge(answer)
	}
	if err != nil {
		dial.Fail(&result, err)
	}
	result.Samples = append(c.Samples(),
		probes.Sample{Metric: metric.HTTPStatus, Value: status},
		probes.Sample{Metric: metric.HTTPVersion, Value: version},
		probes.Sample{Metric: metric.HTTPBody, Value: length})
	result.Duration = time.Since(result.Start)
	emit(&result)
}

// follow asks, and follows redirects as far as the settings allow.
func (p *prober) follow(ctx context.Context, c *client.Client) (*page, error) {
	at := p.first
	for hop := 0; ; hop++ {
		answer, next, err := p.ask(ctx, c, at)
		if err != nil || next == nil || hop >= p.config.Redirects {
			return answer, err
		}
		c.Trace.Logf("redirected to %s", next.Redacted())
		if next.Scheme != "http" && next.Scheme != "https" {
			return answer, dial.Failf(probes.ReasonProtocol, "%s redirects to %.60q, which is no page", answer.from, next.Scheme)
		}
		if !same(at, next) {
			turn(c, at, next)
		}
		at = next
	}
}

// turn lets the client ask another server, or the same at another port.
func turn(c *client.Client, at, next *url.URL) {
	if next.Hostname() != at.Hostname() {
		c.Dialer.Host = next.Hostname()
	}
	c.Name, c.Dialer.Port = next.Hostname(), next.Port()
	if c.Dialer.Port == "" {
		c.Dialer.Port = strconv.Itoa(client.Port(0, next.Scheme == "https"))
	}
}

// same reports whether two URLs are of one server.
func same(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// ask sends one request. next is where a redirect leads, or nil.
func (p *prober) ask(ctx context.Context, c *client.Client, at *url.URL) (answer *page, next *url.URL, err error) {
	request, err := p.request(c.Timed(ctx), at)
	if err != nil {
		c.Trace.Logf("nothing is sent: %v", err)
		return nil, nil, err
	}
	if c.Name == "" {
		c.Name = at.Hostname()
	}
	defer c.Close(ctx)
	if err := c.Open(ctx, at.Scheme == "https"); err != nil {
		return nil, nil, err
	}
	transport := c.Transport()
	defer transport.CloseIdleConnections()
	c.Trace.Logf("%s %s", request.Method, at.Redacted())
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, nil, c.Failure(ctx, err)
	}
	defer response.Body.Close()
	first := time.Now()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	c.Add(client.Transfer, time.Since(first))
	answer = &page{
		status: response.StatusCode, header: response.Header, body: body, from: c.Remote(),
		version: float64(response.ProtoMajor) + float64(response.ProtoMinor)/10,
		phrase:  fmt.Sprintf("%s (%s) to %s", probes.Printable(response.Status), response.Proto, at.Redacted()),
	}
	c.Trace.Logf("received %s, %d bytes of body", answer.phrase, len(body))
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		if name != "Set-Cookie" {
			c.Trace.Logf("%s: %s", name, probes.Printable(response.Header.Get(name)))
		}
	}
	if err != nil {
		return answer, nil, c.Failure(ctx, err)
	}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		next, _ = response.Location()
	}
	return answer, next, nil
}

// request makes a request; headers of the settings and the credential are for the
// first server alone.
func (p *prober) request(ctx context.Context, at *url.URL) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, p.config.Method, at.String(), http.NoBody)
	if err != nil {
		return nil, dial.Failf(probes.ReasonInternal, "making the request: %v", err)
	}
	r.Header.Set("User-Agent", "wanwatch")
	if !same(at, p.first) {
		return r, nil
	}
	if p.config.Host != "" {
		r.Host = p.config.Host
	}
	if err := client.SetHeaders(r.Header, p.config.Headers); err != nil {
		return nil, err
	}
	if p.credential != nil {
		password, err := p.credential.Password.Read()
		if err != nil {
			return nil, dial.Failf(probes.ReasonCredential, "%v", err)
		}
		r.SetBasicAuth(p.credential.User, password)
	}
	return r, nil
}

// judge says why an answer is not what the settings want.
func (p *prober) judge(a *page) error {
	if a.status == http.StatusUnauthorized && p.credential != nil && !slices.Contains(p.config.Status, a.status) {
		return dial.Failf(probes.ReasonAuth, "%s does not accept the user %s with this password: %s", a.from, p.credential.User, a.phrase)
	}
	if !slices.Contains(p.config.Status, a.status) {
		return dial.Failf(probes.ReasonStatus, "%s answered %s, and not %s", a.from, a.phrase, strings.Trim(fmt.Sprint(p.config.Status), "[]"))
	}
	for _, name := range slices.Sorted(maps.Keys(p.headers)) {
		if !slices.ContainsFunc(a.header.Values(name), p.headers[name].MatchString) {
			return dial.Failf(probes.ReasonContent, "%s answered %s with the header %s: %q, which does not match %s", a.from, a.phrase, name, probes.Printable(a.header.Get(name)), p.headers[name])
		}
	}
	if !p.body.Match(a.body) {
		return dial.Failf(probes.ReasonContent, "%s answered %s with a body of %d bytes that does not match %s: it begins with %q", a.from, a.phrase, len(a.body), p.body, beginning(a.body))
	}
	return nil
}

// beginning returns the first of a body, for a person to recognise.
func beginning(body []byte) string {
	const most = 80
	return probes.Printable(strings.ToValidUTF8(string(body[:min(len(body), most)]), "?"))
}
