package metric

// MeetingReadiness is what the check before a meeting found.
var MeetingReadiness = &Desc{Name: "wanwatch_meeting_readiness", Type: Gauge, Scope: Process,
	Help:   "How ready a part of a meeting is, by the check before it: 0 ready, 1 at risk, 2 not ready; there from the first check to the meeting's start.",
	Labels: []string{"meeting", "target", "kind", "site"}}
