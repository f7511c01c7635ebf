// Package gatekeeper is an H.323 gatekeeper of the lab, as far as RAS discovery and
// location go (ITU-T H.225.0, sections 7.8 and 7.13). It is written from the standard
// and shares nothing with the probe: messages are read as strings of bits.
package gatekeeper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"wanwatch/internal/lab/inhabit"
)

// Policy is how it treats who asks.
type Policy int

// The policies.
const (
	Open   Policy = iota // answers everybody
	Closed               // rejects strangers: terminalExcluded, requestDenied
	Full                 // has no room for further terminals
	Silent               // does not answer strangers at all
	Slow                 // says that it is at work, and then answers
	Odd                  // does not know these messages
)

// Gatekeeper answers at one address.
type Gatekeeper struct {
	Address string // host:port
	Policy  Policy
	// Rooms are the registered aliases, and where each is called.
	Rooms map[string]netip.AddrPort

	mu   sync.Mutex
	conn net.PacketConn
	work sync.WaitGroup
}

var _ inhabit.Inhabitant = (*Gatekeeper)(nil)

// Start listens.
func (g *Gatekeeper) Start(ctx context.Context, n inhabit.Network) error {
	conn, err := n.ListenPacket(ctx, "udp", g.Address)
	if err != nil {
		return fmt.Errorf("gatekeeper: %w", err)
	}
	g.conn = conn
	g.work.Go(g.serve)
	return nil
}

// Close ends it; a second call does nothing.
func (g *Gatekeeper) Close() error {
	err := g.conn.Close()
	g.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Local is where it listens.
func (g *Gatekeeper) Local() netip.AddrPort {
	return g.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Register puts an alias in, or, with the zero value, out.
func (g *Gatekeeper) Register(alias string, at netip.AddrPort) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at.IsValid() {
		g.Rooms[alias] = at
	} else {
		delete(g.Rooms, alias)
	}
}

func (g *Gatekeeper) serve() {
	buffer := make([]byte, 2048)
	for {
		n, _, err := g.conn.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error about an earlier answer
		}
		to, answers := g.answer(buffer[:n])
		for _, a := range answers {
			_, _ = g.conn.WriteTo(a, net.UDPAddrFromAddrPort(to))
		}
	}
}

// answer returns what a message is answered with and to whom: the address in it.
func (g *Gatekeeper) answer(message []byte) (to netip.AddrPort, answers [][]byte) {
	b := bitsOf(message)
	var tag, sequence int
	switch tag = b.number(6); tag {
	case 0: // GRQ
		b.number(5)
		b.align()
		sequence = b.number(16)
		b.skip(8 * b.number(8)) // the protocol's identifier
		to = b.address()
	case 18: // LRQ
		b.number(3)
		b.align()
		sequence = b.number(16)
	default:
		return to, nil
	}
	var alias string
	if tag == 18 {
		b.number(8) // how many aliases: the first is looked at
		alias = b.alias()
		to = b.address()
	}
	if b.bad || g.Policy == Silent {
		return to, nil
	}
	high, low := byte(sequence>>8), byte(sequence)
	if g.Policy == Slow {
		// RIP: its content is an open type of 5 octets, with a delay of 1 ms.
		answers = append(answers, []byte{0x80, 0x05, 0x00, high, low, 0x00, 0x00})
	}
	if g.Policy == Odd {
		return to, append(answers, []byte{0x60, high, low})
	}
	if tag == 0 {
		return to, append(answers, g.discovered(high, low))
	}
	return to, append(answers, g.located(alias, high, low))
}

// discovered is GCF or GRJ.
func (g *Gatekeeper) discovered(high, low byte) []byte {
	body := []byte{0x00, high, low, 0x06, 0x00, 0x08, 0x91, 0x4a, 0x00, 0x04}
	switch g.Policy {
	case Closed:
		return append(append([]byte{0x08}, body...), 1<<5)
	case Full:
		return append(append([]byte{0x08}, body...), 0)
	default:
		return append(append([]byte{0x04}, body...), transport(g.Local())...)
	}
}

// located is LCF or LRJ.
func (g *Gatekeeper) located(alias string, high, low byte) []byte {
	g.mu.Lock()
	at, known := g.Rooms[alias]
	g.mu.Unlock()
	switch {
	case g.Policy == Closed:
		return []byte{0x50, high, low, 2 << 5}
	case !known:
		return []byte{0x50, high, low, 0}
	}
	return append(append([]byte{0x4c, high, low}, transport(at)...), transport(g.Local())...)
}

// transport is a TransportAddress that begins at an octet.
func transport(a netip.AddrPort) []byte {
	b := []byte{0x00}
	if a.Addr().Unmap().Is6() {
		b = []byte{0x30}
	}
	b = append(b, a.Addr().Unmap().AsSlice()...)
	return append(b, byte(a.Port()>>8), byte(a.Port()))
}

// bits is a message as a string of 0 and 1, and how far it is read.
type bits struct {
	text string
	at   int
	bad  bool
}

func bitsOf(message []byte) *bits {
	var b strings.Builder
	for _, x := range message {
		fmt.Fprintf(&b, "%08b", x)
	}
	return &bits{text: b.String()}
}

func (b *bits) align() { b.at = (b.at + 7) / 8 * 8 }

func (b *bits) skip(n int) { b.at += n }

func (b *bits) number(n int) int {
	if b.at+n > len(b.text) {
		b.bad = true
		return 0
	}
	v, err := strconv.ParseUint(b.text[b.at:b.at+n], 2, 32)
	b.at += n
	b.bad = b.bad || err != nil
	return int(v)
}

// alias reads an AliasAddress: dialedDigits or h323-ID.
func (b *bits) alias() string {
	switch b.number(2) {
	case 0:
		n := b.number(7) + 1
		b.align()
		text := make([]byte, n)
		for i := range text {
			text[i] = "#*,0123456789???"[b.number(4)]
		}
		return string(text)
	case 1:
		b.align()
		name := make([]rune, b.number(8)+1)
		for i := range name {
			name[i] = rune(b.number(16))
		}
		return string(name)
	}
	b.bad = true
	return ""
}

// address reads a TransportAddress.
func (b *bits) address() netip.AddrPort {
	size := 4
	switch b.number(4) {
	case 0:
	case 3:
		size = 16
		b.number(1)
	default:
		b.bad = true
		return netip.AddrPort{}
	}
	b.align()
	ip := make([]byte, size)
	for i := range ip {
		ip[i] = byte(b.number(8))
	}
	a, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(a, uint16(b.number(16)))
}
