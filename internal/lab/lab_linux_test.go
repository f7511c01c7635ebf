package lab

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/testenv"
)

func start(t *testing.T, p *plan.Plan) *Lab {
	t.Helper()
	testenv.NeedRoot(t)
	l, err := Start(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// fping runs fping on the prober's side. It exits with 1 when packets are lost.
func fping(t *testing.T, l *Lab, args ...string) string {
	t.Helper()
	path := testenv.NeedProgram(t, "fping", "fping")
	cmd := exec.CommandContext(t.Context(), path, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := l.Prober(cmd.Start); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return out.String()
}

func TestPing(t *testing.T) {
	l := start(t, &plan.Plan{Paths: map[string]*plan.Path{
		"a": {Prefixes: prefixes("198.18.1.0/24", "2001:db8:1::/48"), Both: plan.Conditions{Delay: new(5 * time.Millisecond)}},
	}})
	t.Log(fping(t, l, "-c", "20", "-p", "20", "198.18.1.1", "2001:db8:1::1"))
	for _, x := range l.Log().Exchanges("a") {
		t.Log(x.Address, x.Seq, x.Request, x.Reply, x.Planned, x.Real)
	}
	t.Log(l.Stats())
}
