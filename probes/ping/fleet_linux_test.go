package ping

import (
	"maps"
	"testing"

	"wanwatch/internal/testnet"
	"wanwatch/probes"
)

// What the loop is told of the interfaces is never older than its targets.
func TestLoopIsToldOfInterfacesOnce(t *testing.T) {
	a, _ := testnet.Pair(t)
	f := openIn(t, a, probes.Env{}, raw)
	defer f.Close()
	told := func(what string, want map[string]int) {
		t.Helper()
		b := &f.loop.inbox
		if !maps.Equal(b.links, want) {
			t.Errorf("%s: the loop is told of %v, want %v", what, b.links, want)
		}
		b.links = nil
	}
	through := func(name string) probes.Job {
		return with(testJob(name, "198.18.0.2", second, second), func(c *Config) { c.Interface = name })
	}
	f.Set([]probes.Job{through("eth0")})
	told("the first target", map[string]int{"eth0": a.Index("eth0")})
	f.relink()
	told("nothing has changed", nil)
	f.Set([]probes.Job{through("eth0"), through("lo"), through("ppp0")})
	told("another target", map[string]int{"eth0": a.Index("eth0"), "lo": a.Index("lo")})
	f.relink()
	told("nothing has changed", nil)
	f.known = map[string]int{"eth0": a.Index("eth0") + 1} // as if it were another now
	f.relink()
	told("an interface was made anew", map[string]int{"eth0": a.Index("eth0"), "lo": a.Index("lo")})
}
