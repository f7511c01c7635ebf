package trace

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// script is a line whose answers are planned.
type script struct {
	answer func(packet) (r reply, after time.Duration, ok bool)
	due    []planned
	sent   []packet
	fail   error
}

type planned struct {
	at time.Time
	reply
}

func (s *script) send(k packet) error {
	s.sent = append(s.sent, k)
	if r, after, ok := s.answer(k); ok {
		r.key, r.trip = k.key, after
		s.due = append(s.due, planned{time.Now().Add(after), r})
	}
	return s.fail
}

func (s *script) hear(until time.Time) (replies []reply, err error) {
	next := until
	for _, d := range s.due {
		if d.at.Before(next) {
			next = d.at
		}
	}
	time.Sleep(time.Until(next))
	s.due = slices.DeleteFunc(s.due, func(d planned) bool {
		if d.at.After(time.Now()) {
			return false
		}
		replies = append(replies, d.reply)
		return true
	})
	return replies, nil
}

func (s *script) close() {}

var target = netip.MustParseAddr("198.18.9.9")

// router is that at a distance.
func router(ttl int) netip.Addr { return netip.AddrFrom4([4]byte{198, 18, 0, byte(ttl)}) }

// network answers as a path of some length does.
func network(length int) func(packet) (reply, time.Duration, bool) {
	return func(k packet) (reply, time.Duration, bool) {
		after := time.Duration(min(k.ttl, length)) * 10 * time.Millisecond
		if k.ttl >= length {
			return reply{event: arrived, from: target}, after, true
		}
		return reply{event: expired, from: router(k.ttl)}, after, true
	}
}

// TestWalks: what is found, how many packets it takes and how long.
func TestWalks(t *testing.T) {
	ordinary := network(4)
	for name, c := range map[string]struct {
		answer  func(packet) (reply, time.Duration, bool)
		longest int
		path    string
		reached bool
		refusal string
		most    int // packets
		time    time.Duration
	}{
		"ordinary":  {ordinary, 30, "198.18.0.1 198.18.0.2 198.18.0.3 198.18.9.9", true, "", 14, 350 * time.Millisecond},
		"neighbour": {network(1), 30, "198.18.9.9", true, "", 4, 80 * time.Millisecond},
		"a silent router": {func(k packet) (reply, time.Duration, bool) {
			r, after, _ := ordinary(k)
			return r, after, k.ttl != 2
		}, 30, "198.18.0.1 * 198.18.0.3 198.18.9.9", true, "", 14, 1400 * time.Millisecond},
		"one packet lost a hop": {func(k packet) (reply, time.Duration, bool) {
			r, after, _ := ordinary(k)
			return r, after, k.key >= 4
		}, 30, "198.18.0.1 198.18.0.2 198.18.0.3 198.18.9.9", true, "", 24, 1500 * time.Millisecond},
		"a silent target": {func(k packet) (reply, time.Duration, bool) {
			r, after, _ := ordinary(k)
			return r, after, k.ttl < 4
		}, 30, "198.18.0.1 198.18.0.2 198.18.0.3", false, "", 90, 2900 * time.Millisecond},
		"nobody": {func(packet) (reply, time.Duration, bool) { return reply{}, 0, false }, 30, "", false, "", 90, 2900 * time.Millisecond},
		"refused by the third": {func(k packet) (reply, time.Duration, bool) {
			r, after, _ := ordinary(k)
			if k.ttl >= 3 {
				r = reply{event: refused, from: router(3), text: "198.18.0.3 says: no route to host"}
			}
			return r, after, true
		}, 30, "198.18.0.1 198.18.0.2 198.18.0.3", false, "198.18.0.3 says: no route to host", 12, 300 * time.Millisecond},
		"too far": {network(9), 5, "198.18.0.1 198.18.0.2 198.18.0.3 198.18.0.4 198.18.0.5", false, "", 15, 400 * time.Millisecond},
		"two ways": {func(k packet) (reply, time.Duration, bool) {
			r, after, _ := ordinary(k)
			if k.ttl == 2 && k.key > 5 {
				r.from = router(22)
			}
			return r, after, true
		}, 30, "198.18.0.1 198.18.0.2|198.18.0.22 198.18.0.3 198.18.9.9", true, "", 14, 350 * time.Millisecond},
		"too large": {func(k packet) (reply, time.Duration, bool) {
			return reply{event: tooBig, from: router(1), limit: 1}, 0, true
		}, 3, "", false, "", 9, 1200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answer: c.answer}
				w := walk{line: s, longest: c.longest, rounds: 3}
				start := time.Now()
				found, next, err := w.run(t.Context())
				if err != nil || found.String() != c.path || found.reached != c.reached || found.refusal != c.refusal {
					t.Errorf("%s, reached %v, refusal %q: %v", &found, found.reached, found.refusal, err)
				}
				if len(s.sent) > c.most || next != len(s.sent) {
					t.Errorf("%d packets, keys up to %d, want at most %d", len(s.sent), next, c.most)
				}
				if took := time.Since(start); took > c.time {
					t.Errorf("it took %s, want at most %s", took, c.time)
				}
				for i, h := range found.hops {
					if want := time.Duration(i+1) * 10 * time.Millisecond; len(h.trips) > 0 && h.best() != want {
						t.Errorf("hop %d: %s, want %s", i+1, h.best(), want)
					}
				}
			})
		})
	}
}

// A walk ends with its context, and with its line; what it saw is not lost.
func TestWalkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		w := walk{line: &script{answer: network(9)}, longest: 30, rounds: 3}
		found, _, err := w.run(ctx)
		if distance, _ := found.last(); !errors.Is(err, context.DeadlineExceeded) || distance != 2 {
			t.Errorf("%s: %v", &found, err)
		}
		broken := errors.New("broken")
		w = walk{line: &script{answer: network(9), fail: broken}, longest: 30, rounds: 3}
		if _, _, err := w.run(t.Context()); !errors.Is(err, broken) {
			t.Errorf("a line that fails: %v", err)
		}
	})
}
