package exporter

import (
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"wanwatch/probes/metric"
)

// Field numbers of io.prometheus.client (client_model, metrics.proto).
const (
	labelName  = 1
	labelValue = 2

	numberValue = 1

	bucketCumulativeCount = 1
	bucketUpperBound      = 2

	spanOffset = 1
	spanLength = 2

	histogramSampleCount   = 1
	histogramSampleSum     = 2
	histogramBucket        = 3
	histogramSchema        = 5
	histogramZeroThreshold = 6
	histogramZeroCount     = 7
	histogramNegativeSpan  = 9
	histogramNegativeDelta = 10
	histogramPositiveSpan  = 12
	histogramPositiveDelta = 13

	metricLabel     = 1
	metricGauge     = 2
	metricCounter   = 3
	metricHistogram = 7

	familyName   = 1
	familyHelp   = 2
	familyType   = 3
	familyMetric = 4
)

// Values of io.prometheus.client.MetricType, by the catalog's types.
var protoType = [...]uint64{metric.Counter: 0, metric.Gauge: 1, metric.Histogram: 4}

// protoEncoder writes length-delimited io.prometheus.client.MetricFamily
// messages, the one format that carries native histograms. It writes the wire
// format itself: the objects that package dto would make for half a million
// series take more memory than all of the program.
type protoEncoder struct {
	w io.Writer
	// A family's length goes before it, so all of it is kept until its end: in
	// pieces, since a slice that grows to megabytes leaves twice its size behind.
	full   [][]byte
	free   [][]byte
	body   []byte // what follows the full pieces
	one    []byte // of the histogram being written
	spans  []Span
	deltas []int64
}

func (p *protoEncoder) begin(f *family) {
	p.body = protowire.AppendTag(p.body[:0], familyName, protowire.BytesType)
	p.body = protowire.AppendString(p.body, f.desc.Name)
	p.body = protowire.AppendTag(p.body, familyHelp, protowire.BytesType)
	p.body = protowire.AppendString(p.body, f.desc.Help)
	p.body = protowire.AppendTag(p.body, familyType, protowire.VarintType)
	p.body = protowire.AppendVarint(p.body, protoType[f.desc.Type])
}

func (p *protoEncoder) number(f *family, labels *labelSet, s *series, v float64) {
	const size = 1 + 8 // tag and fixed64
	field := protowire.Number(metricGauge)
	if f.desc.Type == metric.Counter {
		field = metricCounter
	}
	p.metric(labels, s, 1+1+size)
	p.body = protowire.AppendTag(p.body, field, protowire.BytesType)
	p.body = protowire.AppendVarint(p.body, size)
	p.body = appendDouble(p.body, numberValue, v)
}

// metric opens a Metric whose value takes size bytes.
func (p *protoEncoder) metric(labels *labelSet, s *series, size int) {
	if len(p.body) > chunk {
		p.turn()
	}
	p.body = protowire.AppendTag(p.body, familyMetric, protowire.BytesType)
	p.body = protowire.AppendVarint(p.body, uint64(len(labels.proto)+len(s.proto)+size))
	p.body = append(p.body, labels.proto...)
	p.body = append(p.body, s.proto...)
}

func (p *protoEncoder) histogram(f *family, labels *labelSet, s *series, numbers []float64, n *native) {
	total := 0.0
	for _, count := range numbers[:len(numbers)-1] {
		total += count
	}
	b := appendUint(p.one[:0], histogramSampleCount, uint64(total))
	b = appendDouble(b, histogramSampleSum, numbers[len(numbers)-1])
	below := 0.0
	for i, edge := range f.desc.Buckets {
		below += numbers[i]
		b = protowire.AppendTag(b, histogramBucket, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(1+protowire.SizeVarint(uint64(below))+1+8))
		b = appendUint(b, bucketCumulativeCount, uint64(below))
		b = appendDouble(b, bucketUpperBound, edge)
	}
	if n != nil {
		b = p.native(b, n)
	}
	p.one = b
	p.metric(labels, s, 1+protowire.SizeBytes(len(b)))
	p.body = protowire.AppendTag(p.body, metricHistogram, protowire.BytesType)
	p.body = protowire.AppendBytes(p.body, b)
}

// native appends the fields of a native histogram.
func (p *protoEncoder) native(b []byte, n *native) []byte {
	b = appendUint(b, histogramSchema, protowire.EncodeZigZag(nativeSchema))
	b = appendDouble(b, histogramZeroThreshold, zeroThreshold)
	b = appendUint(b, histogramZeroCount, n.zero)
	b = p.buckets(b, n.negative, histogramNegativeSpan, histogramNegativeDelta)
	return p.buckets(b, n.positive, histogramPositiveSpan, histogramPositiveDelta)
}

func (p *protoEncoder) buckets(b []byte, s sparse, spanField, deltaField protowire.Number) []byte {
	p.spans, p.deltas = s.spans(p.spans[:0], p.deltas[:0])
	for _, sp := range p.spans {
		offset, length := protowire.EncodeZigZag(int64(sp.Offset)), uint64(sp.Length)
		b = protowire.AppendTag(b, spanField, protowire.BytesType)
		b = protowire.AppendVarint(b, uint64(1+protowire.SizeVarint(offset)+1+protowire.SizeVarint(length)))
		b = appendUint(b, spanOffset, offset)
		b = appendUint(b, spanLength, length)
	}
	for _, d := range p.deltas {
		b = appendUint(b, deltaField, protowire.EncodeZigZag(d))
	}
	return b
}

func appendUint(b []byte, field protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
}

func appendDouble(b []byte, field protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

// turn puts the piece away and begins another.
func (p *protoEncoder) turn() {
	p.full = append(p.full, p.body)
	if last := len(p.free) - 1; last >= 0 {
		p.body, p.free = p.free[last][:0], p.free[:last]
		return
	}
	p.body = make([]byte, 0, cap(p.body))
}

func (p *protoEncoder) end() error {
	p.turn()
	length := 0
	for _, piece := range p.full {
		length += len(piece)
	}
	p.one = protowire.AppendVarint(p.one[:0], uint64(length))
	_, err := p.w.Write(p.one)
	for _, piece := range p.full {
		if err == nil {
			_, err = p.w.Write(piece)
		}
		p.free = append(p.free, piece)
	}
	p.full = p.full[:0]
	return err
}
