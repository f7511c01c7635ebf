package schedule

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

func TestOnceReportsInOrderOfCompletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: func(_ context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
			trace.Logf("asking %s", p.job.Target.ID)
			time.Sleep(time.Duration(10-len(p.job.Target.ID)) * time.Second)
			labels := []string{"x"}
			other := *p.result(probes.Success, "")
			other.Target = &inventory.Target{ID: "other"}
			emit(&other)
			x := p.result(probes.Success, "")
			x.Samples = []probes.Sample{{Metric: metric.TCPConnect, Value: 1, Labels: labels}}
			emit(x)
			x.Samples[0].Value, labels[0] = 2, "y" // the prober's own memory
		}}
		var got []probes.Report
		jobs := jobsOf(t, target("a", "tcp", time.Minute, 20*time.Second), target("bb", "tcp", time.Minute, 20*time.Second), target("ccc", "tcp", time.Minute, 20*time.Second))
		err := Once(t.Context(), probes.Env{}, []probes.Kind{k.kind()}, jobs, 0, func(r probes.Report) { got = append(got, r) })
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range got {
			ids = append(ids, r.Job.Target.ID)
			if r.Results[0].Target != r.Job.Target || r.Results[1].Target.ID != "other" {
				t.Errorf("%s: the job's own result is not first", r.Job.Target.ID)
			}
			if s := r.Results[0].Samples[0]; s.Value != 1 {
				t.Errorf("%s: sample %v was not copied", r.Job.Target.ID, s)
			}
			if len(r.Steps) != 1 || r.Took < 7*time.Second {
				t.Errorf("%s: steps %v, took %s", r.Job.Target.ID, r.Steps, r.Took)
			}
		}
		if got[0].Results[0].Samples[0].Labels[0] != "x" {
			t.Error("labels were not copied")
		}
		if !slices.Equal(ids, []string{"ccc", "bb", "a"}) {
			t.Errorf("order %v", ids)
		}
		for _, p := range k.probers() {
			if p.closings() != 1 {
				t.Errorf("%s was closed %d times", p.job.Target.ID, p.closings())
			}
		}
	})
}

func TestOnceIsBoundedAndLivesThroughMistakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		k := &fakeKind{name: "tcp", probe: func(ctx context.Context, p *fakeProber, emit probes.Emit, trace *probes.Trace) {
			switch p.job.Target.ID {
			case "panics":
				panic("mistake")
			case "stuck":
				<-free
			case "silent":
			default:
				dead(ctx, p, emit, trace)
			}
		}}
		jobs := jobsOf(t, target("panics", "tcp", time.Minute, time.Second), target("stuck", "tcp", time.Minute, time.Second),
			target("silent", "tcp", time.Minute, time.Second), target("dead", "tcp", time.Minute, time.Second))
		begin := time.Now()
		reasons := map[string]probes.Reason{}
		err := Once(t.Context(), probes.Env{}, []probes.Kind{k.kind()}, jobs, 1, func(r probes.Report) {
			reasons[r.Job.Target.ID] = r.Results[0].Reason
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != time.Second+(time.Second+grace) {
			t.Errorf("took %s", took)
		}
		for id, want := range map[string]probes.Reason{"panics": probes.ReasonInternal, "stuck": probes.ReasonInternal, "silent": probes.ReasonInternal, "dead": probes.ReasonTimeout} {
			if reasons[id] != want {
				t.Errorf("%s: %s, want %s", id, reasons[id], want)
			}
		}
		close(free)
		synctest.Wait()
	})
}

func TestOnceEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{name: "tcp", probe: dead}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		reports := 0
		err := Once(ctx, probes.Env{}, []probes.Kind{k.kind()}, jobsOf(t, targets(10, "tcp", time.Minute, 20*time.Second)...), 2, func(probes.Report) { reports++ })
		if !errors.Is(err, context.DeadlineExceeded) || reports != 0 {
			t.Errorf("error %v, %d reports", err, reports)
		}
	})
}

func TestOnceWithFleets(t *testing.T) {
	f, opened := new(fakeFleet), 0
	refused := probes.Kind{ProbeKind: inventory.ProbeKind{Name: "trace"}, NewFleet: func(probes.Env) (probes.Fleet, error) {
		return nil, errors.New("needs CAP_NET_RAW")
	}}
	jobs := jobsOf(t, target("a", "ping", time.Second, time.Second), target("b", "ping", time.Second, time.Second), target("c", "trace", time.Second, time.Second))
	got := map[string]probes.Result{}
	err := Once(t.Context(), probes.Env{}, []probes.Kind{fleetKind(f, &opened), refused}, jobs, 0, func(r probes.Report) { got[r.Job.Target.ID] = r.Results[0] })
	if err != nil {
		t.Fatal(err)
	}
	if opened != 1 || f.closed != 1 || len(f.sets) != 0 {
		t.Errorf("opened %d, closed %d, set %d times", opened, f.closed, len(f.sets))
	}
	if got["a"].Outcome != probes.Success || got["b"].Outcome != probes.Success {
		t.Errorf("got %+v", got)
	}
	if c := got["c"]; c.Outcome != probes.Unknown || c.Reason != probes.ReasonNotPermitted || !strings.Contains(c.Detail, "CAP_NET_RAW") {
		t.Errorf("the kind that may not: %+v", c)
	}
}
