package ping

import (
	"fmt"
	"testing"
	"time"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestLoopbackAnswers(t *testing.T) {
	testenv.NeedRoot(t)
	f, err := newFleet(probes.Env{}, raw)
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord()
	ids := map[string]string{"a": "127.0.0.1", "b": "127.0.0.2", "again": "127.0.0.1", "six": "::1"}
	var jobs []probes.Job
	for id, address := range ids {
		jobs = append(jobs, testJob(id, address, 20*time.Millisecond, time.Second))
	}
	f.Set(jobs)
	run(t, f, r.emit)
	for id := range ids {
		r.until(t, fmt.Sprintf("ten answers for %s", id), func() bool { return r.sum(id, metric.PingReceived) >= 10 })
		for _, x := range r.of(id) {
			if x.Outcome == probes.Failure {
				t.Errorf("%s: %s %s", id, x.Reason, x.Detail)
			}
		}
	}
}
