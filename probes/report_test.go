package probes

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes/metric"
)

var update = flag.Bool("update", false, "write the golden files anew")

// reports returns one report of each sort.
func reports() map[string]Report {
	start := time.Date(2026, 12, 1, 8, 0, 0, 250e6, time.UTC)
	room := &inventory.Target{ID: "phong-hop-hai-chau", Kind: inventory.EndpointTarget, Site: "hai-chau"}
	link := &inventory.Target{ID: "hai-chau-vnpt", Kind: inventory.LinkTarget, Site: "hai-chau"}
	lan := &inventory.Target{ID: "lan-co-lap", Kind: inventory.EndpointTarget, Site: "hai-chau", Expect: "unreachable"}
	device := &inventory.Target{ID: "rt-hai-chau", Kind: inventory.DeviceTarget, Site: "hai-chau"}
	tcp := func(t *inventory.Target) Job {
		return Job{Target: t, Probe: &inventory.Probe{Name: "web", Kind: "tcp", Address: "10.20.1.50:443"}}
	}
	snmp := Job{Target: device, Probe: &inventory.Probe{Name: "snmp", Kind: "snmp", Address: "10.20.1.1"}}
	steps := []Step{{120 * time.Microsecond, "connect to 10.20.1.50:443: SYN"}, {1320 * time.Microsecond, "connect to 10.20.1.50:443: refused the connection (RST)\nafter one packet"}}
	return map[string]Report{
		"ok": {Job: tcp(room), Took: 205 * time.Millisecond, Steps: steps, Results: []Result{{
			Target: room, Start: start, Duration: 4321 * time.Microsecond, Detail: "10.20.1.50:443 accepted the connection",
			Samples: []Sample{{Metric: metric.TCPConnect, Value: 0.004}, {Metric: metric.TLSHandshake, Value: math.NaN()}},
		}}},
		"failed": {Job: tcp(room), Took: 1330 * time.Microsecond, Steps: steps, Results: []Result{{
			Target: room, Start: start, Duration: 1320 * time.Microsecond, Outcome: Failure, Reason: ReasonRefused, Detail: "10.20.1.50:443 refused the connection (RST)",
		}}},
		"unknown": {Job: tcp(room), Took: time.Millisecond, Results: []Result{{
			Target: room, Start: start, Outcome: Unknown, Reason: ReasonNoRoute, Detail: "this host cannot reach 10.20.1.50:443: network is unreachable",
		}}},
		"forbidden": {Job: tcp(room), Took: time.Millisecond, Steps: []Step{{0, "not started: allow it with\n\n    sysctl -w a=b"}}, Results: []Result{{
			Target: room, Start: start, Outcome: Unknown, Reason: ReasonNotPermitted, Detail: "allow it with\n\n    sysctl -w a=b",
		}}},
		"none": {Job: tcp(room), Took: time.Millisecond, Results: []Result{{Target: room, Outcome: Note}}},
		"others": {Job: snmp, Took: 12 * time.Millisecond, Steps: []Step{{0, "GET sysUpTime.0 and 12 more"}}, Results: []Result{
			{Target: device, Start: start, Duration: 12 * time.Millisecond},
			{Target: link, Start: start, Outcome: Failure, Reason: ReasonInterfaceDown, Detail: "GigabitEthernet0/0 is down",
				Samples: []Sample{{Metric: metric.InterfaceUp, Labels: []string{"rt-hai-chau", "GigabitEthernet0/0"}, Value: 0}}},
		}},
		"reached": {Job: tcp(lan), Took: 3 * time.Millisecond, Results: []Result{{Target: lan, Start: start, Duration: 3 * time.Millisecond, Detail: "10.20.1.50:443 accepted the connection"}}},
		"isolated": {Job: tcp(lan), Took: 5 * time.Second, Results: []Result{{
			Target: lan, Start: start, Duration: 5 * time.Second, Outcome: Failure, Reason: ReasonTimeout, Detail: "10.20.1.50:443 did not answer within 5s",
		}}},
	}
}

func TestReports(t *testing.T) {
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) {
			if r.Results[0].Outcome != Note {
				r.Results[0].Job = r.Job
			}
			var text, indented bytes.Buffer
			if err := r.WriteText(&text); err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Indent(&indented, data, "", "  "); err != nil {
				t.Fatal(err)
			}
			indented.WriteByte('\n')
			golden(t, name+".txt", text.Bytes())
			golden(t, name+".json", indented.Bytes())
			want := name == "ok" || name == "isolated"
			if r.OK() != want || strings.HasPrefix(text.String(), "● ok") != (want || name == "others") {
				t.Errorf("OK is %t:\n%s", r.OK(), text.String())
			}
		})
	}
}

// The lines of different reports stand in the same columns.
func TestReportsAreAligned(t *testing.T) {
	column := -1
	for name, r := range reports() {
		var b strings.Builder
		if err := r.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		first := []rune(strings.SplitN(b.String(), "\n", 2)[0])
		at := strings.Index(string(first), "10.20.1.")
		at = len([]rune(string(first)[:at]))
		if column < 0 {
			column = at
		}
		if at != column {
			t.Errorf("%s: the address begins at column %d, elsewhere at %d", name, at, column)
		}
	}
}

// golden compares with a file of testdata/report.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "report", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s(go test ./probes -update writes it anew)", name, got, want)
	}
}

func TestVerdict(t *testing.T) {
	isolated := &inventory.Target{Expect: "unreachable"}
	for _, c := range []struct {
		target  *inventory.Target
		outcome Outcome
		reason  Reason
		want    Outcome
	}{
		{&inventory.Target{}, Success, "", Success},
		{&inventory.Target{}, Failure, ReasonTimeout, Failure},
		{isolated, Success, "", Failure},
		{isolated, Failure, ReasonTimeout, Success},
		{isolated, Failure, ReasonUnreachable, Success},
		{isolated, Failure, ReasonTLS, Failure},
		{isolated, Failure, ReasonResolve, Unknown},
		{isolated, Unknown, ReasonNoRoute, Unknown},
		{isolated, Note, "", Note},
	} {
		r := Result{Target: c.target, Outcome: c.outcome, Reason: c.reason}
		if got := r.Verdict(); got != c.want {
			t.Errorf("expect %q, %s %s: verdict %s, want %s", c.target.Expect, c.outcome, c.reason, got, c.want)
		}
	}
}

func TestTrace(t *testing.T) {
	var none *Trace
	none.Logf("nobody listens")
	if none.Steps() != nil {
		t.Error("a nil trace has steps")
	}
	trace := NewTrace()
	trace.Logf("sent %d", 1)
	if s := trace.Steps(); len(s) != 1 || s[0].Text != "sent 1" || s[0].At < 0 {
		t.Errorf("steps %v", s)
	}
}
