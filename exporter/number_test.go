package exporter

import (
	"bytes"
	"math"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// expfmtNumber returns how package expfmt writes a value.
func expfmtNumber(t testing.TB, v float64, openMetrics bool) string {
	t.Helper()
	name, typ := "x", dto.MetricType_GAUGE
	mf := &dto.MetricFamily{Name: &name, Type: &typ, Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: &v}}}}
	write := func(b *bytes.Buffer) (int, error) { return expfmt.MetricFamilyToText(b, mf) }
	if openMetrics {
		write = func(b *bytes.Buffer) (int, error) { return expfmt.MetricFamilyToOpenMetrics(b, mf) }
	}
	var b bytes.Buffer
	if _, err := write(&b); err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(b.String(), "\nx ")
	return strings.TrimSuffix(line, "\n")
}

func FuzzAppendFloat(f *testing.F) {
	for _, v := range []float64{
		0, math.Copysign(0, -1), 1, -1, 10, 999_999, 1_000_000, 1_000_001, 1_234_500, 10_000_000, 123_456_789_012,
		1 << 53, 1<<53 - 1, 1<<53 + 2, 1e15, 1e16, 1e21, 0.1, 1e-5, 1e-4, 2.5, -1e6, math.Inf(1), math.Inf(-1), math.NaN(),
		math.MaxFloat64, math.SmallestNonzeroFloat64, 1_767_225_600.25,
	} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		for _, v := range []float64{v, math.Trunc(v), math.Trunc(v) * 1000} {
			if got, want := string(appendFloat(nil, v)), expfmtNumber(t, v, false); got != want {
				t.Errorf("text: got %s, expfmt writes %s", got, want)
			}
			if got, want := string(appendFloatOM(nil, v)), expfmtNumber(t, v, true); got != want {
				t.Errorf("OpenMetrics: got %s, expfmt writes %s", got, want)
			}
		}
	})
}
