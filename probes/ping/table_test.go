package ping

import (
	"fmt"
	"testing"
	"time"

	"wanwatch/probes"
)

// TestPlacesAreInTurn: targets that are visited one after the other lie side by
// side, whatever the order of the jobs.
func TestPlacesAreInTurn(t *testing.T) {
	var jobs []probes.Job
	for i, phase := range []time.Duration{700 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
		for _, interval := range []time.Duration{10 * time.Second, time.Second} {
			j := testJob(fmt.Sprintf("t%d-%s", i, interval), fmt.Sprintf("198.18.0.%d", i+1), interval, time.Second)
			j.Phase = phase
			jobs = append(jobs, j)
		}
	}
	c := newPlanner().plan(jobs, func(int) uint32 { return 0 })
	var got []string
	for i, j := range c.table.jobs {
		if c.table.targets[i].place != int32(i) {
			t.Errorf("the target at place %d believes to be at %d", i, c.table.targets[i].place)
		}
		got = append(got, j.Target.ID)
	}
	if want := "[t1-1s t2-1s t0-1s t1-10s t2-10s t0-10s]"; fmt.Sprint(got) != want {
		t.Errorf("places %v, want %s", got, want)
	}
}
