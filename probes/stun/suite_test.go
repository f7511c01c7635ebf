package stun_test

import (
	"fmt"
	"net"
	"sync"
	"testing"

	wire "github.com/pion/stun/v3"

	"wanwatch/internal/peertest"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/probetest"
	"wanwatch/probes/stun"
)

// serve answers datagrams until the test ends.
func serve(t testing.TB, answer func(m *wire.Message, from *net.UDPAddr) *wire.Message) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			m := new(wire.Message)
			if wire.Decode(buffer[:n], m) != nil || n != 20 {
				t.Errorf("% x is no Binding request", buffer[:n])
				continue
			}
			if a := answer(m, from.(*net.UDPAddr)); a != nil {
				_, _ = c.WriteTo(a.Raw, from)
			}
		}
	})
	t.Cleanup(func() {
		_ = c.Close()
		group.Wait()
	})
	return c.LocalAddr().String()
}

func endpoint(address string) string {
	return fmt.Sprintf("sites: {a: {}}\nendpoints:\n  server:\n    site: a\n    address: 127.0.0.1\n    probes: {stun: {address: %q, timeout: 900ms}}\n", address)
}

func TestSuite(t *testing.T) {
	bad := func(reason probes.Reason, answer func(*wire.Message, *net.UDPAddr) *wire.Message) func(testing.TB) probetest.Case {
		return func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, answer)), Reason: reason}
		}
	}
	success := func(m *wire.Message, with ...wire.Setter) *wire.Message {
		return wire.MustBuild(append([]wire.Setter{m, wire.BindingSuccess}, with...)...)
	}
	probetest.Run(t, probetest.Subject{
		Kind: stun.Kind(), Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint(serve(t, func(m *wire.Message, from *net.UDPAddr) *wire.Message {
				return success(m, &wire.XORMappedAddress{IP: from.IP, Port: from.Port}, wire.NewSoftware("test"), wire.Fingerprint)
			}))}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent":     bad(probes.ReasonTimeout, func(*wire.Message, *net.UDPAddr) *wire.Message { return nil }),
			"no address": bad(probes.ReasonProtocol, func(m *wire.Message, _ *net.UDPAddr) *wire.Message { return success(m) }),
			"in trouble": bad(probes.ReasonUnavailable, func(m *wire.Message, _ *net.UDPAddr) *wire.Message {
				return wire.MustBuild(m, wire.BindingError, wire.CodeServerError)
			}),
			"refused": bad(probes.ReasonStatus, func(m *wire.Message, _ *net.UDPAddr) *wire.Message {
				return wire.MustBuild(m, wire.BindingError, wire.CodeBadRequest)
			}),
			"nothing listens": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint(peertest.FreeUDP(t)), Reason: probes.ReasonRefused}
			},
		},
	})
}
