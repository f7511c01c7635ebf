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

// advices is the closed list; nothing changes it.
var advices = map[Reason]Advice{
	ReasonTimeout:          {Means: "no answer came within the time-out", Do: "check the device's power, the cable and the firewalls on the path; if it is only slow, raise the probe's timeout"},
	ReasonUnreachable:      {Means: "a router, or the kernel, said that the target cannot be reached", Do: "look at the named router's route to the target"},
	ReasonRefused:          {Means: "the host answered that nothing listens on the port", Do: "check the port number and that the service runs"},
	ReasonReset:            {Means: "the connection was broken by the other side", Do: "look at the service's log and at firewalls on the path"},
	ReasonResolve:          {Means: "the name has no address", Do: "check the name's spelling and the resolver of this host, or write an IP address"},
	ReasonNoRoute:          {Means: "this host has no route to the target", Do: "check this host's interfaces and routes: ip route get ADDRESS", Self: true},
	ReasonSend:             {Means: "this host could not send the request", Do: "look at wanwatch's log and at this host's interfaces", Self: true},
	ReasonNotPermitted:     {Means: "this host forbids sending the request", Do: "check this host's firewall and the permissions named in the message", Self: true},
	ReasonStalled:          {Means: "the program was stopped or starved, so that the answer could not be timed", Do: "give the host more CPU time; nothing is known about the target for this period", Self: true},
	ReasonCredential:       {Means: "the credential could not be read", Do: "check that the file or environment variable named in the inventory exists and can be read by wanwatch", Self: true},
	ReasonAuth:             {Means: "the target did not accept the credential", Do: "compare user, community, protocols and passwords with the device's configuration"},
	ReasonTLS:              {Means: "the TLS handshake failed", Do: "check the certificate, its name and the protocol version"},
	ReasonProtocol:         {Means: "the target's answer was not understood", Do: "check that the service on this port is the one meant; run wanwatch check for the answer itself"},
	ReasonPartial:          {Means: "the target answered only a part of what was asked", Do: "look at the device's SNMP view and its load; run wanwatch check for what is missing"},
	ReasonInterfaceMissing: {Means: "the device has no interface of that name", Do: "run wanwatch discover for the names that the device knows"},
	ReasonInterfaceDown:    {Means: "the interface is down", Do: "check the cable, the far end and the provider"},
	ReasonDeviceUnknown:    {Means: "the device that carries the interface could not be asked", Do: "see the device's own probe", Self: true},
	ReasonInternal:         {Means: "wanwatch made a mistake", Do: "please report it with the log lines around it", Self: true},
}
