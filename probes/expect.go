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
	if r.Target == nil || r.Target.Expect != "unreachable" {
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
