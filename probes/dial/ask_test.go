package dial

import (
	"bytes"
	"context"
	"net"
	"testing"
	"time"

	"wanwatch/probes"
)

// udp starts a server that answers the nth datagram with what answers returns.
func udp(t *testing.T, answers func(n int) [][]byte) Dialer {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 100)
		for n := 1; ; n++ {
			_, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			for _, a := range answers(n) {
				_, _ = c.WriteTo(a, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
	host, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return Dialer{Host: host, Port: port}
}

// A question is repeated until its answer comes; one that does not fit the usual
// buffer is read when it comes again; what is no answer is counted.
func TestAsk(t *testing.T) {
	long := bytes.Repeat([]byte("x"), maxDatagram)
	for name, c := range map[string]struct {
		answers       func(n int) [][]byte
		length        int
		sent, foreign int
		reason        probes.Reason
	}{
		"at once":        {func(int) [][]byte { return [][]byte{[]byte("xx")} }, 2, 1, 0, ""},
		"the third time": {func(n int) [][]byte { return map[int][][]byte{3: {[]byte("x")}}[n] }, 1, 3, 0, ""},
		"long":           {func(int) [][]byte { return [][]byte{long} }, maxDatagram, 2, 0, ""},
		"as the buffer":  {func(int) [][]byte { return [][]byte{long[:usualDatagram]} }, usualDatagram, 2, 0, ""},
		"foreign first":  {func(int) [][]byte { return [][]byte{[]byte("y"), {}, []byte("x")} }, 1, 1, 2, ""},
		"one to wait":    {func(int) [][]byte { return [][]byte{[]byte("?"), []byte("x")} }, 1, 1, 0, ""},
		"never":          {func(int) [][]byte { return nil }, 0, 4, 0, probes.ReasonTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := udp(t, c.answers)
			ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
			defer cancel()
			conn, err := d.UDP(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(ctx)
			a, err := conn.Ask(ctx, []byte("question"), Resend{100 * time.Millisecond, 250 * time.Millisecond}, func(data []byte) (bool, string) {
				switch {
				case bytes.HasPrefix(data, []byte("x")):
					return true, ""
				case bytes.HasPrefix(data, []byte("?")):
					return false, ""
				}
				return false, "not an x"
			}, probes.NewTrace())
			var reason probes.Reason
			if err != nil {
				reason = Explain(err).Reason
			}
			if reason != c.reason || len(a.Data) != c.length || a.Sent != c.sent || a.Foreign != c.foreign {
				t.Errorf("%v: %d bytes, sent %d times, %d foreign", err, len(a.Data), a.Sent, a.Foreign)
			}
			if err == nil && a.Sent > 1 && a.RTT > 90*time.Millisecond {
				t.Errorf("the round trip of the last question took %s", a.RTT)
			}
		})
	}
}
