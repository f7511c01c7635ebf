package ping

import "time"

// clock reads the host's clocks.
type clock interface {
	// mono is the monotonic clock, in nanoseconds since any moment. It never
	// steps and stands still while the host is suspended.
	mono() int64
	// moment reads all clocks together.
	moment() moment
	// stamped is what the wall clock showed when the kernel stamped a message
	// (Unix time in nanoseconds, 0 for no stamp). For the host's clock that is
	// the stamp itself; where a test steps the clock, the stamps follow.
	stamped(stamp int64) int64
}

// moment is one reading of all clocks.
type moment struct {
	// time is the wall clock, with Go's monotonic reading beside it.
	time time.Time
	// mono belongs to the same instant, give or take an interruption.
	mono int64
	// asleep is how long the host has been suspended since it was started.
	asleep time.Duration
}

// at returns the time of an earlier monotonic reading.
func (m moment) at(mono int64) time.Time { return m.time.Add(time.Duration(mono - m.mono)) }

const (
	// clockNoise is by how much two readings of a wall clock that was not
	// stepped may disagree, when nothing interrupts them.
	clockNoise = int64(20 * time.Microsecond)
	// suspicion is for how long after a step of the wall clock stamps are not
	// used: some were made before it.
	suspicion = int64(10 * time.Millisecond)
)

// stamps turns the kernel's wall-clock stamps into monotonic time. The distance
// of the two clocks is constant but for steps: adjustments of speed apply to
// both.
type stamps struct {
	offset    int64 // wall - monotonic
	known     bool
	suspected int64 // stamps are not used before this monotonic time
}

// sync measures the distance of the clocks. It is called after stamps were
// read and before they are used.
func (s *stamps) sync(c clock) {
	if !s.known {
		s.offset, s.known = measure(c), true
	}
	m := c.moment()
	d := m.time.UnixNano() - m.mono - s.offset
	if d >= -clockNoise && d <= clockNoise {
		// The wall clock is read first, so that an interruption makes the
		// distance too small, never too large.
		s.offset += max(d, 0)
		return
	}
	if better := measure(c); better < s.offset-clockNoise || better > s.offset+clockNoise {
		s.offset, s.suspected = better, m.mono+suspicion
	}
}

// measure takes the best of three readings: the one that was interrupted least.
func measure(c clock) int64 {
	var best int64
	for i := range 3 {
		m := c.moment()
		if d := m.time.UnixNano() - m.mono; i == 0 || d > best {
			best = d
		}
	}
	return best
}

// arrival returns when a message arrived, in monotonic time. It is now if the
// stamp (Unix time in nanoseconds, 0 for none) tells nothing sensible: something
// later than now, or earlier than the last time that nothing was waiting.
func (s *stamps) arrival(stamp, now, empty int64) int64 {
	if stamp == 0 || now < s.suspected {
		return now
	}
	if at := stamp - s.offset; at <= now && at >= empty-clockNoise {
		return at
	}
	return now
}
