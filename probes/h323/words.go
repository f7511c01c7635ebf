package h323

import (
	"fmt"

	"wanwatch/probes"
)

// The reasons of rejections (ITU-T H.225.0, annex H: GatekeeperRejectReason and
// LocationRejectReason).
const (
	resourceUnavailable = 0 // of GRJ
	notRegistered       = 0 // of LRJ
)

// String names the answer, and the reason of a rejection, as the standard does.
func (a answer) String() string {
	switch a.tag {
	case gatekeeperConfirm:
		return "GCF (gatekeeper confirm)"
	case gatekeeperReject:
		return "GRJ (gatekeeper reject): " + word(a.reason, "resourceUnavailable", "terminalExcluded", "invalidRevision", "undefinedReason")
	case locationConfirm:
		if !a.signalling.IsValid() {
			return "LCF (location confirm)"
		}
		return fmt.Sprintf("LCF (location confirm): it is called at %s", a.signalling)
	case locationReject:
		return "LRJ (location reject): " + word(a.reason, "notRegistered", "invalidPermission", "requestDenied", "undefinedReason")
	case requestInProgress:
		return "RIP (request in progress)"
	default:
		return "unknownMessageResponse"
	}
}

func word(i int, words ...string) string {
	if i < 0 {
		return "a reason of a later version"
	}
	return words[i]
}

// meaning is what an answer says: of the gatekeeper itself, or of the alias.
type meaning struct {
	reason     probes.Reason // empty: success
	registered int           // 1 or 0; -1: nothing is said
	text       string
}

// judgeGRQ: any answer shows that the gatekeeper works, and a rejection is its answer
// to a stranger; only one that has no room left is in trouble.
func judgeGRQ(a answer) meaning {
	if a.tag == gatekeeperReject && a.reason == resourceUnavailable {
		return meaning{probes.ReasonUnavailable, -1, "it works, but takes no more endpoints"}
	}
	return meaning{"", -1, "the gatekeeper works"}
}

// judgeLRQ: only a confirmation says that the alias is registered, and only one
// rejection that it is not.
func judgeLRQ(a answer) meaning {
	switch {
	case a.tag == locationConfirm:
		return meaning{"", 1, "the room is registered"}
	case a.tag == locationReject && a.reason == notRegistered:
		return meaning{probes.ReasonNotRegistered, 0, "the room is not registered"}
	default:
		return meaning{probes.ReasonUndisclosed, -1, "the gatekeeper works, but does not tell this host about the room"}
	}
}
