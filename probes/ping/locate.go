package ping

import (
	"context"
	"errors"

	"wanwatch/probes"
)

// locateError is why a target has no address.
type locateError struct {
	reason probes.Reason
	cause  error
}

// Error implements error.
func (e *locateError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *locateError) Unwrap() error { return e.cause }

// locate finds the address of a target for a single probe.
func locate(ctx context.Context, source probes.Resolver, s settings, usable func(family) bool, trace *probes.Trace) (peer, error) {
	if !isName(s.host) {
		p, err := s.peer(hostLink)
		if err != nil {
			return peer{}, &locateError{probes.ReasonNoRoute, err}
		}
		return p, nil
	}
	trace.Logf("resolving %s", s.host)
	p, err := resolve(ctx, source, lookup{s.host, s.want}, peer{}, usable)
	if err != nil {
		trace.Logf("no address: %v", err)
		return peer{}, &locateError{probes.ReasonResolve, err}
	}
	trace.Logf("%s is %s", s.host, p)
	return p, nil
}

// faultOf says what a missing address means: that a name has none is the
// target's fault, that nobody could be asked is not.
func faultOf(err error) (probes.Outcome, probes.Reason) {
	var l *locateError
	if errors.As(err, &l) && l.reason == probes.ReasonResolve {
		if probes.NoAddress(err) {
			return probes.Failure, l.reason
		}
		return probes.Unknown, l.reason
	}
	return probes.Unknown, probes.ReasonNoRoute
}
