package ping

import (
	"time"

	"golang.org/x/sys/unix"
)

// hostClock is the clock of this host.
type hostClock struct {
	base time.Time

	// How long the host was suspended, as of the reading that checked it.
	slept   time.Duration
	offset  int64 // wall clock - monotonic clock
	checked int64 // monotonic
}

func newHostClock() *hostClock { return &hostClock{base: time.Now(), slept: asleep()} }

// mono implements clock.
func (c *hostClock) mono() int64 { return int64(time.Since(c.base)) }

// stamped implements clock.
func (c *hostClock) stamped(stamp int64) int64 { return stamp }

// moment implements clock. Whether the host was suspended takes system calls to
// find out. It is looked at each second, and at once when the wall clock has
// moved against the monotonic one, as it does in a suspension.
func (c *hostClock) moment() moment {
	const often, step = int64(time.Second), int64(time.Millisecond)
	now := time.Now() // reads the wall clock first
	mono := int64(now.Sub(c.base))
	moved := now.UnixNano() - mono - c.offset
	if mono-c.checked > often || moved > step || moved < -step {
		c.slept, c.checked, c.offset = asleep(), mono, c.offset+moved
	}
	return moment{time: now, mono: mono, asleep: c.slept}
}

// asleep returns how long the host has been suspended: by that much
// CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC (clock_gettime(2)).
func asleep() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil {
		return 0
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
