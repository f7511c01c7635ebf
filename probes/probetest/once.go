package probetest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"wanwatch/inventory"
	"wanwatch/probes"
	"wanwatch/probes/schedule"
)

// Outcome is what one probe found, as tests look at it.
type Outcome struct {
	probes.Result
	// Values are those of the samples, added up, by the metric's name and labels.
	Values map[string]float64
	// Said is all that a person is told.
	Said string
}

// Once runs the only probe of an inventory, whose text is handed in.
func Once(t testing.TB, all []probes.Kind, known []inventory.ProbeKind, text string) Outcome {
	t.Helper()
	inv, err := inventory.Parse([]inventory.File{{Name: "once.yaml", Data: []byte(text)}}, known)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := schedule.Plan(inv, "")
	if err != nil {
		t.Fatal(err)
	}
	var report probes.Report
	if err := schedule.Once(t.Context(), probes.Env{}.WithDefaults(), all, jobs, 1, func(r probes.Report) { report = r }); err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != 1 {
		t.Fatalf("%d results, want 1", len(report.Results))
	}
	o := Outcome{Result: report.Results[0], Values: map[string]float64{}}
	for _, s := range o.Samples {
		o.Values[s.Metric.Name+strings.Join(s.Labels, "")] += s.Value
	}
	var said strings.Builder
	if err := report.WriteSteps(&said); err != nil {
		t.Fatal(err)
	}
	o.Said = said.String()
	return o
}

// Raw starts a TCP server that reads a little of each connection, says a text and
// closes; ask tells whether it waits for the client to speak first.
func Raw(t testing.TB, ask bool, text string) (address string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if ask {
				_, _ = c.Read(make([]byte, 4096))
			}
			_, _ = io.WriteString(c, text)
			_ = c.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		group.Wait()
	})
	return l.Addr().String()
}
