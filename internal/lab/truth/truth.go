// Package truth is the log of a simulated network: what it did to which packet.
// Tests compare with it what a prober believes to have seen.
package truth

import (
	"net/netip"
	"time"

	"wanwatch/internal/lab/plan"
)

// Fate is what became of a packet.
type Fate uint8

// The fates.
const (
	InFlight    Fate = iota // not yet delivered
	Delivered               // handed to the kernel of the other side
	Cut                     // dropped: the path was cut
	Lost                    // dropped: random loss
	LostInBurst             // dropped: loss in bursts
	QueueFull               // dropped: no room in the queue before the limit
	Expired                 // dropped: the TTL ended on the way
	Refused                 // dropped: a router refused it
	TooBig                  // dropped: bigger than the path's MTU
	NoPath                  // dropped: no path leads there
	Malformed               // dropped: no IP packet that the lab can read
	Rejected                // the kernel of the other side did not take it
	fates
)

// Fates is the number of fates.
const Fates = int(fates)

// String returns the fate in words.
func (f Fate) String() string {
	return [...]string{
		"in flight", "delivered", "cut", "lost", "lost in burst", "queue full", "expired",
		"refused", "too big", "no path", "malformed", "rejected",
	}[f]
}

// Dropped reports whether the packet ended on the way.
func (f Fate) Dropped() bool { return f != InFlight && f != Delivered }

// Flags are remarks on a packet.
type Flags uint8

// The flags.
const (
	Copy       Flags = 1 << iota // the second of two, made by duplication
	Reordered                    // held back so that others overtake it
	Corrupted                    // one bit was flipped
	FromRouter                   // an ICMP error made by the lab in a router's name
	Errored                      // a router answered it with an ICMP error
)

// NoPathIndex is the Path of a packet that no path leads to.
const NoPathIndex = -1

// Entry is one packet. Times are since the start of the lab.
type Entry struct {
	In  time.Duration // when the lab took it from the kernel
	Due time.Duration // when it should be delivered; for a dropped packet, In
	Out time.Duration // when it was delivered; 0 if it was not

	Hash uint64   // FNV-1a of the first 64 bytes after the transport header
	Far  [16]byte // address on the far side, IPv4 mapped into IPv6

	Path      int32 // index in Log.Paths, or NoPathIndex
	ID        uint16
	Seq       uint16 // ICMP identifier and sequence number, or source and destination port
	Size      uint16 // of the IP packet
	Direction plan.Direction
	Protocol  uint8 // of IPv4, or the first next header of IPv6
	Type      uint8 // ICMP type; 0 otherwise
	TTLIn     uint8 // TTL or hop limit as it came
	DSCPIn    uint8
	DSCPOut   uint8
	Fate      Fate
	Flags     Flags
}

// Address returns the address on the far side.
func (e *Entry) Address() netip.Addr { return netip.AddrFrom16(e.Far).Unmap() }

// Planned returns how long the plan kept the packet.
func (e *Entry) Planned() time.Duration { return e.Due - e.In }

// Late returns how much later than planned the packet was delivered.
func (e *Entry) Late() time.Duration { return e.Out - e.Due }
