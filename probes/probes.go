// Package probes is the contract between the kinds of probe, the scheduler that
// runs them and the exporter that publishes what they found.
//
// A kind of probe is a package that offers one [Kind]. Most kinds ask one
// question and get one answer: they implement [Prober], and the scheduler
// decides when. A kind that must own its timing and its sockets for all targets
// together (ping) implements [Fleet] instead.
package probes

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// Kind is one way of probing.
type Kind struct {
	inventory.ProbeKind

	// Reasons are the failures that this kind can report; their counters exist
	// from the start, at 0. ReasonInternal and ReasonStalled are always among
	// them: the scheduler reports them for every kind.
	Reasons []Reason

	// Series lists, for a job, the series that exist from the start beside
	// those that every job has. Values are ignored.
	Series func(Job) []Sample

	// Subjects lists the further targets that the answers to a job tell
	// something about; nil if there are none. Series is asked about each of
	// them too, with a Job whose Target is the subject and whose Probe is the
	// job's. What neither lists appears with its first sample, and goes when
	// the job's fingerprint changes.
	Subjects func(Job) []*inventory.Target

	// Costly says that a probe asks much of its target (a device, polled for all
	// its interfaces): when a doubt is to be settled, it is brought forward once,
	// and not again and again as others are.
	Costly bool

	// Octets is what a probe moves each way at most, in bytes; 0 stands for
	// [UsualOctets].
	Octets int

	// Exactly one of the next two is set.

	// NewProber makes the prober of one job. It must not touch the network, nor
	// read what may be missing for a while (a file of a secret, say): that is
	// read by each probe, so that it fails one target and not a whole reload.
	NewProber func(Env, Job) (Prober, error)

	// NewFleet makes the engine that probes all jobs of this kind. It opens
	// what it needs and fails if it may not, saying what would allow it.
	NewFleet func(Env) (Fleet, error)
}

// UsualOctets is what a probe moves each way at most where its kind does not say: a TLS
// handshake with its certificates.
const UsualOctets = 8 << 10

// Env is what the program gives to every kind.
type Env struct {
	Logger *slog.Logger
	Meter  Meter
	Resolver
	// Quality is by what the quality of calls is judged.
	Quality *quality.Profile
	// Network names the network that an address belongs to; empty if it is not known.
	Network func(netip.Addr) string
}

// Resolver finds the addresses of a name. *net.Resolver implements it.
type Resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// Meter takes the values of process metrics (metric.Process). It is safe for
// concurrent use. A metric that is no process metric is a programming error.
type Meter interface {
	Add(d *metric.Desc, delta float64, labels ...string)
	Set(d *metric.Desc, value float64, labels ...string)
	Observe(d *metric.Desc, value float64, labels ...string)
}

// Job is one probe of one target, at its place in time. Jobs are made by
// schedule.Plan and never change.
type Job struct {
	Target *inventory.Target
	Probe  *inventory.Probe
	// Phase is when in each interval the probe starts: a start falls on every
	// Unix time t with t mod Interval = Phase.
	Phase time.Duration
	// Fingerprint changes when anything that the prober works with changes. A
	// job that keeps Key and Fingerprint across a reload keeps its prober.
	Fingerprint string
}

// Key identifies a job within an inventory and across reloads.
type Key struct {
	Kind    inventory.TargetKind
	Target  string
	Site    string
	Probe   string
	Address string
}

// Key returns the job's identity: the labels of its series.
func (j Job) Key() Key {
	return Key{j.Target.Kind, j.Target.ID, j.Target.Site, j.Probe.Name, j.Probe.Address}
}

// Prober asks one question of one target. Its methods are called by one
// goroutine at a time; it may keep state from one probe to the next. A prober
// that is kept across a reload goes on with the Job that it was made with.
type Prober interface {
	// Probe asks once and hands each result to emit: exactly one about the
	// job's own target (notes apart), and, where the answer tells something
	// about other targets, one about each of those.
	//
	// The context's deadline is the probe's time-out. Probe returns when ctx is
	// done, at the latest; it starts no goroutine that outlives it. A context
	// that was cancelled says nothing about the target: the result, if any, is
	// Unknown, and the scheduler drops it.
	//
	// Probe describes what it does to trace, which may be nil. A panic counts
	// as ReasonInternal.
	Probe(ctx context.Context, emit Emit, trace *Trace)
	// Close frees what the prober holds. A second call does nothing.
	Close() error
}

// Fleet probes all targets of a kind, at their own pace.
type Fleet interface {
	// Set replaces the set of jobs, before Run or during it. Jobs with an
	// unchanged key and fingerprint keep their state and their phase; no probe
	// of theirs is missed.
	Set(jobs []Job)
	// Run probes until ctx is done, then returns nil; it hands every result to
	// emit. Any other return is a failure of the engine itself.
	Run(ctx context.Context, emit Emit) error
	// Probe asks once about one job, as Prober.Probe does, beside the regular
	// probes; the job need not be one of the set, and Run need not run.
	Probe(ctx context.Context, job Job, emit Emit, trace *Trace)
	// Close frees what the fleet holds, after Run has returned or if it was
	// never called. A second call does nothing.
	Close() error
}

// Emit takes a result. It is safe for concurrent use, does not block, and does
// not keep Samples after it returns.
type Emit func(*Result)

// Outcome says what a result means for the target's state.
type Outcome uint8

// The outcomes.
const (
	// Success: the target answered as it should.
	Success Outcome = iota
	// Failure: it did not, and the cause lies with the target or the network.
	Failure
	// Unknown: nothing was learned about the target, because the program, its
	// host or another part in between could not do its work.
	Unknown
	// Note: no probe ended; the result only carries samples, such as an answer
	// that came after its time-out.
	Note
)

// Result is what one probe found out about one target.
type Result struct {
	Job Job
	// Target is whom the result is about: Job.Target, or another target that
	// the answer tells something about.
	Target  *inventory.Target
	Outcome Outcome
	// Reason is why the outcome is no success; empty for Success and Note.
	Reason Reason
	// Detail says the same for a person, with addresses and codes.
	Detail string
	// Start is when the probe started; it holds a monotonic reading.
	Start time.Time
	// Duration is from Start to the answer or to the failure: for ping the
	// round-trip time.
	Duration time.Duration
	Samples  []Sample
}

// Sample is one value of one metric of the result's target. A counter is
// increased by Value, a gauge is set to it (NaN takes it away until it is known
// again), a histogram observes it.
type Sample struct {
	Metric *metric.Desc
	// Labels are the values of Metric.Labels, in their order.
	Labels []string
	Value  float64
}
