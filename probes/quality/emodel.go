package quality

import (
	"math"
	"time"
)

// Codec is what the E-model needs to know of how speech is coded.
type Codec struct {
	Name   string  `yaml:"name,required" doc:"What it is called."`
	Ie     float64 `yaml:"ie" min:"0" max:"95" doc:"Equipment impairment factor without loss (ITU-T G.113, appendix I)."`
	Bpl    float64 `yaml:"bpl,required" min:"1" max:"100" doc:"Packet-loss robustness factor (ITU-T G.113, appendix I)."`
	Source string  `yaml:"source,required" doc:"Where the two figures come from."`
}

// R returns the transmission rating of narrowband speech, from about 0 to 93.2, by the
// E-model (ITU-T G.107) with the defaults for all that a network does not change:
//
//	R = 93.2 - Id - Ie,eff
//	Id = 0.024 d + 0.11 max(0, d - 177.3), d in ms (R. G. Cole and J. H. Rosenbluth,
//	"Voice over IP performance monitoring", ACM CCR 31, 2001)
//	Ie,eff = Ie + (95 - Ie) Ppl / (Ppl/BurstR + Bpl), Ppl in % (G.107, section 7.3)
//
// Delay is from mouth to ear, loss a share from 0 to 1, and burst the mean length of
// runs of losses in relation to what random losses would have; see [BurstRatio].
func (c Codec) R(delay time.Duration, loss, burst float64) float64 {
	d := delay.Seconds() * 1000
	id := 0.024*d + 0.11*max(0, d-177.3)
	ppl := 100 * loss
	ie := c.Ie + (95-c.Ie)*ppl/(ppl/max(burst, 1)+c.Bpl)
	return 93.2 - id - ie
}

// MOS returns the mean opinion score, from 1 to 4.5, that goes with a rating (ITU-T
// G.107, annex B).
func MOS(r float64) float64 {
	switch {
	case math.IsNaN(r):
		return r
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	// The polynomial dips below 1 for the least ratings.
	return max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}

// BurstRatio is the mean length of runs of losses in relation to what it would be if
// as many packets were lost at random, 1/(1-loss) (ITU-T G.107, section 7.3); 1 if
// none was lost. Losses that are spread more evenly than random ones count as random.
func BurstRatio(packets, lost, runs int) float64 {
	if lost == 0 || runs == 0 || packets == 0 {
		return 1
	}
	mean := float64(lost) / float64(runs)
	return max(1, mean*(1-float64(lost)/float64(packets)))
}
