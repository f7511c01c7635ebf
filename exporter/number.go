package exporter

import (
	"math"
	"strconv"
)

// appendFloat writes a value as the Prometheus text format does: in Go's format
// 'g', in the shortest form that reads back the same. Most values are whole
// numbers; they take a shortcut to the same text.
func appendFloat(b []byte, v float64) []byte {
	switch {
	case v >= 0 && v < 1<<53 && v == math.Trunc(v):
		return appendWhole(b, uint64(v))
	case math.IsInf(v, +1):
		return append(b, "+Inf"...)
	default:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
}

// appendWhole writes n as format 'g' writes it as a float: with an exponent
// from a million on.
func appendWhole(b []byte, n uint64) []byte {
	if n < 1e6 {
		return strconv.AppendUint(b, n, 10)
	}
	start := len(b)
	b = strconv.AppendUint(b, n, 10)
	exponent := len(b) - start - 1
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if len(b)-start > 1 {
		b = append(b, 0)
		copy(b[start+2:], b[start+1:])
		b[start+1] = '.'
	}
	b = append(b, 'e', '+')
	if exponent < 10 {
		b = append(b, '0')
	}
	return strconv.AppendUint(b, uint64(exponent), 10)
}

// Edge writes an edge of a bucket, or a quantile, as it stands in a label: 1 is 1.0
// (OpenMetrics 1.0, section "Considerations: Canonical Numbers").
func Edge(v float64) string { return string(appendFloatOM(nil, v)) }

// appendFloatOM writes a value as OpenMetrics does: the same, but with a point
// where there is neither point nor exponent.
func appendFloatOM(b []byte, v float64) []byte {
	start := len(b)
	b = appendFloat(b, v)
	for _, c := range b[start:] {
		if (c < '0' || c > '9') && c != '-' {
			return b
		}
	}
	return append(b, '.', '0')
}
