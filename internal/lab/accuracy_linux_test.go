package lab

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
)

func quantiles(d []time.Duration) string {
	slices.Sort(d)
	if len(d) == 0 {
		return "none"
	}
	at := func(q float64) time.Duration { return d[int(q*float64(len(d)-1))] }
	return fmt.Sprintf("p50 %v p90 %v p99 %v max %v", at(0.5), at(0.9), at(0.99), at(1))
}

func TestDecompose(t *testing.T) {
	l := start(t, &plan.Plan{Paths: map[string]*plan.Path{
		"a": {Prefixes: prefixes("198.18.1.0/24", "2001:db8:1::/48"), Both: plan.Conditions{Delay: new(5 * time.Millisecond)}},
	}})
	_ = fping(t, l, "-q", "-c", "300", "-p", "10", "198.18.1.1")
	var out, back, turn []time.Duration
	reqOut := map[uint16]time.Duration{}
	for e := range l.Log().All() {
		if e.Fate != truth.Delivered {
			continue
		}
		if e.Direction == plan.Out {
			out = append(out, e.Late())
			reqOut[e.Seq] = e.Out
		} else {
			back = append(back, e.Late())
			turn = append(turn, e.In-reqOut[e.Seq])
		}
	}
	t.Log("late out", quantiles(out))
	t.Log("late back", quantiles(back))
	t.Log("far turnaround", quantiles(turn))
	t.Log(l.Stats())
}
