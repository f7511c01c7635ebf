package store

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/grafana/regexp"
	remoteapi "github.com/prometheus/client_golang/exp/api/remote"
	"github.com/prometheus/common/route"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/notifications"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// Limits of reading from afar, those of Prometheus.
const (
	remoteReadSamples = 50_000_000
	remoteReadAtOnce  = 10
	remoteReadFrame   = 1 << 20
	maxSearchResults  = 10_000
	apiPrefix         = "/api/v1"
)

// upstream is the version of Prometheus whose packages these are: v0.316.0 of the
// module is release 3.16.0. Grafana chooses by it what it asks for.
const upstream = "3.16.0"

// newAPI makes the handler of everything under /api/v1. This program scrapes
// nothing, so what Prometheus says of scraping is empty; the descriptions of
// metrics come from the catalog.
func newAPI(s *Store) http.Handler {
	started := time.Now()
	var accepted remoteapi.MessageTypes
	if s.opts.RemoteWrite {
		accepted = remoteapi.MessageTypes{remoteapi.WriteV1MessageType, remoteapi.WriteV2MessageType}
	}
	none := nothing{}
	api := v1.NewAPI(
		s.engine, readable{s.db}, s.db, s.db,
		func(context.Context) v1.ScrapePoolsRetriever { return none },
		func(context.Context) v1.TargetRetriever { return none },
		func(context.Context) v1.AlertmanagerRetriever { return none },
		func() config.Config { return config.DefaultConfig },
		map[string]string{},
		v1.GlobalURLOptions{},
		func(f http.HandlerFunc) http.HandlerFunc { return f },
		admin{s.db}, s.opts.Path,
		false, false, maxSearchResults,
		s.logger,
		func(context.Context) v1.RulesRetriever { return ruleList{s.rules.manager} },
		remoteReadSamples, remoteReadAtOnce, remoteReadFrame,
		false,
		regexp.MustCompile(`^$`), // no page of another origin may read
		func() (v1.RuntimeInfo, error) {
			return v1.RuntimeInfo{StartTime: started, GoroutineCount: runtime.NumGoroutine(), StorageRetention: s.opts.Retention.String()}, nil
		},
		&v1.PrometheusVersion{Version: upstream, Revision: s.opts.Revision, Branch: "wanwatch " + s.opts.Version, GoVersion: runtime.Version()},
		func() []notifications.Notification { return nil },
		func() (<-chan notifications.Notification, func(), bool) { return nil, func() {}, false },
		s.opts.Source.Gatherer(), nil, nil,
		s.opts.RemoteWrite, accepted,
		false, false, false,
		lookback, false, false, nil, nil, v1.OpenAPIOptions{}, s.parser, false, maxQueryTime,
	)
	router := route.New()
	api.Register(router)
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+apiPrefix+"/metadata", s.metadata)
	if !s.opts.RemoteWrite {
		mux.HandleFunc("POST "+apiPrefix+"/write", noRemoteWrite)
	}
	mux.Handle(apiPrefix+"/", http.StripPrefix(apiPrefix, router))
	return mux
}

// noRemoteWrite answers in the place of Prometheus' own handler, which names a flag that
// this program does not have.
func noRemoteWrite(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "other agents may not write here: start wanwatch run with --storage.remote-write", http.StatusNotFound)
}

// readable is a database as remote read wants it.
type readable struct{ *tsdb.DB }

// ChunkQuerier reads chunks.
func (r readable) ChunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	return r.DB.ChunkQuerier(from, to)
}

// admin is a database as the administrative part of the API wants it, all of which
// is turned off but its statistics.
type admin struct{ *tsdb.DB }

// CleanTombstones and the others change the database, or copy it.
func (admin) CleanTombstones() error                                         { return errNoAdmin }
func (admin) Delete(context.Context, int64, int64, ...*labels.Matcher) error { return errNoAdmin }
func (admin) Snapshot(string, bool) error                                    { return errNoAdmin }

// Stats tells how many series and label values there are.
func (a admin) Stats(statsByLabelName string, limit int) (*tsdb.Stats, error) {
	return a.Head().Stats(statsByLabelName, limit), nil
}

// WALReplayStatus tells how far the start has come; it is over.
func (admin) WALReplayStatus() (tsdb.WALReplayStatus, error) { return tsdb.WALReplayStatus{}, nil }

// BlockMetas lists the blocks.
func (a admin) BlockMetas() ([]tsdb.BlockMeta, error) { return a.DB.BlockMetas(), nil }

var errNoAdmin = errors.New("the history cannot be changed over HTTP")

var errNoPool = errors.New("wanwatch scrapes nothing")

// nothing is scraped here.
type nothing struct{}

func (nothing) ScrapePools() []string                                 { return nil }
func (nothing) TargetsActive() map[string][]*scrape.Target            { return nil }
func (nothing) TargetsDropped() map[string][]*scrape.Target           { return nil }
func (nothing) TargetsDroppedCounts() map[string]int                  { return nil }
func (nothing) ScrapePoolConfig(string) (*config.ScrapeConfig, error) { return nil, errNoPool }
func (nothing) Alertmanagers() []*url.URL                             { return nil }
func (nothing) DroppedAlertmanagers() []*url.URL                      { return nil }

// ruleList is what the API asks of rules.
type ruleList struct{ *rules.Manager }
