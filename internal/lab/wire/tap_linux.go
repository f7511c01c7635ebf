package wire

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// A TUN device does not say when a packet entered it, and a sleeping reader is
// woken tens of microseconds later. A packet socket beside it does say so: the
// kernel stamps each packet while the sender is still sending. So a [Tap]
// listens to the device, into a ring shared with the kernel (TPACKET_V2; see
// Documentation/networking/packet_mmap.rst of Linux), and the forwarder looks
// up the stamp of each packet that it reads. The delay then counts from when
// the packet was sent.

// Sizes of the ring: more frames than the device queues packets.
const (
	frameSize  = 128
	frameCount = 1 << 15
	blockSize  = 1 << 16
	// snapLength fits into a frame behind its header and tells packets apart.
	snapLength = 48
)

// Tap yields the times at which packets left the kernel through a device. It is
// for one goroutine.
type Tap struct {
	fd   int
	ring []byte
	next int
}

// OpenTap opens a tap on the interface with this index in the thread's network
// namespace.
func OpenTap(index int) (*Tap, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("packet socket", err)
	}
	t := &Tap{fd: fd}
	if err := t.setUp(index); err != nil {
		return nil, errors.Join(fmt.Errorf("setting up a packet socket: %w", err), t.Close())
	}
	return t, nil
}

func (t *Tap) setUp(index int) (err error) {
	// Only what the kernel sends, not what the forwarder delivers.
	filter, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.PACKET_OUTGOING, SkipFalse: 1},
		bpf.RetConstant{Val: snapLength},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	raw := make([]unix.SockFilter, len(filter))
	for i, f := range filter {
		raw[i] = unix.SockFilter{Code: f.Op, Jt: f.Jt, Jf: f.Jf, K: f.K}
	}
	program := unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}
	if err := unix.SetsockoptSockFprog(t.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(t.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2); err != nil {
		return err
	}
	request := unix.TpacketReq{
		Block_size: blockSize, Block_nr: frameCount * frameSize / blockSize,
		Frame_size: frameSize, Frame_nr: frameCount,
	}
	if err := unix.SetsockoptTpacketReq(t.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request); err != nil {
		return err
	}
	t.ring, err = unix.Mmap(t.fd, 0, frameCount*frameSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in network order
	return unix.Bind(t.fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: index})
}

// Close frees the tap.
func (t *Tap) Close() error {
	var err error
	if t.ring != nil {
		err = unix.Munmap(t.ring)
	}
	return errors.Join(err, unix.Close(t.fd))
}

// pending reports whether a packet has entered the device, or is about to, that
// stamp has not been asked for.
func (t *Tap) pending() bool {
	_, h := t.frame()
	return atomic.LoadUint32(&h.Status)&unix.TP_STATUS_USER != 0
}

func (t *Tap) frame() ([]byte, *unix.Tpacket2Hdr) {
	frame := t.ring[t.next*frameSize:][:frameSize]
	return frame, (*unix.Tpacket2Hdr)(unsafe.Pointer(unsafe.SliceData(frame)))
}

// stamp returns when the packet just read from the device entered it, on the
// wall clock. Both see packets in one order, but the device may have dropped
// some: those are passed over.
func (t *Tap) stamp(packet []byte) (at time.Time, ok bool) {
	for range frameCount {
		if !t.pending() {
			return time.Time{}, false
		}
		frame, h := t.frame()
		seen := frame[h.Mac:][:h.Snaplen]
		same := int(h.Len) == len(packet) && bytes.HasPrefix(packet, seen)
		at = time.Unix(int64(h.Sec), int64(h.Nsec))
		atomic.StoreUint32(&h.Status, unix.TP_STATUS_KERNEL)
		t.next = (t.next + 1) % frameCount
		if same {
			return at, true
		}
	}
	return time.Time{}, false
}
