package ping

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// loop drives an engine: it waits, reads the sockets, and lets the engine do
// what is due.
type loop struct {
	engine   *engine
	receiver *receiver
	sockets  *sockets
	inbox    inbox
	list     []*socket
	polls    []unix.PollFd // the inbox first, then the sockets, as in list
	beaten   int64         // when the last beat was
	yielded  int64
	priority priority
}

// inbox hands messages to the loop and wakes it.
type inbox struct {
	fd int // eventfd(2)

	mu          sync.Mutex
	change      *change
	resolutions []resolution
	links       map[string]int
	stop        bool
}

func newLoop(e *engine, s *sockets) (*loop, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("eventfd", err)
	}
	l := &loop{engine: e, receiver: newReceiver(e, e.clock), sockets: s, inbox: inbox{fd: fd}}
	l.polls = append(l.polls, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	l.list = l.all()
	for _, k := range l.list {
		l.polls = append(l.polls, unix.PollFd{Fd: int32(k.fd), Events: unix.POLLIN})
	}
	s.drain = l.receiver.readErrors
	return l, nil
}

// all lists the sockets.
func (l *loop) all() []*socket {
	var list []*socket
	for _, p := range l.sockets.families {
		for _, k := range p.sockets {
			if k != nil {
				list = append(list, k)
			}
		}
	}
	return list
}

// post changes the inbox and wakes the loop.
func (b *inbox) post(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	if b.fd >= 0 {
		var one [8]byte
		binary.NativeEndian.PutUint64(one[:], 1)
		_, _ = unix.Write(b.fd, one[:]) // it fails only if the loop is awake already
	}
}

func (b *inbox) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fd < 0 {
		return nil
	}
	fd := b.fd
	b.fd = -1
	return os.NewSyscallError("close", unix.Close(fd))
}

// run probes until ctx is done.
func (l *loop) run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { l.inbox.post(func() { l.inbox.stop = true }) })()
	defer l.priority.drop()
	for ctx.Err() == nil {
		l.priority.follow()
		l.engine.beat()
		l.beaten = l.engine.now.mono
		if l.collect() {
			return nil
		}
		if err := l.read(); err != nil {
			return err
		}
		if err := l.sockets.renew(l.beaten); err != nil {
			l.engine.logger.Error("the ICMP id could not be changed; the present one goes on", "error", err)
		}
		next := l.engine.advance()
		l.yield()
		if err := l.wait(next); err != nil {
			return err
		}
	}
	return nil
}

// yield lets Go's scheduler see that the loop is not stuck. Otherwise, after ten
// milliseconds, it sends a signal, takes the loop's place away in its next system
// call, and watches closely for a while: that was measured to cost as much again
// as all the pings of 3,000 targets. So this is done at each beat but the shortest.
func (l *loop) yield() {
	const often = int64(4 * time.Millisecond)
	if l.beaten-l.yielded > often {
		l.yielded = l.beaten
		runtime.Gosched()
	}
}

// read reads the sockets where something waits.
func (l *loop) read() error {
	if err := l.poll(l.polls, 0); err != nil {
		return err
	}
	for i, k := range l.list {
		if l.polls[1+i].Revents == 0 {
			k.empty = l.beaten
			continue
		}
		if err := l.receiver.read(k); err != nil {
			return err
		}
	}
	return nil
}

// collect takes what is in the inbox; it reports whether the loop is to end.
func (l *loop) collect() bool {
	b := &l.inbox
	b.mu.Lock()
	c, rs, links := b.change, b.resolutions, b.links
	b.change, b.resolutions, b.links = nil, nil, nil
	stop := b.stop
	b.mu.Unlock()
	if links != nil {
		l.engine.relink(links)
	}
	if c != nil {
		l.engine.swap(*c)
		l.receiver.fit(c.table.room)
	}
	for _, r := range rs {
		l.engine.resolved(r)
	}
	return stop
}

// wait sleeps until a moment or until something comes. In the first tick after a
// beat answers do not wake it: at thousands a second it is better to read many
// at once, and the kernel's stamps keep their time.
func (l *loop) wait(until int64) error {
	if until <= l.beaten {
		return nil
	}
	soon := l.beaten + l.engine.tick()
	err := l.poll(l.polls[:1], min(soon, until))
	if err == nil && until > soon && l.polls[0].Revents == 0 {
		err = l.poll(l.polls, until)
	}
	if l.polls[0].Revents != 0 {
		var b [8]byte
		_, _ = unix.Read(l.inbox.fd, b[:]) // what woke the loop is dealt with
	}
	return err
}

// poll waits until a moment at most; 0 is not to wait.
func (l *loop) poll(fds []unix.PollFd, until int64) error {
	for i := range fds {
		fds[i].Revents = 0
	}
	left := int64(0)
	if until > 0 {
		left = max(until-l.engine.clock.mono(), 0)
	}
	timeout := unix.NsecToTimespec(left)
	_, err := unix.Ppoll(fds, &timeout, nil)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("waiting for answers: %w", err)
	}
	return nil
}
