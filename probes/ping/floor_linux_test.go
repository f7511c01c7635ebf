package ping

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testnet"
)

// BenchmarkFloor sends pings over the same socket as the engine's and reads the
// answers, and does nothing else: what the kernel alone costs on this machine.
// Of the engine's figure in BenchmarkLoopback the rest is ours.
func BenchmarkFloor(b *testing.B) {
	for _, rate := range []int{3000, 10000, 50000} {
		b.Run(fmt.Sprintf("rate=%d", rate), func(b *testing.B) { benchFloor(b, rate) })
	}
}

func benchFloor(b *testing.B, rate int) {
	b.Helper()
	const measured = 5 * time.Second
	h := testnet.NewHost(b)
	h.Sysctl("net.ipv4.ping_group_range", "0 2147483647")
	var s *socket
	h.Do(func() (err error) {
		s, err = openSocket(v4, datagram)
		return err
	})
	defer s.close()
	r := newReceiver(nil, nil) // only its buffers
	request := make([]byte, echoHeader+defaultSize)
	request[0] = typeEchoRequestV4
	iov := unix.Iovec{Base: &request[0]}
	iov.SetLen(len(request))
	name := unix.RawSockaddrInet4{Family: unix.AF_INET}
	header := unix.Msghdr{Name: (*byte)(unsafe.Pointer(&name)), Namelen: unix.SizeofSockaddrInet4, Iov: &iov}
	header.SetIovlen(1)

	first := binary.BigEndian.Uint32(netip.AddrFrom4([4]byte{127, 1, 0, 1}).AsSlice())
	sent, answered := 0, 0
	b.ResetTimer()
	start, used := time.Now(), cpuTime()
	for time.Since(start) < measured {
		// As many as the engine sends at once.
		for range tickPackets {
			binary.BigEndian.PutUint32(name.Addr[:], first+uint32(sent%rate))
			if _, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&header)), unix.MSG_DONTWAIT); errno != 0 {
				b.Fatal(errno)
			}
			sent++
		}
		for {
			n, errno := r.receive(s.fd, unix.MSG_DONTWAIT, len(r.messages))
			if errno != 0 {
				break
			}
			answered += n
		}
		due := start.Add(time.Duration(sent) * time.Second / time.Duration(rate))
		pause := unix.NsecToTimespec(max(0, time.Until(due).Nanoseconds()))
		_ = unix.Nanosleep(&pause, nil) // cut short by a signal, the next one is longer
	}
	took := cpuTime() - used
	if answered < sent*99/100 {
		b.Fatalf("%d of %d answered", answered, sent)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took.Microseconds())/float64(sent), "µs-cpu/ping")
	b.ReportMetric(100*took.Seconds()/measured.Seconds(), "%cpu")
}
