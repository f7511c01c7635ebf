package app

import (
	"io"
	"net/http"
)

// within carries requests to a handler of this process, whose answer is read while it is
// written.
type within struct{ handler http.Handler }

// RoundTrip is that of [http.RoundTripper].
func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	a := &answer{header: http.Header{}, body: writer, begun: make(chan struct{})}
	go func() { // ends when the handler has, whose answer nobody may be reading any more
		if r.Body == nil {
			r.Body = http.NoBody
		}
		w.handler.ServeHTTP(a, r)
		a.WriteHeader(http.StatusOK)
		_ = writer.Close()
	}()
	select {
	case <-a.begun:
	case <-r.Context().Done():
		_ = reader.Close()
		return nil, r.Context().Err()
	}
	return &http.Response{Status: http.StatusText(a.status), StatusCode: a.status, Header: a.header, Body: reader, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1}, nil
}

// answer is a response on its way.
type answer struct {
	header http.Header
	body   *io.PipeWriter
	status int
	begun  chan struct{} // closed when the status is known
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
		close(a.begun)
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// Flush is that of [http.Flusher], which streams ask for: nothing is held back here.
func (a *answer) Flush() {}
