package wire

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/truth"
)

// A thread that sleeps is woken 20 to 50 µs late on an idle machine. So the
// forwarder wakes this much before a packet is due and spins for the rest.
const spin = 60 * time.Microsecond

// turn is how many packets are taken from one side, or delivered, before the
// forwarder looks at its other work.
const turn = 32

// Forwarder moves packets between two TUN devices.
type Forwarder struct {
	engine  *Engine
	log     *truth.Log
	epoch   time.Time
	devices [2]int // by the direction in which packets read from it go
	wake    int    // an eventfd that ends Run
	stop    atomic.Bool
	queue   queue
	buffer  []byte

	realtime atomic.Bool
	sleeps   atomic.Uint64
}

// Devices are the descriptors of two TUN devices without packet information,
// set to non-blocking. The caller closes them after Run has returned.
type Devices struct {
	Near int // the prober's side
	Far  int
}

// NewForwarder returns a forwarder. The times of the log and of the plan count
// from epoch. Close frees it.
func NewForwarder(e *Engine, log *truth.Log, d Devices, epoch time.Time) (*Forwarder, error) {
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("making an eventfd: %w", err)
	}
	const largestPacket = 65535
	return &Forwarder{
		engine: e, log: log, epoch: epoch, devices: [2]int{plan.Out: d.Near, plan.Back: d.Far},
		wake: wake, buffer: make([]byte, largestPacket),
	}, nil
}

// Stop makes Run return. It may be called from any goroutine.
func (f *Forwarder) Stop() error {
	f.stop.Store(true)
	_, err := unix.Write(f.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	if err != nil {
		return fmt.Errorf("waking the forwarder: %w", err)
	}
	return nil
}

// Close frees the forwarder after Run has returned.
func (f *Forwarder) Close() error { return unix.Close(f.wake) }

// Realtime reports whether the kernel lets the forwarder go before ordinary
// threads (SCHED_FIFO).
func (f *Forwarder) Realtime() bool { return f.realtime.Load() }

// Sleeps returns how often the forwarder had nothing to do and slept.
func (f *Forwarder) Sleeps() uint64 { return f.sleeps.Load() }

// Run forwards until Stop. It keeps its thread to itself and gives it a
// real-time priority where that is allowed; the thread ends with the goroutine,
// so call Run in a goroutine of its own.
func (f *Forwarder) Run() error {
	runtime.LockOSThread()
	f.prepareThread()
	for !f.stop.Load() {
		worked, err := f.round()
		if err != nil {
			return err
		}
		if worked {
			continue
		}
		if err := f.rest(); err != nil {
			return err
		}
	}
	return nil
}

func (f *Forwarder) prepareThread() {
	// Both calls only make the timing better; neither is needed.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	err := unix.SchedSetAttr(0, &unix.SchedAttr{
		Size:     unix.SizeofSchedAttr,
		Policy:   unix.SCHED_FIFO,
		Flags:    unix.SCHED_FLAG_RESET_ON_FORK,
		Priority: 1,
	}, 0)
	f.realtime.Store(err == nil)
}

// round does what there is to do and reports whether there was anything.
func (f *Forwarder) round() (worked bool, err error) {
	for range turn {
		if f.queue.len() == 0 || f.queue.next() > f.now() {
			break
		}
		worked = true
		d := f.queue.pop()
		if err := f.deliver(d); err != nil {
			return true, err
		}
		// The far kernel answers an echo request while it takes it: read the
		// answer at once, so that it is stamped in time.
		if _, err := f.take(d.Direction ^ 1); err != nil {
			return true, err
		}
	}
	for _, dir := range [...]plan.Direction{plan.Back, plan.Out} {
		for range turn {
			took, err := f.take(dir)
			if err != nil {
				return true, err
			}
			if !took {
				break
			}
			worked = true
		}
	}
	return worked, nil
}

func (f *Forwarder) now() time.Duration { return time.Since(f.epoch) }

// deliver hands a packet to the kernel of the side that it goes to.
func (f *Forwarder) deliver(d *Delivery) error {
	out := f.now()
	// Out: to the far device, which is the one that packets going back are read from.
	_, errno := write(f.devices[d.Direction^1], d.Packet)
	switch errno {
	case 0:
		f.log.Finish(d.Entry, d.Path, d.Direction, truth.Delivered, out)
	case unix.EBADF, unix.EBADFD:
		return fmt.Errorf("delivering a packet: %w", errno)
	default:
		f.log.Finish(d.Entry, d.Path, d.Direction, truth.Rejected, 0)
	}
	return nil
}

// take reads one packet, if there is one, and puts into the queue what becomes of it.
func (f *Forwarder) take(dir plan.Direction) (took bool, err error) {
	n, errno := read(f.devices[dir], f.buffer)
	switch errno {
	case 0:
	case unix.EAGAIN, unix.EINTR:
		return false, nil
	default:
		return false, fmt.Errorf("reading from a TUN device: %w", errno)
	}
	for _, d := range f.engine.Take(f.now(), dir, f.buffer[:n]) {
		f.queue.push(d)
	}
	return true, nil
}

// rest sleeps until a packet comes or is nearly due.
func (f *Forwarder) rest() error {
	var timeout *unix.Timespec
	if f.queue.len() > 0 {
		left := f.queue.next() - f.now() - spin
		if left <= 0 {
			return nil // spin
		}
		t := unix.NsecToTimespec(int64(left))
		timeout = &t
	}
	f.sleeps.Add(1)
	fds := [...]unix.PollFd{
		{Fd: int32(f.devices[plan.Out]), Events: unix.POLLIN},
		{Fd: int32(f.devices[plan.Back]), Events: unix.POLLIN},
		{Fd: int32(f.wake), Events: unix.POLLIN},
	}
	if _, err := unix.Ppoll(fds[:], timeout, nil); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("waiting for packets: %w", os.NewSyscallError("ppoll", err))
	}
	return nil
}

// read and write skip the Go scheduler's book-keeping around system calls: the
// devices never block, and a goroutine that has given up its processor may wait
// for one when it comes back.

func read(fd int, p []byte) (int, syscall.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), errno
}

func write(fd int, p []byte) (int, syscall.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return int(n), errno
}
