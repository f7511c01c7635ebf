package snmp

import (
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
