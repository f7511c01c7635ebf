package exporter

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// played is a small installation after some seconds.
func played(t testing.TB) *bench {
	t.Helper()
	b := newBench(t, small)
	link, room := b.job("hai-chau-vnpt", "ping", ""), b.job("phong-hop", "ping", "")
	snmp := b.job("rt-hai-chau", "snmp", "")
	for i := range 10 {
		b.clock.advance(time.Second)
		b.answered(link, time.Duration(1+i)*time.Millisecond)
		if i < 5 {
			b.answered(room, 700*time.Microsecond)
		} else {
			b.lost(room)
		}
	}
	b.e.Record(&probes.Result{Job: snmp, Target: snmp.Target, Duration: 12 * time.Millisecond, Samples: []probes.Sample{
		{Metric: metric.SNMPRequests, Value: 1},
		{Metric: metric.DeviceInfo, Value: 1, Labels: []string{"rt-hc", "Cisco IOS \"15\"\nRelease \\ \xff", "ISR4321", "FDO1", "15.7"}},
	}})
	b.e.Record(&probes.Result{Job: snmp, Target: b.target("hai-chau-vnpt"), Duration: 12 * time.Millisecond, Samples: []probes.Sample{
		{Metric: metric.InterfaceReceiveBytes, Value: 12_345_678, Labels: []string{"rt-hai-chau", "Gi0/0"}},
		{Metric: metric.InterfaceUp, Value: 1, Labels: []string{"rt-hai-chau", "Gi0/0"}},
	}})
	b.clock.advance(500 * time.Millisecond)
	return b
}

func TestGolden(t *testing.T) {
	b := played(t)
	golden(t, "testdata/small.txt", b.scrape(acceptText, b.own()...))
	golden(t, "testdata/small.openmetrics.txt", b.scrape(acceptOpenMetrics, b.own()...))
	if s := b.log.String(); s != "" {
		t.Errorf("the log says:\n%s", s)
	}
}

// TestSingleFamilies asks for each family by its name, as name[] does.
func TestSingleFamilies(t *testing.T) {
	b := played(t)
	for _, accept := range []string{acceptText, acceptOpenMetrics} {
		all := b.scrape(accept, b.own()...)
		var single strings.Builder
		for _, name := range b.own() {
			single.WriteString(strings.TrimSuffix(b.scrape(accept, name), "# EOF\n"))
		}
		if got := single.String(); got != strings.TrimSuffix(all, "# EOF\n") {
			t.Errorf("%s: the families one by one are %d bytes, all together %d", accept, len(got), len(all))
		}
	}
}

// families reads the protobuf format.
func (b *bench) families() []*dto.MetricFamily {
	b.t.Helper()
	r := strings.NewReader(b.scrape(acceptProto))
	var all []*dto.MetricFamily
	for {
		mf := &dto.MetricFamily{}
		err := protodelim.UnmarshalOptions{MaxSize: -1}.UnmarshalFrom(r, mf)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, mf)
	}
}

// TestFormatsAgree holds the own encoders against package expfmt: what it
// makes of the families in the protobuf answer are the text answers, byte for
// byte, and encoding them again gives the protobuf answer.
func TestFormatsAgree(t *testing.T) {
	t.Run("metrics of all types", func(t *testing.T) { played(t).agree() })
	t.Run("families of megabytes", func(t *testing.T) {
		b := newBench(t, many(2000))
		for i, j := range b.jobs {
			b.answered(j, time.Duration(i)*time.Millisecond)
		}
		b.agree()
	})
}

func (b *bench) agree() {
	t := b.t
	t.Helper()
	b.e.ReloadFailed()
	// The runtime's metrics change between two scrapes.
	names := b.own()
	for _, d := range metric.All() {
		if d.Scope == metric.Process && d != metric.ScrapeDuration {
			names = append(names, d.Name)
		}
	}
	wanted := filter(names)
	var text, openMetrics, protobuf bytes.Buffer
	for _, mf := range b.families() {
		if !wanted(mf.GetName()) {
			continue
		}
		if _, err := expfmt.MetricFamilyToText(&text, mf); err != nil {
			t.Fatal(err)
		}
		if _, err := expfmt.MetricFamilyToOpenMetrics(&openMetrics, mf); err != nil {
			t.Fatal(err)
		}
		if _, err := protodelim.MarshalTo(&protobuf, mf); err != nil {
			t.Fatal(err)
		}
	}
	openMetrics.WriteString("# EOF\n")
	for _, c := range []struct{ name, got, want string }{
		{"text", b.scrape(acceptText, names...), text.String()},
		{"OpenMetrics", b.scrape(acceptOpenMetrics, names...), openMetrics.String()},
		{"protobuf", b.scrape(acceptProto, names...), protobuf.String()},
	} {
		if c.got != c.want {
			t.Errorf("%s differs from expfmt's: %s", c.name, firstDifference(c.want, c.got))
		}
	}
}

// TestFamiliesAreSorted: each family once, in the order of names.
func TestFamiliesAreSorted(t *testing.T) {
	before := ""
	for _, mf := range played(t).families() {
		if mf.GetName() <= before {
			t.Errorf("%s comes after %s", mf.GetName(), before)
		}
		before = mf.GetName()
	}
}

func TestNativeHistogram(t *testing.T) {
	b := newBench(t, small)
	j := b.job("phong-hop", "ping", "")
	want := oracle(metric.PingRTT)
	for i := range 100 {
		rtt := time.Duration(i*i) * 10 * time.Microsecond
		b.answered(j, rtt)
		want.Observe(rtt.Seconds())
	}
	var m dto.Metric
	if err := want.Write(&m); err != nil {
		t.Fatal(err)
	}
	m.Histogram.CreatedTimestamp = nil
	for _, mf := range b.families() {
		if mf.GetName() != metric.PingRTT.Name {
			continue
		}
		for _, got := range mf.Metric {
			if got.Label[0].GetValue() == "phong-hop" && proto.Equal(got.Histogram, m.Histogram) {
				return
			}
		}
	}
	t.Error("no series has the native histogram that client_golang would have")
}

func TestPromtoolCheckMetrics(t *testing.T) {
	promtool := testenv.NeedProgram(t, "promtool", "prometheus")
	b := played(t)
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(b.scrape(acceptText))
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

func TestNegotiation(t *testing.T) {
	b := newBench(t, small)
	for _, c := range []struct{ accept, encoding, wantType, wantEncoding string }{
		{"", "", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", ""},
		{"*/*", "gzip", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "gzip"},
		{"application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.3", "gzip, zstd", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores", "gzip"},
		{acceptProto + ";q=0.9,text/plain;q=0.5", "zstd", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores", "zstd"},
		{"text/html", "br", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", ""},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := httptest.NewRequestWithContext(t.Context(), method, "/metrics", nil)
			r.Header.Set("Accept", c.accept)
			r.Header.Set("Accept-Encoding", c.encoding)
			w := httptest.NewRecorder()
			b.e.Metrics().ServeHTTP(w, r)
			if got := w.Header().Get("Content-Type"); got != c.wantType {
				t.Errorf("%s Accept %q: type %q, want %q", method, c.accept, got, c.wantType)
			}
			if method == http.MethodHead {
				if w.Body.Len() > 0 {
					t.Errorf("HEAD has a body of %d bytes", w.Body.Len())
				}
				continue
			}
			if got := w.Header().Get("Content-Encoding"); got != c.wantEncoding {
				t.Errorf("Accept-Encoding %q: encoding %q, want %q", c.encoding, got, c.wantEncoding)
			}
		}
	}
}

// brokenWriter fails after some bytes, like a client that went away.
type brokenWriter struct {
	http.ResponseWriter
	left int
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestClientGoesAway(t *testing.T) {
	b := played(t)
	for _, accept := range []string{acceptText, acceptOpenMetrics, acceptProto} {
		for _, left := range []int{0, 100, 5000, 20_000} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
			r.Header.Set("Accept", accept)
			b.e.Metrics().ServeHTTP(&brokenWriter{httptest.NewRecorder(), left}, r)
		}
	}
	b.want(map[string]string{`wanwatch_target_up{target="hai-chau-vnpt",kind="link",site="hai-chau"}`: "1"})
}
