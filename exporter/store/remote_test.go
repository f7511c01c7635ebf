package store

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	writev2 "github.com/prometheus/prometheus/prompb/io/prometheus/write/v2"

	"wanwatch/exporter"
)

// writer writes into a store as another agent does.
type writer struct {
	t     *testing.T
	store *Store
}

func newWriter(t *testing.T, o Options) *writer {
	t.Helper()
	o.Path, o.Source = t.TempDir(), exporter.New(exporter.Options{})
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &writer{t, s}
}

// post sends a message of a version of the protocol (Prometheus remote write 1.0 and
// 2.0), and returns the status.
func (w *writer) post(version string, message []byte) int {
	w.t.Helper()
	return w.send(version, message).Code
}

func (w *writer) send(version string, message []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	content := map[string]string{"1": "application/x-protobuf", "2": "application/x-protobuf;proto=io.prometheus.write.v2.Request"}
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, "/api/v1/write", bytes.NewReader(snappy.Encode(nil, message)))
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", content[version])
	r.Header.Set("X-Prometheus-Remote-Write-Version", map[string]string{"1": "0.1.0", "2": "2.0.0"}[version])
	answer := httptest.NewRecorder()
	w.store.Handler().ServeHTTP(answer, r)
	return answer
}

func (w *writer) one(version, target string, at time.Time, v float64) int {
	w.t.Helper()
	set := labels.FromStrings("__name__", "wanwatch_target_state", "target", target, "agent", "far")
	var message []byte
	var err error
	if version == "1" {
		list := []prompb.Label{}
		set.Range(func(l labels.Label) { list = append(list, prompb.Label{Name: l.Name, Value: l.Value}) })
		r := prompb.WriteRequest{Timeseries: []prompb.TimeSeries{{Labels: list, Samples: []prompb.Sample{{Value: v, Timestamp: at.UnixMilli()}}}}}
		message, err = r.Marshal()
	} else {
		symbols := writev2.NewSymbolTable()
		refs := symbols.SymbolizeLabels(set, nil)
		r := writev2.Request{Symbols: symbols.Symbols(), Timeseries: []writev2.TimeSeries{{LabelsRefs: refs, Samples: []writev2.Sample{{Value: v, Timestamp: at.UnixMilli()}}}}}
		message, err = r.Marshal()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.post(version, message)
}

// What other agents write is there, by both versions of the protocol, late samples
// included; what is too late is refused.
func TestRemoteWrite(t *testing.T) {
	w := newWriter(t, Options{RemoteWrite: true, OutOfOrder: time.Hour})
	now := time.Now()
	for _, version := range []string{"1", "2"} {
		target := "v" + version
		for _, c := range []struct {
			ago    time.Duration
			status int
		}{{0, http.StatusNoContent}, {30 * time.Minute, http.StatusNoContent}, {5 * time.Hour, http.StatusBadRequest}} {
			if status := w.one(version, target, now.Add(-c.ago), 3); status != c.status {
				t.Errorf("version %s, %s ago: status %d, want %d", version, c.ago, status, c.status)
			}
		}
		got, err := w.store.Query(t.Context(), fmt.Sprintf(`count_over_time(wanwatch_target_state{target=%q,agent="far"}[2h])`, target), now)
		if err != nil || len(got) != 1 || got[0].Value != 2 {
			t.Errorf("version %s: %v (%v), want 2 samples", version, got, err)
		}
	}
	if status := w.post("1", []byte("no message")); status != http.StatusBadRequest {
		t.Errorf("nonsense: status %d", status)
	}
}

// Without the flag nobody writes.
func TestRemoteWriteIsOff(t *testing.T) {
	w := newWriter(t, Options{})
	for _, version := range []string{"1", "2"} {
		if status := w.one(version, "x", time.Now(), 3); status/100 == 2 {
			t.Errorf("version %s: status %d", version, status)
		}
	}
	if answer := w.send("1", nil); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "--storage.remote-write") {
		t.Errorf("status %d, names no flag of this program: %s", answer.Code, answer.Body)
	}
	if got, err := w.store.Query(t.Context(), "wanwatch_target_state", time.Now()); err != nil || len(got) != 0 {
		t.Errorf("%v (%v), want nothing", got, err)
	}
}
