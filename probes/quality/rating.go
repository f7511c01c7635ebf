package quality

import (
	"math"
	"time"

	"wanwatch/probes/metric"
)

// Stretch is what became of packets in a row.
type Stretch struct {
	Packets int
	Lost    int           // lost in the network
	Late    int           // arrived, but too late for the de-jitter buffer
	Runs    int           // of packets lost or late
	RTT     time.Duration // mean of those that arrived
	Jitter  time.Duration // RFC 3550, section 6.4.1
}

// Verdict says how good a class of use would be.
type Verdict int

// The verdicts, the value of wanwatch_quality_verdict.
const (
	Good Verdict = iota
	Fair
	Poor
)

// Rating is what a stretch means for calls.
type Rating struct {
	profile *Profile
	Loss    float64       // share lost or late, from 0 to 1
	Late    float64       // share late, from 0 to 1
	Burst   float64       // burst ratio, from 1
	Delay   time.Duration // mouth to ear: RTT/2, the de-jitter buffer, coding
	R       float64       // NaN if nothing arrived
	MOS     float64       // NaN if nothing arrived
	// Verdicts are those of the profile's classes, in the order of their ids.
	Verdicts []Verdict
}

// Rate judges a stretch of at least one packet.
func (p *Profile) Rate(s Stretch) Rating {
	gone := s.Lost + s.Late
	r := Rating{
		profile: p,
		Loss:    float64(gone) / float64(s.Packets),
		Late:    float64(s.Late) / float64(s.Packets),
		Burst:   BurstRatio(s.Packets, gone, s.Runs),
		Delay:   s.RTT/2 + p.Buffer + p.Coding,
		R:       math.NaN(),
	}
	if s.Lost < s.Packets {
		r.R = p.Codec.R(r.Delay, r.Loss, r.Burst)
	}
	r.MOS = MOS(r.R)
	for _, name := range p.names {
		r.Verdicts = append(r.Verdicts, p.Classes[name].judge(s, r))
	}
	return r
}

// Names returns the ids of the classes, in the order of a rating's verdicts.
func (p *Profile) Names() []string { return p.names }

func (c *Class) judge(s Stretch, r Rating) Verdict {
	switch {
	case s.Lost == s.Packets:
		return Poor
	case c.Good.hold(s, r):
		return Good
	case c.Fair.hold(s, r):
		return Fair
	}
	return Poor
}

// hold reports whether nothing exceeds the limits. A single packet of a stretch does
// not: with sixty packets, one lost is 1.7 %, and nobody knows whether it was one in
// sixty or one in six thousand.
func (l Limits) hold(s Stretch, r Rating) bool {
	switch {
	case l.RTT > 0 && s.RTT > l.RTT,
		l.Jitter > 0 && s.Jitter > l.Jitter,
		l.Loss > 0 && r.Loss > float64(l.Loss) && s.Lost+s.Late > 1,
		l.R > 0 && !(r.R >= l.R):
		return false
	}
	return true
}

// Worse returns the one of two ratings with the lesser R, with the worse verdict of
// each class.
func Worse(a, b Rating) Rating {
	if math.IsNaN(b.R) || b.R < a.R { // nothing arrived: worse than any
		a, b = b, a
	}
	verdicts := make([]Verdict, len(a.Verdicts))
	for i := range verdicts {
		verdicts[i] = max(a.Verdicts[i], b.Verdicts[i])
	}
	a.Verdicts = verdicts
	return a
}

// Series hands the series of ratings by the profile to a function, as
// [Rating.Each] does with their values.
func (p *Profile) Series(add func(d *metric.Desc, labels []string)) {
	blank := Rating{profile: p, Verdicts: make([]Verdict, len(p.names))}
	blank.Each(func(d *metric.Desc, labels []string, _ float64) { add(d, labels) })
}

// Each hands the figures to a function, as the samples of a probe.
func (r Rating) Each(add func(d *metric.Desc, labels []string, value float64)) {
	add(metric.QualityR, nil, r.R)
	add(metric.QualityMOS, nil, r.MOS)
	add(metric.QualityLate, nil, r.Late)
	add(metric.QualityBurst, nil, r.Burst)
	for i, v := range r.Verdicts {
		add(metric.QualityVerdict, r.profile.labels[i], float64(v))
	}
}
