package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/klauspost/compress/gzip"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// protobuf is what Prometheus asks for when it stores native histograms.
const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// text is what Prometheus asks for otherwise.
const text = "text/plain;version=0.0.4"

// scrapeTimeout bounds one scrape; 50,000 targets are a few million series.
const scrapeTimeout = 2 * time.Minute

// readers says what to do with each family of metrics that matters, by name.
type readers map[string]func(*dto.MetricFamily)

// families reads an exporter's metrics. Only the families that matter are
// decoded: those of 50,000 targets are hundreds of megabytes.
func families(ctx context.Context, url string, wanted readers) error {
	return get(ctx, url, protobuf, func(body io.Reader, header http.Header) error {
		if format := expfmt.ResponseFormat(header); format.FormatType() != expfmt.TypeProtoDelim {
			return fmt.Errorf("%s answered %q, not in protobuf", url, format)
		}
		reader := bufio.NewReaderSize(body, 1<<20)
		var message []byte
		for {
			size, err := binary.ReadUvarint(reader)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err == nil {
				message = slices.Grow(message[:0], int(size))[:size]
				_, err = io.ReadFull(reader, message)
			}
			if err == nil {
				err = wanted.read(message)
			}
			if err != nil {
				return fmt.Errorf("decoding %s: %w", url, err)
			}
		}
	})
}

// read decodes one family if it is wanted. Its name is the first field.
func (wanted readers) read(message []byte) error {
	_, _, tag := protowire.ConsumeTag(message)
	if tag < 0 {
		return protowire.ParseError(tag)
	}
	name, n := protowire.ConsumeBytes(message[tag:])
	if n < 0 {
		return protowire.ParseError(n)
	}
	visit, ok := wanted[string(name)]
	if !ok {
		return nil
	}
	var family dto.MetricFamily
	if err := proto.Unmarshal(message, &family); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	visit(&family)
	return nil
}

// scraped is what one scrape in the text format cost the one who asked.
type scraped struct {
	took   time.Duration // from the request to the last byte
	bytes  int64         // after decompression
	series int           // lines that are samples
}

// scrape asks as Prometheus does: text, compressed, read with its gzip library.
func scrape(ctx context.Context, url string) (scraped, error) {
	var s scraped
	start := time.Now()
	err := get(ctx, url, text, func(body io.Reader, _ http.Header) error {
		reader := bufio.NewReaderSize(body, 1<<20)
		for {
			line, err := reader.ReadSlice('\n')
			s.bytes += int64(len(line))
			if len(line) > 1 && line[0] != '#' {
				s.series++
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading %s: %w", url, err)
			}
		}
	})
	s.took = time.Since(start)
	return s, err
}

// get asks for a page and hands its content, decompressed, to read.
func get(ctx context.Context, url, accept string, read func(io.Reader, http.Header) error) error {
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, response.Status)
	}
	body := io.Reader(response.Body)
	if response.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(response.Body)
		if err != nil {
			return fmt.Errorf("decompressing %s: %w", url, err)
		}
		defer func() { _ = unzipped.Close() }() // it is only read
		body = unzipped
	}
	return read(body, response.Header)
}

// sum adds the values of the counters or gauges of a family.
func sum(family *dto.MetricFamily) float64 {
	var total float64
	for _, m := range family.GetMetric() {
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
	}
	return total
}
