package agent

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"wanwatch/internal/lab/traffic"
	"wanwatch/inventory"
)

// Spec says what a device is.
type Spec struct {
	Addresses []netip.Addr // where it answers; none: everywhere, alone at its socket
	Access    Access

	Name, Descr, Contact, Location string // of the system group; Descr empty: one is made up
	ObjectID                       string // sysObjectID, with a leading dot; empty: net-snmp's
	Model, Serial, Software        string // of the chassis in ENTITY-MIB; all empty: it has no ENTITY-MIB

	// EngineID is snmpEngineID, 5 to 32 bytes; nil: one is made of the name and
	// the addresses.
	EngineID []byte
	// Boot is when it was last started; zero: a hundred days before it was made.
	// Boots is how often it was, at least 1.
	Boot  time.Time
	Boots int

	Interfaces []Interface
}

// Interface is one of a device. Its counters begin when the device is made, and
// stand still while it is not up.
type Interface struct {
	Index              uint32 // ifIndex; 0: its place in the list, from 1
	Name, Descr, Alias string // ifName, ifDescr (empty: the name), ifAlias
	Type               int    // ifType; 0: 6, ethernetCsmacd
	MTU                int    // 0: 1500
	Speed              inventory.BitRate
	Admin, Oper        Status // 0: Up
	Only32             bool   // without 64-bit counters, as old devices are
	In, Out            Direction
}

// Direction is what an interface counts one way.
type Direction struct {
	Flow *traffic.Flow // nil: nothing
	Mix  traffic.Mix
	// From is where the octet counter begins, such as shortly before 2^32, and
	// after a reset it begins at 0. Packets, errors and discards begin at 0.
	From uint64
}

// Status is that of an interface, as ifAdminStatus and ifOperStatus have it (RFC
// 2863).
type Status int

// The states. The configured one is one of the first three.
const (
	Up             Status = 1
	Down           Status = 2
	Testing        Status = 3
	Unknown        Status = 4
	Dormant        Status = 5
	NotPresent     Status = 6
	LowerLayerDown Status = 7
)

// Device is a simulated device. Its methods are safe while it answers.
type Device struct {
	*Agent
	spec Spec
	now  func() time.Time

	mu    sync.Mutex
	boot  time.Time
	boots int
	ports []*port // by index
}

// port is an interface with its state.
type port struct {
	Interface
	in, out tally
	changed time.Time // of the state
	reset   time.Time // of the counters; zero: not since the start
}

// NewDevice makes a device that reads the time from now; nil is the clock of the
// system. The error says what is wrong with the spec.
func NewDevice(s Spec, now func() time.Time) (*Device, error) {
	if now == nil {
		now = time.Now
	}
	d := &Device{spec: s, now: now, boot: s.Boot, boots: max(s.Boots, 1)}
	t := now()
	if d.boot.IsZero() {
		d.boot = t.AddDate(0, 0, -100)
	}
	d.complete()
	for i, one := range s.Interfaces {
		p := &port{Interface: one, changed: d.boot}
		p.Index = cmp.Or(p.Index, uint32(i+1))
		p.Descr = cmp.Or(p.Descr, p.Name)
		p.Type, p.MTU = cmp.Or(p.Type, 6), cmp.Or(p.MTU, 1500)
		p.Admin, p.Oper = cmp.Or(p.Admin, Up), cmp.Or(p.Oper, Up)
		p.in, p.out = newTally(p.In, t, p.Oper == Up), newTally(p.Out, t, p.Oper == Up)
		d.ports = append(d.ports, p)
	}
	if err := d.sort(); err != nil {
		return nil, fmt.Errorf("device %s: %w", s.Name, err)
	}
	a, err := New(d, s.Access)
	if err != nil {
		return nil, fmt.Errorf("device %s: %w", s.Name, err)
	}
	d.Agent = a
	return d, nil
}

// complete fills in what the spec leaves out.
func (d *Device) complete() {
	s := &d.spec
	s.Descr = cmp.Or(s.Descr, "Simulated router, model "+cmp.Or(s.Model, "unknown")+", software "+cmp.Or(s.Software, "unknown"))
	s.ObjectID = cmp.Or(s.ObjectID, ".1.3.6.1.4.1.8072.3.2.10")
	if s.EngineID == nil {
		// RFC 3411, section 5: bit 0 and an enterprise (the one for examples of
		// RFC 5612), then octets as the maker likes.
		sum := sha256.Sum256(fmt.Append(nil, s.Name, s.Addresses))
		s.EngineID = append([]byte{0x80, 0, 0x7e, 0xd9, 5}, sum[:12]...)
	}
}

// sort puts the interfaces in the order of their indexes, which must differ.
func (d *Device) sort() error {
	slices.SortStableFunc(d.ports, func(a, b *port) int { return cmp.Compare(a.Index, b.Index) })
	for i, p := range d.ports[min(1, len(d.ports)):] {
		if before := d.ports[i]; before.Index == p.Index {
			return fmt.Errorf("interfaces %q and %q have the same index %d", before.Name, p.Name, p.Index)
		}
	}
	return nil
}

// Addresses returns where the device answers.
func (d *Device) Addresses() []netip.Addr { return d.spec.Addresses }

// Open implements [Source].
func (d *Device) Open() (v View, done func()) {
	d.mu.Lock()
	return &snapshot{d, d.now()}, d.mu.Unlock
}

// ticks returns the age at a time of the device in hundredths of a second, which wraps.
func (d *Device) ticks(since time.Time) uint32 {
	return uint32(uint64(max(since.Sub(d.boot), 0) / (10 * time.Millisecond)))
}
