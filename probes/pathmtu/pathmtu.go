// Package pathmtu looks for the largest IP packet that a path takes: by what routers
// say where they do (RFC 1191, RFC 8201), and else by halving what is left, because many
// say nothing (RFC 4821, section 1.1).
package pathmtu

import (
	"context"
	"fmt"
	"time"
)

// Usual is the largest packet of an Ethernet, in bytes; larger ones are not tried.
const Usual = 1500

// What each path takes, in bytes (RFC 791, section 3.2; RFC 8200, section 5).
const (
	LeastV4 = 68
	LeastV6 = 1280
)

// tries is how often a size is tried that nobody says is too large: the packet may have
// been lost.
const tries = 2

// Try sends an IP packet of a size that may not be cut up. It reports whether it came
// to the far end, and else the limit that a router told, or 0.
type Try func(ctx context.Context, size int, timeout time.Duration) (fits bool, limit int)

// Range is where the path MTU lies, in bytes: from Least to Most.
type Range struct{ Least, Most int }

// Found reports whether the path MTU is known; at [Usual], it may be more.
func (r Range) Found() bool { return r.Least == r.Most }

// String says it for a person.
func (r Range) String() string {
	switch {
	case r.Least == Usual:
		return fmt.Sprintf("path MTU: %d bytes or more", Usual)
	case r.Found():
		return fmt.Sprintf("path MTU: %d bytes", r.Least)
	default:
		return fmt.Sprintf("path MTU: from %d to %d bytes; the time did not suffice to find it", r.Least, r.Most)
	}
}

// Find looks until ctx is done. A packet of the size known has passed, in the time rtt.
func Find(ctx context.Context, known int, rtt time.Duration, try Try) Range {
	s := search{
		fits: min(known, Usual), fails: Usual + 1,
		timeout: max(2*rtt, 50*time.Millisecond), try: try,
	}
	s.run(ctx)
	return Range{s.fits, s.fails - 1}
}

// search narrows the path MTU down.
type search struct {
	fits, fails int
	timeout     time.Duration
	try         Try
}

func (s *search) run(ctx context.Context) {
	size := Usual
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
func (s *search) attempt(ctx context.Context, size int) (fits bool, limit int) {
	for range tries {
		if fits, limit = s.try(ctx, size, s.timeout); fits || limit != 0 || ctx.Err() != nil {
			return fits, limit
		}
	}
	return false, 0
}
