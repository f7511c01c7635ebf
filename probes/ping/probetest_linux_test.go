package ping_test

import (
	"context"
	"net"
	"os"
	"runtime"
	"testing"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
	"wanwatch/probes/kinds"
	"wanwatch/probes/ping"
	"wanwatch/probes/probetest"
)

// endpoint is an inventory with one ping.
func endpoint(address, settings string) string {
	return "sites: {a: {}}\nendpoints:\n  room:\n    site: a\n    address: 127.0.0.1\n    probes: {ping: {address: \"" + address + "\", timeout: 300ms" + settings + "}}\n"
}

// nobody knows no name.
type nobody struct{}

func (nobody) LookupHost(ctx context.Context, host string) ([]string, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// inSilence puts the test's thread into a network namespace of its own, whose
// kernel does not answer pings. The thread ends with the test.
func inSilence(t testing.TB) {
	t.Helper()
	testenv.NeedRoot(t)
	runtime.LockOSThread()
	ns, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ns.Close() })
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/icmp_echo_ignore_all", []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSuite(t *testing.T) {
	testenv.NeedRoot(t)
	probetest.Run(t, probetest.Subject{
		Kind:  ping.Kind(),
		Kinds: kinds.Inventory(),
		Good: func(t testing.TB) probetest.Case {
			t.Helper()
			return probetest.Case{Inventory: endpoint("127.0.0.1", ", dscp: EF, size: 200")}
		},
		Bad: map[string]func(testing.TB) probetest.Case{
			"silent": func(t testing.TB) probetest.Case {
				t.Helper()
				inSilence(t)
				return probetest.Case{Inventory: endpoint("127.0.0.1", ""), Reason: probes.ReasonTimeout}
			},
			"no way": func(t testing.TB) probetest.Case {
				t.Helper()
				inSilence(t)
				return probetest.Case{Inventory: endpoint("198.18.0.1", ""), Reason: probes.ReasonNoRoute}
			},
			"no such name": func(t testing.TB) probetest.Case {
				t.Helper()
				return probetest.Case{Inventory: endpoint("nowhere.example", ""), Resolver: nobody{}, Reason: probes.ReasonResolve}
			},
		},
	})
}
