package snmp

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// add appends a sample to those of the result that is being made.
func (p *prober) add(d *metric.Desc, value float64, labels ...string) {
	p.samples = append(p.samples, probes.Sample{Metric: d, Labels: labels, Value: value})
}

// emitDevice hands over the result about the device itself, with the samples of
// the interfaces that it lists for itself. Their states do not make it down.
func (p *prober) emitDevice(emit probes.Emit, start time.Time, took time.Duration, err error) {
	p.samples = p.samples[:0]
	r := probes.Result{Job: p.job, Target: p.job.Target, Start: start, Duration: took}
	if err != nil {
		e := asError(err)
		r.Outcome, r.Reason, r.Detail = outcomeOf(e), e.Reason, e.Detail
		p.addLoad(load{math.NaN(), math.NaN()})
	} else {
		r.Detail = p.detail()
		p.addAge()
	}
	p.addTraffic()
	for _, i := range p.device.ifaces {
		if i.owner == p.job.Target {
			p.addInterface(i, err == nil)
		}
	}
	r.Samples = p.samples
	emit(&r)
}

func outcomeOf(e *Error) probes.Outcome {
	if e.Self() {
		return probes.Unknown
	}
	return probes.Failure
}

// addTraffic adds what was sent and what was missing since the last result.
func (p *prober) addTraffic() {
	p.add(metric.SNMPRequests, float64(p.wire.Sent()))
	p.add(metric.SNMPTruncated, float64(p.client.takeTruncated()))
	p.add(metric.SNMPResolves, float64(p.device.resolves))
	p.device.resolves = 0
}

func (p *prober) addAge() {
	d := p.device
	if d.restarts > 0 {
		p.factsAt = time.Time{} // a restart may have brought other software
	}
	p.add(metric.DeviceReboots, float64(d.restarts))
	d.restarts = 0
	if boot, ok := d.age.boot(); ok {
		p.add(metric.DeviceBootTime, seconds(boot))
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// detail says for a person what the device answered.
func (p *prober) detail() string {
	d := p.device
	text := "the device answered"
	if p.facts.sysName != "" {
		text = p.facts.sysName + " answered"
	}
	if boot, ok := d.age.boot(); ok {
		text += ", up since " + boot.UTC().Format(time.RFC3339)
	}
	missing := 0
	for _, i := range d.ifaces {
		if i.err != nil {
			missing++
		}
	}
	if missing > 0 {
		text += fmt.Sprintf("; %d of its %d interfaces not found", missing, len(d.ifaces))
	}
	return text
}

// emitInterfaces hands over a result about each link and uplink.
func (p *prober) emitInterfaces(emit probes.Emit, start time.Time, took time.Duration, err error) {
	for _, i := range p.device.ifaces {
		if i.owner == p.job.Target {
			continue
		}
		p.samples = p.samples[:0]
		r := probes.Result{Job: p.job, Target: i.owner, Start: start, Duration: took}
		if err != nil {
			e := asError(err)
			r.Outcome, r.Reason = probes.Unknown, probes.ReasonDeviceUnknown
			r.Detail = fmt.Sprintf("%s could not be asked about its interface %s: %s: %s", p.job.Target.ID, i.selector, e.Reason, e.Detail)
		} else {
			r.Outcome, r.Reason, r.Detail = i.verdict()
		}
		p.addInterface(i, err == nil)
		r.Samples = p.samples
		emit(&r)
	}
}

// addInterface adds the samples of an interface. What is not known is taken
// away, but for the counters, which stay where they are.
func (p *prober) addInterface(i *iface, asked bool) {
	p.add(metric.InterfaceResets, float64(i.resets), i.labels...)
	i.resets = 0
	if !asked || i.err != nil {
		p.add(metric.InterfaceUp, math.NaN(), i.labels...)
		p.add(metric.InterfaceAdminUp, math.NaN(), i.labels...)
		return
	}
	for s, c := range columns[:counters] {
		p.add(c.metric, float64(i.deltas[s]), i.labels...)
	}
	p.add(metric.InterfaceUp, i.status(oper), i.labels...)
	p.add(metric.InterfaceAdminUp, i.status(admin), i.labels...)
	if v := i.speed(); v > 0 {
		p.add(metric.InterfaceSpeed, v/8, i.labels...)
	} else {
		p.add(metric.InterfaceSpeed, math.NaN(), i.labels...)
	}
	if t, ok := i.since(&p.device.age); ok {
		p.add(metric.InterfaceLastChange, seconds(t), i.labels...)
	}
	p.add(metric.InterfaceInfo, 1, i.labels[0], i.labels[1],
		strconv.FormatUint(uint64(i.match.index), 10), i.name, i.alias, i.descr, i.bits())
}

// bits returns the size of the octet counters in use, for a label.
func (i *iface) bits() string {
	if _, bits := i.column(inOctets); bits != 0 {
		return strconv.Itoa(bits)
	}
	return ""
}

// emitFacts hands over what the device says of itself.
func (p *prober) emitFacts(emit probes.Emit, start time.Time) {
	p.samples = p.samples[:0]
	f := p.facts
	if p.job.Target.Kind == inventory.DeviceTarget || p.job.Target.Kind == inventory.EndpointTarget {
		p.add(metric.DeviceInfo, 1, f.sysName, f.sysDescr, f.model, f.serial, f.software)
	}
	p.addTraffic()
	emit(&probes.Result{
		Job: p.job, Target: p.job.Target, Outcome: probes.Note, Start: start,
		Duration: p.now().Sub(start), Samples: p.samples,
	})
}
