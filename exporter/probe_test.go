package exporter

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// answered is what came of the ping of a target that is well.
func answered(id string) []probes.Report {
	j := probes.Job{Target: &inventory.Target{ID: id, Kind: inventory.EndpointTarget}, Probe: &inventory.Probe{Name: "ping", Address: "10.20.1.50"}}
	return []probes.Report{{
		Job:     j,
		Results: []probes.Result{{Job: j, Target: j.Target, Outcome: probes.Success, Duration: time.Millisecond}},
		Steps:   []probes.Step{{At: time.Microsecond, Text: "echo request to 10.20.1.50"}},
	}}
}

func TestProbeExplainsWhatIsWell(t *testing.T) {
	w := call(t, newTestWeb(t, WebOptions{}), "GET", "/probe?target=phong-hop")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "echo request to 10.20.1.50") {
		t.Errorf("status %d, without its steps:\n%s", w.Code, w.Body)
	}
}

// TestProbeOfNothing: a target that is another agent's is no empty answer.
func TestProbeOfNothing(t *testing.T) {
	h := newTestWeb(t, WebOptions{Check: func(context.Context, string) ([]probes.Report, error) { return nil, nil }})
	for _, format := range []string{"text", "json"} {
		w := call(t, h, "GET", "/probe?target=phong-hop&format="+format)
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `nothing to check: the target "phong-hop" has no probe that`) {
			t.Errorf("%s: status %d: %s", format, w.Code, w.Body)
		}
	}
}

func TestProbeSlipsCostNoTurn(t *testing.T) {
	e := newBench(t, small).e
	synctest.Test(t, func(t *testing.T) {
		h := newTestWeb(t, WebOptions{Exporter: e})
		for range 2 * probeBurst {
			if w := call(t, h, "GET", "/probe?target=phong-hpo"); w.Code != http.StatusNotFound {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
		}
		if w := call(t, h, "GET", "/probe?target=phong-hop"); w.Code != http.StatusOK {
			t.Errorf("after slips: status %d: %s", w.Code, w.Body)
		}
	})
}
