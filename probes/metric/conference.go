package metric

// Questions over UDP, and what conference servers say.
var (
	Resent = &Desc{Name: "wanwatch_probe_resent_total", Type: Counter, Scope: Probe,
		Help: "Requests over UDP that were sent again because no answer had come."}
	Foreign = &Desc{Name: "wanwatch_probe_foreign_answers_total", Type: Counter, Scope: Probe,
		Help: "Datagrams that came back but answer nothing that was asked: malformed, of another question, or sent twice; they are believed in nothing."}
	Registered = &Desc{Name: "wanwatch_registered", Type: Gauge, Scope: Probe,
		Help: "1 if the server or gatekeeper says that the room is registered, 0 if it says that it is not; absent while it says neither."}
	SIPStatus = &Desc{Name: "wanwatch_sip_status_code", Type: Gauge, Scope: Probe,
		Help: "Status code of the last final answer to OPTIONS (RFC 3261, section 21); absent while there is none."}
)
