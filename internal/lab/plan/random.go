package plan

import "hash/fnv"

// Use says what a random number is for. Each use has its own sequence, so that
// turning one condition on does not change the others' luck.
type Use uint64

// The uses.
const (
	UseJitter Use = iota
	UseLoss
	UseBurstState
	UseBurstLoss
	UseReorder
	UseDuplicate
	UseCorrupt
	UseCorruptBit
	uses
)

// Random gives numbers by counter instead of by state: the number of packet n
// depends on nothing that happened before. It is the output function of
// SplitMix64 over a counter (Steele, Lea, Flood: "Fast splittable pseudorandom
// number generators", OOPSLA 2014).
type Random struct{ key uint64 }

// NewRandom returns the numbers of one direction of one path.
func NewRandom(seed uint64, path string, dir Direction) Random {
	h := fnv.New64a()
	_, _ = h.Write([]byte(path)) // a hash never fails to write
	return Random{mix(seed ^ mix(h.Sum64()+uint64(dir)))}
}

// Uint64 returns 64 random bits for packet n.
func (r Random) Uint64(n uint64, use Use) uint64 {
	const golden = 0x9e3779b97f4a7c15
	return mix(r.key + (n*uint64(uses)+uint64(use)+1)*golden)
}

// Float64 returns a number from 0 up to but without 1 for packet n.
func (r Random) Float64(n uint64, use Use) float64 {
	return float64(r.Uint64(n, use)>>11) / (1 << 53)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
