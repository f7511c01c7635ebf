package exporter

import (
	"io"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"wanwatch/probes/metric"
)

// maxScrapes is how many scrapes are answered at once; more wait. Each needs
// a copy of all values.
const maxScrapes = 4

const (
	// maxScrapeTime is how long a client may take to read an answer: one that
	// reads slowly keeps others waiting.
	maxScrapeTime = time.Minute
	// maxPause is how long it may read nothing at all: as long as Prometheus waits
	// for an answer if it is not told otherwise.
	maxPause = 10 * time.Second
)

// formats are what /metrics can speak. The first is for clients that take
// anything, such as a person's; Prometheus says what it prefers.
func formats() []expfmt.Format {
	return []expfmt.Format{
		expfmt.NewFormat(expfmt.TypeTextPlain),
		expfmt.FmtOpenMetrics_1_0_0,
		expfmt.FmtOpenMetrics_0_0_1,
		expfmt.NewFormat(expfmt.TypeProtoDelim),
	}
}

// Metrics returns the handler of /metrics: the Prometheus text format,
// OpenMetrics, or delimited protobuf with native histograms, whichever the
// client prefers, compressed if it asks for it. The parameter name[] asks for
// single families.
func (e *Exporter) Metrics() http.Handler {
	slots := make(chan struct{}, maxScrapes)
	return compressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-r.Context().Done():
			return
		}
		e.serveMetrics(w, r)
	}))
}

func (e *Exporter) serveMetrics(w http.ResponseWriter, r *http.Request) {
	start := e.now()
	format := expfmt.NegotiateAccept(r.Header, formats()...)
	w.Header().Add("Vary", "Accept")
	w.Header().Set("Content-Type", string(format))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	patient := newPatientWriter(w)
	defer patient.done()
	if err := e.expose(patient, format, r.URL.Query()["name[]"]); err != nil {
		// The client went away; it knows.
		e.logger.Debug("a scrape was not read to its end", "client", r.RemoteAddr, "error", err)
	}
	e.meter.Observe(metric.ScrapeDuration, e.now().Sub(start).Seconds())
}

// expose writes all families, or those named, in the order of their names.
func (e *Exporter) expose(w io.Writer, format expfmt.Format, names []string) error {
	process, err := e.meter.registry.Gather()
	if err != nil {
		// What could be gathered is in process all the same.
		e.logger.Error("some process metrics could not be gathered", "error", err)
	}
	snap := e.borrow()
	defer e.giveBack(snap)
	natives := format.FormatType() == expfmt.TypeProtoDelim
	if set := e.set.Load(); set != nil {
		snap.take(set.targets, e.moment, natives)
	}
	own, free := snap.encoder(w, format)
	defer free()

	other := expfmt.NewEncoder(w, format)
	wanted := filter(names)
	for _, f := range e.families.list {
		if process, err = encodeBefore(f.desc.Name, process, other, wanted); err != nil {
			return err
		}
		enc := own
		if !wanted(f.desc.Name) {
			enc = nothing{}
		}
		if err := snap.write(f, enc); err != nil {
			return err
		}
	}
	if _, err = encodeBefore("", process, other, wanted); err != nil {
		return err
	}
	if c, ok := other.(expfmt.Closer); ok {
		return c.Close() // the "# EOF" of OpenMetrics
	}
	return nil
}

// encodeBefore writes the families whose names come before one, or all of them
// if it is empty, and returns the rest.
func encodeBefore(name string, mfs []*dto.MetricFamily, enc expfmt.Encoder, wanted func(string) bool) ([]*dto.MetricFamily, error) {
	for len(mfs) > 0 && (name == "" || mfs[0].GetName() < name) {
		if wanted(mfs[0].GetName()) {
			if err := enc.Encode(mfs[0]); err != nil {
				return nil, err
			}
		}
		mfs = mfs[1:]
	}
	return mfs, nil
}

// filter tells the wanted names; all are if none is given.
func filter(names []string) func(string) bool {
	if len(names) == 0 {
		return func(string) bool { return true }
	}
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return func(name string) bool { return set[name] }
}

// encoder returns an encoder that works in the snapshot's memory until it is
// freed.
func (s *snapshot) encoder(w io.Writer, format expfmt.Format) (enc encoder, free func()) {
	if format.FormatType() == expfmt.TypeProtoDelim {
		p := &protoEncoder{w: w, body: s.encoded[:0]}
		return p, func() { s.encoded = p.body }
	}
	t := &textEncoder{w: w, openMetrics: format.FormatType() == expfmt.TypeOpenMetrics, buf: s.encoded[:0]}
	return t, func() { s.encoded = t.buf }
}

// borrow returns the spare snapshot, or a new one.
func (e *Exporter) borrow() *snapshot {
	select {
	case s := <-e.spare:
		return s
	default:
		return &snapshot{}
	}
}

// giveBack makes a snapshot the spare one, if there is none. Of the several
// that scrapes at the same time need, only one is kept: it takes as much memory
// as the values themselves.
func (e *Exporter) giveBack(s *snapshot) {
	select {
	case e.spare <- s:
	default:
	}
}
