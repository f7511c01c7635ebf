package testnet

import (
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPairReachesEachOther(t *testing.T) {
	a, b := Pair(t)
	for _, address := range []string{"198.18.0.2:0", "[2001:db8::2]:0"} {
		var l net.Listener
		b.Do(func() (err error) {
			l, err = net.Listen("tcp", address)
			return err
		})
		t.Cleanup(func() { l.Close() })
		a.Do(func() error {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				return err
			}
			return c.Close()
		})
	}
}

func TestHostsAreApart(t *testing.T) {
	a := NewHost(t)
	if err := a.Try(func() error { _, err := net.Dial("udp", "198.18.0.2:9"); return err }); err == nil {
		t.Error("a host without interfaces has a route")
	}
	a.RouteKind("198.18.5.0/24", unix.RTN_PROHIBIT)
	err := a.Try(func() error { _, err := net.Dial("udp", "198.18.5.2:9"); return err })
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("a prohibited route gave %v", err)
	}
}

func TestPanicInsideIsAnError(t *testing.T) {
	a := NewHost(t)
	if err := a.Try(func() error { panic("inside") }); err == nil || !strings.Contains(err.Error(), "inside") {
		t.Errorf("got %v", err)
	}
}

func TestTUN(t *testing.T) {
	a := NewHost(t)
	tun := a.TUN("tun0")
	a.Address("tun0", "198.18.3.1/24")
	a.Do(func() error {
		c, err := net.Dial("udp", "198.18.3.9:7")
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte("a packet for the test"))
		return err
	})
	b := make([]byte, 2000)
	for range 20 { // router solicitations may come first
		n, err := tun.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(string(b[:n]), "a packet for the test") {
			return
		}
	}
	t.Error("the packet did not come")
}
