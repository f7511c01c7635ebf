package sip

import (
	"slices"

	"wanwatch/probes"
)

// meaning is what a status code says.
type meaning struct {
	reason probes.Reason // empty: success
	// registered: 1 and 0 are said of a room by its proxy; -1: nothing is said.
	registered int
	text       string
}

// judge says what a final status code means. RFC 3261, section 11.2: the code is the
// one that an INVITE would have got, so 486 comes from a room that is in a call. An
// answer of any sort shows a SIP stack at work; whether a room stands behind the
// proxy that gave it is another matter.
func judge(status int, throughProxy bool, accept []int) meaning {
	m := direct(status)
	if throughProxy {
		m = proxied(status)
	}
	if slices.Contains(accept, status) && m.reason != "" {
		return meaning{"", m.registered, m.text + "; the settings accept it"}
	}
	return m
}

// direct is about an answer of the device that was asked for itself.
func direct(status int) meaning {
	switch {
	case status < 300:
		return meaning{"", -1, "it is ready"}
	case status < 400:
		return meaning{"", -1, "it is up and names another address"}
	case status == 486, status == 600, status == 603:
		return meaning{"", -1, "it is up, and in a call or declining calls"}
	}
	if m, ok := failing(status); ok {
		return m
	}
	return meaning{"", -1, "it is up: it speaks SIP, though it does not answer the question"}
}

// proxied is about an answer to a question for a room behind the proxy.
func proxied(status int) meaning {
	switch {
	case status < 300:
		return meaning{"", 1, "the room is ready"}
	case status == 404, status == 410, status == 480, status == 604:
		return meaning{probes.ReasonNotRegistered, 0, "the proxy knows no such room at present"}
	case status == 486, status == 600, status == 603:
		return meaning{"", 1, "the room is up, and in a call or declining calls"}
	}
	if m, ok := failing(status); ok {
		return m
	}
	return meaning{probes.ReasonUndisclosed, -1, "the proxy is up, but says nothing of the room"}
}

// failing are the answers that tell of a fault, whoever was asked.
func failing(status int) (meaning, bool) {
	switch {
	case status == 408, status == 502, status == 504:
		return meaning{probes.ReasonStatus, -1, "it could not reach what stands behind it"}, true
	case status == 501, status == 505, status == 513:
		return meaning{}, false // RFC 3261, section 21.5: it does not know the method, version or size
	case status >= 500 && status < 600:
		return meaning{probes.ReasonUnavailable, -1, "it cannot serve at present"}, true
	}
	return meaning{}, false
}
