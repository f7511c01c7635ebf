package agent

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

func TestSilence(t *testing.T) {
	d := router(t, newClock(), "rt")
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", d), nil)
	g.Timeout = 50 * time.Millisecond
	d.Silence(true)
	if _, err := g.Get([]string{sysName}); err == nil {
		t.Error("the dead speak")
	}
	for d.Counts().Dropped == 0 && t.Context().Err() == nil {
		runtime.Gosched() // until the request has come
	}
	d.Silence(false)
	g.Timeout = 2 * time.Second
	ask(t, g, sysName)
	d.DropNext(1)
	g.Timeout, g.Retries = 200*time.Millisecond, 5
	ask(t, g, sysName)
	if got := d.Counts(); got.Dropped != 2 || got.Answers < 2 || got.Requests != got.Answers+got.Dropped {
		t.Errorf("%+v", got)
	}
}

// Close does not wait for answers that are held back.
func TestSlow(t *testing.T) {
	d := router(t, newClock(), "rt")
	f := &Fleet{Address: "127.0.0.1:0", Devices: []*Device{d}}
	if err := f.Start(t.Context(), &loopback{}); err != nil {
		t.Fatal(err)
	}
	g := client(t, "127.0.0.1", netip.MustParseAddrPort(f.LocalAddr().String()).Port(), nil)
	const by = 30 * time.Millisecond
	d.Slow(by)
	begun := time.Now()
	ask(t, g, sysName)
	if took := time.Since(begun); took < by {
		t.Errorf("it answered after %v", took)
	}
	d.Slow(time.Hour)
	g.Timeout = 20 * time.Millisecond
	if _, err := g.Get([]string{sysName}); err == nil {
		t.Error("it answered at once")
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Error(err)
	}
}

// TestRestartIsSeenInVersion3 asks a device that was started anew: its boots and
// time are others, and it says so before it answers.
func TestRestartIsSeenInVersion3(t *testing.T) {
	c := newClock()
	d := router(t, c, "rt")
	u := users()[10]
	g := client(t, "127.0.0.1", start(t, "127.0.0.1:0", d), &u)
	ask(t, g, sysName)
	d.Reboot()
	if got := ask(t, g, engineBoots, engineTime); got[0] != "2" || got[1] != "0" {
		t.Errorf("%q", got)
	}
	c.pass(time.Hour)
	if got := ask(t, g, engineBoots, engineTime); got[0] != "2" || got[1] != "3600" {
		t.Errorf("an hour on: %q", got)
	}
}

// TestRefusals looks at the reports that the agent sent: gosnmp trusts none that
// is not signed.
func TestRefusals(t *testing.T) {
	d := router(t, newClock(), "rt")
	port := start(t, "127.0.0.1:0", d)
	known := User{Name: "u-sha256-aes", Auth: "sha256", AuthPassword: "auth password", Priv: "aes", PrivPassword: "priv password"}
	change := func(f func(*User)) *User {
		u := known
		f(&u)
		return &u
	}
	for name, tt := range map[string]struct {
		u      *User
		object string
	}{
		"unknown user":        {change(func(u *User) { u.Name = "nobody" }), unknownUserNames},
		"wrong password":      {change(func(u *User) { u.AuthPassword = "another one" }), wrongDigests},
		"wrong protocol":      {change(func(u *User) { u.Auth = "sha512" }), wrongDigests},
		"wrong key":           {change(func(u *User) { u.PrivPassword = "another one" }), decryptionErrors},
		"level not supported": {change(func(u *User) { u.Name = "u-sha256-" }), unsupportedSecLevels},
	} {
		t.Run(name, func(t *testing.T) {
			before := d.reports(tt.object)
			if p, err := client(t, "127.0.0.1", port, tt.u).Get([]string{sysName}); err == nil {
				t.Errorf("answered: %v", p)
			}
			if got := d.reports(tt.object); got != before+1 {
				t.Errorf("%d reports of %s", got-before, tt.object)
			}
		})
	}
	t.Run("level too low", func(t *testing.T) {
		p, err := client(t, "127.0.0.1", port, change(func(u *User) { u.Priv = "" })).Get([]string{sysName})
		if err != nil || p.Error != gosnmp.AuthorizationError {
			t.Errorf("%v, %v", p, err)
		}
	})
	t.Run("wrong community", func(t *testing.T) {
		g := client(t, "127.0.0.1", port, nil)
		g.Community, g.Timeout = "public", 50*time.Millisecond
		if _, err := g.Get([]string{sysName}); err == nil {
			t.Error("it answered")
		}
	})
}

func (a *Agent) reports(object string) uint32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stats[object]
}

func TestWrongSpecs(t *testing.T) {
	a := netip.MustParseAddr("198.18.0.1")
	for name, tt := range map[string]struct {
		specs []Spec
		want  string
	}{
		"same index":    {[]Spec{{Name: "x", Interfaces: []Interface{{Index: 2, Name: "a"}, {Name: "b"}}}}, `"a" and "b" have the same index 2`},
		"unknown auth":  {[]Spec{{Name: "x", Access: Access{Users: []User{{Name: "u", Auth: "rot13"}}}}}, `auth "rot13" is not known`},
		"priv alone":    {[]Spec{{Name: "x", Access: Access{Users: []User{{Name: "u", Priv: "aes", PrivPassword: "12345678"}}}}}, "auth before priv"},
		"same address":  {[]Spec{{Name: "x", Addresses: []netip.Addr{a}}, {Name: "y", Addresses: []netip.Addr{a}}}, "198.18.0.1 is the address of device y and of another"},
		"no address":    {[]Spec{{Name: "x", Addresses: []netip.Addr{a}}, {Name: "y"}}, "device y has no address"},
		"no interface":  {[]Spec{{Name: "x"}}, `no interface "z"`},
		"no such index": {[]Spec{{Name: "x"}}, `no interface "z"`},
	} {
		t.Run(name, func(t *testing.T) {
			f := &Fleet{Address: "127.0.0.1:0"}
			var err error
			for _, s := range tt.specs {
				var d *Device
				if d, err = NewDevice(s, nil); err != nil {
					break
				}
				f.Devices = append(f.Devices, d)
			}
			if err == nil && strings.Contains(tt.want, "interface") {
				err = errors.Join(f.Devices[0].SetOper("z", Up), f.Devices[0].Renumber(map[string]uint32{"z": 1}))
			} else if err == nil {
				err = f.Start(t.Context(), &loopback{})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
}

// FuzzAnswer sends anything; requests of both versions are among the seeds.
func FuzzAnswer(f *testing.F) {
	c := newClock()
	d := router(f, c, "rt")
	for _, u := range []*User{nil, {Name: "u--"}} {
		p := &gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: community, PDUType: gosnmp.GetBulkRequest, RequestID: 7, MaxRepetitions: 3}
		if u != nil {
			p.Version, p.SecurityModel, p.MsgFlags = gosnmp.Version3, gosnmp.UserSecurityModel, gosnmp.Reportable
			p.SecurityParameters = &gosnmp.UsmSecurityParameters{UserName: u.Name, AuthoritativeEngineID: string(d.spec.EngineID)}
		}
		p.Variables = []gosnmp.SnmpPDU{{Name: ".1.3.6.1.2.1.2", Type: gosnmp.Null}}
		message, err := p.MarshalMsg()
		if err != nil {
			f.Fatal(err)
		}
		if answer, _ := d.Answer(message); len(answer) < 40 {
			f.Fatalf("the seed is answered with %d bytes", len(answer))
		}
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		answer, _ := d.Answer(message)
		if len(answer) > 65507 {
			t.Errorf("an answer of %d bytes", len(answer))
		}
	})
}

// BenchmarkPoll answers what a poll of wanwatch asks for: two interfaces.
func BenchmarkPoll(b *testing.B) {
	for _, version := range []gosnmp.SnmpVersion{gosnmp.Version2c, gosnmp.Version3} {
		b.Run(version.String(), func(b *testing.B) {
			c := newClock()
			d := router(b, c, "rt")
			message := pollMessage(b, d, version)
			b.ReportAllocs()
			for b.Loop() {
				c.pass(30 * time.Second)
				if version == gosnmp.Version3 {
					c.pass(-30 * time.Second) // the message has its time
				}
				if answer, _ := d.Answer(message); len(answer) < 400 {
					b.Fatalf("answered with %d bytes", len(answer))
				}
			}
		})
	}
}

// pollMessage is what a poll asks for.
func pollMessage(b *testing.B, d *Device, version gosnmp.SnmpVersion) []byte {
	b.Helper()
	p := &gosnmp.SnmpPacket{Version: version, Community: community, PDUType: gosnmp.GetRequest, RequestID: 7}
	add := func(oid string) { p.Variables = append(p.Variables, gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Null}) }
	add(sysUpTime)
	add(engineTime)
	add(engineBoots)
	for _, index := range []int{3, 7} {
		for _, column := range []string{"2.2.1.7", "2.2.1.8", "2.2.1.9", "2.2.1.13", "2.2.1.14", "2.2.1.19", "2.2.1.20",
			"31.1.1.1.1", "31.1.1.1.6", "31.1.1.1.7", "31.1.1.1.10", "31.1.1.1.11", "31.1.1.1.15", "31.1.1.1.19"} {
			add(fmt.Sprintf(".1.3.6.1.2.1.%s.%d", column, index))
		}
	}
	if version == gosnmp.Version3 {
		p.SecurityModel, p.MsgFlags = gosnmp.UserSecurityModel, gosnmp.AuthPriv|gosnmp.Reportable
		u := d.users["u-sha256-aes"]
		view, done := d.Open()
		e := engineOf(view)
		done()
		if err := u.keyFor(e); err != nil {
			b.Fatal(err)
		}
		usm := copyOf(u.usm)
		usm.AuthoritativeEngineBoots, usm.AuthoritativeEngineTime, usm.PrivacyParameters = e.boots, e.time, []byte("12345678")
		p.SecurityParameters = usm
	}
	message, err := p.MarshalMsg()
	if err != nil {
		b.Fatal(err)
	}
	return message
}

// BenchmarkFleet polls devices at one socket, one after the other: 1,000 of
// them, each with two interfaces and a day of traffic behind it.
func BenchmarkFleet(b *testing.B) {
	c := newClock()
	var devices []*Device
	for i := range 1000 {
		devices = append(devices, router(b, c, fmt.Sprintf("rt-%d", i), fmt.Sprintf("127.9.%d.%d", i/250, 1+i%250)))
	}
	port := start(b, ":0", devices...)
	message, answer := pollMessage(b, devices[0], gosnmp.Version2c), make([]byte, 4096)
	var socket net.ListenConfig
	conn, err := socket.ListenPacket(b.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for i := 0; b.Loop(); i++ {
		to := netip.AddrPortFrom(devices[i%1000].Addresses()[0], port)
		if _, err := conn.WriteTo(message, net.UDPAddrFromAddrPort(to)); err != nil {
			b.Fatal(err)
		}
		if n, _, err := conn.ReadFrom(answer); err != nil || n < 400 {
			b.Fatalf("answered with %d bytes, %v", n, err)
		}
	}
}
