package proof

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// Accept is the header Accept with which a program is asked for what [Read]
// reads: protobuf, which alone has native histograms.
const Accept = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// Metrics is what a program said in one scrape.
type Metrics struct {
	targets map[string]*Said
	process map[string]float64
}

// Said is what a program says of one target, which has one probe, a ping.
type Said struct {
	Attempts, Sent, Received, Lost, Late, Duplicates, Corrupt int

	Unreachable map[string]int // by code
	Failures    map[string]int // by reason

	Success bool          // of the last packet
	Trip    time.Duration // of the last packet
	Jitter  time.Duration

	RTT    *dto.Histogram // of the answers in time, native and classic
	Bursts *dto.Histogram // lengths of runs of lost packets, classic

	Up     bool
	States map[string]time.Duration // time spent in each
}

// Read reads an answer to a scrape.
func Read(body io.Reader, header http.Header) (*Metrics, error) {
	m := &Metrics{targets: map[string]*Said{}, process: map[string]float64{}}
	decoder := expfmt.NewDecoder(body, expfmt.ResponseFormat(header))
	for {
		var family dto.MetricFamily
		switch err := decoder.Decode(&family); {
		case errors.Is(err, io.EOF):
			return m, nil
		case err != nil:
			return nil, fmt.Errorf("reading metrics: %w", err)
		}
		for _, series := range family.GetMetric() {
			m.take(family.GetName(), series)
		}
	}
}

// Target returns what is said of a target; nil if nothing is.
func (m *Metrics) Target(id string) *Said { return m.targets[id] }

// Process returns the value of a metric of the process, summed over its series;
// 0 if there is none.
func (m *Metrics) Process(name string) float64 { return m.process[name] }

func (m *Metrics) take(name string, series *dto.Metric) {
	labels := map[string]string{}
	for _, l := range series.GetLabel() {
		labels[l.GetName()] = l.GetValue()
	}
	id, ok := labels["target"]
	if !ok {
		m.process[name] += value(series)
		return
	}
	s := m.targets[id]
	if s == nil {
		s = &Said{Unreachable: map[string]int{}, Failures: map[string]int{}, States: map[string]time.Duration{}}
		m.targets[id] = s
	}
	s.take(name, labels, series)
}

// take takes a series of the target.
func (s *Said) take(name string, labels map[string]string, series *dto.Metric) {
	v := value(series)
	switch name {
	case "wanwatch_probe_attempts_total":
		s.Attempts = int(v)
	case "wanwatch_probe_failures_total":
		s.Failures[labels["reason"]] = int(v)
	case "wanwatch_probe_success":
		s.Success = v == 1
	case "wanwatch_probe_duration_seconds":
		s.Trip = seconds(v)
	case "wanwatch_ping_sent_total":
		s.Sent = int(v)
	case "wanwatch_ping_received_total":
		s.Received = int(v)
	case "wanwatch_ping_lost_total":
		s.Lost = int(v)
	case "wanwatch_ping_late_total":
		s.Late = int(v)
	case "wanwatch_ping_duplicates_total":
		s.Duplicates = int(v)
	case "wanwatch_ping_corrupt_total":
		s.Corrupt = int(v)
	case "wanwatch_ping_unreachable_total":
		s.Unreachable[labels["code"]] = int(v)
	case "wanwatch_ping_jitter_seconds":
		s.Jitter = seconds(v)
	case "wanwatch_ping_rtt_seconds":
		s.RTT = series.GetHistogram()
	case "wanwatch_ping_loss_burst_packets":
		s.Bursts = series.GetHistogram()
	case "wanwatch_target_up":
		s.Up = v == 1
	case "wanwatch_target_seconds_total":
		s.States[labels["state"]] = seconds(v)
	}
}

func value(m *dto.Metric) float64 {
	switch {
	case m.GetCounter() != nil:
		return m.GetCounter().GetValue()
	case m.GetGauge() != nil:
		return m.GetGauge().GetValue()
	default:
		return 0
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
