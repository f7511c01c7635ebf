package exporter

import (
	"math"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// limits writes what the inventory says of a target into its samples, and
// returns how long that holds: contracts begin and end.
func (t *target) limits(at time.Time) {
	c, o := contractInForce(contracts(t.inventory), at)
	t.limitsHold = o
	set := func(d *metric.Desc, v float64, labels ...string) {
		t.core.put(t.families.of[d], labels, v)
	}
	switch t.inventory.Kind {
	case inventory.LinkTarget:
		bandwidth(set, t.inventory.Link.Bandwidth)
		contractLimits(set, c)
	case inventory.UplinkTarget:
		bandwidth(set, t.inventory.Uplink.Bandwidth)
		contractLimits(set, c)
	case inventory.EndpointTarget:
		set(metric.EndpointCallBandwidth, bytesPerSecond(t.inventory.Endpoint.CallBandwidth))
	case inventory.DeviceTarget:
		set(metric.DevicePurchased, unix(t.inventory.Device.Purchased.Time))
		set(metric.DeviceEndOfSupport, unix(dateEnd(t.inventory.Device.EndOfSupport)))
	}
	t.setTexts(c)
}

type setter func(d *metric.Desc, v float64, labels ...string)

func bandwidth(set setter, b inventory.Bandwidth) {
	set(metric.LinkBandwidth, bytesPerSecond(b.Down), "down")
	set(metric.LinkBandwidth, bytesPerSecond(b.Up), "up")
}

// bytesPerSecond turns what contracts give in bits into the unit of the
// interfaces' counters, so that a share of the bandwidth is one division.
func bytesPerSecond(r inventory.BitRate) float64 { return given(float64(r) / 8) }

// contractLimits writes the numbers of a contract, or takes them away.
func contractLimits(set setter, c *inventory.Contract) {
	if c == nil {
		c = &inventory.Contract{}
	}
	sla := c.SLA
	if sla == nil {
		sla = &inventory.SLA{}
	}
	set(metric.ContractEnd, unix(dateEnd(c.Ends)))
	set(metric.ContractLeadTime, given(float64(c.LeadTime)*24*60*60))
	set(metric.SLAAvailability, given(float64(sla.Availability)))
	set(metric.SLARTT, given(sla.RTT.Seconds()))
	set(metric.SLAJitter, given(sla.Jitter.Seconds()))
	set(metric.SLALoss, given(float64(sla.Loss)))
	set(metric.SLARepair, given(sla.Repair.Seconds()))
}

// given is v, or NaN for the zero that means "not given".
func given(v float64) float64 {
	if v == 0 {
		return math.NaN()
	}
	return v
}

// unix is t as a Unix time, or NaN for the zero time.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return math.NaN()
	}
	return float64(t.UnixMilli()) / 1000
}

// dateEnd is the first moment after a day or a month; zero if it is not given.
func dateEnd(d inventory.Date) time.Time {
	if d.Time.IsZero() {
		return time.Time{}
	}
	return d.End()
}

// contracts returns all contracts of a target.
func contracts(t *inventory.Target) []*inventory.Contract {
	var single *inventory.Contract
	var several []*inventory.Contract
	switch {
	case t.Link != nil:
		single, several = t.Link.Contract, t.Link.Contracts
	case t.Uplink != nil:
		single, several = t.Uplink.Contract, t.Uplink.Contracts
	}
	if single != nil {
		return append([]*inventory.Contract{single}, several...)
	}
	return several
}

// contractInForce returns the contract that began last, and how long this
// answer holds. It keeps a contract that has ended while no other has begun: a
// link whose contract ran out must not lose the limits that say so.
func contractInForce(all []*inventory.Contract, at time.Time) (*inventory.Contract, occasion) {
	var in *inventory.Contract
	o := occasion{from: at}
	for _, c := range all {
		switch starts := c.Starts.Time; {
		case starts.After(at):
			o.until = earlier(o.until, starts)
		case in == nil || starts.After(in.Starts.Time):
			in = c
		}
	}
	return in, o
}

// slaInForce returns what the provider of a target promises, or nil.
func slaInForce(t *inventory.Target, at time.Time) *inventory.SLA {
	if c, _ := contractInForce(contracts(t), at); c != nil {
		return c.SLA
	}
	return nil
}

// setTexts writes the texts of the inventory that are labels. They are a block
// of their own, because no two targets have the same.
func (t *target) setTexts(c *inventory.Contract) {
	in := t.inventory
	want := []text{{metric.TargetInfo, []string{in.Name, t.siteName, in.Provider, in.Role, in.Expect}, 1}}
	if c != nil {
		want = append(want, text{metric.ContractInfo, []string{in.Provider, c.Number}, 1})
		if c.MonthlyCost != nil {
			want = append(want, text{metric.ContractCost, []string{c.MonthlyCost.Currency}, c.MonthlyCost.Amount})
		}
	}
	if !t.hasTexts(want) {
		var list []series
		for _, w := range want {
			list = append(list, newSeries(t.families.of[w.desc], w.labels))
		}
		t.texts.reshape(newShape(list))
	}
	for _, w := range want {
		t.texts.put(t.families.of[w.desc], w.labels, w.value)
	}
}

// text is a sample whose labels are texts of the inventory.
type text struct {
	desc   *metric.Desc
	labels []string
	value  float64
}

func (t *target) hasTexts(want []text) bool {
	for _, w := range want {
		if t.texts.shape.find(t.families.of[w.desc], w.labels) < 0 {
			return false
		}
	}
	return len(t.texts.shape.series) == len(want)
}

// limitSeries are the limits that a kind of target can have.
func limitSeries(kind inventory.TargetKind) []sampleOf {
	switch kind {
	case inventory.LinkTarget, inventory.UplinkTarget:
		return []sampleOf{
			{metric.LinkBandwidth, []string{"down"}}, {metric.LinkBandwidth, []string{"up"}},
			{metric.ContractEnd, nil}, {metric.ContractLeadTime, nil},
			{metric.SLAAvailability, nil}, {metric.SLARTT, nil}, {metric.SLAJitter, nil}, {metric.SLALoss, nil}, {metric.SLARepair, nil},
		}
	case inventory.EndpointTarget:
		return []sampleOf{{metric.EndpointCallBandwidth, nil}, {metric.MeetingActive, nil}, {metric.MeetingNext, nil}}
	case inventory.DeviceTarget:
		return []sampleOf{{metric.DevicePurchased, nil}, {metric.DeviceEndOfSupport, nil}}
	default:
		return nil
	}
}
