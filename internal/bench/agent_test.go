package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"wanwatch/internal/testenv"
)

func TestDevicesAnswerWalksAndGets(t *testing.T) {
	testenv.NeedRoot(t) // for port 161
	devices, err := startAgents(2, deviceObjects(30))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := devices.close(); err != nil {
			t.Error(err)
		}
	}()
	client := &gosnmp.GoSNMP{
		Target: devices.addresses[1], Port: 161, Version: gosnmp.Version2c, Community: community,
		Timeout: 5 * time.Second, MaxRepetitions: 25,
	}
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	defer client.Conn.Close()

	rows, err := client.BulkWalkAll("1.3.6.1.2.1.31.1.1.1")
	if err != nil {
		t.Fatal(err)
	}
	if want := 30 * 19; len(rows) != want {
		t.Errorf("a walk of ifXTable returns %d variables, want %d", len(rows), want)
	}
	packet, err := client.Get([]string{".1.3.6.1.2.1.31.1.1.1.1.7", ".1.3.6.1.2.1.31.1.1.1.6.7", ".1.3.6.1.2.1.31.1.1.1.6.31"})
	if err != nil {
		t.Fatal(err)
	}
	got := packet.Variables
	if string(got[0].Value.([]byte)) != "Gi0/7" || got[1].Value.(uint64) != 1_000_000_007_000 || got[2].Type != gosnmp.NoSuchInstance {
		t.Errorf("a get returns %v", got)
	}
	if n := devices.requests(); n < 30*19/25+1 {
		t.Errorf("%d requests counted, want those of the walk", n)
	}
}

func TestSNMPExporterPollsTheAgent(t *testing.T) {
	testenv.NeedRoot(t) // for port 161
	testenv.NeedProgram(t, "prometheus-snmp-exporter", "prometheus-snmp-exporter")
	b := &bench{dir: t.TempDir(), sizes: quickSizes()}
	result, err := b.pollExporter(t.Context(), deviceObjects(10))
	if err != nil {
		t.Fatal(err)
	}
	// 37 columns of 10 rows, and a few of its own.
	if result.series < 350 || result.packets < 400/25 {
		t.Errorf("snmp_exporter made %d series with %v packets a poll", result.series, result.packets)
	}
}

func TestExporterModule(t *testing.T) {
	module := exporterModule()
	for _, c := range columns() {
		want := 1
		if slices.Contains(rowNames(), c.name) {
			want = 0
		}
		if n := strings.Count(module, "name: "+c.name+"\n"); n != want {
			t.Errorf("%s stands %d times in the module, want %d", c.name, n, want)
		}
	}
}
