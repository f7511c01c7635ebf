package remoteread_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"wanwatch/dashboards/reports/history"
	"wanwatch/dashboards/reports/remoteread"
)

var from = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// chunk holds a sample each five minutes: the number of the step, or NaN for each tenth.
func chunk(t *testing.T, first, last int) prompb.Chunk {
	t.Helper()
	c := chunkenc.NewXORChunk()
	a, err := c.Appender()
	if err != nil {
		t.Fatal(err)
	}
	at := func(i int) int64 { return from.Add(time.Duration(i)*5*time.Minute - time.Minute).UnixMilli() }
	for i := first; i <= last; i++ {
		v := float64(i)
		if i%10 == 0 {
			v = math.NaN()
		}
		a.Append(0, at(i), v)
	}
	return prompb.Chunk{MinTimeMs: at(first), MaxTimeMs: at(last), Type: prompb.Chunk_XOR, Data: c.Bytes()}
}

func labels(target string) []prompb.Label {
	return []prompb.Label{{Name: "__name__", Value: "x"}, {Name: "target", Value: target}}
}

// server answers with frames, after it has read the question.
func server(t *testing.T, kind string, frames ...[]*prompb.ChunkedSeries) *history.API {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/read" {
			http.NotFound(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		data, err := snappy.Decode(nil, body)
		var q prompb.ReadRequest
		if err == nil {
			err = q.Unmarshal(data)
		}
		if err != nil || len(q.Queries) != 1 || q.Queries[0].Matchers[1].Value != "a|b" {
			t.Errorf("asked for %v: %v", &q, err)
		}
		w.Header().Set("Content-Type", kind)
		c := remote.NewChunkedWriter(w, w.(http.Flusher))
		for _, f := range frames {
			data, err := (&prompb.ChunkedReadResponse{ChunkedSeries: f}).Marshal()
			if err != nil {
				t.Error(err)
			}
			_, _ = c.Write(data)
		}
	}))
	t.Cleanup(s.Close)
	o := history.Options{URL: s.URL + "/"}
	raw, err := remoteread.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	o.Raw = raw
	api, err := history.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

const streamed = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"

// Samples come onto their steps, out of several frames; what chunks hold from outside of
// the time is left out.
func TestSamples(t *testing.T) {
	api := server(t, streamed,
		[]*prompb.ChunkedSeries{{Labels: labels("a"), Chunks: []prompb.Chunk{chunk(t, -5, 20), chunk(t, 21, 40)}}},
		[]*prompb.ChunkedSeries{{Labels: labels("a"), Chunks: []prompb.Chunk{chunk(t, 61, 300)}}, {Labels: labels("b"), Chunks: []prompb.Chunk{chunk(t, 100, 101)}}},
	)
	all, err := api.Samples(t.Context(), "x", []string{"a", "b"}, from, from.Add(24*time.Hour), 5*time.Minute)
	if err != nil || len(all) != 2 || all[0].Labels["target"] != "a" || len(all[0].Values) != 288 {
		t.Fatalf("%v %d", err, len(all))
	}
	for i, v := range all[0].Values {
		n := i + 1
		if missing := n%10 == 0 || n > 40 && n < 61; missing != math.IsNaN(v) || !missing && v != float64(n) {
			t.Errorf("step %d is %g", n, v)
		}
	}
	if all[1].Values[100] != 101 || !math.IsNaN(all[1].Values[200]) {
		t.Error("the second series")
	}
	stored, err := api.Stored(t.Context(), "x", []string{"a", "b"}, from, from.Add(time.Hour), time.Minute)
	if err != nil || len(stored) != 2 || len(stored[0].At) != 11 || !stored[0].At[0].Equal(from.Add(4*time.Minute)) || stored[0].Values[10] != 12 {
		t.Errorf("%v %+v", err, stored)
	}
}

// A server that does not give samples away is asked in PromQL, and one that breaks off is
// not believed.
func TestServersThatDoNot(t *testing.T) {
	h := chunkenc.NewHistogramChunk()
	a, err := h.Appender()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := a.AppendHistogram(nil, 0, from.UnixMilli()+1, &histogram.Histogram{}, false); err != nil {
		t.Fatal(err)
	}
	whole := chunk(t, 1, 100)
	for name, c := range map[string]struct {
		kind  string
		chunk prompb.Chunk
		want  string
	}{
		"samples":    {"application/x-protobuf", whole, "404"}, // by its query language, which it does not have either
		"broken":     {streamed, prompb.Chunk{MinTimeMs: whole.MinTimeMs, MaxTimeMs: whole.MaxTimeMs, Type: prompb.Chunk_XOR, Data: whole.Data[:20]}, "a chunk is broken"},
		"empty":      {streamed, prompb.Chunk{MinTimeMs: whole.MinTimeMs, MaxTimeMs: whole.MaxTimeMs, Type: prompb.Chunk_XOR}, "too short"},
		"histograms": {streamed, prompb.Chunk{MinTimeMs: whole.MinTimeMs, MaxTimeMs: whole.MaxTimeMs, Type: prompb.Chunk_HISTOGRAM, Data: h.Bytes()}, "a chunk of kind HISTOGRAM"},
	} {
		api := server(t, c.kind, []*prompb.ChunkedSeries{{Labels: labels("a"), Chunks: []prompb.Chunk{c.chunk}}})
		_, err := api.Samples(t.Context(), "x", []string{"a", "b"}, from, from.Add(24*time.Hour), 5*time.Minute)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for status, want := range map[int]string{http.StatusUnauthorized: "--prometheus.config", http.StatusInternalServerError: "it is full"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "it is full", status) }))
		raw, err := remoteread.Open(history.Options{URL: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		err = raw.Read(t.Context(), "x", []string{"a"}, from, from.Add(time.Hour), nil)
		if err == nil || errors.Is(err, history.ErrNotThere) || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v", status, err)
		}
		s.Close()
	}
}

// answer is a server without a network.
type answer []byte

func (a answer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {streamed}}, Body: io.NopCloser(bytes.NewReader(a))}, nil
}

// Whatever a server sends is taken, or refused with a reason.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{5, 0, 0, 0, 0, 10, 3, 10, 1, 65}, false)
	f.Add([]byte{1, 2, 3}, true)
	f.Fuzz(func(t *testing.T, data []byte, whole bool) {
		var frames bytes.Buffer
		if whole { // a frame around a chunk of these bytes
			frame, err := (&prompb.ChunkedReadResponse{ChunkedSeries: []*prompb.ChunkedSeries{{Labels: labels("a"), Chunks: []prompb.Chunk{{MaxTimeMs: math.MaxInt64, Type: prompb.Chunk_XOR, Data: data}}}}}).Marshal()
			if err != nil {
				t.Fatal(err)
			}
			_, _ = remote.NewChunkedWriter(&frames, quiet{}).Write(frame)
			data = frames.Bytes()
		}
		raw, err := remoteread.Open(history.Options{URL: "http://here", Transport: answer(data)})
		if err != nil {
			t.Fatal(err)
		}
		_ = raw.Read(t.Context(), "x", []string{"a"}, from, from.Add(time.Hour), func(map[string]string) history.Taker { return func(int64, float64) {} })
	})
}

type quiet struct{}

func (quiet) Flush() {}
