package app

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wanwatch/inventory"
	"wanwatch/probes"
)

// slowFirst is a kind whose probes end in the reverse of their order.
func slowFirst() probes.Kind {
	return probes.Kind{
		ProbeKind: inventory.ProbeKind{
			Name: "tcp", NewConfig: func() any { return &struct{}{} }, Interval: time.Minute, Timeout: time.Second, Confirm: 1,
		},
		NewProber: func(_ probes.Env, j probes.Job) (probes.Prober, error) { return turn{j}, nil },
	}
}

// turn is a probe that waits for those of the later targets.
type turn struct{ job probes.Job }

func (p turn) Probe(ctx context.Context, emit probes.Emit, _ *probes.Trace) {
	wait := time.Duration('z'-rune(p.job.Target.ID[0])) * time.Millisecond
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
	emit(&probes.Result{Job: p.job, Target: p.job.Target, Start: time.Now(), Duration: time.Millisecond})
}

func (turn) Close() error { return nil }

func TestCheckReportsInOrder(t *testing.T) {
	ids := []string{"a", "e", "m", "s", "z"}
	c, err := NewCheck(CheckOptions{Inventory: write(t, uplinks("127.0.0.1", ids...)), Kinds: []probes.Kind{slowFirst()}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := c.Run(t.Context(), func(r probes.Report) { got = append(got, r.Job.Target.ID) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestCheckSelects(t *testing.T) {
	path := write(t, `
sites: {here: {}}
agents: {inside: {site: here}, outside: {site: here}}
uplinks:
  both: {site: here, tcp: "127.0.0.1:1"}
  out: {site: here, agents: [outside], tcp: "127.0.0.1:1", probes: {web: {kind: tcp, address: "127.0.0.1:2"}}}
`)
	for _, c := range []struct {
		o    CheckOptions
		want int
		err  *UnknownError
	}{
		{CheckOptions{}, 3, nil},
		{CheckOptions{Agent: "inside"}, 1, nil},
		{CheckOptions{Agent: "outside"}, 3, nil},
		{CheckOptions{Targets: []string{"out"}}, 2, nil},
		{CheckOptions{Targets: []string{"out", "both"}}, 3, nil},
		{CheckOptions{Probe: "web"}, 1, nil},
		{CheckOptions{Agent: "inside", Targets: []string{"out"}}, 0, nil}, // known, but not its to probe
		{CheckOptions{Agent: "insid"}, 0, &UnknownError{"agent", "insid", "inside"}},
		{CheckOptions{Targets: []string{"bot"}}, 0, &UnknownError{"target", "bot", "both"}},
		{CheckOptions{Targets: []string{"quite-another"}}, 0, &UnknownError{"target", "quite-another", ""}},
		{CheckOptions{Probe: "wbe"}, 0, &UnknownError{"probe", "wbe", "web"}},
		{CheckOptions{Targets: []string{"both"}, Probe: "web"}, 0, &UnknownError{"probe", "web", ""}},
	} {
		c.o.Inventory = path
		check, err := NewCheck(c.o)
		var unknown *UnknownError
		switch {
		case c.err != nil && !errors.As(err, &unknown):
			t.Errorf("%+v: %v, want an UnknownError", c.o, err)
		case c.err != nil && *unknown != *c.err:
			t.Errorf("%+v: %+v, want %+v", c.o, *unknown, *c.err)
		case c.err == nil && err != nil:
			t.Errorf("%+v: %v", c.o, err)
		case c.err == nil && check.Len() != c.want:
			t.Errorf("%+v: %d probes, want %d", c.o, check.Len(), c.want)
		}
	}
}

// TestProbeOverHTTP runs the probes of one target of a running program.
func TestProbeOverHTTP(t *testing.T) {
	target := listener(t)
	a := start(t, Options{Inventory: write(t, uplinks(target, "living"))})
	code, body := get(t, a, "/probe?target=living")
	if code != http.StatusOK || !strings.Contains(body, target) || !strings.Contains(body, "ok") {
		t.Errorf("status %d: %s", code, body)
	}
	if code, body := get(t, a, "/probe?target=livng"); code != http.StatusNotFound || !strings.Contains(body, `"living"`) {
		t.Errorf("an unknown target: status %d: %s", code, body)
	}
}
