package snmp

import (
	"math"
	"strconv"
	"testing"

	"wanwatch/internal/lab/snmptest"
	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

// checkLoad holds what a device tells of its load against what its recording says.
func checkLoad(t *testing.T, r *rig, recorded map[string]map[uint64]string) {
	t.Helper()
	at := func(column string, index uint64) float64 {
		n, err := strconv.ParseFloat(recorded[column][index], 64)
		if err != nil {
			return math.NaN()
		}
		return n
	}
	cpu := math.NaN()
	for _, column := range []string{"1.3.6.1.4.1.9.9.109.1.1.1.1.8", "1.3.6.1.2.1.25.3.3.1.2"} {
		for i := range recorded[column] {
			if n := at(column, i) / 100; math.IsNaN(cpu) || n > cpu {
				cpu = n
			}
		}
		if !math.IsNaN(cpu) {
			break
		}
	}
	memory := math.NaN()
	for i, kind := range recorded["1.3.6.1.2.1.25.2.3.1.2"] {
		if kind == "1.3.6.1.2.1.25.2.1.2" && math.IsNaN(memory) {
			memory = at("1.3.6.1.2.1.25.2.3.1.6", i) / at("1.3.6.1.2.1.25.2.3.1.5", i)
		}
	}
	if used := at("1.3.6.1.4.1.9.9.48.1.1.1.5", 1); !math.IsNaN(used) {
		memory = used / (used + at("1.3.6.1.4.1.9.9.48.1.1.1.6", 1))
	}
	const ucd = "1.3.6.1.4.1.2021.4."
	if total := at(ucd+"5", 0); !math.IsNaN(total) {
		memory = (total - at(ucd+"6", 0) - at(ucd+"14", 0) - at(ucd+"15", 0)) / total
	}
	if math.IsInf(memory, 0) {
		memory = math.NaN()
	}
	for d, want := range map[*metric.Desc]float64{metric.DeviceCPU: cpu, metric.DeviceMemory: memory} {
		got := r.total("rt", d)
		if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", d.Name, got, want)
		}
		if !math.IsNaN(want) {
			t.Logf("%s: %.3f", d.Name, got)
		}
	}
}

// A device tells how busy it is, each five minutes; a share that cannot be is none.
func TestLoad(t *testing.T) {
	m := snmptest.NewMIB()
	m.SetSystem("rt", 3, 5000)
	m.Set(".1.3.6.1.2.1.25.3.3.1.2.196608", snmptest.Integer(12))
	m.Set(".1.3.6.1.2.1.25.3.3.1.2.196609", snmptest.Integer(71))
	m.Set(".1.3.6.1.2.1.25.2.3.1.2.1", snmptest.OID(".1.3.6.1.2.1.25.2.1.4"))
	m.Set(".1.3.6.1.2.1.25.2.3.1.2.65536", snmptest.OID(".1.3.6.1.2.1.25.2.1.2"))
	m.Set(".1.3.6.1.2.1.25.2.3.1.5.65536", snmptest.Integer(1000))
	m.Set(".1.3.6.1.2.1.25.2.3.1.6.65536", snmptest.Integer(250))
	r := newRigOf(t, inventory.DeviceTarget, m, Config{})
	r.poll()
	r.want("rt", metric.DeviceCPU, 0.71)
	r.want("rt", metric.DeviceMemory, 0.25)

	m.Set(".1.3.6.1.4.1.9.9.109.1.1.1.1.8.1", snmptest.Integer(5))
	m.Set(".1.3.6.1.4.1.9.9.48.1.1.1.5.1", snmptest.Integer(30))
	m.Set(".1.3.6.1.4.1.9.9.48.1.1.1.6.1", snmptest.Integer(70))
	r.poll()
	r.want("rt", metric.DeviceCPU, 0.71)
	r.clock = r.clock.Add(loadEvery)
	r.poll()
	r.want("rt", metric.DeviceCPU, 0.71) // by the column that told before

	m.Delete(".1.3.6.1.2.1.25.3.3.1.2")
	for range 2 { // once it is found to be gone, the others are tried
		r.clock = r.clock.Add(loadEvery)
		r.poll()
	}
	r.want("rt", metric.DeviceCPU, 0.05)
	r.want("rt", metric.DeviceMemory, 0.3)

	for object, n := range map[string]int{"5": 1000, "6": 100, "14": 50, "15": 250} {
		m.Set(".1.3.6.1.4.1.2021.4."+object+".0", snmptest.Integer(n))
	}
	r.clock = r.clock.Add(loadEvery)
	r.poll()
	r.want("rt", metric.DeviceMemory, 0.6)

	m.Set(".1.3.6.1.4.1.9.9.109.1.1.1.1.8.1", snmptest.Integer(255))
	r.clock = r.clock.Add(loadEvery)
	r.poll()
	r.want("rt", metric.DeviceCPU, math.NaN())
	r.want("rt", metric.DeviceMemory, 0.6)
}
