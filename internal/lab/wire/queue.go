package wire

import "time"

// queue holds packets until they are due: a heap with four children a node,
// for fewer cache misses than with two. Packets due at one time leave in the
// order in which they came.
type queue struct {
	heap  []place
	slots []waiting
	free  []uint32
	count uint64
}

type place struct {
	due  time.Duration
	turn uint64
	slot uint32
}

// waiting is a packet on its way.
type waiting struct {
	Delivery
	buffer []byte
}

func (q *queue) len() int { return len(q.heap) }

// next returns when the first packet is due. The queue must not be empty.
func (q *queue) next() time.Duration { return q.heap[0].due }

// push copies the delivery's packet.
func (q *queue) push(d Delivery) {
	slot := q.slot()
	w := &q.slots[slot]
	w.buffer = append(w.buffer[:0], d.Packet...)
	d.Packet = w.buffer
	w.Delivery = d
	q.heap = append(q.heap, place{d.Due, q.count, slot})
	q.count++
	q.up(len(q.heap) - 1)
}

func (q *queue) slot() uint32 {
	if last := len(q.free) - 1; last >= 0 {
		slot := q.free[last]
		q.free = q.free[:last]
		return slot
	}
	q.slots = append(q.slots, waiting{})
	return uint32(len(q.slots) - 1)
}

// pop takes the first packet, which is good until the next push.
func (q *queue) pop() *Delivery {
	first := q.heap[0]
	last := len(q.heap) - 1
	q.heap[0] = q.heap[last]
	q.heap = q.heap[:last]
	if last > 0 {
		q.down(0)
	}
	q.free = append(q.free, first.slot)
	return &q.slots[first.slot].Delivery
}

func (p place) before(other place) bool {
	return p.due < other.due || p.due == other.due && p.turn < other.turn
}

func (q *queue) up(i int) {
	for i > 0 {
		parent := (i - 1) / 4
		if !q.heap[i].before(q.heap[parent]) {
			return
		}
		q.heap[i], q.heap[parent] = q.heap[parent], q.heap[i]
		i = parent
	}
}

func (q *queue) down(i int) {
	for {
		least := i
		for child := 4*i + 1; child <= 4*i+4 && child < len(q.heap); child++ {
			if q.heap[child].before(q.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		q.heap[i], q.heap[least] = q.heap[least], q.heap[i]
		i = least
	}
}
