package ping

import (
	"time"

	"wanwatch/probes/quality"
)

// course is what is computed over the packets of a target.
type course struct {
	last   int64   // round trip of the answer before, nanoseconds
	jitter float64 // nanoseconds
	heard  uint8   // answers so far, at most 2
	run    uint32  // packets lost in a row, up to the last that is judged
	window quality.Window
}

// observe takes a round trip, in the order of arrival.
//
// RFC 3550, section 6.4.1: J(i) = J(i-1) + (|D(i-1,i)| - J(i-1))/16, where D is
// the difference of the transit times of a packet and the one before it. Here it
// is that of their round trips.
func (q *course) observe(rtt int64) {
	if q.heard > 0 {
		d := float64(rtt - q.last)
		if d < 0 {
			d = -d
		}
		q.jitter += (d - q.jitter) / 16
	}
	q.last = rtt
	if q.heard < 2 {
		q.heard++
	}
}

// judge takes what became of a packet, in the order of sending. It returns the
// length of the run of losses that ended, or 0. A packet whose fate is unknown
// neither ends nor lengthens a run.
func (q *course) judge(s state) (ended uint32) {
	switch s {
	case lost, overdue:
		q.run++
	case received:
		ended, q.run = q.run, 0
	default:
	}
	return ended
}

// rate takes what became of a packet, in the order of sending. It returns what the
// last of them mean for a call once there are enough. A packet whose fate is unknown
// does not count.
func (q *course) rate(s state, late bool, p *quality.Profile) (r quality.Rating, full bool) {
	if s != lost && s != overdue && s != received {
		return r, false
	}
	if !q.window.Judge(s != received, late) {
		return r, false
	}
	return p.Rate(q.window.Take(time.Duration(q.jitter))), true
}
