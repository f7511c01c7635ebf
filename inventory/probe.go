package inventory

import "time"

// Probe is one probe of one target, with all defaults filled in.
type Probe struct {
	Name     string        // label "probe": the key in the inventory
	Kind     string        // which kind of probe runs it; the name if the inventory says nothing else
	Address  string        // host, or host:port, as written; label "address"
	Interval time.Duration // from the start of one probe to the start of the next
	Timeout  time.Duration // at most Interval, but for ping at most 2 s
	Confirm  int           // how many equal results in a row change the verdict; at least 1
	Config   any           // pointer to the kind's settings
	// Credential and Endpoint are what the settings name, or nil.
	Credential *Credential
	Endpoint   *Endpoint
	Pos        Pos
}

// ProbeKind is what the inventory needs to know of a kind of probe to decode,
// check and document its settings.
type ProbeKind struct {
	// Name is the key in the inventory and the value of the label "probe".
	Name string
	// Doc is one sentence for the documentation.
	Doc string
	// NewConfig returns a pointer to a new struct with the kind's default
	// settings, tagged as the package comment says. Nil: the kind has none. It
	// is called from several goroutines at a time.
	NewConfig func() any
	// Interval, Timeout and Confirm are the kind's defaults.
	Interval time.Duration
	Timeout  time.Duration
	Confirm  int
	// MaxTimeout bounds the time-out; zero: the interval.
	MaxTimeout time.Duration
}

// Checker is implemented by settings of a kind that have rules across fields.
// Check returns one message a problem: what is wrong and what to write instead.
type Checker interface {
	Check() []string
}

// Addresser is implemented by settings that complete the address of a probe,
// for example by a port. Host is the address as written, which may have a port
// already; it is empty if the inventory gives none. A result without a host is
// then reported as a missing address.
type Addresser interface {
	ProbeAddress(host string) string
}

// Referrer is implemented by settings of a kind that name, with a ref tag, another
// part of the inventory. The probe has both once the inventory is loaded.
type Referrer interface {
	// Refers returns the ids of a credential and of an endpoint; empty: none.
	Refers() (credential, endpoint string)
}

// AddressChecker is implemented by settings of a kind that need more of an
// address than a host. CheckAddress gets the completed address and returns one
// message a problem, as Checker does.
type AddressChecker interface {
	CheckAddress(address string) []string
}

// ProbeSet holds the probes of a target by name, in the order of the file.
type ProbeSet []*Probe

// ProbeList holds the probes of a short form such as ping: [a, b].
type ProbeList []*Probe
