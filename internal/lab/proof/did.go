package proof

import (
	"cmp"
	"math"
	"slices"
	"time"

	"wanwatch/internal/lab/truth"
)

// edge is how close to the time-out a round trip may be before nobody can tell
// on which side of it the program saw it: it starts its clock a little before
// the network takes the packet.
const edge = 2 * time.Millisecond

// Did is what the network did to some packets to one target, as far as the
// program can know it.
type Did struct {
	Sent, Received, Lost, Late, Duplicates, Corrupt, Errors int

	// Dropped are those of the lost that the plan's random loss took. On a machine
	// that stands still others are lost too: their answers come after the time-out.
	Dropped int

	// Trips are the round trips of the packets answered in time, in the order
	// of the answers.
	Trips []time.Duration
	// Planned are what the plan made of the same round trips, and the lateness
	// of the network, which is a busy machine's and no prober's.
	Planned []time.Duration
	// Bursts are the runs of lost packets that have ended.
	Bursts truth.Histogram
	// Doubtful are packets answered so close to the time-out that the log
	// cannot tell what the program saw.
	Doubtful int
}

// Judged sorts exchanges with one target, which are in the order of sending,
// into the order in which a program judges them: when they are answered, or
// when their time is up. That is the same order if the time-out is shorter than
// the interval. It is exact too where nothing is lost; where packets are lost
// and times overlap, it depends on how soon the program looks.
func Judged(exchanges []truth.Exchange, timeout time.Duration) []truth.Exchange {
	at := func(x *truth.Exchange) time.Duration {
		switch {
		case x.Error:
			return x.Sent
		case good(x, timeout):
			return x.Came
		default:
			return x.Sent + timeout
		}
	}
	sorted := slices.Clone(exchanges)
	slices.SortStableFunc(sorted, func(a, b truth.Exchange) int { return cmp.Compare(at(&a), at(&b)) })
	return sorted
}

// Of sums up the first count of the exchanges that [Judged] has sorted.
func Of(judged []truth.Exchange, count int, timeout time.Duration) Did {
	d := Did{Sent: count, Bursts: bursts(judged, count, timeout)}
	for i := range judged[:count] {
		x := &judged[i]
		if x.Error {
			d.Errors++
		}
		if x.Request == truth.Lost || x.Reply == truth.Lost {
			d.Dropped++
		}
		if !d.answered(x, timeout) {
			d.Lost++
			continue
		}
		d.Received++
		d.Trips = append(d.Trips, x.Real)
		d.Planned = append(d.Planned, x.Planned+x.Late)
	}
	return d
}

// bursts are the runs of losses that have ended, in the order of sending, up to
// the first packet that is not judged yet: where a busy program sends one packet
// late and the next in time, the answer to the second may be there before the
// time of the first is up.
func bursts(judged []truth.Exchange, count int, timeout time.Duration) truth.Histogram {
	end := time.Duration(math.MaxInt64)
	for i := range judged[count:] {
		end = min(end, judged[count+i].Sent)
	}
	sent := slices.DeleteFunc(slices.Clone(judged[:count]), func(x truth.Exchange) bool { return x.Sent >= end })
	slices.SortFunc(sent, func(a, b truth.Exchange) int { return cmp.Compare(a.Sent, b.Sent) })
	h, run := truth.Histogram{}, 0
	for i := range sent {
		if !good(&sent[i], timeout) {
			run++
			continue
		}
		if run > 0 {
			h[run]++
		}
		run = 0
	}
	return h
}

// settled reports whether the last of the packets was answered in time and once,
// and the network had no more to say then of those before it: after a standstill
// of the network itself an answer may overtake one that is held back.
func settled(judged []truth.Exchange, timeout time.Duration) bool {
	if len(judged) == 0 {
		return false
	}
	last := &judged[len(judged)-1]
	return good(last, timeout) && last.Answers == 1 &&
		!slices.ContainsFunc(judged, func(x truth.Exchange) bool { return x.Came > last.Came })
}

// good reports whether a packet was answered in time, and well.
func good(x *truth.Exchange, timeout time.Duration) bool {
	return x.Answered() && !x.Corrupted && x.Real <= timeout
}

// answered reports whether a good answer came in time, and counts the others.
func (d *Did) answered(x *truth.Exchange, timeout time.Duration) bool {
	if !x.Answered() {
		return false
	}
	if (x.Real - timeout).Abs() < edge {
		d.Doubtful++
	}
	if x.Corrupted {
		d.Corrupt += x.Answers
		return false
	}
	d.Duplicates += x.Answers - 1
	if x.Real > timeout {
		d.Late++
		return false
	}
	return true
}

// Jitter is the interarrival jitter of round trips in the order of the answers:
// J(i) = J(i-1) + (|D(i-1,i)| - J(i-1))/16 (RFC 3550, section 6.4.1).
func Jitter(trips []time.Duration) time.Duration {
	j := 0.0
	for i := 1; i < len(trips); i++ {
		j += (float64((trips[i] - trips[i-1]).Abs()) - j) / 16
	}
	return time.Duration(j)
}
