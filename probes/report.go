package probes

import "time"

// Report is one probe run once, with everything needed to explain its answer.
type Report struct {
	Job     Job
	Results []Result // the job's own result first
	Steps   []Step
	// Took is how long the probe ran as a whole.
	Took time.Duration
}
