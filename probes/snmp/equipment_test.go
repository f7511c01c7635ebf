package snmp

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/lab/inhabit/agent"
	"wanwatch/internal/lab/snmptest"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

const polyMIB = ".1.3.6.1.4.1.13885.101.1."

// codec is a Poly room system: registered with its gatekeeper, no SIP, in two calls.
func codec() *snmptest.MIB {
	m := snmptest.NewMIB()
	m.SetSystem("codec", 3, 5000)
	m.Set(".1.3.6.1.2.1.1.2.0", snmptest.OID(".1.3.6.1.4.1.13885.101"))
	for object, v := range map[string]snmptest.Value{
		"1.1.0": snmptest.Text("6.2.2"), "1.4.0": snmptest.Text("RealPresence Group 500"), "1.5.0": snmptest.Text("8G1234"),
		"2.7.2.0": snmptest.Integer(2), "2.8.3.1.2.1": snmptest.Integer(1),
		"3.1.0": snmptest.Integer(3), "3.5.1.0": snmptest.Integer(2), "3.6.1.0": snmptest.Integer(3), "3.11.1.0": snmptest.Integer(1),
		// What nobody may ask for.
		"4.1.1.2.1": snmptest.Text("call-id"), "4.1.1.3.1": snmptest.Text("conf-id"), "4.1.1.10.1": snmptest.Text("far site"),
	} {
		m.Set(polyMIB+object, v)
	}
	for column, values := range map[string][2]int{"16": {2, 7}, "17": {0, 1}, "4": {12, 3}, "5": {1, 2}, "6": {80, 90}, "7": {70, 60}} {
		m.Set(polyMIB+"4.1.1."+column+".1", snmptest.Integer(values[0]))
		m.Set(polyMIB+"4.1.1."+column+".2", snmptest.Integer(values[1]))
	}
	return m
}

func TestPoly(t *testing.T) {
	r := newRigOf(t, inventory.EndpointTarget, codec(), Config{})
	r.agent.Misbehave(agent.Faults{Change: func(_, answer *gosnmp.SnmpPacket) {
		for _, v := range answer.Variables {
			if s, ok := v.Value.([]byte); ok && slices.Contains([]string{"call-id", "conf-id", "far site"}, string(s)) {
				t.Errorf("who met whom was told: %s", v.Name)
			}
		}
	}})
	r.poll()
	r.wantOutcome("rt", "success")
	if _, ok := r.totals["rt wanwatch_device_info{codec,Test device, version 1,RealPresence Group 500,8G1234,6.2.2}"]; !ok {
		t.Errorf("model, serial and software are not told: %v", r.totals)
	}
	part := func(id string) float64 { return sampleOf(r, metric.EquipmentPart, id) }
	for id, want := range map[string]float64{"system": 0, "microphone": 1, "camera": 0, "network": math.NaN(), "touch-control": math.NaN()} {
		if got := part(id); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("part %s: %g, want %g", id, got, want)
		}
	}
	figure := func(d *metric.Desc, direction string, want float64) {
		t.Helper()
		if got := sampleOf(r, d, direction); math.Abs(got-want) > 1e-9 && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s %s: %g, want %g", d.Name, direction, got, want)
		}
	}
	r.want("rt", metric.Registered, 1)
	r.want("rt", metric.EquipmentCalls, 2)
	figure(metric.EquipmentCallLoss, "receive", 0.07)
	figure(metric.EquipmentCallLoss, "transmit", 0.01)
	figure(metric.EquipmentCallJitter, "receive", 0.012)
	figure(metric.EquipmentCallLatency, "transmit", 0.07)

	// The calls end, the registration fails, the camera is well again.
	r.mib.Delete(polyMIB + "4.1.1")
	r.mib.Set(polyMIB+"2.7.2.0", snmptest.Integer(3))
	r.mib.Set(polyMIB+"3.6.1.0", snmptest.Integer(2))
	r.poll()
	r.want("rt", metric.Registered, 0)
	r.want("rt", metric.EquipmentCalls, 0)
	figure(metric.EquipmentCallLoss, "receive", math.NaN())
	if part("camera") != 1 {
		t.Error("the camera is not well again")
	}
}

// sampleOf returns the value of a gauge with a label, of the last poll.
func sampleOf(r *rig, d *metric.Desc, label string) float64 {
	for _, result := range slices.Backward(r.last) {
		for _, s := range result.Samples {
			if s.Metric == d && slices.Contains(s.Labels, label) {
				return s.Value
			}
		}
	}
	return math.NaN()
}

// A profile is a file: one of a device that the program has never heard of, which is
// then changed, and then wrong.
func TestProfileFromAFile(t *testing.T) {
	at := filepath.Join(t.TempDir(), "mine.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("title: x\nsource: y\nparts: {lamp: {column: 1.3.6.1.4.1.99999.1, works: [0], failed: [7]}}\n")
	m := snmptest.Device("projector", 0)
	m.Set(".1.3.6.1.4.1.99999.1.1", snmptest.Integer(0))
	m.Set(".1.3.6.1.4.1.99999.1.2", snmptest.Integer(7))
	m.Set(".1.3.6.1.4.1.99999.2.0", snmptest.Integer(0))
	r := newRigConfig(t, m, Config{Profile: at})
	r.poll()
	if got := sampleOf(r, metric.EquipmentPart, "lamp"); got != 0 {
		t.Errorf("lamp: %g", got)
	}
	r.want("rt", metric.Registered, math.NaN())

	write("title: x\nsource: y\nparts: {fan: {object: 1.3.6.1.4.1.99999.2.0, works: [0], failed: [7]}}\n")
	r.clock = r.clock.Add(2 * factsEvery)
	r.poll()
	if lamp, fan := sampleOf(r, metric.EquipmentPart, "lamp"), sampleOf(r, metric.EquipmentPart, "fan"); !math.IsNaN(lamp) || fan != 1 {
		t.Errorf("after the file changed: lamp %g, fan %g", lamp, fan)
	}

	write("title: [")
	r.clock = r.clock.Add(2 * factsEvery)
	r.poll()
	r.wantOutcome("rt", "success")
	if fan := sampleOf(r, metric.EquipmentPart, "fan"); fan != 1 {
		t.Errorf("with a broken file the one before does not stay: fan %g", fan)
	}
}

func TestProfileNames(t *testing.T) {
	if got := (&Config{Profile: "polly"}).Check(); len(got) != 1 || !strings.Contains(got[0], "write poly, or a file") {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"", "poly", "mine.yaml"} {
		if got := (&Config{Profile: name}).Check(); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}
