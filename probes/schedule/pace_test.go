package schedule

import (
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/probes"
)

func TestQuickest(t *testing.T) {
	for _, c := range []struct {
		interval, timeout time.Duration
		want              int
	}{
		{15 * time.Second, 5 * time.Second, 3}, {15 * time.Second, 7 * time.Second, 2}, {15 * time.Second, 8 * time.Second, 1},
		{10 * time.Second, 2 * time.Second, 2}, // a third of ten seconds is no whole number of nanoseconds
		{time.Second, 2 * time.Second, 1}, {time.Minute, time.Second, 3},
	} {
		j := jobsOf(t, target("a", "fake", c.interval, c.timeout))[0]
		if got := quickest(j); got != c.want {
			t.Errorf("%s with %s: %d, want %d", c.interval, c.timeout, got, c.want)
		}
	}
}

// A job that is quickened is started three times as often, its ordinary starts among
// them, also after a reload; another keeps its pace, and so does it afterwards.
func TestQuicken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKind{}
		r, _, _ := newTestRunner(nil, k)
		jobs := jobsOf(t, targets(2, k.kind().Name, 15*time.Second, time.Second)...)
		apply(t, r, jobs)
		stop := start(t, r)
		time.Sleep(30 * time.Second)
		ordinary := k.probers()[0].started()
		if n := r.Quicken(map[probes.Key]bool{jobs[0].Key(): true}); n != 1 {
			t.Errorf("%d quickened, want 1", n)
		}
		begin := time.Now()
		time.Sleep(time.Minute)
		apply(t, r, jobs)
		time.Sleep(time.Minute)
		quick, calm := since(k.probers()[0], begin), since(k.probers()[1], begin)
		if len(quick) != 24 || len(calm) != 8 {
			t.Errorf("%d and %d starts in two minutes, want 24 and 8", len(quick), len(calm))
		}
		phase := ordinary[len(ordinary)-1].UnixNano() % int64(15*time.Second)
		kept := 0
		for _, at := range quick {
			if at.UnixNano()%int64(15*time.Second) == phase {
				kept++
			}
		}
		if kept != 8 {
			t.Errorf("%d starts at the ordinary time, want 8", kept)
		}
		if n := r.Quicken(nil); n != 0 {
			t.Errorf("%d quickened, want none", n)
		}
		begin = time.Now()
		time.Sleep(time.Minute)
		if n := len(since(k.probers()[0], begin)); n != 4 {
			t.Errorf("%d starts in the minute after, want 4", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func since(p *fakeProber, from time.Time) (list []time.Time) {
	for _, at := range p.started() {
		if at.After(from) {
			list = append(list, at)
		}
	}
	return list
}
