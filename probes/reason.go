package probes

// Reason is why a probe did not succeed: the value of the label "reason". The
// list is closed, so that every counter can exist from the start.
type Reason string

// The reasons.
const (
	ReasonTimeout          Reason = "timeout"
	ReasonUnreachable      Reason = "unreachable"
	ReasonRefused          Reason = "refused"
	ReasonReset            Reason = "reset"
	ReasonResolve          Reason = "resolve"
	ReasonNoRoute          Reason = "no_route"
	ReasonSend             Reason = "send"
	ReasonNotPermitted     Reason = "not_permitted"
	ReasonStalled          Reason = "stalled"
	ReasonCredential       Reason = "credential"
	ReasonAuth             Reason = "auth"
	ReasonTLS              Reason = "tls"
	ReasonProtocol         Reason = "protocol"
	ReasonPartial          Reason = "partial"
	ReasonStatus           Reason = "status"
	ReasonContent          Reason = "content"
	ReasonUnavailable      Reason = "unavailable"
	ReasonNotRegistered    Reason = "not_registered"
	ReasonUndisclosed      Reason = "undisclosed"
	ReasonUnanswered       Reason = "unanswered"
	ReasonInterfaceMissing Reason = "interface_missing"
	ReasonInterfaceDown    Reason = "interface_down"
	ReasonDeviceUnknown    Reason = "device_unknown"
	ReasonInternal         Reason = "internal"
)

// Advice is what a reason means and what a person can do about it.
type Advice struct {
	Means string
	Do    string
	// Self is true where the cause lies with the program or its host, so that
	// the target's state is unknown and not down.
	Self bool
	// Alive is true where the target answered and said that it cannot serve well
	// at present: it is degraded, and not down.
	Alive bool
}

// Advice explains a reason; ok is false for one that is not in the list.
func (r Reason) Advice() (a Advice, ok bool) {
	a, ok = advices[r]
	return a, ok
}

// Self reports whether the cause lies with the program or its host.
func (r Reason) Self() bool {
	a, _ := r.Advice()
	return a.Self
}

// Alive reports whether the target is there, but cannot serve well.
func (r Reason) Alive() bool {
	a, _ := r.Advice()
	return a.Alive
}

// advices is the closed list; nothing changes it.
var advices = map[Reason]Advice{
	ReasonTimeout:          {Means: "no answer came within the time-out", Do: "check the device's power, the cable and the firewalls on the path; if it is only slow, raise the probe's timeout"},
	ReasonUnreachable:      {Means: "a router, or the kernel, said that the target cannot be reached", Do: "look at the named router's route to the target"},
	ReasonRefused:          {Means: "the host answered that nothing listens on the port", Do: "check the port number and that the service runs"},
	ReasonReset:            {Means: "the connection was broken by the other side", Do: "look at the service's log and at firewalls on the path"},
	ReasonResolve:          {Means: "the name has no address", Do: "check the name's spelling and the resolver of this host, or write an IP address"}, // see unasked
	ReasonNoRoute:          {Means: "this host has no route to the target", Do: "check this host's interfaces and routes: ip route get ADDRESS", Self: true},
	ReasonSend:             {Means: "this host could not send the request", Do: "look at wanwatch's log and at this host's interfaces", Self: true},
	ReasonNotPermitted:     {Means: "this host forbids sending the request", Do: "check this host's firewall and the permissions named in the message", Self: true},
	ReasonStalled:          {Means: "the program was stopped or starved, so that the answer could not be timed", Do: "give the host more CPU time; nothing is known about the target for this period", Self: true},
	ReasonCredential:       {Means: "the credential could not be read", Do: "check that the file or environment variable named in the inventory exists and can be read by wanwatch", Self: true},
	ReasonAuth:             {Means: "the target did not accept the credential", Do: "compare user, community, protocols and passwords with the device's configuration"},
	ReasonTLS:              {Means: "the TLS handshake failed", Do: "check the certificate, its name and the protocol version"},
	ReasonProtocol:         {Means: "the target's answer was not understood", Do: "check that the service on this port is the one meant; run wanwatch check for the answer itself"},
	ReasonPartial:          {Means: "the target answered only a part of what was asked", Do: "look at the device's SNMP view and its load; run wanwatch check for what is missing"},
	ReasonStatus:           {Means: "the target answered with a status that is not among those expected", Do: "look at the service's log; if the status is right, add it to the settings"},
	ReasonContent:          {Means: "the target answered, but not with what it should hold", Do: "compare the answer with the settings: run wanwatch check for the answer itself"},
	ReasonUnavailable:      {Means: "the service answered that it cannot serve now", Do: "look at the service's load, its licences and its log", Alive: true},
	ReasonNotRegistered:    {Means: "the server or gatekeeper says that the room is not registered", Do: "look at the room's own status page; compare its server, name and password with the server's configuration, and restart its registration"},
	ReasonUndisclosed:      {Means: "the server answered, but does not tell whether the room is registered", Do: "let the server answer this host: add its address to those that may ask, or give the probe a credential", Self: true},
	ReasonUnanswered:       {Means: "the gatekeeper has never answered this host; it may ignore strangers", Do: "let the gatekeeper answer requests from this host's address, or take gatekeeper: away", Self: true},
	ReasonInterfaceMissing: {Means: "the device has no interface of that name", Do: "run wanwatch discover for the names that the device knows"},
	ReasonInterfaceDown:    {Means: "the interface is down", Do: "check the cable, the far end and the provider"},
	ReasonDeviceUnknown:    {Means: "the device that carries the interface could not be asked", Do: "see the device's own probe", Self: true},
	ReasonInternal:         {Means: "wanwatch made a mistake", Do: "please report it with the log lines around it", Self: true},
}
