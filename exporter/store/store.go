// Package store keeps history: Prometheus' time-series database, query engine,
// rules and HTTP API in this process, behind one small interface.
//
// A [*Store] takes the exporter's values as they are, without text and without
// HTTP, at even distances and whenever a state changes. It evaluates rules, hands
// on the alerts that they raise, and answers queries as Prometheus does.
//
// It is the only room that knows Prometheus' packages, which change between
// versions.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/compression"

	"wanwatch/exporter"
	"wanwatch/probes"
)

// Defaults of the options.
const (
	DefaultInterval  = 15 * time.Second
	DefaultRetention = 400 * 24 * time.Hour
)

// Limits of a single query, so that none takes the memory of the whole program.
const (
	maxQuerySamples = 50_000_000
	maxQueryTime    = 2 * time.Minute
	lookback        = 5 * time.Minute
)

// Source is where samples come from: the exporter.
type Source interface {
	Feed(visit func(exporter.Row))
	FeedChanged(visit func(exporter.Row))
	Changed() <-chan struct{}
	Gatherer() prometheus.Gatherer
}

// Options say what is kept, and where. Path and Source are required.
type Options struct {
	// Path is the folder of the database; it is made if it is not there.
	Path string
	// Source is where samples come from.
	Source Source
	// Interval is how often all values are kept; [DefaultInterval] if zero.
	Interval time.Duration
	// Retention is how long samples are kept; [DefaultRetention] if zero.
	Retention time.Duration
	// MaxSize is how many bytes the blocks on disk may take before the oldest go;
	// zero: any number.
	MaxSize int64
	// RemoteWrite lets other agents write into the store over HTTP, samples as old
	// as OutOfOrder included.
	RemoteWrite bool
	OutOfOrder  time.Duration
	// Notify takes the alerts that rules raise: each again and again while it
	// fires, and once it is over.
	Notify func(context.Context, []Alert)
	// ExternalURL stands before the links of alerts; ExternalLabels are added to
	// the alerts.
	ExternalURL    string
	ExternalLabels map[string]string
	// Meter takes the store's own figures; nil: nothing does.
	Meter probes.Meter
	// Logger takes the log; nil: nothing is logged.
	Logger *slog.Logger
	// Version is what the store says of the program to those who ask over HTTP.
	Version, Revision string
}

func (o *Options) complete() error {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Interval == 0 {
		o.Interval = DefaultInterval
	}
	if o.Retention == 0 {
		o.Retention = DefaultRetention
	}
	if o.Meter == nil {
		o.Meter = probes.DiscardMeter{}
	}
	if o.Notify == nil {
		o.Notify = func(context.Context, []Alert) {}
	}
	if o.Path == "" || o.Source == nil {
		return errors.New("a store needs a path and a source")
	}
	return nil
}

// Store is an open database. All its methods are safe for concurrent use.
type Store struct {
	opts   Options
	logger *slog.Logger
	db     *tsdb.DB
	engine *promql.Engine
	parser parser.Parser
	rules  *ruleBook
	feeder *feeder
	api    http.Handler

	close sync.Once
	err   error // of Close
}

// Open opens the database, and makes one if there is none. It fails if another
// process has it open, or if the folder cannot be used; damage that a crash left
// behind is repaired, and told in the log.
func Open(o Options) (*Store, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Path, 0o750); err != nil {
		return nil, fmt.Errorf("open the store: %w; name another folder with --storage.path, or none to keep no history", err)
	}
	logger := o.Logger.With("component", "store")
	db, err := tsdb.Open(o.Path, slog.New(lockfileSilence{logger.Handler()}), nil, databaseOptions(&o), nil)
	if err != nil {
		return nil, explain(o.Path, err)
	}
	s := &Store{opts: o, logger: logger, db: db, parser: parser.NewParser(parser.Options{})}
	s.engine = promql.NewEngine(promql.EngineOpts{
		Logger: logger, MaxSamples: maxQuerySamples, Timeout: maxQueryTime, LookbackDelta: lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
		EnableAtModifier:         true, EnableNegativeOffset: true, Parser: s.parser,
	})
	s.rules = newRuleBook(s)
	s.feeder = newFeeder(s)
	s.api = newAPI(s)
	return s, nil
}

func databaseOptions(o *Options) *tsdb.Options {
	d := tsdb.DefaultOptions()
	d.RetentionDuration = o.Retention.Milliseconds()
	d.MaxBytes = o.MaxSize
	// A block of two hours takes part in blocks of at most a tenth of the
	// retention, so that what is dropped with one is little of the whole.
	d.MaxBlockDuration = max(d.MinBlockDuration, min(o.Retention/10, 31*24*time.Hour).Milliseconds())
	d.WALCompression = compression.Snappy
	d.EnableExemplarStorage = true
	d.MaxExemplars = 1000
	if o.RemoteWrite {
		d.OutOfOrderTimeWindow = o.OutOfOrder.Milliseconds()
	}
	return d
}

// Run feeds the store and evaluates the rules until ctx is done.
func (s *Store) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	parts.Go(func() { s.rules.run(ctx) })
	s.feeder.run(ctx)
	parts.Wait()
	return nil
}

// Close closes the database; what was fed is on disk then. Run must have ended.
func (s *Store) Close() error {
	s.close.Do(func() {
		s.rules.stop()
		s.err = errors.Join(s.engine.Close(), s.db.Close())
		if s.err != nil {
			s.err = fmt.Errorf("close the store: %w", s.err)
		}
	})
	return s.err
}

// Handler answers everything under /api/v1 as Prometheus does.
func (s *Store) Handler() http.Handler { return s.api }

var _ storage.Queryable = (*tsdb.DB)(nil)
