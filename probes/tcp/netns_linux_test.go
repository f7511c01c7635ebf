package tcp

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wanwatch/internal/testnet"
	"wanwatch/probes"
)

// What routers and this host's own routing say is told apart, in two network
// namespaces: a host, and its router, which sends ICMP errors.
func TestUnreachable(t *testing.T) {
	host := behindRouter(t)
	for name, c := range map[string]struct {
		address string
		timeout time.Duration
		outcome probes.Outcome
		reason  probes.Reason
		detail  string
	}{
		"router has no way":    {"198.18.1.1:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"router forbids":       {"198.18.2.1:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"router drops":         {"198.18.3.1:80", 300 * time.Millisecond, probes.Failure, probes.ReasonTimeout, "did not answer"},
		"no such neighbour":    {"198.18.0.5:80", 2 * time.Second, probes.Failure, probes.ReasonUnreachable, "no route to host"},
		"this host forbids":    {"198.18.4.1:80", 2 * time.Second, probes.Unknown, probes.ReasonNotPermitted, "does not allow"},
		"this host has no way": {"198.18.5.1:80", 2 * time.Second, probes.Unknown, probes.ReasonNoRoute, "this host cannot reach"},
		"no way for IPv6":      {"[2001:db8:1::1]:80", 2 * time.Second, probes.Unknown, probes.ReasonNoRoute, "this host cannot reach"},
	} {
		t.Run(name, func(t *testing.T) {
			host.Do(func() error {
				j := job(c.address, Config{})
				j.Probe.Timeout = c.timeout
				r, steps := probeOnce(t, probes.Env{}, j)
				check(t, r, c.outcome, c.reason, c.detail)
				if len(steps) != 2 {
					t.Errorf("steps: %q", steps)
				}
				return nil
			})
		})
	}
}

// behindRouter makes a host, and the router that is all its way out.
func behindRouter(t *testing.T) *testnet.Host {
	t.Helper()
	host, router := testnet.Pair(t)
	router.Sysctl("net.ipv4.ip_forward", "1")
	router.RouteKind("198.18.1.0/24", unix.RTN_UNREACHABLE)
	router.RouteKind("198.18.2.0/24", unix.RTN_PROHIBIT)
	router.RouteKind("198.18.3.0/24", unix.RTN_BLACKHOLE)
	host.Route("0.0.0.0/0", "198.18.0.2")
	host.RouteKind("198.18.4.0/24", unix.RTN_PROHIBIT)
	host.RouteKind("198.18.5.0/24", unix.RTN_UNREACHABLE)
	// A neighbour is given up after three questions: 0.3 s instead of 3 s.
	host.Sysctl("net.ipv4.neigh.eth0.retrans_time_ms", "100")
	return host
}
