// Package history reads a Prometheus HTTP API, whoever serves it: this program's store,
// Prometheus, VictoriaMetrics or Mimir.
package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

// API is a Prometheus HTTP API. It counts what it is asked.
type API struct {
	url     string
	api     v1.API
	raw     Raw
	queries atomic.Int64
}

// Raw reads samples as a server has stored them, which is many times faster than its
// query language.
type Raw interface {
	// Read calls each for every series of a name about some targets; what it returns takes
	// the series' samples in the order of time, at Unix times in milliseconds. The error
	// is ErrNotThere where the server does not give samples this way.
	Read(ctx context.Context, name string, targets []string, from, to time.Time, each func(labels map[string]string) Taker) error
}

// Taker takes a sample.
type Taker func(at int64, value float64)

// ErrNotThere is what [Raw] says of a server that must be asked in another way.
var ErrNotThere = errors.New("the server has no remote read that streams chunks")

// Options say where the API is.
type Options struct {
	// URL is that of the server, without /api/v1.
	URL string
	// ConfigFile has TLS and authentication in Prometheus' http_config; empty: neither.
	ConfigFile string
	// Transport stands in for the network; nil: the network.
	Transport http.RoundTripper
	// Raw, if set, reads samples as they are stored.
	Raw Raw
}

// RoundTripper is what requests go through.
func (o *Options) RoundTripper() (http.RoundTripper, error) {
	if o.ConfigFile == "" || o.Transport != nil {
		return o.Transport, nil
	}
	settings, _, err := config.LoadHTTPConfigFile(o.ConfigFile)
	if err != nil {
		return nil, fmt.Errorf("%s: reading TLS and authentication: %w", o.ConfigFile, err)
	}
	t, err := config.NewRoundTripperFromConfig(*settings, "wanwatch")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.ConfigFile, err)
	}
	return t, nil
}

// timeout is how long one query may take.
const timeout = 2 * time.Minute

// Open returns the API; nothing is sent yet.
func Open(o Options) (*API, error) {
	transport, err := o.RoundTripper()
	if err != nil {
		return nil, err
	}
	c := api.Config{Address: o.URL, RoundTripper: transport}
	client, err := api.NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("%s is no URL of a Prometheus: write http://HOST:PORT: %w", o.URL, err)
	}
	return &API{url: o.URL, api: v1.NewAPI(client), raw: o.Raw}, nil
}

// Queries is how many were made.
func (a *API) Queries() int { return int(a.queries.Load()) }

// Series are the values of a series at the steps of a range; NaN where there is none.
type Series struct {
	Labels map[string]string
	Values []float64
}

// mostPoints is how many values of a series a server gives at most (Prometheus: 11,000).
const mostPoints = 10_000

// Range evaluates an expression at each step after from, up to to. A range of more steps
// than a server gives at once, or than weight asks for, is asked for in parts; weight is
// about how many series come.
func (a *API) Range(ctx context.Context, expr string, from, to time.Time, step time.Duration, weight int) ([]Series, error) {
	n := int(to.Sub(from) / step)
	part := max(min(mostPoints, 1_000_000/max(weight, 1)), 1)
	var all []Series
	index := map[string]int{}
	for begin := 0; begin < n; begin += part {
		end := min(begin+part, n)
		r := v1.Range{Start: from.Add(step * time.Duration(begin+1)), End: from.Add(step * time.Duration(end)), Step: step}
		matrix, err := a.ask(ctx, expr, r)
		if err != nil {
			return nil, err
		}
		for _, stream := range matrix {
			key := stream.Metric.String()
			i, ok := index[key]
			if !ok {
				i = len(all)
				index[key] = i
				all = append(all, newSeries(stream.Metric, n))
			}
			for _, p := range stream.Values {
				at := int(math.Round(float64(p.Timestamp.Time().Sub(from))/float64(step))) - 1
				if at >= 0 && at < n {
					all[i].Values[at] = float64(p.Value)
				}
			}
		}
	}
	return all, nil
}

func newSeries(m model.Metric, n int) Series {
	s := Series{Labels: map[string]string{}, Values: make([]float64, n)}
	for name, value := range m {
		s.Labels[string(name)] = string(value)
	}
	for i := range s.Values {
		s.Values[i] = math.NaN()
	}
	return s
}

// ask makes one query. A partial answer is an error: a report must not be made of it.
func (a *API) ask(ctx context.Context, expr string, r v1.Range) (model.Matrix, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a.queries.Add(1)
	value, warnings, _, err := a.api.QueryRange(ctx, expr, r)
	if err != nil {
		return nil, a.explain(ctx, expr, err)
	}
	if len(warnings) > 0 {
		return nil, fmt.Errorf("%s answered only in part: %s", a.url, warnings[0])
	}
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, fmt.Errorf("%s answered with a %s, and no values over time, to %s", a.url, value.Type(), expr)
	}
	return matrix, nil
}

func (a *API) explain(ctx context.Context, expr string, err error) error {
	var refused *v1.Error
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer within %s: ask for a shorter period, or see what keeps it busy: %w", a.url, timeout, err)
	case errors.As(err, &refused):
		return fmt.Errorf("%s refused the query %s: %s %s: %w", a.url, expr, refused.Msg, refused.Detail, err)
	default:
		return fmt.Errorf("%s could not be asked: start wanwatch run with --storage.path, or name another server with --prometheus.url: %w", a.url, err)
	}
}
