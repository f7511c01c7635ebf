package snmp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"wanwatch/probes"
	"wanwatch/probes/errno"
)

// Error is why a device could not be asked, or not wholly.
type Error struct {
	// Reason is the cause; its Advice says what to do.
	Reason probes.Reason
	// Detail says who was asked, what came back and what to do. It holds no
	// secret.
	Detail string
	// blind is true where the program's own resolver gave no answer.
	blind bool
	// cause is for errors.Is within the package.
	cause error
}

// Error returns the detail.
func (e *Error) Error() string { return e.Detail }

// Self reports whether the cause lies with the program or its host.
func (e *Error) Self() bool { return e.blind || e.Reason.Self() }

// Unwrap returns the error below, or nil.
func (e *Error) Unwrap() error { return e.cause }

// failf makes an Error.
func failf(reason probes.Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// asError returns the Error that err is or stands for.
func asError(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return failf(probes.ReasonStalled, "the probe was stopped before it ended")
	case isTimeout(err):
		return failf(probes.ReasonTimeout, "no answer within the time-out")
	default:
		return failf(probes.ReasonInternal, "%v", err)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// socketError explains what the kernel said about a socket; nil if the error is
// none of the kernel's.
func socketError(err error, address string) *Error {
	fail := func(reason probes.Reason, format string) *Error {
		return &Error{Reason: reason, Detail: fmt.Sprintf(format, address), cause: err}
	}
	switch {
	case errors.Is(err, errno.Refused):
		return fail(probes.ReasonRefused, "%s answered that nothing listens on the port (ICMP port unreachable or TCP RST): check that SNMP is on, and the port")
	case errors.Is(err, errno.Reset), errors.Is(err, errno.Aborted), errors.Is(err, errClosed):
		return fail(probes.ReasonReset, "%s broke the connection")
	case errors.Is(err, errno.HostUnreachable):
		return fail(probes.ReasonUnreachable, "%s cannot be reached: a router, or the neighbour search of this host, said so (host unreachable)")
	case errors.Is(err, errno.NetUnreachable):
		return fail(probes.ReasonNoRoute, "this host has no route to %s (network unreachable)")
	case errors.Is(err, errno.Access), errors.Is(err, errno.Permission):
		return fail(probes.ReasonNotPermitted, "this host's firewall or permissions forbid sending to %s")
	case errors.Is(err, errno.AddressNotAvailable), errors.Is(err, errno.TooManyFiles), errors.Is(err, errno.NoBuffers):
		e := fail(probes.ReasonSend, "this host could not send to %s")
		e.Detail += ": " + err.Error()
		return e
	}
	return nil
}
