package ping

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testenv"
)

// TestPriorityFollowsTheLoop: the thread that runs the loop has the priority, the
// one that ran it before does not keep it, and threads started from it have none.
func TestPriorityFollowsTheLoop(t *testing.T) {
	testenv.NeedRoot(t)
	own, err := unix.SchedGetAttr(0, 0)
	if err != nil || own.Policy != unix.SCHED_NORMAL || own.Nice <= niceness {
		t.Skipf("the test has a priority of its own: %+v, %v", own, err)
	}
	var p priority
	threads, done := make(chan int), make(chan struct{})
	defer close(done)
	onThread := func() int { // the thread lives until the test ends
		go func() {
			runtime.LockOSThread()
			p.follow()
			threads <- unix.Gettid()
			<-done
		}()
		return <-threads
	}
	want := func(thread int, nice int32) {
		t.Helper()
		a, err := unix.SchedGetAttr(thread, 0)
		if err != nil || a.Nice != nice {
			t.Fatalf("niceness %+v, %v, want %d", a, err, nice)
		}
		if nice == niceness && a.Flags&unix.SCHED_FLAG_RESET_ON_FORK == 0 {
			t.Error("threads that it starts would have it too")
		}
	}
	first := onThread()
	if p.never {
		t.Skip("this host permits no other priority")
	}
	want(first, niceness)
	second := onThread()
	want(first, own.Nice)
	want(second, niceness)
	p.drop()
	want(second, own.Nice)
}
