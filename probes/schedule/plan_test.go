package schedule

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
	"wanwatch/probes"
)

func TestPlanTakesTheAgentsShare(t *testing.T) {
	everyone := target("a", "tcp", time.Minute, time.Second)
	inside := target("b", "tcp", time.Minute, time.Second)
	inside.Agents = []string{"trung-tam"}
	both := target("c", "tcp", time.Minute, time.Second)
	both.Agents = []string{"ngoai", "trung-tam"}
	list := []*inventory.Target{both, inside, everyone}
	for agent, want := range map[string]string{"": "a b c", "trung-tam": "a b c", "ngoai": "a c"} {
		jobs, err := plan(list, agent)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, j := range jobs {
			got = append(got, j.Target.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("agent %q: got %v, want %s", agent, got, want)
		}
	}
}

func TestPlanRefusesAnUnknownAgent(t *testing.T) {
	inv := &inventory.Inventory{Agents: map[string]*inventory.Agent{"ngoai": {}, "trung-tam": {}}}
	_, err := Plan(inv, "trungtam")
	if want := `the inventory has no agent "trungtam"; it has ngoai, trung-tam`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Plan(new(inventory.Inventory), "x"); err == nil || !strings.Contains(err.Error(), "no agents") {
		t.Errorf("without agents: got %v", err)
	}
}

func TestPlanRefusesTwins(t *testing.T) {
	one := target("a", "tcp", time.Minute, time.Second)
	one.Probes = append(one.Probes, one.Probes[0])
	if _, err := plan([]*inventory.Target{one}, ""); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v", err)
	}
}

func TestPlanSortsByKey(t *testing.T) {
	var list []*inventory.Target
	for i := range 50 {
		list = append(list, target(fmt.Sprintf("t%d", (i*37)%50), "tcp", time.Minute, time.Second))
	}
	list[3].Kind = inventory.LinkTarget
	jobs := jobsOf(t, list...)
	if !slices.IsSortedFunc(jobs, compareJobs) {
		t.Error("not sorted")
	}
}

// A phase must not move when other targets come or go.
func TestPhaseDependsOnTheJobAlone(t *testing.T) {
	few := jobsOf(t, targets(10, "tcp", time.Minute, time.Second)...)
	many := jobsOf(t, targets(1000, "tcp", time.Minute, time.Second)...)
	phases := map[probes.Key]time.Duration{}
	for _, j := range many {
		phases[j.Key()] = j.Phase
	}
	for _, j := range few {
		if phases[j.Key()] != j.Phase {
			t.Errorf("%s moved from %s to %s", j.Target.ID, j.Phase, phases[j.Key()])
		}
	}
}

// The phases of 10,000 targets with ids like those of real inventories fill
// 100 equal parts of the interval as chance would: the statistic of Pearson's
// test has a mean of 99 and a standard deviation of 14 then.
func TestPhasesAreSpreadEvenly(t *testing.T) {
	const interval = 15 * time.Second
	var bins [100]float64
	jobs := jobsOf(t, targets(10000, "tcp", interval, time.Second)...)
	for _, j := range jobs {
		if j.Phase < 0 || j.Phase >= interval {
			t.Fatalf("phase %s is outside of the interval", j.Phase)
		}
		bins[int(j.Phase*100/interval)]++
	}
	var chi float64
	for _, n := range bins {
		chi += (n - 100) * (n - 100) / 100
	}
	if math.Abs(chi-99) > 5*14 {
		t.Errorf("chi-square is %.0f, want about 99", chi)
	}
}

func TestTwoAgentsAskAtDifferentMoments(t *testing.T) {
	list := targets(1, "tcp", time.Minute, time.Second)
	a, errA := plan(list, "a")
	b, errB := plan(list, "b")
	if errA != nil || errB != nil || a[0].Phase == b[0].Phase {
		t.Errorf("phases %s and %s, errors %v, %v", a[0].Phase, b[0].Phase, errA, errB)
	}
}

func TestNextStart(t *testing.T) {
	const interval = 15 * time.Second
	for _, c := range []struct{ now, phase, want time.Duration }{
		{0, 0, 0},
		{0, 4 * time.Second, 4 * time.Second},
		{4 * time.Second, 4 * time.Second, 4 * time.Second},
		{4*time.Second + 1, 4 * time.Second, 19 * time.Second},
		{31 * time.Second, 2 * time.Second, 32 * time.Second},
		{-1 * time.Second, 2 * time.Second, 2 * time.Second},
	} {
		got := nextStart(time.Unix(0, 0).Add(c.now), c.phase, interval)
		if want := time.Unix(0, 0).Add(c.want); !got.Equal(want) {
			t.Errorf("at %s, phase %s: got %s, want %s", c.now, c.phase, got, want)
		}
	}
	// The monotonic reading, which String shows as m=, is kept.
	if got := nextStart(time.Now(), time.Second, interval).String(); !strings.Contains(got, " m=") {
		t.Errorf("%s has lost its monotonic reading", got)
	}
}

func TestFingerprint(t *testing.T) {
	build := func(change func(*inventory.Target, *fakeConfig)) string {
		link := &inventory.Target{ID: "hai-chau-vnpt", Kind: inventory.LinkTarget, Site: "hai-chau"}
		tg := target("rt", "snmp", time.Minute, time.Second)
		tg.Name = "Router"
		tg.Credential = &inventory.SNMPCredential{Version: "2c", Community: inventory.Secret{File: "/run/secrets/a"}}
		tg.Interfaces = []inventory.Interface{{Selector: "Gi0/0", Owner: link}, {Selector: "Gi0/1", Owner: tg}}
		config := &fakeConfig{Port: 161, Tags: map[string]string{"a": "1", "b": "2"}}
		tg.Probes[0].Config = config
		if change != nil {
			change(tg, config)
		}
		return jobsOf(t, tg)[0].Fingerprint
	}
	base := build(nil)
	same := map[string]func(*inventory.Target, *fakeConfig){
		"nothing":         nil,
		"name":            func(tg *inventory.Target, _ *fakeConfig) { tg.Name = "Other" },
		"place in a file": func(tg *inventory.Target, _ *fakeConfig) { tg.Pos.Line, tg.Probes[0].Pos.Line = 7, 8 },
		"confirm":         func(tg *inventory.Target, _ *fakeConfig) { tg.Probes[0].Confirm = 9 },
	}
	for name, change := range same {
		for range 5 { // maps are walked in random order
			if build(change) != base {
				t.Errorf("%s: changed", name)
			}
		}
	}
	differ := map[string]func(*inventory.Target, *fakeConfig){
		"settings":          func(_ *inventory.Target, c *fakeConfig) { c.Port = 162 },
		"map in settings":   func(_ *inventory.Target, c *fakeConfig) { c.Tags["b"] = "3" },
		"secret reference":  func(_ *inventory.Target, c *fakeConfig) { c.Secret.Env = "X" },
		"interval":          func(tg *inventory.Target, _ *fakeConfig) { tg.Probes[0].Interval *= 2 },
		"time-out":          func(tg *inventory.Target, _ *fakeConfig) { tg.Probes[0].Timeout *= 2 },
		"community file":    func(tg *inventory.Target, _ *fakeConfig) { tg.Credential.Community.File = "/run/secrets/b" },
		"no credential":     func(tg *inventory.Target, _ *fakeConfig) { tg.Credential = nil },
		"interface":         func(tg *inventory.Target, _ *fakeConfig) { tg.Interfaces[0].Selector = "Gi0/9" },
		"interface's owner": func(tg *inventory.Target, _ *fakeConfig) { tg.Interfaces[0].Owner = tg },
		"fewer interfaces":  func(tg *inventory.Target, _ *fakeConfig) { tg.Interfaces = tg.Interfaces[:1] },
		"expect":            func(tg *inventory.Target, _ *fakeConfig) { tg.Expect = "unreachable" },
		"address":           func(tg *inventory.Target, _ *fakeConfig) { tg.Probes[0].Address = "192.0.2.2" },
	}
	seen := map[string]string{base: "nothing"}
	for name, change := range differ {
		got := build(change)
		if other, ok := seen[got]; ok {
			t.Errorf("%s: same fingerprint as %s", name, other)
		}
		seen[got] = name
	}
}

func TestConcurrency(t *testing.T) {
	snmp := jobsOf(t, targets(6000, "snmp", 30*time.Second, 10*time.Second)...)
	tcp := jobsOf(t, targets(50000, "tcp", 15*time.Second, 5*time.Second)...)
	for name, c := range map[string]struct {
		fixed int
		jobs  []probes.Job
		want  int
	}{
		"none":        {0, nil, fewEnough},
		"some":        {0, snmp[:1000], fewEnough},
		"6,000":       {0, snmp, 2500},
		"very many":   {0, tcp, mostConcurrent},
		"set by hand": {7, snmp, 7},
	} {
		if got := concurrency(c.fixed, c.jobs); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func BenchmarkPlan20000(b *testing.B) {
	list := targets(20000, "tcp", 15*time.Second, 5*time.Second)
	for b.Loop() {
		if _, err := plan(list, ""); err != nil {
			b.Fatal(err)
		}
	}
}
