package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wanwatch/internal/lab/truth"
)

// Verdict is what a comparison brought.
type Verdict struct {
	// Decided: everything was compared, and equal. It is false, and there are no
	// problems, if the moment of the scrape tells nothing: the network was not
	// done with the last packet that is counted.
	Decided bool
	// Did is what the network did to the packets that are counted, if Decided.
	Did Did
	// Last is the last of them, if Decided.
	Last truth.Exchange
	// Blind is how many of them the program says not to know about, because it
	// was not there to hear the answer.
	Blind int
	// Problems are what the program says otherwise than the network.
	Problems []string
}

// stalled is the reason of packets that the program could not send or not hear.
const stalled = "stalled"

// Compare holds what a program says of a target against all exchanges with it,
// those after the scrape included, as [Judged] has sorted them.
//
// The counters speak of the first ones of them. Only where the program says that
// it stood still, the number of these is not known exactly: a packet of which it
// says "stalled" may have been sent, or may not. Then any number that it may be
// must fit in full.
func Compare(s *Said, exchanges []truth.Exchange, timeout time.Duration) Verdict {
	if problems := s.contradictions(len(exchanges)); len(problems) > 0 {
		return Verdict{Problems: problems}
	}
	var wrong Verdict
	open := false
	for blind := range min(s.Failures[stalled], len(exchanges)-s.Sent) + 1 {
		count := s.Sent + blind
		if !settled(exchanges[:count], timeout) {
			open = true
			continue
		}
		did := Of(exchanges, count, timeout)
		if did.Doubtful > 0 || count < len(exchanges) && exchanges[count].Corrupted {
			open = true
			continue
		}
		v := Verdict{true, did, exchanges[count-1], blind, s.against(&did, blind)}
		if len(v.Problems) == 0 {
			return v
		}
		wrong = v
	}
	if open {
		return Verdict{}
	}
	wrong.Decided = false
	return wrong
}

// contradictions are what cannot be, whatever the network did to the packets
// that it saw.
func (s *Said) contradictions(seen int) []string {
	var list []string
	if s.Sent > seen {
		list = append(list, fmt.Sprintf("says that %d packets were sent, the network saw %d", s.Sent, seen))
	}
	if s.Sent != s.Received+s.Lost {
		list = append(list, fmt.Sprintf("sent %d is not received %d + lost %d", s.Sent, s.Received, s.Lost))
	}
	failures := 0
	for _, n := range s.Failures {
		failures += n
	}
	if s.Attempts != s.Received+failures || s.Attempts != s.Sent+s.Failures[stalled] {
		list = append(list, fmt.Sprintf("attempts %d, received %d, sent %d, failures %v do not add up", s.Attempts, s.Received, s.Sent, s.Failures))
	}
	return list
}

// against lists where the program and the network differ. Of blind packets,
// which the program sent and then stood still, it says nothing else; nearly all
// of them were lost, but one may have been held back by the standstill itself.
// Their number is right by the choice of the packets that are compared.
func (s *Said) against(d *Did, blind int) []string {
	var list []string
	differ := func(what string, said, did int) {
		if said != did {
			list = append(list, fmt.Sprintf("%s: the program says %d, the network did %d", what, said, did))
		}
	}
	fewer := func(what string, said, did int) {
		if said > did || said < did-blind {
			differ(what, said, did)
		}
	}
	fewer("received", s.Received, d.Received)
	fewer("lost", s.Lost, d.Lost)
	fewer("late", s.Late, d.Late)
	fewer("duplicates", s.Duplicates, d.Duplicates)
	fewer("corrupt", s.Corrupt, d.Corrupt)
	differ("round trips", int(s.RTT.GetSampleCount()), s.Received)
	errors := 0
	for _, n := range s.Unreachable {
		errors += n
	}
	differ("ICMP errors", errors, d.Errors)
	if blind == 0 {
		if said, did := s.bursts(), d.bursts(s.edges()); said != did {
			list = append(list, fmt.Sprintf("loss bursts: the program says %s, the network did %s", said, did))
		}
	}
	return list
}

// edges are the upper edges of the histogram of loss bursts.
func (s *Said) edges() []float64 {
	var list []float64
	for _, b := range s.Bursts.GetBucket() {
		list = append(list, b.GetUpperBound())
	}
	return list
}

// bursts writes the histogram of loss bursts: its sum and its buckets.
func (s *Said) bursts() string {
	counts := map[float64]uint64{}
	for _, b := range s.Bursts.GetBucket() {
		counts[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	return burstText(int(s.Bursts.GetSampleCount()), int(s.Bursts.GetSampleSum()), counts)
}

// bursts writes what the histogram of loss bursts should be.
func (d *Did) bursts(edges []float64) string {
	counts := map[float64]uint64{}
	number, sum := 0, 0
	for length, n := range d.Bursts {
		number += n
		sum += n * length
	}
	for _, edge := range edges {
		counts[edge] = 0
		for length, n := range d.Bursts {
			if float64(length) <= edge {
				counts[edge] += uint64(n)
			}
		}
	}
	return burstText(number, sum, counts)
}

func burstText(number, sum int, counts map[float64]uint64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d packets", number, sum)
	for _, edge := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, ", up to %v: %d", edge, counts[edge])
	}
	return b.String()
}
