package ping

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// record keeps what was emitted, by target.
type record struct {
	mu      sync.Mutex
	results map[string][]probes.Result
	sums    map[string]map[string]float64 // by target and metric, with the label
	changed chan struct{}
}

func newRecord() *record {
	return &record{results: map[string][]probes.Result{}, sums: map[string]map[string]float64{}, changed: make(chan struct{}, 1)}
}

func (r *record) emit(x *probes.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := *x
	kept.Samples = append([]probes.Sample(nil), x.Samples...)
	id := x.Target.ID
	r.results[id] = append(r.results[id], kept)
	sums := r.sums[id]
	if sums == nil {
		sums = map[string]float64{}
		r.sums[id] = sums
	}
	for _, s := range x.Samples {
		sums[strings.Join(append([]string{s.Metric.Name}, s.Labels...), " ")] += s.Value
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// sum returns what the samples of a counter of a target add up to.
func (r *record) sum(id string, d *metric.Desc, labels ...string) float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sums[id][strings.Join(append([]string{d.Name}, labels...), " ")]
}

// of returns the results of a target.
func (r *record) of(id string) []probes.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]probes.Result(nil), r.results[id]...)
}

// until waits for a condition, at most ten seconds.
func (r *record) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	for !ok() {
		select {
		case <-r.changed:
		case <-limit.C:
			t.Fatalf("waited ten seconds for: %s", what)
		}
	}
}

// run runs a fleet until the test ends.
func run(t *testing.T, f probes.Fleet, emit probes.Emit) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx, emit) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
			if err := f.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

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
