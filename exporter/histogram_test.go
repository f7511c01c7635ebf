package exporter

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"wanwatch/probes/metric"
)

// oracle is client_golang's histogram with the same buckets.
func oracle(d *metric.Desc) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: d.Name, Help: d.Help, Buckets: d.Buckets,
		NativeHistogramBucketFactor: math.Exp2(1.0 / (1 << nativeSchema)),
	})
}

// encoded returns what the protobuf encoder makes of a histogram.
func encoded(t *testing.T, f *family, b *block) *dto.Histogram {
	t.Helper()
	var p protoEncoder
	p.begin(f)
	s := &b.shape.series[0]
	p.histogram(f, b.labels, s, b.values, &b.natives[0])
	var mf dto.MetricFamily
	if err := proto.Unmarshal(p.body, &mf); err != nil {
		t.Fatal(err)
	}
	return mf.Metric[0].Histogram
}

// TestHistogramAgainstClientGolang holds the own histogram against
// client_golang's: same classic buckets, same spans, same deltas.
func TestHistogramAgainstClientGolang(t *testing.T) {
	f := newFamily(metric.PingRTT)
	draws := map[string]func(*rand.Rand) float64{
		"round trips":    func(r *rand.Rand) float64 { return 0.02 * math.Exp(r.NormFloat64()) },
		"one place":      func(*rand.Rand) float64 { return 0.0123 },
		"all magnitudes": func(r *rand.Rand) float64 { return math.Exp2(2000*r.Float64() - 1000) },
		"both signs":     func(r *rand.Rand) float64 { return r.NormFloat64() },
		"around zero":    func(r *rand.Rand) float64 { return zeroThreshold * (4*r.Float64() - 2) },
		"powers of two":  func(r *rand.Rand) float64 { return math.Exp2(float64(r.IntN(40) - 20)) },
		"classic bounds": func(r *rand.Rand) float64 { return f.desc.Buckets[r.IntN(len(f.desc.Buckets))] },
		"native bounds":  func(r *rand.Rand) float64 { return math.Ldexp(nativeBounds[r.IntN(8)], r.IntN(20)-10) },
		"beside bounds":  func(r *rand.Rand) float64 { return math.Nextafter(nativeBounds[r.IntN(8)], float64(r.IntN(2))) },
		"largest, smallest": func(r *rand.Rand) float64 {
			return []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, 0}[r.IntN(3)]
		},
	}
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 1))
				want := oracle(f.desc)
				b := newBlock(&labelSet{}, newShape([]series{newSeries(f, nil)}))
				for range r.IntN(300) {
					v := draw(r)
					want.Observe(v)
					b.put(f, nil, v)
				}
				var m dto.Metric
				if err := want.Write(&m); err != nil {
					t.Fatal(err)
				}
				m.Histogram.CreatedTimestamp = nil
				if diff := cmp.Diff(m.Histogram, encoded(t, f, &b), protocmp.Transform()); diff != "" {
					t.Fatalf("seed %d (-client_golang +own):\n%s", seed, diff)
				}
			}
		})
	}
}

// TestHistogramRefusesWhatWouldPoisonIt: a single NaN would make the sum NaN
// for good.
func TestHistogramRefusesWhatWouldPoisonIt(t *testing.T) {
	f := newFamily(metric.PingRTT)
	b := newBlock(&labelSet{}, newShape([]series{newSeries(f, nil)}))
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if b.put(f, nil, v) {
			t.Errorf("%g was taken", v)
		}
	}
	if h := encoded(t, f, &b); h.GetSampleCount() != 0 || h.GetSampleSum() != 0 {
		t.Errorf("the histogram holds %v", h)
	}
}
