package wire

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQueueOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var q queue
	type item struct {
		due time.Duration
		n   byte
	}
	var waiting []item
	for round := range 5000 {
		if len(waiting) == 0 || rng.IntN(5) < 3 {
			d := item{time.Duration(rng.IntN(50)), byte(round)}
			packet := []byte{d.n}
			q.push(Delivery{Packet: packet, Due: d.due})
			packet[0]++ // the queue keeps a copy
			waiting = append(waiting, d)
			slices.SortStableFunc(waiting, func(a, b item) int { return int(a.due - b.due) })
			continue
		}
		want := waiting[0]
		waiting = waiting[1:]
		if q.next() != want.due {
			t.Fatalf("round %d: next is due at %v, want %v", round, q.next(), want.due)
		}
		if got := q.pop(); got.Due != want.due || got.Packet[0] != want.n {
			t.Fatalf("round %d: %v %d, want %v", round, got.Due, got.Packet[0], want)
		}
	}
	if q.len() != len(waiting) {
		t.Errorf("%d left, want %d", q.len(), len(waiting))
	}
}
