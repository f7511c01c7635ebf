package schedule

import (
	"math"

	"wanwatch/probes"
)

const (
	// fewEnough jobs may all run together: a goroutine and a socket each. The
	// first probes of a start come within seconds, and the dead among them must
	// not hold up the living.
	fewEnough = 1024
	// mostConcurrent bounds the runs of one kind that go on at a time, for the
	// sake of memory and of open files.
	mostConcurrent = 4096
)

// concurrency returns how many runs of a kind may go on at a time. If every
// target is dead, each run lasts for its time-out, and timeout/interval of a
// job's time is taken: 6,000 devices polled each 30 s with a time-out of 10 s
// need 2,000 runs at a time, and fewer would delay the living among them. A
// quarter more is for uneven phases.
func concurrency(fixed int, jobs []probes.Job) int {
	if fixed > 0 {
		return fixed
	}
	var busy float64
	for _, j := range jobs {
		busy += min(1, float64(timeout(j))/float64(j.Probe.Interval))
	}
	return min(max(int(math.Ceil(busy*1.25)), fewEnough), mostConcurrent)
}
