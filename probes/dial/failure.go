package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"wanwatch/probes"
	"wanwatch/probes/errno"
)

// Failure is why a probe did not succeed, for machines and for a person.
type Failure struct { //nolint:errname // the word of package probes; it ends in a result
	Reason probes.Reason
	Detail string
	// Blind is true where the program's own trouble is behind a reason that does
	// not say so: its resolver gave no answer.
	Blind bool
}

// Error implements error.
func (f *Failure) Error() string { return f.Detail }

// Self reports whether the cause lies with the program or its host.
func (f *Failure) Self() bool { return f.Blind || f.Reason.Self() }

// Failf returns a failure.
func Failf(reason probes.Reason, format string, args ...any) *Failure {
	return &Failure{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Explain returns the failure that err is or stands for.
func Explain(err error) *Failure {
	var f *Failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return &Failure{Reason: probes.ReasonStalled, Detail: "the probe was stopped before it ended"}
	case isTimeout(err):
		return &Failure{Reason: probes.ReasonTimeout, Detail: "no answer within the time-out"}
	default:
		return &Failure{Reason: probes.ReasonInternal, Detail: err.Error()}
	}
}

// Fail puts an error into a result, as its outcome, reason, detail and duration.
func Fail(r *probes.Result, err error) {
	f := Explain(err)
	r.Duration = time.Since(r.Start)
	r.Reason, r.Detail = f.Reason, f.Detail
	r.Outcome = probes.Failure
	if f.Self() {
		r.Outcome = probes.Unknown
	}
}

// Reasons are the failures that opening a connection and waiting for an answer
// may have, those of the scheduler among them; a kind adds its own.
func Reasons(more ...probes.Reason) []probes.Reason {
	return append([]probes.Reason{
		probes.ReasonTimeout, probes.ReasonRefused, probes.ReasonUnreachable, probes.ReasonReset,
		probes.ReasonResolve, probes.ReasonNoRoute, probes.ReasonSend, probes.ReasonNotPermitted,
		probes.ReasonStalled, probes.ReasonInternal,
	}, more...)
}

// foremost joins the failures of several addresses: their texts, and the first
// reason that tells something about the target.
func foremost(failures []*Failure) *Failure {
	if len(failures) == 1 {
		return failures[0]
	}
	chosen := failures[0].Reason
	var texts []string
	for _, f := range failures {
		texts = append(texts, f.Detail)
		if chosen.Self() {
			chosen = f.Reason
		}
	}
	return &Failure{Reason: chosen, Detail: strings.Join(texts, "; ")}
}

// openFailure explains why a connection could not be opened.
func (d *Dialer) openFailure(ctx context.Context, remote string, a netip.Addr, took time.Duration, err error) *Failure {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Explain(ctx.Err())
	case isTimeout(err):
		return Failf(probes.ReasonTimeout, "%s did not answer within %s", remote, took.Round(time.Millisecond))
	case errors.Is(err, errno.Refused):
		return Failf(probes.ReasonRefused, "%s refused the connection (RST)", remote)
	case errors.Is(err, errno.Reset), errors.Is(err, errno.Aborted):
		return Failf(probes.ReasonReset, "%s broke the connection while it was made", remote)
	case errors.Is(err, errno.HostUnreachable), errors.Is(err, errno.NetUnreachable):
		return d.unreachable(remote, a, err)
	case errors.Is(err, errno.Access), errors.Is(err, errno.Permission):
		return Failf(probes.ReasonNotPermitted, "this host does not allow the connection to %s: %v", remote, rootCause(err))
	case errors.Is(err, errno.AddressNotAvailable):
		return Failf(probes.ReasonSend, "connecting to %s: no local address or port to send from: %v", remote, rootCause(err))
	case errors.Is(err, errno.TooManyFiles), errors.Is(err, errno.NoBuffers):
		return Failf(probes.ReasonSend, "connecting to %s: %v", remote, rootCause(err))
	default:
		return Failf(probes.ReasonInternal, "connecting to %s: %v", remote, rootCause(err))
	}
}

// unreachable tells a missing route of this host from an ICMP error of a
// router: the kernel reports both with the same number. Connecting a UDP socket
// sends nothing, but fails where this host has no route.
func (d *Dialer) unreachable(remote string, a netip.Addr, err error) *Failure {
	var local *net.UDPAddr
	if source, err := netip.ParseAddr(d.Source); err == nil {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	conn, noRoute := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 9)))
	if noRoute != nil {
		return noWay(remote, noRoute)
	}
	_ = conn.Close()
	return Failf(probes.ReasonUnreachable, "%s cannot be reached: %v", remote, rootCause(err))
}

func noWay(remote string, err error) *Failure {
	return Failf(probes.ReasonNoRoute, "this host cannot reach %s: %v", remote, rootCause(err))
}

// ioFailure explains why nothing more could be read or written.
func (c *Conn) ioFailure(ctx context.Context, doing string, err error) *Failure {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Explain(ctx.Err())
	case isTimeout(err):
		return Failf(probes.ReasonTimeout, "%s did not answer within %s (%s)", c.Remote, time.Since(c.opened).Round(time.Millisecond), doing)
	case errors.Is(err, errno.Refused):
		return Failf(probes.ReasonRefused, "%s: nothing listens on this port (ICMP port unreachable)", c.Remote)
	case errors.Is(err, errno.HostUnreachable), errors.Is(err, errno.NetUnreachable):
		return Failf(probes.ReasonUnreachable, "%s cannot be reached: %v", c.Remote, rootCause(err))
	case errors.Is(err, errno.Access), errors.Is(err, errno.Permission):
		return Failf(probes.ReasonNotPermitted, "this host does not allow sending to %s: %v", c.Remote, rootCause(err))
	case errors.Is(err, errno.NoBuffers):
		return Failf(probes.ReasonSend, "sending to %s: %v", c.Remote, rootCause(err))
	default:
		// End of file, a reset, a broken pipe, a TLS alert: the other side, or
		// something on the way, ended it.
		return Failf(probes.ReasonReset, "%s closed the connection (%s): %v", c.Remote, doing, rootCause(err))
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// rootCause strips what net wraps around an error: the addresses stand in the
// message already.
func rootCause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}
