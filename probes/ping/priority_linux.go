package ping

import "golang.org/x/sys/unix"

// priority lets the loop go before other threads and programs: what it does is
// short, and what it does late counts as unknown. It needs CAP_SYS_NICE, and is no
// condition.
//
// In Linux each thread has a priority of its own, and Go now and then lets the loop
// go on in another one, so the priority follows the loop. A thread locked to it
// would do without that, but there each yield is two switches of threads: that was
// measured to cost about 4 % of all that 3,000 or 10,000 targets cost.
type priority struct {
	thread int // that has it; 0: none
	usual  *unix.SchedAttr
	never  bool // not permitted, or not needed
}

// niceness is that of the loop's thread (setpriority(2)).
const niceness = -10

// follow gives the priority to the thread that calls, and takes it away from the
// one that had it.
func (p *priority) follow() {
	thread := unix.Gettid()
	if p.never || thread == p.thread {
		return
	}
	p.drop()
	if p.usual == nil {
		// Who started the program with a better one wants that.
		usual, err := unix.SchedGetAttr(thread, 0)
		if err != nil || usual.Policy != unix.SCHED_NORMAL || usual.Nice <= niceness {
			p.never = true
			return
		}
		p.usual = usual
	}
	if setNiceness(thread, niceness) != nil {
		p.never = true
		return
	}
	p.thread = thread
}

// drop takes the priority away.
func (p *priority) drop() {
	if p.thread != 0 {
		_ = setNiceness(p.thread, p.usual.Nice) // the thread may have ended
		p.thread = 0
	}
}

// setNiceness sets the niceness of a thread. Threads that it starts have the usual
// one all the same (sched(7), "Resetting scheduling policy for child processes").
func setNiceness(thread int, nice int32) error {
	return unix.SchedSetAttr(thread, &unix.SchedAttr{
		Policy: unix.SCHED_NORMAL, Flags: unix.SCHED_FLAG_RESET_ON_FORK, Nice: nice,
	}, 0)
}
