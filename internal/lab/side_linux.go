package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"wanwatch/internal/lab/plan"
	"wanwatch/internal/lab/wire"
)

// deviceName is that of the TUN device on either side.
const deviceName = "wan0"

// queueLength is how many packets a TUN device keeps until the forwarder reads
// them; beyond it the kernel drops.
const queueLength = 16384

// side is a network namespace with a TUN device in it. Nothing in the file
// system names it: it ends when its descriptors are closed.
type side struct {
	ns     netns.NsHandle
	device wire.Device
	index  int // of the device
}

// newSide makes a namespace, or takes the caller's own, and sets it up.
func newSide(own bool, mtu int, configure func(netlink.Link) error) (*side, error) {
	s := &side{ns: netns.None(), device: wire.Device{TUN: -1}}
	err := onThread(func() error {
		if !own {
			if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("making a network namespace: %w", err)
			}
		}
		var err error
		if s.ns, err = netns.Get(); err != nil {
			return fmt.Errorf("opening a network namespace: %w", err)
		}
		return s.setUp(mtu, configure)
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *side) setUp(mtu int, configure func(netlink.Link) error) error {
	if err := setKernel(); err != nil {
		return err
	}
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding lo: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("setting lo up: %w", err)
	}
	if s.device.TUN, err = openTUN(deviceName); err != nil {
		return err
	}
	link, err := netlink.LinkByName(deviceName)
	if err != nil {
		return fmt.Errorf("finding %s: %w", deviceName, err)
	}
	s.index = link.Attrs().Index
	if err := netlink.LinkSetTxQLen(link, queueLength); err != nil {
		return fmt.Errorf("setting the queue of %s: %w", deviceName, err)
	}
	if err := netlink.LinkSetMTU(link, mtu); err != nil {
		return fmt.Errorf("setting the MTU of %s to %d: %w", deviceName, mtu, err)
	}
	// No link-local addresses: nothing speaks on the wire of its own accord.
	if err := netlink.LinkSetIP6AddrGenMode(link, 1); err != nil {
		return fmt.Errorf("turning link-local addresses of %s off: %w", deviceName, err)
	}
	if s.device.Tap, err = wire.OpenTap(s.index); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("setting %s up: %w", deviceName, err)
	}
	return configure(link)
}

// openTUN makes a TUN device in the thread's namespace. It lives as long as its
// descriptor.
func openTUN(name string) (int, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: "/dev/net/tun", Err: err}
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, fmt.Errorf("making the TUN device %s: %w", name, err)
	}
	return fd, nil
}

// setKernel makes the thread's namespace answer everything at once, whatever
// the machine's own settings are.
func setKernel() error {
	settings := []struct{ name, value string }{
		{"net/ipv4/conf/all/rp_filter", "0"},
		{"net/ipv4/conf/default/rp_filter", "0"},
		{"net/ipv4/icmp_ratelimit", "0"},
		{"net/ipv4/icmp_echo_ignore_all", "0"},
		{"net/ipv4/ping_group_range", "0\t2147483647"},
		{"net/ipv4/ip_unprivileged_port_start", "0"},
		{"net/ipv6/icmp/ratelimit", "0"},
		{"net/ipv6/ip_nonlocal_bind", "1"}, // servers bind to addresses of an AnyIP route
		{"net/ipv6/conf/all/disable_ipv6", "0"},
		{"net/ipv6/conf/default/disable_ipv6", "0"},
		{"net/ipv6/conf/default/router_solicitations", "0"},
	}
	for _, s := range settings {
		err := os.WriteFile("/proc/sys/"+s.name, []byte(s.value), 0)
		// Inside a user namespace the groups are numbered otherwise.
		if err != nil && !(errors.Is(err, unix.EINVAL) && s.name == "net/ipv4/ping_group_range") {
			return fmt.Errorf("setting %s in the lab: %w", s.name, err)
		}
	}
	return nil
}

func (s *side) close() error {
	var errs []error
	if s.device.Tap != nil {
		errs = append(errs, s.device.Tap.Close())
	}
	if s.device.TUN >= 0 {
		errs = append(errs, os.NewSyscallError("close", unix.Close(s.device.TUN)))
	}
	if s.ns.IsOpen() {
		errs = append(errs, s.ns.Close())
	}
	return errors.Join(errs...)
}

// do runs f on a thread inside the namespace.
func (s *side) do(f func() error) error {
	return onThread(func() error {
		if err := netns.Set(s.ns); err != nil {
			return fmt.Errorf("entering the lab's namespace: %w", err)
		}
		return f()
	})
}

// drops returns how many packets the kernel dropped because the device's queue
// was full.
func (s *side) drops() (uint64, error) {
	var dropped uint64
	err := s.do(func() error {
		link, err := netlink.LinkByIndex(s.index)
		if err != nil {
			return fmt.Errorf("reading the statistics of %s: %w", deviceName, err)
		}
		dropped = link.Attrs().Statistics.TxDropped
		return nil
	})
	return dropped, err
}

// onThread runs f on a thread of its own, and gives the thread back to the
// runtime only if it could be brought back into the namespace from which it
// came; else the thread ends.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		origin, err := netns.Get()
		if err != nil {
			runtime.UnlockOSThread()
			done <- fmt.Errorf("opening the thread's network namespace: %w", err)
			return
		}
		returned := false
		var result error
		defer func() {
			if !returned {
				result = errors.New("the function ended its goroutine (t.FailNow, runtime.Goexit) inside the lab")
			}
			if netns.Set(origin) == nil {
				runtime.UnlockOSThread()
			}
			_ = origin.Close()
			done <- result
		}()
		result = f()
		returned = true
	}()
	return <-done
}

// proberRoutes gives the prober's side its addresses and a way to everything else.
func proberRoutes(p *plan.Plan) func(netlink.Link) error {
	return func(link netlink.Link) error {
		for _, a := range []netip.Addr{p.Prober.V4, p.Prober.V6} {
			err := netlink.AddrAdd(link, &netlink.Addr{IPNet: network(netip.PrefixFrom(a, a.BitLen())), Flags: unix.IFA_F_NODAD})
			if err != nil {
				return fmt.Errorf("giving the prober's side the address %s: %w", a, err)
			}
		}
		for _, all := range []string{"0.0.0.0/0", "::/0"} {
			prefix := netip.MustParsePrefix(all)
			source := p.Prober.V6
			if prefix.Addr().Is4() {
				source = p.Prober.V4
			}
			err := netlink.RouteAdd(&netlink.Route{
				LinkIndex: link.Attrs().Index, Dst: network(prefix), Src: source.AsSlice(), Scope: netlink.SCOPE_UNIVERSE,
			})
			if err != nil {
				return fmt.Errorf("adding the prober's route %s: %w", all, err)
			}
		}
		return nil
	}
}

// farRoutes makes every address of the plan local to the far side (an AnyIP
// route) and the prober's addresses reachable over the wire. The latter stand
// in the same table, for the kernel asks the local table first.
func farRoutes(p *plan.Plan) func(netlink.Link) error {
	return func(link netlink.Link) error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return fmt.Errorf("finding lo: %w", err)
		}
		for _, prefix := range p.Networks {
			err := netlink.RouteAdd(&netlink.Route{
				LinkIndex: lo.Attrs().Index, Dst: network(prefix), Type: unix.RTN_LOCAL, Table: unix.RT_TABLE_LOCAL, Scope: netlink.SCOPE_HOST,
			})
			if err != nil {
				return fmt.Errorf("making %s local to the far side: %w", prefix, err)
			}
		}
		for _, a := range []netip.Addr{p.Prober.V4, p.Prober.V6} {
			err := netlink.RouteAdd(&netlink.Route{
				LinkIndex: link.Attrs().Index, Dst: network(netip.PrefixFrom(a, a.BitLen())), Table: unix.RT_TABLE_LOCAL, Scope: netlink.SCOPE_LINK,
			})
			if err != nil {
				return fmt.Errorf("adding the far side's route to the prober %s: %w", a, err)
			}
		}
		return nil
	}
}

func network(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
