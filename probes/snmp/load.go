package snmp

import (
	"context"
	"math"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/metric"
)

// loadEvery is how often a device is asked how busy it is: what it tells is a mean of a
// minute or of five. One that did not tell is asked again when its facts are, so that it
// costs no packets.
const loadEvery = 5 * time.Minute

// load is how much of a device is in use, from 0 to 1; NaN: it does not tell.
type load struct{ cpu, memory float64 }

// cpuColumns tell the use of each processor in percent, the better one first: of five
// minutes (CISCO-PROCESS-MIB, cpmCPUTotal5minRev), of one (RFC 2790, hrProcessorLoad).
func cpuColumns() []string {
	return []string{".1.3.6.1.4.1.9.9.109.1.1.1.1.8", ".1.3.6.1.2.1.25.3.3.1.2"}
}

// Objects that tell of memory.
const (
	// UCD-SNMP-MIB, in KiB: total, free, and what the system would give back.
	memTotal  = ".1.3.6.1.4.1.2021.4.5.0"
	memFree   = ".1.3.6.1.4.1.2021.4.6.0"
	memBuffer = ".1.3.6.1.4.1.2021.4.14.0"
	memCached = ".1.3.6.1.4.1.2021.4.15.0"
	// CISCO-MEMORY-POOL-MIB, in bytes, of the processor's pool.
	poolUsed = ".1.3.6.1.4.1.9.9.48.1.1.1.5.1"
	poolFree = ".1.3.6.1.4.1.9.9.48.1.1.1.6.1"
	// HOST-RESOURCES-MIB (RFC 2790), in units of the row.
	hrStorageType = ".1.3.6.1.2.1.25.2.3.1.2"
	hrStorageSize = ".1.3.6.1.2.1.25.2.3.1.5"
	hrStorageUsed = ".1.3.6.1.2.1.25.2.3.1.6"
	hrStorageRAM  = "1.3.6.1.2.1.25.2.1.2" // the type of the rows that count
)

// readLoad asks how busy the device is, and hands it over. What it does not tell, or not
// this time, is taken away.
func (p *prober) readLoad(ctx context.Context, emit probes.Emit) {
	start := p.now()
	p.loadAt = start.Add(loadEvery)
	l := load{math.NaN(), math.NaN()}
	var err error
	if l.cpu, p.cpuColumn, err = p.client.readCPU(ctx, p.cpuColumn); err == nil {
		l.memory, err = p.client.readMemory(ctx)
	}
	if err == nil && math.IsNaN(l.cpu) && math.IsNaN(l.memory) {
		p.loadAt = start.Add(factsEvery)
	}
	if err != nil {
		p.client.trace.Logf("how busy the device is could not be read: %v", err)
		l = load{math.NaN(), math.NaN()}
	}
	p.samples = p.samples[:0]
	p.addLoad(l)
	p.addTraffic()
	emit(&probes.Result{
		Job: p.job, Target: p.job.Target, Outcome: probes.Note, Start: start,
		Duration: p.now().Sub(start), Samples: p.samples,
	})
}

// addLoad adds how busy a device is. Conference equipment is not asked: see readEquipment.
func (p *prober) addLoad(l load) {
	if p.job.Target.Kind == inventory.DeviceTarget {
		p.add(metric.DeviceCPU, l.cpu)
		p.add(metric.DeviceMemory, l.memory)
	}
}

// readCPU is the use of the busiest processor that the first column with rows tells of, and
// the number of that column, from which the search begins the next time; NaN and 0 without
// any.
func (c *client) readCPU(ctx context.Context, from int) (busiest float64, column int, err error) {
	busiest = math.NaN()
	for i, column := range cpuColumns() {
		if i < from {
			continue
		}
		err := c.walk(ctx, column, func(_ uint32, v value) error {
			if n, ok := v.number(); ok && n <= 100 {
				if share := float64(n) / 100; math.IsNaN(busiest) || share > busiest {
					busiest = share
				}
			}
			return nil
		})
		if err != nil || !math.IsNaN(busiest) {
			return busiest, i, err
		}
	}
	return busiest, 0, nil
}

// readMemory is the share of the memory in use; NaN if the device does not tell.
func (c *client) readMemory(ctx context.Context) (float64, error) {
	values, err := c.get(ctx, []string{memTotal, memFree, memBuffer, memCached, poolUsed, poolFree})
	if err != nil {
		return math.NaN(), err
	}
	n := make([]float64, len(values))
	for i, v := range values {
		n[i] = amount(v)
	}
	total, free := n[0], n[1]
	for _, given := range n[2:4] {
		if !math.IsNaN(given) {
			free += given
		}
	}
	if used := part(total-free, total); !math.IsNaN(used) {
		return used, nil
	}
	if used := part(n[4], n[4]+n[5]); !math.IsNaN(used) {
		return used, nil
	}
	return c.readStorage(ctx)
}

// readStorage is the share of the first row of hrStorageTable that is memory.
func (c *client) readStorage(ctx context.Context) (float64, error) {
	var row uint32
	found := false
	err := c.walk(ctx, hrStorageType, func(index uint32, v value) error {
		if kind, _ := v.text(); kind == hrStorageRAM {
			row, found = index, true
			return errEnough
		}
		return nil
	})
	if err != nil || !found {
		return math.NaN(), err
	}
	values, err := c.get(ctx, []string{instance(hrStorageUsed, row), instance(hrStorageSize, row)})
	if err != nil {
		return math.NaN(), err
	}
	return part(amount(values[0]), amount(values[1])), nil
}

// amount is a number that is not negative; NaN if it is none.
func amount(v value) float64 {
	if n, ok := v.number(); ok {
		return float64(n)
	}
	return math.NaN()
}

// part is a share from 0 to 1; NaN if it is none.
func part(of, whole float64) float64 {
	if s := of / whole; s >= 0 && s <= 1 {
		return s
	}
	return math.NaN()
}
