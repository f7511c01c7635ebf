package app

import (
	"log/slog"
	"net"
	"net/netip"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
)

// DefaultListen is where the program serves unless told otherwise: only
// programs of the same host can connect to it.
const DefaultListen = "127.0.0.1:9476"

// Options say what a program does. Inventory or Files is required.
type Options struct {
	// Inventory is the path of the inventory, a file or a folder.
	Inventory string
	// Files, if given, are the inventory, in place of what stands at that path.
	Files []inventory.File
	// Agent is the id of the agent of the inventory whose share is probed;
	// empty: everything.
	Agent string
	// Listen are the addresses to serve on, host:port; [DefaultListen] if
	// empty. Port 0 takes a free one.
	Listen []string
	// Listeners are open already; they stand before those of Listen, are held
	// to the same rules, and are closed at the end.
	Listeners []net.Listener
	// WebConfigFile is a web configuration file of the Prometheus project: TLS
	// and passwords. Empty: neither.
	WebConfigFile string
	// AllowInsecure lets other hosts connect without TLS and a password.
	AllowInsecure bool
	// ExternalURL stands before the links in alerts and reports; made of the first
	// address if empty.
	ExternalURL string
	// Pprof serves Go's profiles under /debug/pprof.
	Pprof bool
	// Watch reloads the inventory when its files change.
	Watch bool
	// Loading, if given, is called when a load of the inventory begins, and what
	// it returns when that load is over. It is for the memory policy of the
	// process, which belongs to no part of it.
	Loading func() (over func())
	// Logger takes the log; without one nothing is logged.
	Logger *slog.Logger
	// Version and Revision are what the program says of itself.
	Version, Revision string
	// Storage says where history is kept.
	Storage Storage
	// Alerting says where alerts go; there are some only where history is kept.
	Alerting Alerting
	// MeetingLead is how long before a meeting it is checked; [DefaultMeetingLead] if
	// zero, never if negative.
	MeetingLead time.Duration
	// Reflector says where STAMP senders are answered.
	Reflector Reflector
	// QualityProfile is a file by which the quality of calls is judged; empty: the one
	// in the program.
	QualityProfile string
	// ASTable is a file that names networks by their prefixes; empty: none is named.
	ASTable string
	// Schedule is a file that says which reports are made when; empty: none.
	Schedule string
	// Kinds are the kinds of probe that run; all, if nil.
	Kinds []probes.Kind
	// Resolver finds the addresses of names; that of the host, if nil.
	Resolver probes.Resolver
}

// Storage says where history is kept, and for how long. With it come rules, alerts
// and the query API.
type Storage struct {
	// Path is a folder; empty: no history is kept.
	Path string
	// Retention is how long samples are kept, MaxSize how many bytes they may take;
	// zero: the store's default, and any number.
	Retention time.Duration
	MaxSize   int64
	// RemoteWrite lets other agents write into the store, samples as old as
	// OutOfOrder included.
	RemoteWrite bool
	OutOfOrder  time.Duration
}

// Reflector says where this program answers the test packets of others (RFC 8762).
type Reflector struct {
	// Listen are addresses, host:port or :port; empty: nowhere.
	Listen []string
	// Allow are the sources that are answered; required with Listen.
	Allow []netip.Prefix
}

// Alerting says where alerts go. Left empty, they are routed and shown, and told to
// nobody.
type Alerting struct {
	// ConfigFile is an alertmanager.yml for the Alertmanager in this program.
	ConfigFile string
	// URL is that of an Alertmanager elsewhere, which is used instead.
	URL string
}

// addresses are those to serve on.
func (o *Options) addresses() []string {
	var list []string
	for _, l := range o.Listeners {
		list = append(list, l.Addr().String())
	}
	return append(list, o.Listen...)
}

// complete fills in what was left out, and returns how the web server is protected, or
// what is wrong with the options.
func (o *Options) complete() (protection, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Listen) == 0 && len(o.Listeners) == 0 {
		o.Listen = []string{DefaultListen}
	}
	if o.MeetingLead == 0 {
		o.MeetingLead = DefaultMeetingLead
	}
	if o.Kinds == nil {
		o.Kinds = kinds.All()
	}
	if o.Loading == nil {
		o.Loading = func() func() { return func() {} }
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if err := o.meant(); err != nil {
		return protection{}, err
	}
	secure, err := readProtection(o.WebConfigFile)
	err = Mistake("the web configuration file", err)
	if err == nil && !o.AllowInsecure {
		err = secure.check(o.addresses())
	}
	return secure, err
}
