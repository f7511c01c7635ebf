package proof

import (
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
	// Settled: the last packet was answered in time and once. Whatever the
	// network had to say of those before it, it had said by then.
	Settled bool
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
		case x.Answered() && !x.Corrupted && x.Real <= timeout:
			return x.Came
		default:
			return x.Sent + timeout
		}
	}
	sorted := slices.Clone(exchanges)
	slices.SortStableFunc(sorted, func(a, b truth.Exchange) int { return int(at(&a) - at(&b)) })
	return sorted
}

// Of sums up exchanges with one target, in the order in which they are judged.
func Of(exchanges []truth.Exchange, timeout time.Duration) Did {
	d := Did{Sent: len(exchanges), Bursts: truth.Histogram{}}
	run := 0
	for i := range exchanges {
		x := &exchanges[i]
		d.Settled = false
		if x.Error {
			d.Errors++
		}
		if !d.answered(x, timeout) {
			d.Lost++
			run++
			continue
		}
		if run > 0 {
			d.Bursts[run]++
			run = 0
		}
		d.Received++
		d.Trips = append(d.Trips, x.Real)
		d.Planned = append(d.Planned, x.Planned+x.Late)
		d.Settled = x.Answers == 1
	}
	return d
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
