// Package lab is a wide-area network whose truth is known: real packets through
// the real kernel, and a log of what became of each of them.
//
// A [Lab] has two sides, each a network namespace with a TUN device. On the far
// side every address of the plan is local, so the kernel answers pings and
// servers opened there ([Lab.Far]) answer the rest. Between the sides a
// forwarder does to packets what a [plan.Plan] says. A prober is started on the
// other side ([Lab.Prober]).
//
// Nothing in it has a name outside the process: when the lab is closed or the
// process ends, its namespaces and devices are gone.
//
// # Threads
//
// A network namespace belongs to a thread, not to a process. Functions given to
// Prober and Far run on a thread inside; sockets that they open and programs
// that they start stay inside for good, but goroutines that they start do not.
// A program that opens sockets whenever it likes must run as a process of its
// own, started from within Prober, or be started inside (see [Options.ProberHere]).
package lab

import (
	"errors"
	"time"
)

// ErrNotAllowed is wrapped by the error of Start where the kernel does not allow
// a lab.
var ErrNotAllowed = errors.New("a simulated network needs root, or a user namespace of its own with access to /dev/net/tun")

// ErrUnsupported is the error of Start on systems other than Linux.
var ErrUnsupported = errors.New("a simulated network runs on Linux only")

// Options are the options of Start. The zero value is good.
type Options struct {
	// ProberHere makes the namespace in which the calling process stands the
	// prober's side, instead of a new one. It is for a process that was started
	// in a network namespace of its own.
	ProberHere bool
	// Entries is how many packets the log keeps at least; 0 keeps all.
	Entries int
}

// Stats are figures of a lab about itself.
type Stats struct {
	// DroppedOut and DroppedBack are packets that the kernel dropped before the
	// lab could read them, because the forwarder did not keep up. They are in
	// no log.
	DroppedOut, DroppedBack uint64
	// Ignored are packets that were no unicast between the two sides.
	Ignored uint64
	// Realtime: the forwarder's thread goes before ordinary ones.
	Realtime bool
	// Sleeps is how often the forwarder slept.
	Sleeps uint64
	// CPU is the processor time that the forwarder's thread has taken.
	CPU time.Duration
	// Up is the time since the start, on the clock of the plan and the log.
	Up time.Duration
}
