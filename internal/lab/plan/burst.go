package plan

// Step moves the model on by one packet and reports whether it is lost. bad is
// the state before and after; move and lose are random numbers from 0 to 1.
func (b Burst) Step(bad bool, move, lose float64) (nowBad, lost bool) {
	if bad {
		bad = move >= float64(b.R)
	} else {
		bad = move < float64(b.P)
	}
	if bad {
		return bad, lose < b.lossBad()
	}
	return bad, lose < float64(b.LossGood)
}

// Loss returns the share of packets lost over a long time.
func (b Burst) Loss() float64 {
	p, r := float64(b.P), float64(b.R)
	if p+r == 0 {
		return float64(b.LossGood)
	}
	return (p*b.lossBad() + r*float64(b.LossGood)) / (p + r)
}

func (b Burst) lossBad() float64 {
	if b.LossBad == nil {
		return 1
	}
	return float64(*b.LossBad)
}
