package trace

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// way makes a path from its line: 198.18.0.1 198.18.0.5|198.18.0.9 *.
func way(text string) *path {
	p := &path{reached: true}
	for word := range strings.FieldsSeq(text) {
		var h hop
		for a := range strings.SplitSeq(word, "|") {
			if a != "*" {
				h.routers = append(h.routers, netip.MustParseAddr(a))
			}
		}
		p.hops = append(p.hops, h)
	}
	return p
}

// What counts as another way.
func TestSameWay(t *testing.T) {
	for _, c := range []struct {
		before, now string
		same        bool
	}{
		{"198.18.0.1 198.18.0.2", "198.18.0.1 198.18.0.2", true},
		{"198.18.0.1 198.18.0.2", "198.18.0.3 198.18.0.2", false},
		{"198.18.0.1 198.18.0.2", "198.18.0.1 198.18.0.3 198.18.0.2", false},
		{"198.18.0.1 198.18.0.2", "* 198.18.0.2", true},
		{"* 198.18.0.2", "198.18.0.1 198.18.0.2", true},
		{"198.18.0.1|198.18.0.3 198.18.0.2", "198.18.0.3 198.18.0.2", true},
		{"198.18.0.1|198.18.0.3 198.18.0.2", "198.18.0.4 198.18.0.2", false},
		{"198.18.0.1", "198.18.0.1 198.18.0.2", false},
	} {
		before, now := way(c.before), way(c.now)
		if now.sameWay(before) != c.same || before.sameWay(now) != c.same {
			t.Errorf("%s, then %s: the same is %v, want %v", c.before, c.now, !c.same, c.same)
		}
		if before.String() != c.before {
			t.Errorf("%s is written %s", c.before, before)
		}
	}
}

// What was once seen of a way is remembered, so that spreading is no change for ever.
func TestLearn(t *testing.T) {
	seen := way("198.18.0.1 198.18.0.2")
	for _, next := range []string{"* 198.18.0.2", "198.18.0.1|198.18.0.3 198.18.0.2", "198.18.0.3 198.18.0.2", "198.18.0.1 198.18.0.2"} {
		now := way(next)
		if !now.sameWay(seen) {
			t.Fatalf("%s is another way than %s", next, seen)
		}
		now.learn(seen)
		seen = now
	}
	if way("198.18.0.4 198.18.0.2").sameWay(seen) {
		t.Error("another router is no change")
	}
}

func TestLines(t *testing.T) {
	p := way("198.18.0.1 * 198.18.0.2|198.18.0.3")
	p.hops[0].trips, p.hops[0].sent = []time.Duration{1500 * time.Microsecond, time.Millisecond}, 3
	p.hops[1].sent = 3
	got := strings.Join(p.lines(func(a netip.Addr) string {
		if a == netip.MustParseAddr("198.18.0.1") {
			return "AS64512 VNPT"
		}
		return ""
	}), "\n")
	want := "hop 1: 198.18.0.1 (AS64512 VNPT)  1.5ms  1ms  1 of 3 lost\nhop 2: no answer\nhop 3: 198.18.0.2|198.18.0.3"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
