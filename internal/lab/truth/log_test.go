package truth

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"wanwatch/internal/lab/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

func newLog(t *testing.T, limit int) *Log {
	t.Helper()
	l := NewLog([]string{"a", "b"}, limit)
	t.Cleanup(l.Close)
	return l
}

// ping writes a request and, unless reply is 0, its reply that long after.
func ping(l *Log, path int32, seq uint16, at, reply time.Duration, fate Fate) {
	request := Entry{In: at, Due: at + 4*ms, Out: at + 4*ms, Path: path, Seq: seq, Protocol: 1, Type: 8, Fate: fate}
	l.Append(&request)
	if reply > 0 {
		l.Append(&Entry{
			In: at + 4*ms, Due: at + reply, Out: at + reply + 1, Path: path, Seq: seq, Direction: plan.Back,
			Protocol: 1, Type: 0, Fate: Delivered,
		})
	}
}

func TestCountsFollowFates(t *testing.T) {
	l := newLog(t, 0)
	number := l.Append(&Entry{Path: 0})
	l.Append(&Entry{Path: 0, Fate: Lost})
	l.Append(&Entry{Path: NoPathIndex, Fate: NoPath})
	if got := l.Counts("a").Map(plan.Out); !cmp.Equal(got, map[string]uint64{"in flight": 1, "lost": 1}) {
		t.Errorf("before: %v", got)
	}
	l.Finish(number, 0, plan.Out, Delivered, 7)
	if got := l.Counts("a").Map(plan.Out); !cmp.Equal(got, map[string]uint64{"delivered": 1, "lost": 1}) {
		t.Errorf("after: %v", got)
	}
	if n, flying := l.Len(); n != 3 || flying != 0 {
		t.Errorf("%d entries, %d in flight", n, flying)
	}
	if got := l.Unrouted()[plan.Out][NoPath]; got != 1 {
		t.Errorf("%d without a path", got)
	}
	if total := l.Total(); total.Sum(plan.Out) != 3 || total.Dropped(plan.Out) != 2 {
		t.Errorf("total %v", total)
	}
	if got := l.Path("a"); len(got) != 2 || got[0].Out != 7 || got[0].Fate != Delivered {
		t.Errorf("%+v", got)
	}
	if got := l.Path("nowhere"); got != nil {
		t.Errorf("an unknown path: %+v", got)
	}
}

func TestLimitKeepsTheLast(t *testing.T) {
	const limit, count = 10_000, 50_000
	l := newLog(t, limit)
	for i := range count {
		number := l.Append(&Entry{In: time.Duration(i)})
		l.Finish(number, 0, plan.Out, Delivered, time.Duration(i))
	}
	entries := l.Path("a")
	if len(entries) < limit || len(entries) > limit+2*chunkSize {
		t.Errorf("%d entries kept, limit %d", len(entries), limit)
	}
	for i, e := range entries {
		if want := time.Duration(count - len(entries) + i); e.In != want {
			t.Fatalf("entry %d is of %d, want %d", i, e.In, want)
		}
	}
	if got := l.Counts("a")[plan.Out][Delivered]; got != count {
		t.Errorf("counted %d, want all %d", got, count)
	}
}

func TestReadingWhileWriting(t *testing.T) {
	l := newLog(t, 20_000)
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range 100_000 {
			l.Finish(l.Append(&Entry{In: time.Duration(i)}), 0, plan.Out, Delivered, time.Duration(i))
		}
	})
	for range 20 {
		last := time.Duration(-1)
		for e := range l.All() {
			if e.In <= last {
				t.Fatalf("%d after %d", e.In, last)
			}
			last = e.In
		}
	}
	writer.Wait()
}

func TestExchanges(t *testing.T) {
	l := newLog(t, 0)
	ping(l, 0, 1, 0, 10*ms, Delivered)
	ping(l, 0, 2, 100*ms, 0, Lost)
	ping(l, 1, 1, 150*ms, 20*ms, Delivered)
	ping(l, 0, 3, 200*ms, 0, Delivered) // the reply is lost
	l.Append(&Entry{In: 204 * ms, Path: 0, Seq: 3, Direction: plan.Back, Protocol: 1, Fate: LostInBurst})
	ping(l, 0, 4, 300*ms, 11*ms, Delivered)
	l.Append(&Entry{In: 304 * ms, Due: 312 * ms, Out: 312 * ms, Path: 0, Seq: 4, Direction: plan.Back, Protocol: 1, Fate: Delivered, Flags: Copy})
	ping(l, 0, 1, 400*ms, 12*ms, Delivered) // the sequence number comes again
	// Neither UDP nor a router's error is an exchange.
	l.Append(&Entry{Path: 0, Protocol: 17})
	l.Append(&Entry{Path: 0, Seq: 4, Direction: plan.Back, Protocol: 1, Flags: FromRouter, Fate: Delivered})

	type row struct {
		Seq            uint16
		Request, Reply Fate
		Answers        int
		Planned, Real  time.Duration
		Late           time.Duration
	}
	var got []row
	for _, x := range l.Exchanges("a") {
		got = append(got, row{x.Seq, x.Request, x.Reply, x.Answers, x.Planned, x.Real, x.Late})
	}
	want := []row{
		{1, Delivered, Delivered, 1, 10 * ms, 10*ms + 1, 1},
		{2, Lost, InFlight, 0, 0, 0, 0},
		{3, Delivered, LostInBurst, 0, 0, 0, 0},
		{4, Delivered, Delivered, 2, 11 * ms, 11*ms + 1, 1},
		{1, Delivered, Delivered, 1, 12 * ms, 12*ms + 1, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if all := l.Exchanges(""); len(all) != 6 {
		t.Errorf("%d exchanges on all paths, want 6", len(all))
	}
	if diff := cmp.Diff(Histogram{2: 1}, LossBursts(l.Exchanges("a"))); diff != "" {
		t.Error(diff)
	}
}

func TestLossBursts(t *testing.T) {
	var exchanges []Exchange
	for _, answered := range []int{0, 1, 0, 0, 1, 1, 0, 0, 0} {
		exchanges = append(exchanges, Exchange{Answers: answered})
	}
	h := LossBursts(exchanges)
	if diff := cmp.Diff(Histogram{1: 1, 2: 1, 3: 1}, h); diff != "" {
		t.Error(diff)
	}
	if got := h.Lengths(); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("lengths %v", got)
	}
}

func TestEveryFateHasAName(t *testing.T) {
	seen := map[string]bool{}
	for f := range fates {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("fate %d: name %q", f, name)
		} else {
			seen[name] = true
		}
	}
}

func BenchmarkAppendFinish(b *testing.B) {
	l := NewLog([]string{"a"}, 1_000_000)
	defer l.Close()
	e := Entry{}
	for b.Loop() {
		l.Finish(l.Append(&e), 0, plan.Out, Delivered, 1)
	}
}
