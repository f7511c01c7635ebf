// Package traffic says how much an interface carries, and when: a daily and
// weekly curve with noise and growth, and surges on top of it.
//
// A [Flow] is a [Curve] in time. It gives the rate at any moment and, as its
// exact integral, the bytes since an epoch, which is what the counter of an
// interface shows. Both depend on the curve, its seed and the time alone, so
// that two who ask see the same traffic.
package traffic

import (
	"time"

	"wanwatch/inventory"
)

// Curve is the traffic of one direction of an interface in an office. Between
// two knots, five minutes apart, it is a straight line.
type Curve struct {
	Seed    uint64            `yaml:"seed" doc:"The same seed gives the same noise."`
	Night   inventory.BitRate `yaml:"night" doc:"Rate at night."`
	Peak    inventory.BitRate `yaml:"peak,required" doc:"Rate at the busiest times of a working day, 09:30 and 15:00."`
	Lunch   inventory.Ratio   `yaml:"lunch" doc:"Share of the rise above the night that is missing at noon."`
	Weekend inventory.Ratio   `yaml:"weekend" doc:"Share of the rise above the night that is left on Saturdays and Sundays."`
	Noise   inventory.Ratio   `yaml:"noise" doc:"Share by which it is at most above or below the curve."`
	Growth  inventory.Ratio   `yaml:"growth" doc:"Growth in a month, on top of what the month before had."`
	Limit   inventory.BitRate `yaml:"limit" doc:"Largest rate without surges, as of a line that is full; left out: none."`
}

// Surge changes a rate for a while, once or again and again.
type Surge struct {
	At     time.Duration      `yaml:"at" min:"0s" doc:"When it begins, after the start."`
	For    time.Duration      `yaml:"for" min:"0s" doc:"How long it lasts, with its ramps; left out: to the end."`
	Every  time.Duration      `yaml:"every" min:"1s" doc:"It begins again each time that this has passed; cut off there if it lasts longer."`
	Over   time.Duration      `yaml:"over" min:"0s" doc:"It comes and goes gradually over this time, in straight lines; left out: at once."`
	Factor float64            `yaml:"factor" min:"0" doc:"What the rate is multiplied by; left out: 1."`
	Add    inventory.BitRate  `yaml:"add" doc:"What is added to the rate."`
	To     *inventory.BitRate `yaml:"to" doc:"What the rate becomes, whatever it was; wins over factor and add."`
}

// Mix says what else an interface counts for its bytes.
type Mix struct {
	PacketBytes int             `yaml:"packet_bytes" min:"40" max:"9000" doc:"Size of a packet on average; left out: 800."`
	Errors      inventory.Ratio `yaml:"errors" doc:"Share of packets with errors."`
	Discards    inventory.Ratio `yaml:"discards" doc:"Share of packets discarded."`
}

const defaultPacketBytes = 800

// Packets returns how many packets make so many bytes.
func (m Mix) Packets(bytes uint64) uint64 {
	if m.PacketBytes < 1 {
		return bytes / defaultPacketBytes
	}
	return bytes / uint64(m.PacketBytes)
}

// ErrorsIn returns how many of so many packets have errors.
func (m Mix) ErrorsIn(packets uint64) uint64 { return uint64(float64(m.Errors) * float64(packets)) }

// DiscardsIn returns how many of so many packets are discarded.
func (m Mix) DiscardsIn(packets uint64) uint64 {
	return uint64(float64(m.Discards) * float64(packets))
}
