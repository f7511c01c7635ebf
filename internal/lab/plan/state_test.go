package plan

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"wanwatch/inventory"
)

func network(events ...*Event) *Plan {
	return &Plan{
		Paths: map[string]*Path{
			"hai-chau": {
				Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.1.0/24")},
				Groups:   []string{"vnpt"},
				Both:     Conditions{Delay: new(5 * ms), Loss: new(inventory.Ratio(0.01))},
				Back:     Conditions{Delay: new(7 * ms)},
			},
			"son-tra": {Prefixes: []netip.Prefix{netip.MustParsePrefix("198.18.2.0/24")}, Groups: []string{"viettel"}},
		},
		Events: events,
	}
}

func TestDirectionWinsOverBoth(t *testing.T) {
	p := network()
	out, until := p.Timeline("hai-chau", Out).At(0)
	back, _ := p.Timeline("hai-chau", Back).At(time.Hour)
	if out.Delay != 5*ms || back.Delay != 7*ms || out.Loss != 0.01 || back.Loss != 0.01 {
		t.Errorf("out %v %v, back %v %v", out.Delay, out.Loss, back.Delay, back.Loss)
	}
	if until != Forever {
		t.Errorf("a path without events changes at %v", until)
	}
}

func TestEventsOverTime(t *testing.T) {
	cut := Conditions{Cut: new(true)}
	tests := []struct {
		name  string
		event Event
		at    time.Duration
		cut   bool
		until time.Duration
	}{
		{"before", Event{At: time.Second, For: time.Second, Both: cut}, 999 * ms, false, time.Second},
		{"at its start", Event{At: time.Second, For: time.Second, Both: cut}, time.Second, true, 2 * time.Second},
		{"just before its end", Event{At: time.Second, For: time.Second, Both: cut}, 1999 * ms, true, 2 * time.Second},
		{"at its end", Event{At: time.Second, For: time.Second, Both: cut}, 2 * time.Second, false, Forever},
		{"for ever", Event{At: time.Second, Both: cut}, time.Hour, true, Forever},
		{"repeated, first", Event{At: time.Second, For: 2 * time.Second, Every: 10 * time.Second, Both: cut}, 2 * time.Second, true, 3 * time.Second},
		{"repeated, between", Event{At: time.Second, For: 2 * time.Second, Every: 10 * time.Second, Both: cut}, 5 * time.Second, false, 11 * time.Second},
		{"repeated, third", Event{At: time.Second, For: 2 * time.Second, Every: 10 * time.Second, Both: cut}, 22 * time.Second, true, 23 * time.Second},
		{"other direction", Event{At: 0, For: time.Second, Back: cut}, 0, false, time.Second},
		{"by group", Event{Groups: []string{"vnpt"}, Both: cut}, 0, true, Forever},
		{"other group", Event{Groups: []string{"viettel"}, Both: cut}, 0, false, Forever},
		{"by path", Event{Paths: []string{"hai-chau"}, Both: cut}, 0, true, Forever},
		{"other path", Event{Paths: []string{"son-tra"}, Both: cut}, 0, false, Forever},
	}
	for _, tt := range tests {
		state, until := network(&tt.event).Timeline("hai-chau", Out).At(tt.at)
		if state.Cut != tt.cut || until != tt.until {
			t.Errorf("%s: cut %v until %v, want %v until %v", tt.name, state.Cut, until, tt.cut, tt.until)
		}
	}
}

func TestLaterEventWins(t *testing.T) {
	p := network(
		&Event{At: 0, Both: Conditions{Delay: new(20 * ms)}},
		&Event{At: time.Second, For: time.Second, Both: Conditions{Delay: new(30 * ms)}},
	)
	line := p.Timeline("hai-chau", Out)
	for at, want := range map[time.Duration]time.Duration{0: 20 * ms, 1500 * ms: 30 * ms, 2 * time.Second: 20 * ms} {
		if s, _ := line.At(at); s.Delay != want {
			t.Errorf("at %v: %v, want %v", at, s.Delay, want)
		}
	}
}

func TestGradualChange(t *testing.T) {
	p := network(&Event{At: time.Second, For: 3 * time.Second, Over: 2 * time.Second, Both: Conditions{Delay: new(105 * ms)}})
	line := p.Timeline("hai-chau", Out)
	tests := []struct{ at, delay, until time.Duration }{
		{999 * ms, 5 * ms, time.Second},
		{1500*ms - 1, 30 * ms, 1500 * ms},
		{2*time.Second - 1, 55 * ms, 2 * time.Second},
		{3 * time.Second, 105 * ms, 4 * time.Second},
		{4 * time.Second, 5 * ms, Forever},
	}
	for _, tt := range tests {
		if s, until := line.At(tt.at); s.Delay != tt.delay || until != tt.until {
			t.Errorf("at %v: %v until %v, want %v until %v", tt.at, s.Delay, until, tt.delay, tt.until)
		}
	}
}

// Whoever keeps the state until the time that At gave misses no change.
func TestUntilIsNeverTooLate(t *testing.T) {
	line := network(
		&Event{At: 300 * ms, For: 700 * ms, Every: 1100 * ms, Over: 400 * ms, Both: Conditions{Delay: new(105 * ms)}},
		&Event{At: 50 * ms, For: 20 * ms, Every: 130 * ms, Both: Conditions{Cut: new(true)}},
	).Timeline("hai-chau", Out)
	kept, until := line.At(0)
	for at := time.Duration(0); at < 5*time.Second; at += ms / 4 {
		if at >= until {
			kept, until = line.At(at)
		}
		if fresh, _ := line.At(at); fresh.Delay != kept.Delay || fresh.Cut != kept.Cut {
			t.Fatalf("at %v: kept %v %v, now %v %v", at, kept.Delay, kept.Cut, fresh.Delay, fresh.Cut)
		}
	}
}

func TestQueueBytesMax(t *testing.T) {
	tests := []struct {
		limit Limit
		want  int
	}{
		{Limit{Rate: 8_000_000}, 100_000},
		{Limit{Rate: 8_000_000, QueueTime: 20 * ms}, 20_000},
		{Limit{Rate: 8_000_000, QueueBytes: 3000}, 3000},
		{Limit{Rate: 8_000_000, QueueBytes: 3000, QueueTime: time.Second}, 3000},
		{Limit{Rate: 8_000_000, QueueBytes: 30000, QueueTime: ms}, 1000},
	}
	for _, tt := range tests {
		if got := tt.limit.QueueBytesMax(); got != tt.want {
			t.Errorf("%+v: %d, want %d", tt.limit, got, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := network(&Event{Groups: []string{"vnpt"}}).Check(); err != nil {
		t.Fatalf("a good plan: %v", err)
	}
	bad := network(
		&Event{Paths: []string{"nowhere"}, Groups: []string{"nobody"}},
		&Event{Every: time.Second, For: 2 * time.Second, At: -1},
	)
	bad.Paths["outside"] = &Path{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("198.18.1.0/24")}}
	bad.Paths["odd"] = &Path{
		Prefixes: []netip.Prefix{netip.MustParsePrefix("198.19.255.1/24"), {}},
		Both: Conditions{
			Loss:   new(inventory.Ratio(1.5)),
			Jitter: &Jitter{Distribution: "gauss", Scale: -ms},
			Refuse: &Refuse{Code: "go away"},
			MTU:    &MTU{Bytes: 20},
		},
	}
	bad.Paths["empty"] = &Path{}
	err := bad.Check()
	if err == nil {
		t.Fatal("a bad plan was taken")
	}
	want := []string{
		`paths.empty: no prefixes`,
		`paths.odd.prefixes[0]: 198.19.255.1/24 has bits beyond its length: write 198.19.255.0/24`,
		`paths.odd.prefixes[0]: 198.19.255.1/24 holds the prober's own address`,
		`paths.odd.prefixes[1]: an invalid prefix`,
		`paths.odd.both.jitter.distribution: "gauss"`,
		`paths.odd.both.jitter.scale: -1ms is not between`,
		`paths.odd.both.loss: 1.5 is no share`,
		`paths.odd.both.refuse.code: "go away"`,
		`paths.odd.both.mtu.bytes: 20`,
		`paths.outside.prefixes[0]: 10.0.0.0/8 is in none`,
		`paths.outside.prefixes[1]: 198.18.1.0/24 belongs to path hai-chau already`,
		`events[0].paths[0]: there is no path "nowhere"`,
		`events[0].groups[0]: no path is in a group "nobody"`,
		`events[1].at: -1ns`,
		`events[1].for: an event that repeats`,
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d problems, want %d:\n%v", len(lines), len(want), err)
	}
	for i, w := range want {
		if !strings.HasPrefix(lines[i], w) {
			t.Errorf("problem %d is %q, want %q", i, lines[i], w)
		}
	}
}
