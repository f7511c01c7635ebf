package snmp

import (
	"time"
)

// clock is what a device says of its own age in one answer.
type clock struct {
	at        time.Time // when the answer came
	up        uint32    // sysUpTime, hundredths of a second
	hasUp     bool
	engine    uint64 // snmpEngineTime, seconds
	hasEngine bool
	boots     uint64 // snmpEngineBoots
	hasBoots  bool
}

const (
	tick      = 10 * time.Millisecond
	upRange   = 1 << 32 * tick   // after which sysUpTime wraps: 497 days
	bootDrift = 5 * time.Second  // within which two starts are the same one
	wrapSlack = 10 * time.Minute // by which a wrap of sysUpTime may seem early or late
	lateStart = 10 * time.Second // less of an age lost than this is no restart
)

// newClock reads the three objects; what is missing or absurd is left out.
func newClock(at time.Time, up, engine, boots value) clock {
	c := clock{at: at}
	if n, ok := up.number(); ok {
		c.up, c.hasUp = uint32(n), true
	}
	if n, ok := engine.number(); ok && n < 1<<31 && c.plausible(n) {
		c.engine, c.hasEngine = n, true
	}
	if n, ok := boots.number(); ok && n < 1<<31 {
		c.boots, c.hasBoots = n, true
	}
	return c
}

// plausible reports whether n can be snmpEngineTime in seconds. Some devices
// leave it at 0, and some count hundredths of a second.
func (c clock) plausible(n uint64) bool {
	if !c.hasUp {
		return n > 0
	}
	up := uint64(c.up)
	stuck := n == 0 && c.uptime() > time.Minute
	ticks := up > 100_000 && n+1000 > up && n < up+1000
	return !stuck && !ticks
}

func (c clock) uptime() time.Duration { return time.Duration(c.up) * tick }

// age returns the device's age; ok is false if it does not tell.
func (c clock) age() (d time.Duration, ok bool) {
	if c.hasEngine {
		return time.Duration(c.engine) * time.Second, true
	}
	return c.uptime(), c.hasUp
}

// age is a device's age as it is known across polls.
type age struct {
	last     clock
	known    bool
	wraps    int64     // of sysUpTime, seen while it was watched
	upAt     time.Time // when sysUpTime was 0, wraps included
	engineAt time.Time // when snmpEngineTime was 0
}

// boot returns the device's last start; ok is false if it is not known.
func (a *age) boot() (t time.Time, ok bool) {
	if a.last.hasEngine {
		return a.engineAt, true
	}
	return a.upAt, a.last.hasUp
}

// see takes a further answer and reports whether the device started anew since
// the one before.
func (a *age) see(c clock) (restarted bool) {
	first := !a.known
	if !first {
		restarted = a.restarted(c)
		switch {
		case restarted:
			a.wraps = 0
		case a.last.hasUp && c.hasUp && c.up < a.last.up:
			a.wraps++
		}
	}
	a.last, a.known = c, true
	a.moveBoot(c, first || restarted)
	return restarted
}

// moveBoot works out the start anew. It keeps the one that is known unless they
// differ by more than the answers' own jitter, so that the exported time holds
// still.
func (a *age) moveBoot(c clock, anew bool) {
	keep := func(old, now time.Time) time.Time {
		if d := now.Sub(old); !anew && d.Abs() <= bootDrift {
			return old
		}
		return now
	}
	if c.hasUp {
		a.upAt = keep(a.upAt, c.at.Add(-c.uptime()-time.Duration(a.wraps)*upRange))
	}
	if c.hasEngine {
		a.engineAt = keep(a.engineAt, c.at.Add(-time.Duration(c.engine)*time.Second))
	}
}

// restarted compares two answers. snmpEngineBoots decides where it grew; a
// sysUpTime that went back is a restart unless it has wrapped, which
// snmpEngineTime tells, or its having been about to. Where there is no
// snmpEngineBoots, a device was restarted too if it is younger than the time
// since the last answer: one that had been up for a short time only passes its
// old age soon. A sysUpTime that stands still is no age at all.
func (a *age) restarted(c clock) bool {
	last, elapsed := a.last, c.at.Sub(a.last.at)
	if last.hasBoots && c.hasBoots && last.boots != c.boots {
		return true
	}
	if !last.hasUp || !c.hasUp {
		return last.hasEngine && c.hasEngine && c.engine < last.engine
	}
	if c.up < last.up {
		return !a.wrapped(c, elapsed)
	}
	if last.hasBoots && c.hasBoots {
		return false
	}
	lost := elapsed - (c.uptime() - last.uptime())
	return c.up != last.up && c.uptime() < elapsed && lost > lateStart+elapsed/10
}

// wrapped reports whether a sysUpTime that went back has passed its range.
func (a *age) wrapped(c clock, elapsed time.Duration) bool {
	last := a.last
	if last.hasEngine && c.hasEngine {
		grown := time.Duration(c.engine-last.engine) * time.Second
		return c.engine >= last.engine && (grown-elapsed).Abs() <= lateStart+elapsed/10
	}
	expected := last.uptime() + elapsed - upRange
	return (expected-c.uptime()).Abs() <= wrapSlack && expected > -wrapSlack
}

// when returns the time at which sysUpTime stood at a count of ticks, which is
// not in the future: a count above the present one is from before the last
// wrap.
func (a *age) when(ticks uint64) time.Time {
	since := time.Duration(a.last.up-uint32(ticks)) * tick
	if since > upRange-time.Minute {
		since = 0 // the change came between the device's reading of the two
	}
	return a.last.at.Add(-since)
}
