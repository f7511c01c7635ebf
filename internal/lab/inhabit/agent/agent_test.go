package agent

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"go.uber.org/goleak"

	"wanwatch/internal/lab/traffic"
	"wanwatch/inventory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loopback is this machine instead of a far side.
type loopback struct{ net.ListenConfig }

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// steady is a flow of a rate that does not change.
func (c *clock) steady(rate float64) *traffic.Flow {
	return traffic.New(traffic.Curve{Night: rateOf(rate), Peak: rateOf(rate)}, traffic.Times{Start: c.now()})
}

const community = "secret"

// users is one for each pair of protocols.
func users() []User {
	var list []User
	for _, auth := range []string{"", "md5", "sha", "sha224", "sha256", "sha384", "sha512"} {
		for _, priv := range []string{"", "des", "aes", "aes192", "aes256", "aes192c", "aes256c"} {
			if auth == "" && priv != "" {
				continue
			}
			u := User{Name: "u-" + auth + "-" + priv, Auth: auth, Priv: priv}
			if auth != "" {
				u.AuthPassword = "auth password"
			}
			if priv != "" {
				u.PrivPassword = "priv password"
			}
			list = append(list, u)
		}
	}
	return list
}

func router(t testing.TB, c *clock, name string, addresses ...string) *Device {
	t.Helper()
	s := Spec{
		Name: name, Access: Access{Community: community, Users: users()}, Location: "Đà Nẵng",
		Model: "SR-1", Serial: "S0001", Software: "4.2",
		Interfaces: []Interface{
			{Index: 7, Name: "ge0", Alias: "to the hub", Speed: 1e9, In: Direction{Flow: c.steady(8e6)}, Out: Direction{Flow: c.steady(16e6)}},
			{Index: 3, Name: "ge1", Speed: 100e6, Only32: true, In: Direction{Flow: c.steady(8e6), From: math.MaxUint32 - 500_000}},
		},
	}
	for _, a := range addresses {
		s.Addresses = append(s.Addresses, netip.MustParseAddr(a))
	}
	d, err := NewDevice(s, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func start(t testing.TB, address string, devices ...*Device) (port uint16) {
	t.Helper()
	f := &Fleet{Address: address, Devices: devices}
	if err := f.Start(t.Context(), &loopback{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return uint16(f.LocalAddr().(*net.UDPAddr).Port)
}

// client asks with version 2c, or as a user.
func client(t testing.TB, host string, port uint16, u *User) *gosnmp.GoSNMP {
	t.Helper()
	g := &gosnmp.GoSNMP{
		Target: host, Port: port, Version: gosnmp.Version2c, Community: community,
		Timeout: 2 * time.Second, Retries: 0, MaxOids: 100,
	}
	if u != nil {
		g.Version, g.SecurityModel = gosnmp.Version3, gosnmp.UserSecurityModel
		list, err := newUsers([]User{*u})
		if err != nil {
			t.Fatal(err)
		}
		g.SecurityParameters, g.MsgFlags = list[u.Name].usm, list[u.Name].level
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Conn.Close() })
	return g
}

// ask returns the values of objects, written as text.
func ask(t testing.TB, g *gosnmp.GoSNMP, oids ...string) []string {
	t.Helper()
	p, err := g.Get(oids)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, v := range p.Variables {
		list = append(list, text(v))
	}
	return list
}

func text(v gosnmp.SnmpPDU) string {
	if b, ok := v.Value.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v.Value)
}

const (
	sysName   = ".1.3.6.1.2.1.1.5.0"
	sysUpTime = ".1.3.6.1.2.1.1.3.0"
	inOctets  = ".1.3.6.1.2.1.2.2.1.10."
	inHC      = ".1.3.6.1.2.1.31.1.1.1.6."
	names     = ".1.3.6.1.2.1.31.1.1.1.1."
	disco     = ".1.3.6.1.2.1.31.1.1.1.19."
)

func TestEveryWayToAsk(t *testing.T) {
	c := newClock()
	port := start(t, "127.0.0.1:0", router(t, c, "rt"))
	if got := ask(t, client(t, "127.0.0.1", port, nil), sysName, names+"7"); got[0] != "rt" || got[1] != "ge0" {
		t.Errorf("%q", got)
	}
	for _, u := range users() {
		t.Run(u.Name, func(t *testing.T) {
			g := client(t, "127.0.0.1", port, &u)
			for range 2 {
				if got := ask(t, g, sysName, names+"7"); got[0] != "rt" || got[1] != "ge0" {
					t.Errorf("%q", got)
				}
			}
		})
	}
}

// TestOneSocketForMany asks devices that share a socket, and wants each answer
// to come from the address that was asked.
func TestOneSocketForMany(t *testing.T) {
	c := newClock()
	var devices []*Device
	for i := range 50 {
		devices = append(devices, router(t, c, fmt.Sprintf("rt-%d", i), fmt.Sprintf("127.9.0.%d", i+1)))
	}
	port := start(t, ":0", devices...)
	for i := range devices {
		// A connected socket takes answers from the address asked only.
		if got := ask(t, client(t, fmt.Sprintf("127.9.0.%d", i+1), port, nil), sysName); got[0] != fmt.Sprintf("rt-%d", i) {
			t.Errorf("127.9.0.%d: %q", i+1, got)
		}
	}
}

func rateOf(r float64) inventory.BitRate { return inventory.BitRate(r) }

func TestCountersAgeAndWrap(t *testing.T) {
	c := newClock()
	d := router(t, c, "rt")
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", d), nil)
	want := func(what string, want ...string) {
		t.Helper()
		got := ask(t, g, sysUpTime, inHC+"7", inOctets+"7", inOctets+"3", disco+"7")
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	old := "864000000"
	want("at first", old, "0", "0", "4294467295", "0")
	c.pass(time.Second) // 1 MB
	want("a second on, wrapped", "864000100", "1000000", "1000000", "499999", "0")
	if err := d.SetOper("ge0", Down); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	want("while it is down", "864000200", "1000000", "1000000", "1499999", "0")
	if err := errors.Join(d.SetOper("ge0", Up), d.ResetCounters("ge1")); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	want("up again", "864000300", "2000000", "2000000", "1000000", "0")
	if err := d.ResetCounters("ge0"); err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	want("reset", "864000400", "1000000", "1000000", "2000000", "864000300")
	if in, out, err := d.Octets("ge0"); err != nil || in != (Octets{1_000_000, 1_000_000}) || out.Passed != 2_000_000 {
		t.Errorf("%v, %v, %v", in, out, err)
	}
	d.Reboot()
	c.pass(2 * time.Second)
	want("restarted", "200", "2000000", "2000000", "2000000", "0")
}
