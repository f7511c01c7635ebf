package snmp

import (
	"math"
	"testing"
	"time"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes/metric"
)

// TestColumnsMissingForOnePoll takes counters away for one poll, as a device does
// that makes an interface anew.
func TestColumnsMissingForOnePoll(t *testing.T) {
	for name, columns := range map[string][]string{
		"64 and 32 bits": {ifHCInOctets, ifInOctets},
		"only 64 bits":   {ifHCInOctets},
		"errors":         {ifInErrors},
	} {
		t.Run(name, func(t *testing.T) {
			m := snmptest.Device("rt", 1)
			r := newRig(t, m, "Gi0/1")
			set := func(n uint64) {
				m.Set(instance(ifHCInOctets, 101), snmptest.Counter64(n))
				m.Set(instance(ifInOctets, 101), snmptest.Counter32(uint32(n)))
				m.Set(instance(ifInErrors, 101), snmptest.Counter32(uint32(n)))
			}
			set(1000)
			r.poll()
			r.wantOutcome("link-Gi0/1", "success")
			for _, c := range columns {
				m.Delete(instance(c, 101))
			}
			r.poll()
			r.wantOutcome("link-Gi0/1", "unknown partial", "is up, but the device did not tell")
			r.wantOutcome("rt", "success")
			set(5000)
			r.poll()
			r.wantOutcome("link-Gi0/1", "success")
			bytes, errors := r.total("link-Gi0/1", metric.InterfaceReceiveBytes), r.total("link-Gi0/1", metric.InterfaceReceiveErrors)
			set(5700)
			r.poll()
			r.want("link-Gi0/1", metric.InterfaceReceiveBytes, bytes+700)
			r.want("link-Gi0/1", metric.InterfaceReceiveErrors, errors+700)
			r.want("link-Gi0/1", metric.InterfaceResets, 0)
		})
	}
}

// TestColumnsGoneForGood gives up what a device does not tell any more, so that
// its link is not unknown for ever.
func TestColumnsGoneForGood(t *testing.T) {
	m := snmptest.Device("rt", 1)
	r := newRig(t, m, "Gi0/1")
	r.poll()
	m.Delete(instance(ifInDiscards, 101))
	r.poll()
	r.wantOutcome("link-Gi0/1", "unknown partial")
	for range 3 * factsEvery / (30 * time.Second) {
		r.poll()
	}
	r.wantOutcome("link-Gi0/1", "success")
}

// TestSpeedOnceTheLineIsUp polls a port for the first time while it is down.
func TestSpeedOnceTheLineIsUp(t *testing.T) {
	for name, test := range map[string]struct {
		high, low uint32 // at first
		at        uint32 // Mbit/s, once it is up
		want      float64
	}{
		"10 Gbit/s, down":                   {0, 0, 10_000, 1.25e9},
		"100 Mbit/s, down":                  {0, 0, 100, 12.5e6},
		"10 Gbit/s, down and of 9600 bit/s": {0, 9600, 10_000, 1.25e9},
	} {
		t.Run(name, func(t *testing.T) {
			m := snmptest.Device("rt", 1)
			r := newRig(t, m, "Gi0/1")
			set := func(high, low uint32) {
				m.Set(instance(ifHighSpeed, 101), snmptest.Gauge32(high))
				m.Set(instance(ifSpeed, 101), snmptest.Gauge32(low))
			}
			set(test.high, test.low)
			r.poll()
			r.poll()
			if test.low == 0 {
				r.want("link-Gi0/1", metric.InterfaceSpeed, math.NaN())
			} else {
				r.want("link-Gi0/1", metric.InterfaceSpeed, float64(test.low)/8)
			}
			set(test.at, uint32(min(uint64(test.at)*1e6, math.MaxUint32)))
			r.poll()
			if got := r.total("link-Gi0/1", metric.InterfaceSpeed); got != test.want && !math.IsNaN(got) {
				t.Errorf("the speed is %v at first", got)
			}
			r.poll()
			r.want("link-Gi0/1", metric.InterfaceSpeed, test.want)
		})
	}
}

// TestSpeedWithoutIfHighSpeed keeps to ifSpeed at its largest value where the
// device has nothing better.
func TestSpeedWithoutIfHighSpeed(t *testing.T) {
	m := snmptest.Device("rt", 1)
	m.Delete(instance(ifHighSpeed, 101))
	m.Set(instance(ifSpeed, 101), snmptest.Gauge32(math.MaxUint32))
	r := newRig(t, m, "Gi0/1")
	for range 3 {
		r.poll()
		r.want("link-Gi0/1", metric.InterfaceSpeed, math.MaxUint32/8.0)
	}
}
