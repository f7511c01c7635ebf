package snmp

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/probes/metric"
)

func TestTooBig(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 20), names(10)...)
	r.agent.Misbehave(snmptest.Faults{TooBigOver: 30})
	r.poll()
	r.wantOutcome("rt", "success")
	r.wantOutcome("link-Gi0/10", "success")
	r.requests()
	r.poll()
	if got := r.requests(); strings.Count(got, "GetRequest") > 8 || strings.Contains(got, "GetRequest 72") {
		t.Errorf("the size that fits was not kept: %s", got)
	}
	r.want("rt", metric.SNMPTruncated, 0)
}

// TestLostFragments is a path that loses every large packet.
func TestLostFragments(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 20), names(10)...)
	r.agent.Misbehave(snmptest.Faults{DropOver: 20})
	r.poll()
	r.wantOutcome("rt", "success")
	r.requests()
	r.poll()
	if got := r.requests(); strings.Contains(got, "GetRequest 36") {
		t.Errorf("the size that gets through was not kept: %s", got)
	}
}

// TestPathBeginsToLoseFragments loses them only after larger requests worked.
func TestPathBeginsToLoseFragments(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 20), names(10)...)
	r.poll()
	r.wantOutcome("rt", "success")
	r.agent.Misbehave(snmptest.Faults{DropOver: 20})
	r.poll()
	r.wantOutcome("rt", "failure timeout")
	r.poll()
	r.wantOutcome("rt", "success")
}

func TestPartialAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		faults snmptest.Faults
		detail string
	}{
		"truncated": {snmptest.Faults{Truncate: 3}, "14 of the 17 objects"},
		"genErr": {snmptest.Faults{Change: func(_, answer *gosnmp.SnmpPacket) {
			answer.Error, answer.ErrorIndex = gosnmp.GenErr, 2
		}}, "genErr at " + snmpEngineTime},
		"another object": {snmptest.Faults{Change: func(_, answer *gosnmp.SnmpPacket) {
			answer.Variables[5].Name += ".1"
		}}, "16 of the 17 objects"},
		"nothing": {snmptest.Faults{Truncate: 1000}, "0 of the 17 objects"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
			r.poll()
			r.agent.Misbehave(test.faults)
			r.poll()
			r.wantOutcome("rt", "failure partial", test.detail)
			r.wantOutcome("link-Gi0/1", "unknown device_unknown", "partial")
			r.want("rt", metric.SNMPTruncated, 1)
			r.want("link-Gi0/1", metric.InterfaceUp, math.NaN())
			r.agent.Misbehave(snmptest.Faults{})
			r.mib.Set(instance(ifHCInOctets, 101), snmptest.Counter64(1_000_500))
			r.poll()
			r.wantOutcome("link-Gi0/1", "success")
			r.want("link-Gi0/1", metric.InterfaceReceiveBytes, 500) // what passed meanwhile is not lost
		})
	}
}

// TestNoSuchName is an agent that answers version 2c in the manner of version 1.
func TestNoSuchName(t *testing.T) {
	mib := snmptest.Device("rt", 2)
	mib.Delete(instance(ifDiscontinuity, 101))
	mib.Delete(instance(ifHCInOctets, 101))
	r := newRig(t, mib, "Gi0/1")
	r.agent.Misbehave(snmptest.Faults{Change: func(request, answer *gosnmp.SnmpPacket) {
		for i, v := range answer.Variables {
			if v.Type == gosnmp.NoSuchInstance {
				answer.Error, answer.ErrorIndex, answer.Variables = gosnmp.NoSuchName, uint8(i+1), request.Variables
				return
			}
		}
	}})
	r.poll()
	r.mib.Set(instance(ifInOctets, 101), snmptest.Counter32(1_000_700))
	r.poll()
	r.wantOutcome("link-Gi0/1", "success")
	r.want("link-Gi0/1", metric.InterfaceReceiveBytes, 700)
}

func TestDeadDevice(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 20), names(10)...)
	r.poll()
	r.agent.Misbehave(snmptest.Faults{Drop: -1})
	r.requests()
	sent := r.total("rt", metric.SNMPRequests)
	r.poll()
	r.wantOutcome("rt", "failure timeout", "did not answer", "wrong community")
	r.wantOutcome("link-Gi0/1", "unknown device_unknown")
	r.want("rt", metric.SNMPRequests, sent+3)
	if got := r.requests(); strings.Count(got, "GetRequest 72") != 3 {
		t.Errorf("sent %s", got)
	}
	r.poll()
	r.agent.Misbehave(snmptest.Faults{})
	r.requests()
	r.poll()
	r.wantOutcome("link-Gi0/1", "success")
	if got := r.requests(); got != "GetRequest 72, GetRequest 71" {
		t.Errorf("an outage changed the size of requests: %s", got)
	}
}

func TestLostPacketsAreSentAgain(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
	r.poll()
	r.agent.Misbehave(snmptest.Faults{Drop: 2})
	sent := r.total("rt", metric.SNMPRequests)
	r.poll()
	r.wantOutcome("rt", "success")
	r.want("rt", metric.SNMPRequests, sent+3)
}

func TestForeignAnswersAreNotTaken(t *testing.T) {
	for name, change := range map[string]func(_, answer *gosnmp.SnmpPacket){
		"wrong number": func(_, a *gosnmp.SnmpPacket) { a.RequestID++ },
		"no number":    func(_, a *gosnmp.SnmpPacket) { a.RequestID = 0 },
		"no answer":    func(_, a *gosnmp.SnmpPacket) { a.PDUType = gosnmp.GetRequest },
		"version 1":    func(_, a *gosnmp.SnmpPacket) { a.Version = gosnmp.Version1 },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
			r.agent.Misbehave(snmptest.Faults{Change: change})
			r.poll()
			if got, detail := r.outcome("rt"); got != "failure timeout" && got != "failure protocol" {
				t.Errorf("%s: %s", got, detail)
			}
		})
	}
}

func TestCancelledProbeReturnsAtOnce(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
	r.prober.client.timeout = time.Hour
	arrived := make(chan struct{})
	r.agent.Misbehave(snmptest.Faults{Raw: func([]byte) []byte { close(arrived); return nil }})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	start := time.Now()
	r.pollIn(ctx)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the probe went on for %s", took)
	}
	r.wantOutcome("rt", "unknown stalled")
	r.agent.Misbehave(snmptest.Faults{})
	r.poll()
	r.wantOutcome("rt", "success")
}

func TestDeadlineOfTheProbe(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
	r.prober.client.timeout = time.Hour
	r.agent.Misbehave(snmptest.Faults{Drop: -1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r.pollIn(ctx)
	r.wantOutcome("rt", "failure timeout")
}

func TestCommunity(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
	file := r.job.Target.Credential.Community.File
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hunter2\n")
	r.poll()
	r.wantOutcome("rt", "failure timeout", "wrong community")
	if _, detail := r.outcome("rt"); strings.Contains(detail, "hunter2") {
		t.Errorf("the secret stands in %q", detail)
	}
	write("public\n")
	r.poll()
	r.wantOutcome("rt", "success") // read again
	r.prober.Close()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	r.poll()
	r.wantOutcome("rt", "unknown credential", file)
	r.wantOutcome("link-Gi0/1", "unknown device_unknown")
}

func TestNothingListens(t *testing.T) {
	r := newRig(t, snmptest.Device("rt", 2), "Gi0/1")
	r.agent.Close()
	r.poll()
	r.wantOutcome("rt", "failure refused")
}
