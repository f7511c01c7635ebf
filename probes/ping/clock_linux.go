package ping

import (
	"time"

	"golang.org/x/sys/unix"
)

// hostClock is the clock of this host.
type hostClock struct{ base time.Time }

func newHostClock() hostClock { return hostClock{time.Now()} }

// mono implements clock.
func (c hostClock) mono() int64 { return int64(time.Since(c.base)) }

// moment implements clock.
func (c hostClock) moment() moment {
	now := time.Now() // reads the wall clock first
	return moment{time: now, mono: int64(now.Sub(c.base)), asleep: asleep()}
}

// asleep returns how long the host has been suspended: by that much
// CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC (clock_getres(2)).
func asleep() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil {
		return 0
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
