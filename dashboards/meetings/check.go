package meetings

import (
	"fmt"
	"math"
	"slices"
	"time"

	"wanwatch/dashboards/texts"
	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// Evidence is what is known before a meeting.
type Evidence struct {
	// Reports are of all probes of the meeting's scope, run just now; of the targets of
	// the same inventory.
	Reports []probes.Report
	// History is false where none is kept: the two below are unknown then.
	History bool
	// Free is the bandwidth of lines that nobody uses, in bytes a second in the worse
	// direction, by id: now, and for 95 % of the week.
	Free, FreeUsually map[string]float64
	// Poor is the share of the last half hour, from 0 to 1, in which the quality of
	// video was poor, by id.
	Poor map[string]float64
}

// Finding is one thing that is not as it should be.
type Finding struct {
	Level  texts.Readiness
	Reason texts.MeetingReason
	// Detail says more, for who repairs it; in English, as probes speak.
	Detail string
}

// Part is how ready one part of a meeting is.
type Part struct {
	Target   *inventory.Target
	Level    texts.Readiness
	Findings []Finding // the gravest first
}

// Check is how ready a meeting is.
type Check struct {
	Occasion
	At      time.Time // when it was looked at
	Level   texts.Readiness
	Parts   []Part // in the order of [Scope.Targets]
	History bool
}

// soon is how long after a meeting a certificate has to hold at least.
const soon = 7 * 24 * time.Hour

// mostPoor is the share of time with poor quality from which a part is at risk.
const mostPoor = 0.1

// Judge says how ready each part of a meeting is.
func Judge(inv *inventory.Inventory, o Occasion, e Evidence, at time.Time) Check {
	scope := ScopeOf(inv, o.Meeting)
	j := judge{Occasion: o, Evidence: e, scope: scope, parts: map[*inventory.Target]*Part{}, own: map[*inventory.Target][]probes.Report{}}
	for _, r := range e.Reports {
		if len(r.Results) > 0 {
			j.own[r.Job.Target] = append(j.own[r.Job.Target], r)
		}
	}
	c := Check{Occasion: o, At: at, History: e.History}
	for _, t := range scope.Targets() {
		j.parts[t] = &Part{Target: t}
		j.answers(t)
		j.maintenance(t)
		j.quality(t)
	}
	for site, lines := range scope.Lines {
		j.site(site, lines)
	}
	for _, t := range scope.Targets() {
		p := j.parts[t]
		slices.SortStableFunc(p.Findings, func(a, b Finding) int { return int(b.Level - a.Level) })
		for _, f := range p.Findings {
			p.Level = max(p.Level, f.Level)
		}
		c.Level = max(c.Level, p.Level)
		c.Parts = append(c.Parts, *p)
	}
	return c
}

type judge struct {
	Occasion
	Evidence
	scope Scope
	parts map[*inventory.Target]*Part
	own   map[*inventory.Target][]probes.Report // those of each target's own probes
}

func (j *judge) find(t *inventory.Target, level texts.Readiness, reason texts.MeetingReason, detail string, args ...any) {
	p := j.parts[t]
	p.Findings = append(p.Findings, Finding{level, reason, fmt.Sprintf(detail, args...)})
}

// fails reports whether nothing of a line answers.
func (j *judge) fails(t *inventory.Target) bool {
	reports := j.own[t]
	return len(reports) > 0 && !slices.ContainsFunc(reports, func(r probes.Report) bool {
		return r.Results[0].Verdict() != probes.Failure || r.Results[0].Degraded()
	})
}

// answers looks at what the probes of a room or a server found. Lines are judged
// together, by [judge.site].
func (j *judge) answers(t *inventory.Target) {
	if t.Kind != inventory.EndpointTarget {
		return
	}
	reports := j.own[t]
	if len(reports) == 0 {
		j.find(t, texts.AtRisk, texts.MeetingUnknown, "no probe of it was run by this agent")
		return
	}
	if j.fails(t) {
		r := reports[0].Results[0]
		j.find(t, texts.NotReady, texts.MeetingDown, "%s: %s", r.Reason, r.Detail)
		return
	}
	for _, report := range reports {
		j.answer(t, report)
	}
}

func (j *judge) answer(t *inventory.Target, report probes.Report) {
	r, name := report.Results[0], report.Job.Probe.Name
	switch {
	case r.Verdict() == probes.Success:
	case r.Degraded():
		j.find(t, texts.AtRisk, texts.MeetingDegraded, "%s: %s", name, r.Detail)
	case r.Reason == probes.ReasonNotRegistered:
		j.find(t, texts.NotReady, texts.MeetingNotRegistered, "%s: %s", name, r.Detail)
	case r.Reason == probes.ReasonTLS:
		j.find(t, texts.NotReady, texts.MeetingCertificate, "%s: %s", name, r.Detail)
	case r.Outcome == probes.Failure && r.Reason == probes.ReasonResolve:
		j.find(t, texts.NotReady, texts.MeetingDNS, "%s: %s", name, r.Detail)
	case r.Verdict() == probes.Unknown:
		j.find(t, texts.AtRisk, texts.MeetingUnknown, "%s: %s", name, r.Detail)
	default:
		j.find(t, texts.AtRisk, texts.MeetingProbe, "%s: %s: %s", name, r.Reason, r.Detail)
	}
	for _, s := range r.Samples {
		if s.Metric != metric.CertificateExpiry || math.IsNaN(s.Value) {
			continue
		}
		switch ends := time.Unix(int64(s.Value), 0); {
		case ends.Before(j.End):
			j.find(t, texts.NotReady, texts.MeetingCertificate, "%s: the certificate expires at %s", name, ends.Format(time.RFC3339))
		case ends.Before(j.End.Add(soon)):
			j.find(t, texts.AtRisk, texts.MeetingCertificateSoon, "%s: the certificate expires at %s", name, ends.Format(time.RFC3339))
		}
	}
}

// excused reports whether a target is in maintenance during the meeting.
func (j *judge) excused(t *inventory.Target) (reason string, yes bool) {
	for _, m := range t.Maintenance {
		if starts := m.Between(j.Start, j.End); len(starts) > 0 {
			return fmt.Sprintf("from %s, %s", starts[0].Format(time.RFC3339), m.Reason), true
		}
	}
	return "", false
}

func (j *judge) maintenance(t *inventory.Target) {
	if why, yes := j.excused(t); yes && t.Kind == inventory.EndpointTarget {
		j.find(t, texts.NotReady, texts.MeetingMaintenance, "%s", why)
	}
}

func (j *judge) quality(t *inventory.Target) {
	if share := j.Poor[t.ID]; share > mostPoor {
		j.find(t, texts.AtRisk, texts.MeetingQuality, "poor for %.0f %% of the last half hour", 100*share)
	}
}

// site judges the lines of a site together: one of them has to carry the rooms.
func (j *judge) site(site string, lines []*inventory.Target) {
	var left []*inventory.Target // those that carry the meeting
	for _, t := range lines {
		why, excused := j.excused(t)
		switch {
		case j.fails(t):
			j.find(t, texts.AtRisk, texts.MeetingLineDown, "%s", j.own[t][0].Results[0].Detail)
		case excused:
			j.find(t, texts.AtRisk, texts.MeetingMaintenance, "%s", why)
		default:
			left = append(left, t)
		}
	}
	if len(left) == 0 {
		for _, t := range lines {
			p := j.parts[t]
			for i := range p.Findings {
				if p.Findings[i].Reason != texts.MeetingQuality {
					p.Findings[i].Level = texts.NotReady
				}
			}
		}
		return
	}
	j.headroom(site, left)
}

// headroom compares what the rooms of a site need with what its lines have left: one
// line has to carry all of them.
func (j *judge) headroom(site string, lines []*inventory.Target) {
	need := 0.0
	for _, t := range j.scope.Rooms {
		if t.Site == site {
			need += float64(t.Endpoint.CallBandwidth) / 8
		}
	}
	if need == 0 {
		return
	}
	best := func(free map[string]float64) (most float64, of *inventory.Target) {
		for _, t := range lines {
			if v, ok := free[t.ID]; ok && (of == nil || v > most) {
				most, of = v, t
			}
		}
		return most, of
	}
	if free, line := best(j.Free); line != nil && free < need {
		j.find(line, texts.AtRisk, texts.MeetingFull, "%.1f Mbit/s are free now, the rooms need %.1f", free*8e-6, need*8e-6)
		return
	}
	if free, line := best(j.FreeUsually); line != nil && free < need {
		j.find(line, texts.AtRisk, texts.MeetingFullUsually, "%.1f Mbit/s are free for 95 %% of the week, the rooms need %.1f", free*8e-6, need*8e-6)
	}
}
