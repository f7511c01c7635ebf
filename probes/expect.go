package probes

// String returns the word for the outcome.
func (o Outcome) String() string {
	switch o {
	case Success:
		return "success"
	case Failure:
		return "failure"
	case Unknown:
		return "unknown"
	default:
		return "note"
	}
}

// Verdict returns the outcome as the inventory wants it: for a target that it
// expects to be unreachable an answer is the failure, and silence the success. A
// failure that shows that somebody answered stays one; a name that has no
// address tells nothing.
func (r *Result) Verdict() Outcome {
	if !r.unwanted() {
		return r.Outcome
	}
	switch r.Outcome {
	case Success:
		return Failure
	case Failure:
	default:
		return r.Outcome
	}
	switch r.Reason {
	case ReasonTimeout, ReasonUnreachable, ReasonRefused, ReasonReset:
		return Success
	case ReasonResolve:
		return Unknown
	default:
		return Failure
	}
}

// unwanted reports whether an answer is what should not come.
func (r *Result) unwanted() bool { return r.Target != nil && r.Target.Expect == "unreachable" }

// Degraded reports whether the target failed by saying itself that it cannot serve
// well: it is there.
func (r *Result) Degraded() bool {
	return r.Outcome == Failure && !r.unwanted() && r.Reason.Alive()
}

// advice explains a result that is not as the inventory wants it.
func (r *Result) advice() (a Advice, ok bool) {
	switch {
	case r.Outcome == Note || r.Verdict() == Success:
		return Advice{}, false
	case r.Outcome == Success:
		return Advice{
			Means: "the target answered, but the inventory expects it to be unreachable",
			Do:    "look for the way by which it is reached: a second cable, a route, a firewall rule",
		}, true
	case r.Outcome == Unknown && r.Reason == ReasonResolve:
		return unasked, true
	default:
		return r.Reason.Advice()
	}
}
