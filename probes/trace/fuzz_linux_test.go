package trace

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// FuzzAnswers: whatever the error queue or a stranger says, it is about a packet that
// was sent or about none.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{113, 0, 0, 0, 2, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 198, 18, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{8, 0, 0, 0, 0, 1, 0, 7}, true)
	f.Add([]byte{90, 0, 0, 0, 3, 2, 0, 0, 120, 5}, []byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 198, 18, 1, 1, 198, 18, 0, 9, 0, 0, 0, 0, 0, 1, 0, 7}, false)
	f.Fuzz(func(t *testing.T, queue, packet []byte, datagram bool) {
		target := netip.MustParseAddr("198.18.1.1")
		d := &datagrams{settings: settings{target: target}, raw: !datagram, protocol: unix.IPPROTO_ICMP, id: 1, sent: map[int]time.Time{7: {}}}
		var c complaint
		c.read(queue)
		if r := c.reply(target); r.event == arrived && r.from != target {
			t.Errorf("%s answers for %s", r.from, target)
		}
		if key, ok := d.keyOf(c, packet); ok && key != 7 {
			t.Errorf("a complaint about packet %d, which was not sent", key)
		}
		if key, ok := d.answered(packet, &unix.SockaddrInet4{Addr: target.As4()}); ok && key != 7 {
			t.Errorf("an answer to packet %d, which was not sent", key)
		}
		if _, ok := d.answered(packet, &unix.SockaddrInet4{Addr: [4]byte{198, 18, 9, 9}}); ok {
			t.Error("a stranger answered")
		}
	})
}
