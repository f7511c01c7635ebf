package ping

import (
	"context"
	"time"

	"wanwatch/probes"
)

const (
	// mtuTime bounds the search for the path MTU.
	mtuTime = time.Second
	// mtuUsual is the largest packet of an Ethernet; larger ones are not tried.
	mtuUsual = 1500
	// mtuTries is how often a size is tried that nobody says is too large: the
	// packet may have been lost.
	mtuTries = 2
)

// mtuLeast returns what each path takes (RFC 791, section 3.2; RFC 8200, section
// 5), and the bytes of the IP and the ICMP header.
func mtuLeast(f family) (least, headers int) {
	if f == v4 {
		return 68, 20 + echoHeader
	}
	return 1280, 40 + echoHeader
}

// tryEcho sends a whole packet with a payload of a size. It reports whether it
// came back, and else the limit that a router told, or 0.
type tryEcho func(ctx context.Context, size int, timeout time.Duration) (fits bool, limit int)

// findPathMTU looks for the largest packet that comes back whole, and adds what
// it found to the trace: by what routers say where they do (RFC 1191, RFC 8201),
// and else by halving what is left, because many say nothing. It ends after a
// second, or when ctx is done.
func findPathMTU(ctx context.Context, f family, answered int, rtt time.Duration, trace *probes.Trace, try tryEcho) {
	ctx, cancel := context.WithTimeout(ctx, mtuTime)
	defer cancel()
	least, headers := mtuLeast(f)
	s := mtuSearch{
		fits: max(least, min(answered+headers, mtuUsual)), fails: mtuUsual + 1, headers: headers,
		timeout: max(2*rtt, 50*time.Millisecond), try: try,
	}
	s.run(ctx)
	switch {
	case s.fits == mtuUsual:
		trace.Logf("path MTU: %d bytes or more", mtuUsual)
	case s.fits+1 == s.fails:
		trace.Logf("path MTU: %d bytes", s.fits)
	default:
		trace.Logf("path MTU: from %d to %d bytes; the time did not suffice to find it", s.fits, s.fails-1)
	}
}

// mtuSearch narrows the path MTU down.
type mtuSearch struct {
	fits, fails int // sizes of IP packets
	headers     int
	timeout     time.Duration
	try         tryEcho
}

func (s *mtuSearch) run(ctx context.Context) {
	size := mtuUsual
	for s.fits+1 < s.fails && ctx.Err() == nil {
		fits, limit := s.attempt(ctx, size)
		switch {
		case fits:
			s.fits = size
		case ctx.Err() != nil:
			return
		case limit == s.fits:
			s.fails = s.fits + 1 // what was said has been tried
		default:
			s.fails = size
		}
		size = (s.fits + s.fails) / 2
		if limit > s.fits && limit < s.fails {
			size = limit
		}
	}
}

// attempt tries a size, and again where nobody said that it is too large.
func (s *mtuSearch) attempt(ctx context.Context, size int) (fits bool, limit int) {
	for range mtuTries {
		if fits, limit = s.try(ctx, size-s.headers, s.timeout); fits || limit != 0 || ctx.Err() != nil {
			return fits, limit
		}
	}
	return false, 0
}
