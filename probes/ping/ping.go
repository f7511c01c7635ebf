// Package ping is the kind of probe that sends ICMP echo requests (RFC 792,
// RFC 4443) and times the answers.
//
// # One engine for all targets
//
// On Linux all targets share one socket an address family; a socket a target
// was measured to lose half of the answers at 3,000 targets. One thread sends
// what is due, about once a millisecond, reads what came, and judges what timed
// out. Nothing is allocated for a packet, and no target has a goroutine, a
// timer or a socket of its own.
//
// The sockets are ICMP datagram sockets where net.ipv4.ping_group_range allows
// them, and else raw ones with a filter on our id, which need CAP_NET_RAW. DSCP,
// TTL, source address and interface travel with each packet as control
// messages; Linux before 5.18 ignores them on IPv6 datagram sockets.
//
// The ICMP id changes each minute. Firewalls and address translators keep a
// session per id, and one that went wrong (it still points to a line that has
// failed, say) lives for as long as pings with its id come. There are two
// sockets a family, so that answers to the old id are still heard.
//
// # What counts
//
// An answer counts if it comes from the target's address and repeats what was
// sent, with a random number of 64 bits of each packet in it. A packet counts
// as sent once it was answered or lost, so that sent = received + lost always.
// An answer after the time-out, a second one, and one whose content is wrong
// are counted apart and change nothing else. An ICMP error that quotes the
// packet makes it lost at once.
//
// What the program or its host does wrong is never taken for the network's
// fault: packets that could not be sent, packets whose time-out passed while
// the program stood still, and packets unanswered while the kernel dropped
// messages for want of buffer space have the outcome Unknown. Sends missed in a
// standstill are not made up for.
//
// # Time
//
// A round trip is measured on the monotonic clock, from just before the packet
// is given to the kernel. The kernel's stamp of the answer's arrival only tells
// how long it waited to be read; a step of the wall clock is noticed, and the
// stamps near it are not used.
//
// # Names
//
// A name is resolved at once, then each minute; five seconds later if that fails
// or the target does not answer, and then at growing intervals up to half a
// minute. An address that is still among the answers is kept. While the resolver
// fails, the last good address is. Without any address, the outcome is a Failure
// if the resolver says that the name has none, and Unknown if it could not be
// asked; both with the reason resolve.
package ping

import (
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
	"wanwatch/probes/quality"
)

// Kind describes the kind "ping".
func Kind() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name:       "ping",
			Doc:        "Sends ICMP echo requests and times the answers.",
			NewConfig:  func() any { return &Config{Size: defaultSize} },
			Interval:   time.Second,
			Timeout:    maxTimeout,
			MaxTimeout: maxTimeout,
			Confirm:    3,
		},
		Reasons: []probes.Reason{
			probes.ReasonTimeout, probes.ReasonUnreachable, probes.ReasonProtocol, probes.ReasonResolve,
			probes.ReasonNoRoute, probes.ReasonSend, probes.ReasonNotPermitted,
			probes.ReasonStalled, probes.ReasonInternal,
		},
		Series:   series,
		NewFleet: NewFleet,
	}
}

// maxTimeout is the longest time-out, and the default: a later answer is of no
// use to a conference.
const maxTimeout = 2 * time.Second

// series lists the counters and histograms of a job; its gauges are unknown
// until the first answer. Those of the quality of calls are listed although they
// are unknown longer: ten thousand targets that each find out after a minute that
// they have series more were measured to take 80 MB for layouts of their own. A
// profile of the user's own with other classes still has that cost.
func series(j probes.Job) []probes.Sample {
	list := []probes.Sample{
		{Metric: metric.PingSent}, {Metric: metric.PingReceived}, {Metric: metric.PingLost},
		{Metric: metric.PingLate}, {Metric: metric.PingDuplicates}, {Metric: metric.PingCorrupt},
		{Metric: metric.PingRTT}, {Metric: metric.PingLossBurst},
	}
	for c := range codes {
		list = append(list, probes.Sample{Metric: metric.PingUnreachable, Labels: c.labels()})
	}
	if rated(j.Target) {
		quality.Standard().Series(func(d *metric.Desc, labels []string) {
			list = append(list, probes.Sample{Metric: d, Labels: labels})
		})
	}
	return list
}
