package wire

import (
	"errors"
	"fmt"
	"math"
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

// A thread that sleeps is woken late: by 20 µs on an idle machine, by 100 µs in
// a busy virtual one. So the forwarder wakes before a packet is due and spins
// for the rest. How much before, it learns: so that one sleep in spinMiss ends
// too late.
const (
	spinLeast = 10 * time.Microsecond
	spinStart = 60 * time.Microsecond
	spinMost  = 200 * time.Microsecond
	spinMiss  = 20
	spinStep  = 250 * time.Nanosecond
)

// lookEvery is after how many rounds a device is read though its tap knows of
// no packet: a tap may miss one.
const lookEvery = 64

// stampOldest is the age at which the stamp of a packet is not believed: the
// wall clock was set.
const stampOldest = time.Second

// turn is how many packets are taken from one side, or delivered, before the
// forwarder looks at its other work.
const turn = 32

// Forwarder moves packets between two TUN devices.
type Forwarder struct {
	engine  *Engine
	log     *truth.Log
	epoch   time.Time
	devices [2]Device // by the direction in which packets read from it go
	wake    int       // an eventfd that ends Run
	stop    atomic.Bool
	queue   queue
	buffer  []byte
	spin    time.Duration
	rounds  uint64
	// readable devices are read even if their taps know of no packet.
	readable [2]bool

	thread   atomic.Int64
	realtime atomic.Bool
	sleeps   atomic.Uint64
}

// Device is one side's end of the wire. The caller closes it after Run has
// returned.
type Device struct {
	// TUN is the descriptor of a TUN device without packet information, set to
	// non-blocking.
	TUN int
	// Tap tells when packets entered the device; nil: when they were read.
	Tap *Tap
}

// NewForwarder returns a forwarder. The times of the log and of the plan count
// from epoch. Close frees it.
func NewForwarder(e *Engine, log *truth.Log, near, far Device, epoch time.Time) (*Forwarder, error) {
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("making an eventfd: %w", err)
	}
	const largestPacket = 65535
	return &Forwarder{
		engine: e, log: log, epoch: epoch, devices: [2]Device{plan.Out: near, plan.Back: far},
		wake: wake, buffer: make([]byte, largestPacket), spin: spinStart,
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

// CPU returns the processor time that the forwarder's thread has taken while it
// runs.
func (f *Forwarder) CPU() (time.Duration, error) {
	// The first figure is nanoseconds on a processor: Documentation/scheduler/
	// sched-stats.rst of Linux.
	path := fmt.Sprintf("/proc/self/task/%d/schedstat", f.thread.Load())
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("reading the forwarder's processor time: %w", err)
	}
	var ns int64
	if _, err := fmt.Sscan(string(text), &ns); err != nil {
		return 0, fmt.Errorf("reading %s: %w", path, err)
	}
	return time.Duration(ns), nil
}

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
	f.thread.Store(int64(unix.Gettid()))
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

// round does what there is to do and reports whether there was anything. It
// reads first: after a stall, a packet that waits to be read may be due before
// one that waits to be delivered.
func (f *Forwarder) round() (worked bool, err error) {
	f.rounds++
	look := f.rounds%lookEvery == 0
	for _, dir := range [...]plan.Direction{plan.Back, plan.Out} {
		took, err := f.drain(dir, look)
		if err != nil {
			return true, err
		}
		worked = worked || took
	}
	for range turn {
		if f.queue.len() == 0 || f.queue.next() > f.now() {
			break
		}
		worked = true
		if err := f.deliver(f.queue.pop()); err != nil {
			return true, err
		}
	}
	return worked, nil
}

// drain takes what waits at a device; with look, even if its tap knows of nothing.
func (f *Forwarder) drain(dir plan.Direction, look bool) (worked bool, err error) {
	for range turn {
		if !look && !f.readable[dir] && !f.pending(dir) {
			break
		}
		took, err := f.take(dir)
		if err != nil {
			return true, err
		}
		if !took {
			f.readable[dir] = false
			break
		}
		worked = true
	}
	return worked, nil
}

// pending reports whether a packet may wait at a device. A tap tells without a
// system call.
func (f *Forwarder) pending(dir plan.Direction) bool {
	tap := f.devices[dir].Tap
	return tap == nil || tap.pending()
}

func (f *Forwarder) now() time.Duration { return time.Since(f.epoch) }

// deliver hands a packet to the kernel of the side that it goes to.
func (f *Forwarder) deliver(d *Delivery) error {
	out := f.now()
	// Out: to the far device, which is the one that packets going back are read from.
	_, errno := write(f.devices[d.Direction^1].TUN, d.Packet)
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
	n, errno := read(f.devices[dir].TUN, f.buffer)
	switch errno {
	case 0:
	case unix.EAGAIN, unix.EINTR:
		return false, nil
	default:
		return false, fmt.Errorf("reading from a TUN device: %w", errno)
	}
	packet := f.buffer[:n]
	for _, d := range f.engine.Take(f.sent(dir, packet), dir, packet) {
		f.queue.push(d)
	}
	return true, nil
}

// sent returns when the packet just read was sent.
func (f *Forwarder) sent(dir plan.Direction, packet []byte) time.Duration {
	now := time.Now()
	since := now.Sub(f.epoch)
	if tap := f.devices[dir].Tap; tap != nil {
		if at, ok := tap.stamp(packet); ok {
			// By the wall clock, which at is on; now has both clocks.
			if age := now.Round(0).Sub(at); age > 0 && age < stampOldest {
				return max(since-age, 0)
			}
		}
	}
	return since
}

// rest sleeps until a packet comes or is nearly due.
func (f *Forwarder) rest() error {
	var timeout *unix.Timespec
	due := time.Duration(math.MaxInt64)
	if f.queue.len() > 0 {
		due = f.queue.next()
		left := due - f.now() - f.spin
		if left <= 0 {
			return nil // spin
		}
		t := unix.NsecToTimespec(int64(left))
		timeout = &t
	}
	f.sleeps.Add(1)
	fds := [...]unix.PollFd{
		{Fd: int32(f.devices[plan.Out].TUN), Events: unix.POLLIN},
		{Fd: int32(f.devices[plan.Back].TUN), Events: unix.POLLIN},
		{Fd: int32(f.wake), Events: unix.POLLIN},
	}
	ready, err := unix.Ppoll(fds[:], timeout, nil)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("waiting for packets: %w", os.NewSyscallError("ppoll", err))
	}
	f.readable[plan.Out] = fds[0].Revents != 0
	f.readable[plan.Back] = fds[1].Revents != 0
	if err == nil && ready == 0 {
		f.learn(f.now() > due)
	}
	return nil
}

// learn moves the time spent spinning to where one sleep in spinMiss ends late
// (a stochastic search for a quantile).
func (f *Forwarder) learn(late bool) {
	if late {
		f.spin = min(f.spin+(spinMiss-1)*spinStep, spinMost)
	} else {
		f.spin = max(f.spin-spinStep, spinLeast)
	}
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
