package ping

import (
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// begin starts a result about a target. There is one result and one slice of
// samples for all: nothing is allocated.
func (e *engine) begin(t *target, o probes.Outcome, why probes.Reason, detail string) *probes.Result {
	job, about := e.table.subject(t)
	e.result = probes.Result{Job: job, Target: about, Outcome: o, Reason: why, Detail: detail}
	e.samples = e.samples[:0]
	return &e.result
}

func (e *engine) add(d *metric.Desc, value float64) {
	e.samples = append(e.samples, probes.Sample{Metric: d, Value: value})
}

func (e *engine) addLabelled(d *metric.Desc, labels []string, value float64) {
	e.samples = append(e.samples, probes.Sample{Metric: d, Labels: labels, Value: value})
}

// end adds the runs of losses that have ended, now that one more packet is
// judged, and hands the result on.
func (e *engine) end(t *target) {
	for t.open != t.flights.next {
		f := t.at(t.open)
		if f.state == waiting {
			break
		}
		if n := t.judge(f.state); n > 0 {
			e.add(metric.PingLossBurst, float64(n))
		}
		if t.settings.rated {
			if r, full := t.rate(f.state, f.marks&tardy != 0, e.profile); full {
				r.Each(e.addLabelled)
			}
		}
		t.open++
	}
	e.result.Samples = e.samples
	e.emit(&e.result)
}

// note hands on a sample beside the target's results.
func (e *engine) note(t *target, s probes.Sample) {
	e.begin(t, probes.Note, "", "").Start = e.now.time
	e.samples = append(e.samples, s)
	e.result.Samples = e.samples
	e.emit(&e.result)
}

// unsent hands on that a packet was due and could not be sent.
func (e *engine) unsent(t *target, why probes.Reason, detail string) {
	if e.trace != nil {
		e.trace.Logf("not sent: %s", detail)
	}
	e.begin(t, probes.Unknown, why, detail).Start = e.now.time
	e.result.Samples = nil
	e.emit(&e.result)
}

// unresolved hands on that a name has no address, or that nobody could be asked.
func (e *engine) unresolved(t *target) {
	o := probes.Unknown
	if probes.NoAddress(t.failure) {
		o = probes.Failure
	}
	e.begin(t, o, probes.ReasonResolve, t.failure.Error()).Start = e.now.time
	e.result.Samples = nil
	e.emit(&e.result)
}
