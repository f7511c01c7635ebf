package snmp

import (
	"time"
)

// limits is what an interface can have counted between two polls.
type limits struct {
	speed   float64 // bit/s; 0 if the device does not tell
	elapsed time.Duration
	octets  bool // bytes are counted, not packets
}

// The bounds of what is plausible.
const (
	wrap32   = 1 << 32
	little32 = wrap32 / 100    // a 32-bit counter that went back by less did not wrap
	fast32   = 100e6           // bit/s, assumed at least of an interface with 32-bit counters
	fast64   = 10e9            // bit/s, assumed at least of one with 64-bit counters
	caching  = 5 * time.Second // devices bring their counters up to date only now and then
	slack    = 10_000          // so that small numbers need no precision
	smallest = 40              // bytes that a packet takes at least
)

// count returns how much an interface of a speed can have counted. Twice the
// speed is allowed, as what devices tell of it is not always right.
func (l limits) count(speed float64) float64 {
	n := 2 * speed / 8 * (l.elapsed + caching).Seconds()
	if !l.octets {
		n /= smallest
	}
	return n + slack
}

// advance returns by how much a counter of 32 or 64 bits grew from prev to cur,
// and whether that can be known.
//
// A counter that went back has wrapped or started anew. It wrapped if the way
// round is one that the interface can have gone; where its speed is not known, a
// quarter of the range is the limit for 32 bits. A counter that went back by less
// than a hundredth of the range was set back by the device: a wrap would have to
// have gone all the rest of the way. A 64-bit counter does not wrap
// within years (RFC 2863, section 3.1.6), unless a device lets it begin near its
// end. More than one wrap between two polls cannot be seen: at 30 s that takes
// more than 1.1 Gbit/s on a device without 64-bit counters.
//
// A counter that jumped ahead further than any such interface can count was set
// anew as well. There the limit is wider, because tunnels often tell a speed
// far below what they carry.
func advance(prev, cur uint64, bits int, l limits) (delta uint64, ok bool) {
	if cur >= prev {
		floor := float64(fast64)
		if bits == 32 {
			floor = fast32
		}
		delta = cur - prev
		return delta, float64(delta) <= l.count(max(l.speed, floor))
	}
	if bits != 32 {
		delta = cur - prev // past 2^64
		return delta, float64(delta) <= l.count(max(l.speed, fast64))
	}
	if prev >= wrap32 || prev-cur < little32 {
		return 0, false
	}
	delta = cur + wrap32 - prev
	if l.speed <= 0 {
		return delta, delta < wrap32/4
	}
	return delta, float64(delta) <= l.count(l.speed)
}

// counted is the reading of one counter.
type counted struct {
	value uint64
	bits  int // 32 or 64; 0: the device has no such counter
}

// advanceAll returns by how much each counter of an interface grew, and whether
// any of them started anew. What cannot be known counts as 0. Two counters that
// go back at once are taken for a reset of all, since two wraps within one
// interval are rarer than that.
func advanceAll(prev, cur *[counters]counted, l limits) (deltas [counters]uint64, reset bool) {
	back := 0
	for i := range cur {
		if cur[i].bits != 0 && cur[i].bits == prev[i].bits && cur[i].value < prev[i].value {
			back++
		}
	}
	if back > 1 {
		return deltas, true
	}
	for i := range cur {
		if cur[i].bits == 0 || cur[i].bits != prev[i].bits {
			continue // no base to compare with
		}
		l.octets = columns[i].octets
		delta, ok := advance(prev[i].value, cur[i].value, cur[i].bits, l)
		if !ok {
			reset = true
			continue
		}
		deltas[i] = delta
	}
	return deltas, reset
}

// anyBack reports whether any counter is below what it was.
func anyBack(prev, cur *[counters]counted) bool {
	for i := range cur {
		if cur[i].bits != 0 && cur[i].bits == prev[i].bits && cur[i].value < prev[i].value {
			return true
		}
	}
	return false
}

// sinceStart returns what was counted since the device was started, for l's
// time. A counter that is below what it was started at 0, or has wrapped: in
// both cases what it shows has passed since. One that is not below may have gone
// on through the restart of no more than the agent, so nothing is known of it.
func sinceStart(prev, cur *[counters]counted, l limits) (deltas [counters]uint64) {
	for i, c := range cur {
		l.octets = columns[i].octets
		if c.bits != 0 && c.bits == prev[i].bits && c.value < prev[i].value && float64(c.value) <= l.count(l.speed) {
			deltas[i] = c.value
		}
	}
	return deltas
}
