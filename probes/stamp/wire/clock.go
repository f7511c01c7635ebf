package wire

import (
	"math/bits"
	"time"
)

// Timestamp is a moment in 64 bits. Its format is said by the Z bit of the
// [ErrorEstimate] beside it: seconds since 1900 and a binary fraction (NTP, RFC
// 5905, section 6), or seconds since 1970 and nanoseconds (PTPv2, truncated, RFC
// 8186, section 2.1).
type Timestamp uint64

// epoch is 1970 in seconds since 1900.
const epoch = 2_208_988_800

// NTP returns a moment in NTP's format.
func NTP(t time.Time) Timestamp {
	seconds := uint64(t.Unix() + epoch)
	return Timestamp(seconds<<32 | (uint64(t.Nanosecond())<<32)/uint64(time.Second))
}

// Time returns the moment, whose format e tells. Of the eras of either format it is
// the one that holds the year 2026; a step into another is not the packet's to tell.
func (s Timestamp) Time(e ErrorEstimate) time.Time {
	seconds, fraction := int64(s>>32), uint64(s&0xffffffff)
	if e.PTP() {
		return time.Unix(seconds, int64(fraction))
	}
	if seconds < epoch { // the era that begins in 2036
		seconds += 1 << 32
	}
	// Rounded up, so that a moment that was written is read back to the nanosecond.
	nanoseconds := (fraction*uint64(time.Second) + 1<<32 - 1) >> 32
	return time.Unix(seconds-epoch, int64(nanoseconds))
}

// ErrorEstimate says how far a clock may be off (RFC 4656, section 4.1.2).
type ErrorEstimate uint16

const (
	synchronized = 1 << 15
	ptp          = 1 << 14
	mostScale    = 63
)

// NewErrorEstimate returns an estimate for NTP's format. The multiplier is never 0,
// which would say that the packet is corrupt.
func NewErrorEstimate(within time.Duration, sync bool) ErrorEstimate {
	// multiplier * 2^-32 * 2^scale seconds
	units, remainder := bits.Div64(uint64(max(within, 0))>>32, uint64(max(within, 0))<<32, uint64(time.Second))
	if remainder > 0 {
		units++
	}
	scale := max(bits.Len64(units)-8, 0)
	if scale > 0 && units&(1<<scale-1) != 0 {
		units += 1 << scale // rounded up
		scale = bits.Len64(units) - 8
	}
	e := ErrorEstimate(min(scale, mostScale)<<8) | ErrorEstimate(max(units>>scale, 1)&0xff)
	if sync {
		e |= synchronized
	}
	return e
}

// Synchronized is the S bit: the clock follows an outer source of UTC.
func (e ErrorEstimate) Synchronized() bool { return e&synchronized != 0 }

// PTP is the Z bit: the timestamp is in PTP's format.
func (e ErrorEstimate) PTP() bool { return e&ptp != 0 }

// Within returns how far the clock may be off; ok is false if it does not tell.
func (e ErrorEstimate) Within() (d time.Duration, ok bool) {
	multiplier, scale := uint64(e&0xff), uint(e>>8&mostScale)
	if multiplier == 0 {
		return 0, false
	}
	// At a scale of 56 it is 2^32 * 2^-32 seconds or more: as good as no clock.
	if scale > 48 {
		return 24 * time.Hour, true
	}
	high, low := bits.Mul64(multiplier<<scale, uint64(time.Second))
	return time.Duration(high<<32 | low>>32), true
}
