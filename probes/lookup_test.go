package probes

import (
	"strings"
	"testing"
)

// TestAdviceOnNames tells a name without an address from a resolver that does not
// answer, though both have one reason.
func TestAdviceOnNames(t *testing.T) {
	for outcome, want := range map[Outcome]string{
		Failure: "the name has no address",
		Unknown: "this host's resolver gave no usable answer",
	} {
		r := Result{Outcome: outcome, Reason: ReasonResolve}
		a, ok := r.advice()
		if !ok || !strings.Contains(a.Means, want) || a.Self != (outcome == Unknown) {
			t.Errorf("%s: %+v", outcome, a)
		}
	}
}
