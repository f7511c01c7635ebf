package testnet

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"wanwatch/internal/testenv"
)

// Host is a network namespace: a computer as far as the network can see. Its
// loopback interface is up.
type Host struct {
	t    testing.TB
	ns   netns.NsHandle
	link *netlink.Handle
}

// NewHost makes a host. It goes when the test ends.
func NewHost(t testing.TB) *Host {
	t.Helper()
	testenv.NeedRoot(t)
	h := &Host{t: t}
	err := onThread(func() (err error) {
		h.ns, err = netns.New()
		return err
	})
	if err != nil {
		t.Fatalf("making a network namespace: %v", err)
	}
	t.Cleanup(func() {
		if h.link != nil {
			h.link.Close()
		}
		if err := h.ns.Close(); err != nil {
			t.Errorf("closing a network namespace: %v", err)
		}
	})
	h.link, err = netlink.NewHandleAt(h.ns)
	if err != nil {
		t.Fatalf("opening netlink in a network namespace: %v", err)
	}
	h.Up("lo")
	return h
}

// onThread runs f on a thread of its own, which is thrown away: its namespace
// may be another one than that of the process.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		returned := false
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Errorf("panic: %v", v)
			} else if !returned {
				done <- errors.New("the function ended its goroutine: t.Fatal is for the test's own")
			}
		}()
		err := f()
		returned = true
		done <- err
	}()
	return <-done
}

// Do runs f inside the host and waits for it. Sockets that f opens, and programs
// that it starts, belong to the host; goroutines that it starts do not.
func (h *Host) Do(f func() error) {
	h.t.Helper()
	if err := h.Try(f); err != nil {
		h.t.Fatal(err)
	}
}

// Try is Do with the error returned.
func (h *Host) Try(f func() error) error {
	return onThread(func() error {
		if err := netns.Set(h.ns); err != nil {
			return fmt.Errorf("entering a network namespace: %w", err)
		}
		return f()
	})
}

// Sysctl writes a setting of the host's network, such as
// "net.ipv4.icmp_echo_ignore_all".
func (h *Host) Sysctl(name, value string) {
	h.t.Helper()
	h.Do(func() error {
		path := filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/"))
		return os.WriteFile(path, []byte(value), 0)
	})
}

// Up brings an interface up.
func (h *Host) Up(name string) {
	h.t.Helper()
	h.must("bringing "+name+" up", h.link.LinkSetUp(h.find(name)))
}

// Down takes an interface down.
func (h *Host) Down(name string) {
	h.t.Helper()
	h.must("taking "+name+" down", h.link.LinkSetDown(h.find(name)))
}

// Address gives an interface an address with its network, such as
// "198.18.0.1/24". An IPv6 address can be used at once.
func (h *Host) Address(name, prefix string) {
	h.t.Helper()
	a := h.address(prefix)
	h.must("adding "+prefix+" to "+name, h.link.AddrAdd(h.find(name), a))
	h.settle(a.IP)
}

// settle waits until the kernel takes packets to a new address. For IPv6 a
// kernel thread adds that route, some time after the call that added the address.
func (h *Host) settle(ip net.IP) {
	h.t.Helper()
	for range 10_000 {
		routes, err := h.link.RouteGet(ip)
		if err == nil && len(routes) == 1 && routes[0].Type == unix.RTN_LOCAL {
			return
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatalf("%s is not in use 10 s after it was added", ip)
}

// RemoveAddress takes an address off an interface.
func (h *Host) RemoveAddress(name, prefix string) {
	h.t.Helper()
	h.must("removing "+prefix+" from "+name, h.link.AddrDel(h.find(name), h.address(prefix)))
}

func (h *Host) address(prefix string) *netlink.Addr {
	h.t.Helper()
	a, err := netlink.ParseAddr(prefix)
	if err != nil {
		h.t.Fatalf("address %s: %v", prefix, err)
	}
	if a.IP.To4() == nil {
		a.Flags = unix.IFA_F_NODAD
	}
	return a
}

// Route adds a route to a network through a router.
func (h *Host) Route(network, via string) {
	h.t.Helper()
	h.must("adding a route to "+network, h.link.RouteAdd(&netlink.Route{Dst: h.network(network), Gw: net.ParseIP(via)}))
}

// RouteKind adds a route that refuses: unix.RTN_UNREACHABLE, RTN_PROHIBIT or
// RTN_BLACKHOLE.
func (h *Host) RouteKind(network string, kind int) {
	h.t.Helper()
	h.must("adding a route to "+network, h.link.RouteAdd(&netlink.Route{Dst: h.network(network), Type: kind}))
}

// RouteOut adds a route to a network through an interface.
func (h *Host) RouteOut(network, name string) {
	h.t.Helper()
	h.must("adding a route to "+network, h.link.RouteAdd(&netlink.Route{Dst: h.network(network), LinkIndex: h.find(name).Attrs().Index}))
}

func (h *Host) network(text string) *net.IPNet {
	h.t.Helper()
	_, n, err := net.ParseCIDR(text)
	if err != nil {
		h.t.Fatalf("network %s: %v", text, err)
	}
	return n
}

// SetMTU sets the largest packet of an interface.
func (h *Host) SetMTU(name string, bytes int) {
	h.t.Helper()
	h.must("setting the MTU of "+name, h.link.LinkSetMTU(h.find(name), bytes))
}

// Index returns the index of an interface.
func (h *Host) Index(name string) int {
	h.t.Helper()
	return h.find(name).Attrs().Index
}

func (h *Host) find(name string) netlink.Link {
	h.t.Helper()
	l, err := h.link.LinkByName(name)
	if err != nil {
		h.t.Fatalf("interface %s: %v", name, err)
	}
	return l
}

func (h *Host) must(what string, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
}

// Cable joins two hosts: it makes an interface at each, and brings both up.
func Cable(a *Host, nameA string, b *Host, nameB string) {
	a.t.Helper()
	pair := &netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: nameA, TxQLen: 1000}, PeerName: nameB,
		PeerNamespace: netlink.NsFd(int(b.ns)),
	}
	a.must("making a pair of interfaces", a.link.LinkAdd(pair))
	a.Up(nameA)
	b.Up(nameB)
}

// Pair makes two hosts with a cable between them. Both ends are named eth0; a
// has 198.18.0.1 and 2001:db8::1, b has 198.18.0.2 and 2001:db8::2.
func Pair(t testing.TB) (a, b *Host) {
	t.Helper()
	a, b = NewHost(t), NewHost(t)
	Cable(a, "eth0", b, "eth0")
	for i, h := range []*Host{a, b} {
		h.Address("eth0", fmt.Sprintf("198.18.0.%d/24", i+1))
		h.Address("eth0", fmt.Sprintf("2001:db8::%d/64", i+1))
	}
	return a, b
}

// TUN makes an interface whose packets a program of the test gets: each read is
// an IP packet that the host sends there, each write one that arrives. The file
// is closed when the test ends.
func (h *Host) TUN(name string) *os.File {
	h.t.Helper()
	var file *os.File
	h.Do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return fmt.Errorf("opening /dev/net/tun: %w", err)
		}
		request, err := unix.NewIfreq(name)
		if err != nil {
			return errors.Join(err, unix.Close(fd))
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
			return errors.Join(fmt.Errorf("making the interface %s: %w", name, err), unix.Close(fd))
		}
		file = os.NewFile(uintptr(fd), name)
		return nil
	})
	h.t.Cleanup(func() { file.Close() })
	h.Up(name)
	return file
}

// RouteLocal makes all addresses of a network the host's own: it answers for
// them.
func (h *Host) RouteLocal(network string) {
	h.t.Helper()
	h.must("taking "+network+" as local", h.link.RouteAdd(&netlink.Route{
		Dst: h.network(network), Type: unix.RTN_LOCAL, Table: unix.RT_TABLE_LOCAL,
		LinkIndex: h.find("lo").Attrs().Index, Scope: netlink.SCOPE_HOST,
	}))
}
