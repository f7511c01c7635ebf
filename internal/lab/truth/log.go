package truth

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wanwatch/internal/lab/plan"
)

const (
	chunkBits = 12
	chunkSize = 1 << chunkBits
)

type chunk [chunkSize]Entry

// Log keeps entries in the order in which the packets came: 72 bytes each. One
// goroutine writes; any may read.
type Log struct {
	paths []string
	limit uint64

	// spare is the next chunk, made in advance so that the writer does not
	// wait for fresh memory between two packets.
	spare  atomic.Pointer[chunk]
	refill chan struct{}
	done   chan struct{}
	helper sync.WaitGroup

	mu      sync.Mutex
	chunks  map[uint64]*chunk // by number
	first   uint64            // number of the first entry kept
	next    uint64            // number of the next entry
	waiting int               // entries in flight
	counts  []Counts          // by path; the last one is for packets without a path
}

// Counts are packets by direction and fate, copies and routers' errors
// included. They count every packet, even those whose entries were dropped.
type Counts [2][Fates]uint64

// NewLog returns an empty log that keeps at least the last limit entries; 0
// keeps all. Paths are the ids that [Entry.Path] counts. Close ends it.
func NewLog(paths []string, limit int) *Log {
	l := &Log{
		paths:  paths,
		limit:  uint64(max(limit, 0)),
		refill: make(chan struct{}, 1),
		done:   make(chan struct{}),
		chunks: map[uint64]*chunk{},
		counts: make([]Counts, len(paths)+1),
	}
	l.spare.Store(new(chunk))
	l.helper.Go(l.makeSpares)
	return l
}

// Close ends the log's goroutine. What was written can still be read.
func (l *Log) Close() {
	close(l.done)
	l.helper.Wait()
}

func (l *Log) makeSpares() {
	for {
		select {
		case <-l.done:
			return
		case <-l.refill:
			fresh := new(chunk)
			for i := 0; i < chunkSize; i += 32 {
				fresh[i].Path = NoPathIndex // have the kernel map the page now
			}
			l.spare.CompareAndSwap(nil, fresh)
		}
	}
}

// Append adds an entry and returns its number, which [Log.Finish] takes.
func (l *Log) Append(e *Entry) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	number := l.next
	l.next++
	c := l.chunks[number>>chunkBits]
	if c == nil {
		c = l.takeSpare()
		l.chunks[number>>chunkBits] = c
		l.forget()
	}
	c[number&(chunkSize-1)] = *e
	l.count(e.Path, e.Direction)[e.Fate]++
	if e.Fate == InFlight {
		l.waiting++
	}
	return number
}

func (l *Log) takeSpare() *chunk {
	c := l.spare.Swap(nil)
	select {
	case l.refill <- struct{}{}:
	default:
	}
	if c == nil {
		c = new(chunk)
	}
	return c
}

// forget drops whole chunks that the limit allows to drop.
func (l *Log) forget() {
	if l.limit == 0 {
		return
	}
	for l.next > l.limit+l.first+chunkSize {
		delete(l.chunks, l.first>>chunkBits)
		l.first += chunkSize
	}
}

func (l *Log) count(path int32, dir plan.Direction) *[Fates]uint64 {
	if path == NoPathIndex {
		path = int32(len(l.paths))
	}
	return &l.counts[path][dir]
}

// Finish sets the end of a packet that was in flight.
func (l *Log) Finish(number uint64, path int32, dir plan.Direction, fate Fate, out time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting--
	counts := l.count(path, dir)
	counts[InFlight]--
	counts[fate]++
	if c := l.chunks[number>>chunkBits]; c != nil && number >= l.first {
		e := &c[number&(chunkSize-1)]
		e.Fate, e.Out = fate, out
	}
}

// Paths returns the ids of the paths; the caller must not change them.
func (l *Log) Paths() []string { return l.paths }

// Len returns the number of packets so far, and how many are in flight.
func (l *Log) Len() (packets uint64, inFlight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next, l.waiting
}

// All yields the entries kept, in order. Those that come while it runs may be
// yielded too. The pointer is good until the next turn.
func (l *Log) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		part := make([]Entry, 0, chunkSize)
		for from := uint64(0); ; from += uint64(len(part)) {
			from, part = l.copyFrom(from, part[:0])
			if len(part) == 0 {
				return
			}
			for i := range part {
				if !yield(&part[i]) {
					return
				}
			}
		}
	}
}

// copyFrom copies at most what is left of one chunk, so that the writer never
// waits for long.
func (l *Log) copyFrom(from uint64, to []Entry) (uint64, []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = max(from, l.first)
	if from >= l.next {
		return from, to
	}
	low := from & (chunkSize - 1)
	high := min(chunkSize, low+l.next-from, low+512)
	return from, append(to, l.chunks[from>>chunkBits][low:high]...)
}

// Counts returns the counts of a path in both directions.
func (l *Log) Counts(path string) Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.paths, path); i >= 0 {
		return l.counts[i]
	}
	return Counts{}
}

// Unrouted returns the counts of the packets without a path.
func (l *Log) Unrouted() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[len(l.paths)]
}

// Total returns the counts of all packets.
func (l *Log) Total() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum Counts
	for i := range l.counts {
		for dir := range sum {
			for fate := range sum[dir] {
				sum[dir][fate] += l.counts[i][dir][fate]
			}
		}
	}
	return sum
}

// Map returns the counts by the name of the fate, without zeros.
func (c Counts) Map(dir plan.Direction) map[string]uint64 {
	m := map[string]uint64{}
	for fate, n := range c[dir] {
		if n > 0 {
			m[Fate(fate).String()] = n
		}
	}
	return m
}

// Dropped returns how many packets ended on the way.
func (c Counts) Dropped(dir plan.Direction) uint64 {
	var n uint64
	for fate, count := range c[dir] {
		if Fate(fate).Dropped() {
			n += count
		}
	}
	return n
}

// Sum returns how many packets there were.
func (c Counts) Sum(dir plan.Direction) uint64 {
	var n uint64
	for _, count := range c[dir] {
		n += count
	}
	return n
}

// pathIndex returns the index of a path, or -2 if there is none.
func (l *Log) pathIndex(path string) int32 {
	if i := slices.Index(l.paths, path); i >= 0 {
		return int32(i)
	}
	return -2
}

// Path returns the entries of a path, in the order in which the packets came.
func (l *Log) Path(path string) []Entry {
	index := l.pathIndex(path)
	var entries []Entry
	for e := range l.All() {
		if e.Path == index {
			entries = append(entries, *e)
		}
	}
	return entries
}

// LateBy returns how late packets were delivered, sorted: the lab's own error.
func (l *Log) LateBy() []time.Duration {
	var late []time.Duration
	for e := range l.All() {
		if e.Fate == Delivered {
			late = append(late, e.Late())
		}
	}
	slices.Sort(late)
	return late
}

// Histogram counts lengths; Lengths lists them in order.
type Histogram map[int]int

// Lengths returns the lengths seen, from the smallest.
func (h Histogram) Lengths() []int { return slices.Sorted(maps.Keys(h)) }
