package tcp

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
)

// failure is an error with its reason.
type failure struct {
	reason probes.Reason
	detail string
}

func (f *failure) Error() string { return f.detail }

// explain returns the failure that err is or stands for.
func explain(err error) *failure {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return &failure{probes.ReasonStalled, "the probe was stopped before it ended"}
	case isTimeout(err):
		return &failure{probes.ReasonTimeout, "no answer within the time-out"}
	default:
		return &failure{probes.ReasonInternal, err.Error()}
	}
}

// foremost joins the failures of several addresses: their texts, and the first
// reason that tells something about the target.
func foremost(failures []*failure) *failure {
	if len(failures) == 1 {
		return failures[0]
	}
	chosen := failures[0].reason
	var texts []string
	for _, f := range failures {
		texts = append(texts, f.detail)
		if chosen.Self() {
			chosen = f.reason
		}
	}
	return &failure{chosen, strings.Join(texts, "; ")}
}

// dialFailure explains why a connection could not be opened.
func (p *prober) dialFailure(ctx context.Context, remote string, a netip.Addr, took time.Duration, err error) *failure {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return explain(ctx.Err())
	case isTimeout(err):
		return &failure{probes.ReasonTimeout, fmt.Sprintf("%s did not answer within %s", remote, took.Round(time.Millisecond))}
	case errors.Is(err, errRefused):
		return &failure{probes.ReasonRefused, fmt.Sprintf("%s refused the connection (RST)", remote)}
	case errors.Is(err, errReset), errors.Is(err, errAborted):
		return &failure{probes.ReasonReset, fmt.Sprintf("%s broke the connection while it was made", remote)}
	case errors.Is(err, errHostUnreachable), errors.Is(err, errNetUnreachable):
		return p.unreachable(remote, a, err)
	case errors.Is(err, errAccess), errors.Is(err, errPermission):
		return &failure{probes.ReasonNotPermitted, fmt.Sprintf("this host does not allow the connection to %s: %v", remote, rootCause(err))}
	case errors.Is(err, errAddressNotAvailable):
		return &failure{probes.ReasonSend, fmt.Sprintf("connecting to %s: no local address or port to send from: %v", remote, rootCause(err))}
	case errors.Is(err, errTooManyFiles), errors.Is(err, errNoBuffers):
		return &failure{probes.ReasonSend, fmt.Sprintf("connecting to %s: %v", remote, rootCause(err))}
	default:
		return &failure{probes.ReasonInternal, fmt.Sprintf("connecting to %s: %v", remote, rootCause(err))}
	}
}

// unreachable tells a missing route of this host from an ICMP error of a
// router: the kernel reports both with the same number. Connecting a UDP socket
// sends nothing, but fails where this host has no route.
func (p *prober) unreachable(remote string, a netip.Addr, err error) *failure {
	var local *net.UDPAddr
	if source, err := netip.ParseAddr(p.config.Source); err == nil {
		local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(source, 0))
	}
	conn, noRoute := net.DialUDP("udp", local, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 9)))
	if noRoute != nil {
		return &failure{probes.ReasonNoRoute, fmt.Sprintf("this host cannot reach %s: %v", remote, rootCause(noRoute))}
	}
	_ = conn.Close()
	return &failure{probes.ReasonUnreachable, fmt.Sprintf("%s cannot be reached: %v", remote, rootCause(err))}
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
