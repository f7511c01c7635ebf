package ping

import (
	"testing"
	"time"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// The engine of other platforms runs on Linux too, so that it is tested.
func TestPortableAnswers(t *testing.T) {
	testenv.NeedRoot(t)
	p := newPortable(probes.Env{})
	r := newRecord()
	p.Set([]probes.Job{testJob("a", "127.0.0.1", 50*time.Millisecond, time.Second), testJob("b", "127.0.0.2", 50*time.Millisecond, time.Second)})
	stop := run(t, p, r.emit)
	for _, id := range []string{"a", "b"} {
		r.until(t, "three answers for "+id, func() bool { return r.sum(id, metric.PingReceived) >= 3 })
	}
	stop()
	for _, id := range []string{"a", "b"} {
		if sent, got, lost := r.sum(id, metric.PingSent), r.sum(id, metric.PingReceived), r.sum(id, metric.PingLost); sent != got+lost || lost != 0 {
			t.Errorf("%s: sent %v, received %v, lost %v", id, sent, got, lost)
		}
	}
}

func TestPortableProbesOnce(t *testing.T) {
	testenv.NeedRoot(t)
	p := newPortable(probes.Env{})
	trace := probes.NewTrace()
	r := newRecord()
	p.Probe(t.Context(), testJob("a", "127.0.0.1", time.Second, time.Second), r.emit, trace)
	if got := r.of("a"); len(got) != 1 || got[0].Outcome != probes.Success {
		t.Errorf("results %v, want one success", got)
	}
	if len(trace.Steps()) == 0 {
		t.Error("nothing was explained")
	}
}
