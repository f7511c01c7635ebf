package tcp

import (
	"errors"
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"wanwatch/internal/testenv"
	"wanwatch/probes"
)

// What routers and this host's own routing say is told apart, in two network
// namespaces: a host, and its router, which sends ICMP errors.
func TestUnreachable(t *testing.T) {
	testenv.NeedRoot(t)
	inNamespaces(t)
	for name, c := range map[string]struct {
		address string
		timeout time.Duration
		outcome probes.Outcome
		reason  probes.Reason
		detail  string
	}{
		"router has no way":       {"198.18.1.1:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"router forbids":          {"198.18.2.1:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"router drops":            {"198.18.3.1:80", 300 * time.Millisecond, probes.Failure, probes.ReasonTimeout, "did not answer"},
		"no such neighbour":       {"198.18.0.5:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"this host forbids":       {"198.18.4.1:80", 2 * time.Second, probes.Unknown, probes.ReasonNotPermitted, "does not allow"},
		"this host has no way":    {"198.18.5.1:80", 2 * time.Second, probes.Unknown, probes.ReasonNoRoute, "this host cannot reach"},
		"this host has no family": {"[2001:db8::1]:80", 2 * time.Second, probes.Unknown, probes.ReasonNoRoute, "this host cannot reach"},
	} {
		t.Run(name, func(t *testing.T) {
			enter(t)
			j := job(c.address, Config{})
			j.Probe.Timeout = c.timeout
			r, steps := probeOnce(t, probes.Env{}, j)
			check(t, r, c.outcome, c.reason, c.detail)
			if len(steps) != 2 {
				t.Errorf("steps: %q", steps)
			}
		})
	}
}

// The names under which the namespaces are kept for the time of the test.
const (
	hostNamespace   = "wanwatch-tcp-host"
	routerNamespace = "wanwatch-tcp-router"
)

// enter puts the test's thread into the host's namespace; the thread ends with
// the test.
func enter(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // never unlocked: no other test gets this thread
	ns, err := netns.GetFromName(hostNamespace)
	if err != nil {
		t.Fatal(err)
	}
	defer ns.Close()
	if err := netns.Set(ns); err != nil {
		t.Fatal(err)
	}
}

// inNamespaces builds the two namespaces; they go with the test.
func inNamespaces(t *testing.T) {
	t.Helper()
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		failed <- build()
	}()
	t.Cleanup(func() {
		_ = netns.DeleteNamed(hostNamespace)
		_ = netns.DeleteNamed(routerNamespace)
	})
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
}

func build() error {
	router, err := netns.NewNamed(routerNamespace)
	if err != nil {
		return err
	}
	defer router.Close()
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o600); err != nil {
		return err
	}
	host, err := netns.NewNamed(hostNamespace)
	if err != nil {
		return err
	}
	defer host.Close()
	pair := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "host0"}, PeerName: "router0", PeerNamespace: netlink.NsFd(router)}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	err = errors.Join(
		netlink.LinkSetUp(loopback), // the kernel tells itself about neighbours by ICMP
		netlink.LinkAdd(pair),
		configure("host0", "198.18.0.2/29"),
		netlink.RouteAdd(&netlink.Route{Dst: network("0.0.0.0/0"), Gw: net.IPv4(198, 18, 0, 1)}),
		netlink.RouteAdd(&netlink.Route{Dst: network("198.18.4.0/24"), Type: unix.RTN_PROHIBIT}),
		netlink.RouteAdd(&netlink.Route{Dst: network("198.18.5.0/24"), Type: unix.RTN_UNREACHABLE}),
	)
	if err != nil {
		return err
	}
	// A neighbour is given up after three questions: 0.3 s instead of 3 s.
	if err := os.WriteFile("/proc/sys/net/ipv4/neigh/host0/retrans_time_ms", []byte("100"), 0o600); err != nil {
		return err
	}
	if err := netns.Set(router); err != nil {
		return err
	}
	return errors.Join(
		configure("router0", "198.18.0.1/29"),
		netlink.RouteAdd(&netlink.Route{Dst: network("198.18.1.0/24"), Type: unix.RTN_UNREACHABLE}),
		netlink.RouteAdd(&netlink.Route{Dst: network("198.18.2.0/24"), Type: unix.RTN_PROHIBIT}),
		netlink.RouteAdd(&netlink.Route{Dst: network("198.18.3.0/24"), Type: unix.RTN_BLACKHOLE}),
	)
}

func configure(name, address string) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return err
	}
	a, err := netlink.ParseAddr(address)
	if err != nil {
		return err
	}
	return errors.Join(netlink.AddrAdd(link, a), netlink.LinkSetUp(link))
}

func network(text string) *net.IPNet {
	_, n, err := net.ParseCIDR(text)
	if err != nil {
		panic(err)
	}
	return n
}
