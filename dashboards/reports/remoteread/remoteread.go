// Package remoteread reads samples out of a Prometheus as they are stored: in compressed
// chunks, over its remote-read protocol
// (https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/).
package remoteread

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"wanwatch/dashboards/reports/history"
)

// Reader is a server that is read. It is safe for use by several goroutines.
type Reader struct {
	url    string
	client *http.Client
}

// Open returns a reader; nothing is sent yet.
func Open(o history.Options) (*Reader, error) {
	transport, err := o.RoundTripper()
	if err != nil {
		return nil, err
	}
	return &Reader{url: strings.TrimSuffix(o.URL, "/") + "/api/v1/read", client: &http.Client{Transport: transport}}, nil
}

// largestFrame bounds what a server makes this program hold, in bytes; Prometheus sends
// frames of a megabyte.
const largestFrame = 50_000_000

// streamed is the kind of answer that is asked for.
const streamed = "application/x-streamed-protobuf"

// Read is that of [history.Raw].
func (r *Reader) Read(ctx context.Context, name string, targets []string, from, to time.Time, each func(labels map[string]string) history.Taker) error {
	body, err := question(name, targets, from, to)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("remote read: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("X-Prometheus-Remote-Read-Version", "0.1.0")
	answer, err := r.client.Do(request)
	if err != nil {
		return fmt.Errorf("remote read: %w", err)
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden:
		return fmt.Errorf("remote read: %s: give a user and password with --prometheus.config", answer.Status)
	case answer.StatusCode/100 == 4:
		return history.ErrNotThere
	case answer.StatusCode != http.StatusOK:
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		return fmt.Errorf("remote read: %s: %s", answer.Status, bytes.TrimSpace(said))
	case !strings.HasPrefix(answer.Header.Get("Content-Type"), streamed):
		return history.ErrNotThere
	}
	return receive(answer.Body, from.UnixMilli(), to.UnixMilli(), each)
}

func question(name string, targets []string, from, to time.Time) ([]byte, error) {
	q := &prompb.ReadRequest{
		Queries: []*prompb.Query{{
			StartTimestampMs: from.UnixMilli() + 1, EndTimestampMs: to.UnixMilli(),
			Matchers: []*prompb.LabelMatcher{
				{Type: prompb.LabelMatcher_EQ, Name: "__name__", Value: name},
				{Type: prompb.LabelMatcher_RE, Name: "target", Value: strings.Join(targets, "|")},
			},
		}},
		AcceptedResponseTypes: []prompb.ReadRequest_ResponseType{prompb.ReadRequest_STREAMED_XOR_CHUNKS},
	}
	data, err := q.Marshal()
	if err != nil {
		return nil, fmt.Errorf("remote read: %w", err)
	}
	return snappy.Encode(nil, data), nil
}

// receive reads frames until their end. A server may send a series in several; the samples
// of a chunk that lie outside of the time are left out, since chunks come whole.
func receive(body io.Reader, from, to int64, each func(map[string]string) history.Taker) error {
	frames := remote.NewChunkedReader(body, largestFrame, nil)
	var last []prompb.Label
	var take history.Taker
	var it chunkenc.Iterator
	for {
		var frame prompb.ChunkedReadResponse
		switch err := frames.NextProto(&frame); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("remote read: the answer ends in the middle: %w", err)
		}
		for _, c := range frame.ChunkedSeries {
			if take == nil || !slices.EqualFunc(c.Labels, last, func(a, b prompb.Label) bool { return a.Name == b.Name && a.Value == b.Value }) {
				last, take = c.Labels, each(named(c.Labels))
			}
			for _, k := range c.Chunks {
				var err error
				if it, err = unpack(k, it, from, to, take); err != nil {
					return err
				}
			}
		}
	}
}

func named(list []prompb.Label) map[string]string {
	m := make(map[string]string, len(list))
	for _, l := range list {
		m[l.Name] = l.Value
	}
	return m
}

// chunkHead is how many bytes of a chunk tell its number of samples; the decoder panics
// without them.
const chunkHead = 2

// unpack hands over the samples after from, up to to; the iterator is used again.
func unpack(k prompb.Chunk, it chunkenc.Iterator, from, to int64, take history.Taker) (chunkenc.Iterator, error) {
	if k.MinTimeMs > to || k.MaxTimeMs <= from {
		return it, nil
	}
	if k.Type != prompb.Chunk_XOR {
		return it, fmt.Errorf("remote read: a chunk of kind %s, where plain numbers are expected", k.Type)
	}
	if len(k.Data) < chunkHead {
		return it, errors.New("remote read: a chunk is broken: it is too short")
	}
	chunk, err := chunkenc.FromData(chunkenc.EncXOR, k.Data)
	if err != nil {
		return it, fmt.Errorf("remote read: %w", err)
	}
	it = chunk.Iterator(it)
	for it.Next() != chunkenc.ValNone {
		if t, v := it.At(); t > from && t <= to {
			take(t, v)
		}
	}
	if err := it.Err(); err != nil {
		return it, fmt.Errorf("remote read: a chunk is broken: %w", err)
	}
	return it, nil
}
