// Package plan says what a simulated network does to packets, and when.
//
// A [Plan] is data: paths by destination prefix, the conditions on each of them
// in each direction, and events that change conditions for a while, once or
// again and again. Everything in this package is a pure function of the plan,
// the time since the start and the number of the packet, so that two runs that
// send the same packets at the same times see the same network.
package plan

import (
	"net/netip"
	"time"

	"wanwatch/inventory"
)

// Plan is a simulated network.
type Plan struct {
	Seed     uint64           `yaml:"seed" doc:"Start of all randomness: the same seed and the same packets give the same losses."`
	Networks []netip.Prefix   `yaml:"networks" doc:"Addresses that exist on the far side; left out: 198.18.0.0/15 and 2001:db8::/32."`
	Prober   Router           `yaml:"prober" doc:"Addresses of the prober's side; left out: 198.19.255.254 and 2001:db8:ffff::fffe."`
	Gateway  Router           `yaml:"gateway" doc:"Router that says net unreachable for addresses without a path; left out: 198.19.255.253 and 2001:db8:ffff::fffd."`
	MTU      int              `yaml:"mtu" min:"1280" max:"9000" doc:"MTU of both ends; left out: 1500."`
	Paths    map[string]*Path `yaml:"paths,required" doc:"Ways to the sites, by id."`
	Events   []*Event         `yaml:"events" doc:"What changes, and when; a later entry wins over an earlier one."`
}

// Router is one that speaks: its addresses, by family. A zero address stays
// silent in that family.
type Router struct {
	V4 netip.Addr `yaml:"v4" doc:"IPv4 address."`
	V6 netip.Addr `yaml:"v6" doc:"IPv6 address."`
}

// Path is the way to some addresses and back.
type Path struct {
	Prefixes []netip.Prefix `yaml:"prefixes,required" doc:"Addresses at its end; the longest prefix wins."`
	Groups   []string       `yaml:"groups" doc:"Words that events can name it by, such as its provider."`
	Hops     []Router       `yaml:"hops" doc:"Its routers from the prober on; each lowers the TTL by one and reports its end."`
	Length   int            `yaml:"length" min:"0" max:"64" doc:"Number of routers, if more than hops names; the others lower the TTL in silence."`
	Both     Conditions     `yaml:"both" doc:"Conditions in both directions."`
	Out      Conditions     `yaml:"out" doc:"Conditions away from the prober; wins over both."`
	Back     Conditions     `yaml:"back" doc:"Conditions towards the prober; wins over both."`
}

// Routers returns how many routers a packet passes.
func (p *Path) Routers() int { return max(p.Length, len(p.Hops)) }

// Conditions are what a path or an event lays down for one direction. Nil
// leaves the matter as it is.
type Conditions struct {
	Delay     *time.Duration   `yaml:"delay" min:"0s" max:"60s" doc:"Time that a packet takes one way, without jitter and queueing."`
	Jitter    *Jitter          `yaml:"jitter" doc:"How that time varies from packet to packet."`
	Loss      *inventory.Ratio `yaml:"loss" doc:"Share of packets lost, each by itself."`
	Burst     *Burst           `yaml:"burst" doc:"Loss in bursts."`
	Reorder   *Reorder         `yaml:"reorder" doc:"Packets held back so that later ones overtake them."`
	Duplicate *inventory.Ratio `yaml:"duplicate" doc:"Share of packets that arrive twice."`
	Corrupt   *Corrupt         `yaml:"corrupt" doc:"Packets that arrive with a wrong bit."`
	Limit     *Limit           `yaml:"limit" doc:"Bandwidth and the queue before it."`
	DSCP      *DSCP            `yaml:"dscp" doc:"Rewriting of the code point."`
	Cut       *bool            `yaml:"cut" doc:"Nothing passes, nothing is said."`
	Refuse    *Refuse          `yaml:"refuse" doc:"A router refuses every packet with an ICMP error."`
	MTU       *MTU             `yaml:"mtu" doc:"Largest packet that passes."`
}

// The distributions of jitter.
const (
	None    = "none"
	Uniform = "uniform"
	Normal  = "normal"
	Pareto  = "pareto"
	Table   = "table"
)

// Jitter is a distribution of what is added to the delay.
type Jitter struct {
	Distribution string          `yaml:"distribution,required" enum:"none|uniform|normal|pareto|table" doc:"Shape; see scale."`
	Scale        time.Duration   `yaml:"scale" min:"0s" max:"10s" doc:"uniform: from -scale to +scale; normal: standard deviation, cut at 4 of them; pareto: Lomax scale, only added, cut at 100 of them; table: unused."`
	Shape        float64         `yaml:"shape" min:"0.1" max:"100" doc:"pareto: tail index; 3 if left out."`
	Table        []time.Duration `yaml:"table" doc:"table: equally spaced quantiles from the smallest to the largest; between them linear."`
	Overtake     bool            `yaml:"overtake" doc:"Packets may overtake each other; else the path keeps their order, as a queue does."`
}

// Burst is the model of Gilbert and Elliott: two states, of which one loses
// more. The state may change before every packet. Over time the share of
// (p LossBad + r LossGood)/(p + r) is lost; with LossBad 1 and LossGood 0 a
// burst is 1/r packets long on average (E. O. Elliott, "Estimates of error
// rates for codes on burst-noise channels", Bell System Technical Journal 42,
// 1963).
type Burst struct {
	P        inventory.Ratio  `yaml:"p" doc:"Probability, before each packet, of going from good to bad."`
	R        inventory.Ratio  `yaml:"r" doc:"Probability, before each packet, of going from bad to good."`
	LossGood inventory.Ratio  `yaml:"loss_good" doc:"Share lost in the good state."`
	LossBad  *inventory.Ratio `yaml:"loss_bad" doc:"Share lost in the bad state; 100% if left out."`
}

// Reorder holds some packets back.
type Reorder struct {
	Share inventory.Ratio `yaml:"share" doc:"Share of packets held back."`
	By    time.Duration   `yaml:"by" min:"0s" max:"60s" doc:"How long they are held back beyond the delay."`
}

// Corrupt flips one bit of the payload of some packets.
type Corrupt struct {
	Share  inventory.Ratio `yaml:"share" doc:"Share of packets with a wrong bit."`
	Repair bool            `yaml:"repair" doc:"The checksum is made to fit, so that the receiver takes the packet; else its kernel drops it."`
}

// Limit is a bandwidth with a queue that drops what does not fit (tail drop).
type Limit struct {
	Rate       inventory.BitRate `yaml:"rate" doc:"Bits of IP packets a second."`
	QueueBytes int               `yaml:"queue_bytes" min:"0" doc:"Longest queue in bytes."`
	QueueTime  time.Duration     `yaml:"queue_time" min:"0s" max:"60s" doc:"Longest queue in time; 100ms if neither is given."`
}

// DSCP rewrites the code point of packets (RFC 2474).
type DSCP struct {
	From *inventory.DSCP `yaml:"from" doc:"Only packets with this one; left out: all."`
	To   inventory.DSCP  `yaml:"to" doc:"What it becomes."`
}

// The refusals.
const (
	Net        = "net"
	Host       = "host"
	Port       = "port"
	Prohibited = "prohibited"
)

// Refuse is an ICMP destination-unreachable error from a router.
type Refuse struct {
	Code string `yaml:"code,required" enum:"net|host|port|prohibited" doc:"What it says: net, host, port unreachable or administratively prohibited."`
	Hop  int    `yaml:"hop" min:"0" max:"64" doc:"Which router speaks, from 1; left out: the last one."`
}

// MTU is the largest packet that passes. A bigger one that may not be
// fragmented is answered with "too big"; others pass whole.
type MTU struct {
	Bytes int `yaml:"bytes" min:"68" max:"9000" doc:"Size of the IP packet."`
	Hop   int `yaml:"hop" min:"0" max:"64" doc:"Which router speaks, from 1; left out: the last one."`
}

// Event changes the conditions of some paths.
type Event struct {
	Note   string        `yaml:"note" doc:"What happens, for people."`
	At     time.Duration `yaml:"at" min:"0s" doc:"When it begins, after the start."`
	For    time.Duration `yaml:"for" min:"0s" doc:"How long it lasts; left out: to the end."`
	Every  time.Duration `yaml:"every" min:"0s" doc:"It begins again each time that this has passed."`
	Over   time.Duration `yaml:"over" min:"0s" doc:"Delay, jitter scale, loss and rate change gradually over this time, in straight lines."`
	Paths  []string      `yaml:"paths" ref:"paths" doc:"Ids of paths."`
	Groups []string      `yaml:"groups" doc:"Groups of paths; neither given: all paths."`
	Both   Conditions    `yaml:"both" doc:"Conditions in both directions."`
	Out    Conditions    `yaml:"out" doc:"Conditions away from the prober."`
	Back   Conditions    `yaml:"back" doc:"Conditions towards the prober."`
}

// Direction is the way that a packet goes.
type Direction uint8

// The directions.
const (
	Out  Direction = iota // from the prober to the far side
	Back                  // from the far side to the prober
)

// String returns out or back.
func (d Direction) String() string {
	if d == Back {
		return "back"
	}
	return "out"
}
