package exporter

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzhttp/writer"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/pgzip"
)

const (
	// minCompressed is the size from which on compression pays.
	minCompressed = 1 << 10
	// compressedBlock is what one goroutine compresses at a time, and
	// compressedAtOnce how many do: compression takes three times as long as
	// writing the lines, and a scrape that is written and compressed side by side
	// ends in half the time.
	compressedBlock  = 256 << 10
	compressedAtOnce = 2
)

// compressed wraps a handler so that it answers in gzip, or zstd, where the client
// asks for it. Level 1: the values of a scrape are 13 times smaller with it and 14
// times with level 6, which takes four times as long.
func compressed(h http.Handler) http.Handler {
	writers := &sync.Pool{}
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(minCompressed), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.PreferZstd(false),
		gzhttp.Implementation(writer.GzipWriterFactory{
			Levels: func() (least, most int) { return gzip.BestSpeed, gzip.BestSpeed },
			New:    func(w io.Writer, _ int) writer.GzipWriter { return newParallel(writers, w) },
		}),
	)
	must(err)
	return wrap(h)
}

// must stops the program where options that are constants are refused.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("exporter: constant options are wrong: %v", err))
	}
}

// parallel compresses on several goroutines. It goes back to its pool when it is
// closed.
type parallel struct {
	*pgzip.Writer
	pool *sync.Pool
}

func newParallel(pool *sync.Pool, w io.Writer) *parallel {
	p, ok := pool.Get().(*parallel)
	if !ok {
		z, err := pgzip.NewWriterLevel(w, gzip.BestSpeed)
		must(err)
		p = &parallel{z, pool}
	}
	p.Reset(w)
	// After each Reset, which goes back to blocks of a megabyte: four times the
	// buffers, and half as fast.
	must(p.SetConcurrency(compressedBlock, compressedAtOnce))
	return p
}

// Close writes the rest.
func (p *parallel) Close() error {
	err := p.Writer.Close()
	if err != nil {
		// After a failed write Close leaves a goroutine waiting, which Reset ends.
		p.Reset(io.Discard)
	}
	p.pool.Put(p)
	return err
}
