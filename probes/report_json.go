package probes

import (
	"encoding/json"
	"math"
	"time"
)

// MarshalJSON returns the report for programs: who was asked, whether all is
// well, every result with its samples, and the steps. The job's own result
// stands first. Fields are added in later versions, and none goes.
//
//   - target, kind, site, probe, address: the labels of the job's series
//   - probe_kind: which kind of probe it is
//   - ok: all is as the inventory expects it
//   - seconds: how long the probe ran as a whole
//   - results: target and kind of whom it is about, outcome (success, failure,
//     unknown, note), ok, reason, detail, what that means and what to do, start
//     (RFC 3339), seconds to the answer, and samples (metric, labels, value;
//     null if not known)
//   - steps: seconds since the start, text
func (r Report) MarshalJSON() ([]byte, error) {
	key := r.Job.Key()
	out := reportJSON{
		Target: key.Target, Kind: string(key.Kind), Site: key.Site, Probe: key.Probe, Address: key.Address,
		ProbeKind: r.Job.Probe.Kind,
		OK:        r.OK(), Seconds: r.Took.Seconds(),
		Results: make([]resultJSON, 0, len(r.Results)), Steps: make([]stepJSON, 0, len(r.Steps)),
	}
	for i := range r.Results {
		out.Results = append(out.Results, resultOf(&r.Results[i]))
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, stepJSON{s.At.Seconds(), s.Text})
	}
	return json.Marshal(out)
}

type reportJSON struct {
	Target    string       `json:"target"`
	Kind      string       `json:"kind"`
	Site      string       `json:"site"`
	Probe     string       `json:"probe"`
	ProbeKind string       `json:"probe_kind"`
	Address   string       `json:"address"`
	OK        bool         `json:"ok"`
	Seconds   float64      `json:"seconds"`
	Results   []resultJSON `json:"results"`
	Steps     []stepJSON   `json:"steps"`
}

type resultJSON struct {
	Target  string       `json:"target"`
	Kind    string       `json:"kind"`
	Outcome string       `json:"outcome"`
	OK      bool         `json:"ok"`
	Reason  Reason       `json:"reason,omitempty"`
	Detail  string       `json:"detail,omitempty"`
	Means   string       `json:"means,omitempty"`
	Do      string       `json:"do,omitempty"`
	Start   time.Time    `json:"start,omitzero"`
	Seconds float64      `json:"seconds"`
	Samples []sampleJSON `json:"samples"`
}

type sampleJSON struct {
	Metric string            `json:"metric"`
	Labels map[string]string `json:"labels,omitempty"`
	Value  *float64          `json:"value"` // null: not known
}

type stepJSON struct {
	Seconds float64 `json:"seconds"`
	Text    string  `json:"text"`
}

func resultOf(r *Result) resultJSON {
	out := resultJSON{
		Outcome: r.Outcome.String(), OK: r.Outcome == Note || r.Verdict() == Success,
		Reason: r.Reason, Detail: r.Detail, Start: r.Start, Seconds: r.Duration.Seconds(),
		Samples: make([]sampleJSON, 0, len(r.Samples)),
	}
	if r.Target != nil {
		out.Target, out.Kind = r.Target.ID, string(r.Target.Kind)
	}
	if a, ok := r.advice(); ok {
		out.Means, out.Do = a.Means, a.Do
	}
	for _, s := range r.Samples {
		out.Samples = append(out.Samples, sampleOf(s))
	}
	return out
}

func sampleOf(s Sample) sampleJSON {
	out := sampleJSON{Metric: s.Metric.Name}
	// JSON has no NaN and no infinity.
	if !math.IsNaN(s.Value) && !math.IsInf(s.Value, 0) {
		out.Value = &s.Value
	}
	for i, name := range s.Metric.Labels {
		if i < len(s.Labels) {
			if out.Labels == nil {
				out.Labels = map[string]string{}
			}
			out.Labels[name] = s.Labels[i]
		}
	}
	return out
}
